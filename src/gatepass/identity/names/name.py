"""What is compared, and what comes of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

from gatepass.languages import LANGUAGES, Language

Verdict = Literal["same", "likely", "different"]


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name, never cut into first and last. Kept out of every repr: names never reach a log line."""

    full: str = field(repr=False)
    """The one full name as typed, in any script and order."""
    latin: str = field(default="", repr=False)
    """The Latin name as a passport or permit prints it."""
    preferred: str = field(default="", repr=False)
    """What the person likes to be called. It suggests, and never decides."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that spoke for or against. Codes are stable; the sentences are in `reasons.toml`."""

    code: str

    @property
    def sentences(self) -> Mapping[Language, str]:
        return sentences()[self.code]


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A suggestion for a person who decides; nothing is ever merged by it."""

    verdict: Verdict
    score: float
    """0 to 1. `likely` begins at `comparison.LIKELY`, `same` at `comparison.SAME`."""
    reasons: tuple[Reason, ...]
    """At least one; the name first, then birth date and nationality."""


@cache
def sentences() -> Mapping[str, Mapping[Language, str]]:
    """Reason code -> language -> sentence. A missing sentence raises KeyError at the first use."""
    text = resources.files(__package__).joinpath("reasons.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)
    return MappingProxyType({c: MappingProxyType({lang: row[lang] for lang in LANGUAGES}) for c, row in rows.items()})

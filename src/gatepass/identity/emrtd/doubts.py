"""The sentences for the doubts that a Document may carry."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from gatepass.languages import LANGUAGES, Language


@cache
def sentences() -> Mapping[str, Mapping[Language, str]]:
    """Code of a doubt -> language -> what the guard is told. A missing sentence raises KeyError at the first use."""
    rows = tomllib.loads(resources.files(__package__).joinpath("doubts.toml").read_text(encoding="utf-8"))
    return MappingProxyType({c: MappingProxyType({lang: row[lang] for lang in LANGUAGES}) for c, row in rows.items()})

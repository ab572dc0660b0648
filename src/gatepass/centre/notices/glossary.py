"""Which word a town uses for a thing, in each language; which of them a translation lacks, or says otherwise.

The words that gatepass brings along stand in `terms.toml`; a town's own come before them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from gatepass.languages import LANGUAGES, Language


class Term(msgspec.Struct, frozen=True):
    """One thing in five languages."""

    words: dict[Language, str]
    also: dict[Language, list[str]] = {}
    """Other words that will do: 検温 says 体温 as well."""
    avoid: dict[Language, list[str]] = {}
    """Words that people use for it, and this house does not."""


@dataclass(frozen=True, slots=True)
class Slip:
    """The source says `source`; the translation should say `wanted`, and says `instead` or nothing like it."""

    source: str
    wanted: str
    instead: str = field(default="")


@cache
def shipped() -> tuple[Term, ...]:
    raw = tomllib.loads(resources.files(__package__).joinpath("terms.toml").read_text("utf-8"))
    terms = tuple(
        msgspec.convert(
            {
                "words": {key: each[key] for key in each if key not in {"also", "avoid"}},
                "also": each.get("also", {}),
                "avoid": each.get("avoid", {}),
            },
            Term,
        )
        for each in raw["term"]
    )
    if any(tuple(term.words) != LANGUAGES for term in terms):
        raise ValueError("terms.toml: a term is not in all five languages, in the order of LANGUAGES")
    return terms


def slips(terms: Iterable[Term], source: str, ours: Language, target: str, theirs: Language) -> list[Slip]:
    """The longest first. A term within a longer one (码 in 健康码) is not asked for twice."""
    if ours == theirs:
        return []
    here, there = source.casefold(), target.casefold()
    found = []
    known = [term for term in terms if term.words.get(ours) and term.words.get(theirs)]
    for term in sorted(known, key=lambda term: -len(term.words[ours])):
        word, wanted = term.words[ours].casefold(), term.words[theirs]
        if word not in here:
            continue
        here = here.replace(word, " ")
        instead = next((each for each in term.avoid.get(theirs, ()) if each.casefold() in there), "")
        fitting = (wanted, *term.also.get(theirs, ()))
        if instead or not any(_says(there, each.casefold(), theirs) for each in fitting):
            found.append(Slip(term.words[ours], wanted, instead))
    return found


def _says(text: str, wanted: str, language: Language) -> bool:
    """English words may stand in the plural, or begin another form: register, registered."""
    if wanted in text:
        return True
    return language == "en" and wanted[-1] in "ye" and wanted[:-1] in text


def merged(town: Iterable[Term], others: Iterable[Term] | None = None) -> list[Term]:
    """The town's own first; of two for the same Chinese word, the town's alone."""
    own = list(town)
    mine = {term.words.get(_KEY) for term in own}
    return [*own, *(term for term in (shipped() if others is None else others) if term.words[_KEY] not in mine)]


_KEY: Final[Language] = "zh-Hans"
Words = Mapping[Language, str]

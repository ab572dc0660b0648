"""How a name in characters, hangul or kana may be read: family name and given name, in every system that is plausible.

Nationality decides what is plausible. A Korean's or a Japanese's characters are never read as Mandarin only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import product
from typing import Final

from gatepass.identity.names import romanisation as roman
from gatepass.identity.names.romanisation import Lattice
from gatepass.identity.names.writing import Script, Writing, fold_characters, table


class System(StrEnum):
    PINYIN = "pinyin"
    WADE_GILES = "wade_giles"
    CANTONESE = "cantonese"
    KOREAN = "korean"
    JAPANESE = "japanese"


CHINESE: Final = frozenset({System.PINYIN, System.WADE_GILES, System.CANTONESE})
REGIONS: Final = frozenset({"CHN", "HKG", "MAC", "TWN"})

# Nationality or region -> the readings to expect. Elsewhere, and where nothing is known, all are expected.
_EXPECTED: Final[dict[str, frozenset[System]]] = {
    # Ethnic Koreans of China (朴, 金, 崔 ...) carry Korean names.
    "CHN": frozenset({System.PINYIN, System.KOREAN}),
    "HKG": frozenset({System.CANTONESE, System.PINYIN}),
    "MAC": frozenset({System.CANTONESE, System.PINYIN}),
    "TWN": frozenset({System.WADE_GILES, System.PINYIN}),
    "KOR": frozenset({System.KOREAN}),
    "PRK": frozenset({System.KOREAN}),
    "JPN": frozenset({System.JAPANESE}),
}


def expected(system: System, nationality: str) -> bool:
    return system in _EXPECTED.get(nationality, frozenset(System))


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a name. Words are folded Latin; Japanese ones have their long vowels folded too."""

    system: System
    family: frozenset[str] = field(repr=False)
    given: Lattice = field(repr=False)


@cache
def _chinese_surnames() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Surname -> Mandarin readings, customary spellings."""
    rows: dict[str, str] = table("chinese")["surnames"]
    split = {name: row.partition("|") for name, row in rows.items()}
    return {fold_characters(n): (frozenset(m.split()), frozenset(c.split())) for n, (m, _, c) in split.items()}


@cache
def surname_bearers() -> dict[str, frozenset[str]]:
    """Latin surname -> the Chinese surnames it may stand for: chan -> 陈, 曾."""
    bearers: dict[str, set[str]] = {}
    for name, (mandarin, custom) in _chinese_surnames().items():
        taiwan = {roman.wade_giles(m) for m in mandarin} if len(name) == 1 else set()
        for spelling in roman.with_umlaut_spellings(mandarin) | custom | taiwan:
            bearers.setdefault(spelling, set()).add(name)
    return {spelling: frozenset(names) for spelling, names in bearers.items()}


@cache
def korean_bearers() -> dict[str, frozenset[str]]:
    """Latin surname -> the Korean surnames it may stand for: yoo -> 유, 류."""
    bearers: dict[str, set[str]] = {}
    for name, spellings in table("korean")["surnames"].items():
        for spelling in spellings.split():
            bearers.setdefault(spelling, set()).add(name)
    return {spelling: frozenset(names) for spelling, names in bearers.items()}


@cache
def _hangul_of() -> dict[str, frozenset[str]]:
    """Name character -> its syllables in hangul."""
    syllables: dict[str, set[str]] = {}
    for syllable, characters in table("korean")["given"].items():
        for character in fold_characters(characters):
            syllables.setdefault(character, set()).add(syllable)
    return {character: frozenset(found) for character, found in syllables.items()}


def hangul_spellings(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Hangul -> (surname, given) as it may be cut: 남궁혜진 -> (남궁, 혜진), (남, 궁혜진)."""
    if len(words) == 2 and words[0] in table("korean")["surnames"]:
        return [(words[0], words[1])]
    name = "".join(words)
    known = [(name[:n], name[n:]) for n in (2, 1) if len(name) > n and name[:n] in table("korean")["surnames"]]
    # A rare surname is spelled by its letters alone.
    return known or ([(name[:1], name[1:])] if len(name) > 1 else [])


def hangul_of_hanja(name: str) -> list[tuple[frozenset[str], tuple[frozenset[str], ...]]]:
    """Characters -> (surnames, syllables of the given name) in hangul; empty where a character is not in our table."""
    found = []
    for n in (2, 1):
        surnames = _hanja_surnames().get(name[:n])
        given = tuple(_hangul_of().get(character, frozenset()) for character in name[n:])
        if surnames and given and all(given):
            found.append((surnames, given))
    return found


@cache
def _hanja_surnames() -> dict[str, frozenset[str]]:
    return {fold_characters(h): frozenset(s.split()) for h, s in table("korean")["hanja_surnames"].items()}


def _korean(surnames: frozenset[str], given: tuple[frozenset[str], ...]) -> Reading:
    spellings: dict[str, str] = table("korean")["surnames"]
    family = frozenset(s for n in surnames for s in spellings.get(n, "").split()) or roman.hangul(min(surnames)[0])
    return Reading(System.KOREAN, family, tuple(frozenset().union(*map(roman.hangul, s)) for s in given))


def _chinese(name: str) -> list[Reading]:
    found = []
    surnames = _chinese_surnames()
    cantonese: dict[str, str] = table("chinese")["cantonese"]
    for n in (2, 1):
        family, given = name[:n], name[n:]
        if len(name) <= n or (n == 2 and family not in surnames):
            continue
        mandarin, custom = surnames.get(family, (roman.pinyin(family), frozenset()))
        latin = tuple(roman.pinyin(character) for character in given)
        if not mandarin or not all(latin):
            continue
        marked = roman.with_umlaut_spellings(mandarin)
        taiwan = frozenset(roman.wade_giles(m) for m in mandarin) if n == 1 else frozenset()
        wade = tuple(frozenset(map(roman.wade_giles, s)) for s in latin)
        sounds = tuple(map(roman.with_umlaut_spellings, latin))
        found.append(Reading(System.PINYIN, marked, sounds))
        found.append(Reading(System.WADE_GILES, taiwan | marked, wade))
        # Customary surname before a Mandarin given name: Singapore, Malaysia, overseas families.
        found.append(Reading(System.CANTONESE, custom, sounds))
        found.append(
            Reading(System.CANTONESE, custom | marked, tuple(frozenset(cantonese.get(c, "").split()) for c in given))
        )
    return [r for r in found if r.family and all(r.given)]


def _japanese_given(name: str) -> frozenset[str]:
    """Every reading of a given name that our tables make, at most 48; kana among the characters read as they stand."""
    found = set(roman.japanese_given().get(name, ()))
    characters = roman.japanese_characters()
    parts = [characters.get(c) or frozenset({roman.kana(c)} - {""}) for c in name]
    if parts and all(parts) and len(parts) <= 4:
        for row in list(product(*map(sorted, parts)))[:48]:
            found.add(roman.fold_japanese("".join(row)))
    return frozenset(found)


def _japanese(words: tuple[str, ...]) -> list[Reading]:
    surnames = roman.japanese_surnames()
    name = "".join(words)
    if len(words) == 2:
        cuts = [(words[0], words[1])]
    else:
        cuts = [(name[:n], name[n:]) for n in (4, 3, 2, 1) if len(name) > n and name[:n] in surnames]
    found = []
    for family, given in cuts:
        families = surnames.get(family) or frozenset({roman.kana(family)} - {""} if _is_kana(family) else ())
        givens = frozenset({roman.kana(given)}) if _is_kana(given) else _japanese_given(given)
        if families and givens:
            found.append(Reading(System.JAPANESE, families, (givens,)))
    return found


def _is_kana(text: str) -> bool:
    return all("\u3041" <= c <= "\u30ff" for c in text)


def readings(writing: Writing) -> tuple[Reading, ...]:
    """Every reading that our tables know; none for Latin, which stands as it is."""
    if writing.script is Script.HANGUL:
        cuts = hangul_spellings(writing.words)
        return tuple(_korean(frozenset({f}), tuple(frozenset({s}) for s in g)) for f, g in cuts)
    if writing.script is Script.KANA:
        return tuple(_japanese(writing.words))
    if writing.script is Script.HAN:
        name = writing.joined
        korean = [_korean(surnames, given) for surnames, given in hangul_of_hanja(name)]
        return (*_chinese(name), *korean, *_japanese(writing.words))
    return ()

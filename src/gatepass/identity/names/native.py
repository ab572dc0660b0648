"""Names in characters, hangul and kana, against each other and against Latin letters."""

from __future__ import annotations

from typing import Final

from rapidfuzz.distance import Indel

from gatepass.identity.names import latin
from gatepass.identity.names import romanisation as roman
from gatepass.identity.names.readings import (
    Reading,
    System,
    expected,
    hangul_of_hanja,
    hangul_spellings,
    readings,
)
from gatepass.identity.names.writing import Script, Writing, table

READS: Final = 0.9
"""A reading agrees. Not `same`: a romanisation stands for many names until the birth date agrees too."""
READS_UNEXPECTED: Final = 0.78
FURTHER_NAME: Final = 0.06
"""Taken off where a Western given name stands beside the name that agrees."""

Found = tuple[float, str, str]
NOTHING: Final[Found] = (0.0, "no_common_reading", "")


def _given(reading: Reading, word: str) -> bool:
    return roman.spells(word, reading.given)


def _agrees(reading: Reading, words: tuple[str, ...]) -> bool:
    if len(words) == 1:
        whole = roman.fold_japanese(words[0]) if reading.system is System.JAPANESE else words[0]
        return roman.spells(whole, (reading.family, *reading.given)) or roman.spells(
            whole, (*reading.given, reading.family)
        )
    for family, given in latin.cuts(words):
        if reading.system is System.JAPANESE:
            family, given = roman.fold_japanese(family), roman.fold_japanese(given)  # noqa: PLW2901
        if family in reading.family and _given(reading, given):
            return True
    return False


def compare_with_latin(a: Writing, b: Writing, nationality: str) -> Found:
    """A writing in characters, hangul or kana and one in Latin letters; the best reading counts."""
    options = [(b.words, 0.0)]
    if len(b.words) > 2:
        # PETER CHAN SIU MING: a Western given name before or after; a syllable left out would make another name.
        ends = ((b.words[0], b.words[1:]), (b.words[-1], b.words[:-1]))
        options += [(rest, FURTHER_NAME) for end, rest in ends if not latin.is_east_asian_syllable(end)]
    best = NOTHING
    near = 0.0
    for reading in readings(a):
        usual = expected(reading.system, nationality)
        for words, cost in options:
            if _agrees(reading, words):
                score = (READS if usual else READS_UNEXPECTED) - cost
                best = max(best, (score, f"reads_{reading.system}", "" if usual else "reading_unexpected"))
        near = max(near, _nearly(reading, b.words))
    return best if best[0] else (near, "names_differ", "") if near else NOTHING


def _nearly(reading: Reading, words: tuple[str, ...]) -> float:
    """The family name agrees and the given name does not: how near is it?"""
    near = 0.0
    for family, given in latin.cuts(words):
        if family in reading.family:
            spellings = roman.spelled_out(reading.given, 16)
            near = max(near, *(Indel.normalized_similarity(given, s) for s in spellings))
    return near * 0.6


def compare_same_script(a: Writing, b: Writing) -> tuple[float, str]:
    """Two writings in characters, two in hangul, or two in kana."""
    if a.joined == b.joined:
        return 1.0, "same_writing" if "".join(a.typed.split()) == "".join(b.typed.split()) else "character_forms"
    if a.script is Script.KANA:
        return _kana(a, b)
    if a.script is Script.HANGUL:
        spelled: dict[str, str] = table("korean")["surnames"]
        for family_a, given_a in hangul_spellings(a.words):
            for family_b, given_b in hangul_spellings(b.words):
                # 류 and 유, 림 and 임: one surname, written with and without the law of initials.
                north = {family_a, family_b} in (
                    {"류", "유"},
                    {"림", "임"},
                    {"리", "이"},
                    {"로", "노"},
                    {"라", "나"},
                    {"량", "양"},
                )
                if given_a == given_b and north and spelled[family_a] and spelled[family_b]:
                    return 0.9, "reads_korean"
    if a.script is Script.HAN and len(a.joined) == len(b.joined):
        pairs = zip(a.joined, b.joined, strict=True)
        if all(x == y or roman.pinyin(x) & roman.pinyin(y) for x, y in pairs):
            return 0.62, "homophone"
    return Indel.normalized_similarity(a.joined, b.joined) * 0.55, "names_differ"


def _kana(a: Writing, b: Writing) -> tuple[float, str]:
    plain_a, plain_b = roman.kana(a.joined), roman.kana(b.joined)
    if all("\u3041" <= c <= "\u30ff" for c in a.joined + b.joined):
        turned_a, turned_b = (roman.kana("".join(reversed(w.words))) for w in (a, b))
        if plain_a in {plain_b, turned_b} or plain_b == turned_a:
            return 0.98, "same_words"
    elif any(
        x.family & y.family and any(s & t for s, t in zip(x.given, y.given, strict=True))
        for x in readings(a)
        for y in readings(b)
    ):
        return READS, "reads_japanese"
    return Indel.normalized_similarity(plain_a, plain_b) * 0.6, "names_differ"


def compare_across(a: Writing, b: Writing, nationality_a: str, nationality_b: str) -> Found:
    """Two native scripts: characters and hangul, characters and kana."""
    scripts = {a.script, b.script}
    if scripts == {Script.HAN, Script.HANGUL}:
        han, nationality, sounds = (a, nationality_a, b) if a.script is Script.HAN else (b, nationality_b, a)
        for surnames, given in hangul_of_hanja(han.joined):
            for family, rest in hangul_spellings(sounds.words):
                if (
                    family in surnames
                    and len(rest) == len(given)
                    and all(s in g for s, g in zip(rest, given, strict=True))
                ):
                    usual = expected(System.KOREAN, nationality)
                    return READS if usual else READS_UNEXPECTED, "reads_korean", "" if usual else "reading_unexpected"
    if scripts == {Script.HAN, Script.KANA}:
        han, nationality, sounds = (a, nationality_a, b) if a.script is Script.HAN else (b, nationality_b, a)
        whole = roman.kana(sounds.joined)
        for reading in readings(han):
            mixed = any(x.family & reading.family and x.given[0] & reading.given[0] for x in readings(sounds))
            if reading.system is System.JAPANESE and (mixed or roman.spells(whole, (reading.family, *reading.given))):
                usual = expected(System.JAPANESE, nationality)
                return READS if usual else READS_UNEXPECTED, "reads_japanese", "" if usual else "reading_unexpected"
    return NOTHING

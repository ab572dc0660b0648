"""The keys under which a name is found again, whatever script it was written in. Order-free, folded, at most 192.

    ming|wang      family and given name, sorted: a Latin name, or a reading of characters, hangul or kana
    han:王明        the characters themselves, folded to one form
    ko:박:jhn       Korean surname and the consonants of the given name: for the many spellings of one given name
    zh:周:jnm       the same for pinyin and Wade-Giles
    like:jntn|pmbrtn   the consonants of two long words: for slips of the pen

Keys find candidates and decide nothing: `compare` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, islice
from typing import Final

from gatepass.identity.names import latin
from gatepass.identity.names import romanisation as roman
from gatepass.identity.names.name import Name
from gatepass.identity.names.readings import (
    System,
    hangul_of_hanja,
    hangul_spellings,
    korean_bearers,
    readings,
    surname_bearers,
)
from gatepass.identity.names.writing import Script, Writing, writings

MAX_KEYS: Final = 192
_GIVEN: Final = 6
"""Spellings of one given name that become keys; Korean ones have their own key beside."""


def keys(name: str | Name) -> frozenset[str]:
    """Matching keys of a name, all its writings together. Empty for a text without a letter. Never raises."""
    parts = (name.full, name.latin, name.preferred) if isinstance(name, Name) else (name,)
    found = (key for part in parts for writing in writings(part) for key in _keys(writing))
    return frozenset(islice(dict.fromkeys(found), MAX_KEYS))


def _pair(family: str, given: str) -> str:
    return "|".join(sorted((family, given)))


def _korean(surnames: frozenset[str], given: str) -> Iterator[str]:
    return (f"ko:{surname}:{roman.consonants(given)}" for surname in sorted(surnames))


def _keys(writing: Writing) -> Iterator[str]:
    if writing.script is Script.LATIN:
        for words in dict.fromkeys((writing.words, writing.expanded)):
            yield from _latin(words)
        return
    yield f"{writing.script}:{writing.joined}"
    yield from _of_koreans(writing)
    for reading in readings(writing):
        if reading.system is System.KOREAN:
            continue
        given_names = roman.spelled_out(reading.given, _GIVEN)
        for family in sorted(reading.family):
            yield from (_pair(family, given) for given in given_names)
            if reading.system is System.PINYIN:
                yield family + given_names[0]
                yield from _chinese(family, given_names[0])


def _plain(syllables: Iterable[str]) -> str:
    return "".join(min(sorted(roman.hangul(s)), key=len) for s in syllables)


def _of_koreans(writing: Writing) -> Iterator[str]:
    if writing.script is Script.HANGUL:
        for family, given in hangul_spellings(writing.words):
            yield from _korean(frozenset({family}), _plain(given))
    if writing.script is Script.HAN:
        for surnames, syllables in hangul_of_hanja(writing.joined):
            for given in roman.spelled_out(syllables, 4):
                yield from _korean(surnames, _plain(given))


def _chinese(family: str, given: str) -> Iterator[str]:
    bearers = sorted(surname_bearers().get(family, ()))
    return (f"zh:{bearer}:{roman.chinese_consonants(given)}" for bearer in bearers)


def _latin(words: tuple[str, ...]) -> Iterator[str]:
    bare = tuple(w for w in words if w not in latin.PARTICLES)
    if len(words) == 1:
        yield words[0]
    for some in dict.fromkeys((words, bare)):
        for family, given in latin.cuts(some):
            yield _pair(family, given)
            yield _pair(roman.fold_japanese(family), roman.fold_japanese(given))
            yield from _korean(korean_bearers().get(family, frozenset()), given)
            yield from _chinese(family, given)
    # A further given name may stand on one side only: every two words are a key, in names that are not East Asian.
    telling = [w for w in bare if len(w) > 2][:4]
    for one, other in combinations(telling, 2):
        yield _pair(one, other)
        if min(len(one), len(other)) >= 5:
            yield "like:" + _pair(*(roman.consonants(latin.sound(w)) for w in (one, other)))
    # WONG KA YAN MARY: without the Western name at either end.
    if len(words) > 3:
        for rest in (words[1:], words[:-1]):
            yield from (_pair(family, given) for family, given in latin.cuts(rest))

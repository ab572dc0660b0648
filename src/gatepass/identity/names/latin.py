"""Two names in Latin letters: order, splits, particles, further given names, initials, slips, two romanisations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from gatepass.identity.names import romanisation as roman
from gatepass.identity.names.readings import REGIONS, korean_bearers, surname_bearers
from gatepass.identity.names.writing import Writing

DOUBTFUL: Final = 0.5
"""Below this an equal birth date lifts no name to `likely`, and an equal nationality adds nothing."""
UNLIKE_AT_MOST: Final = 0.65
"""A name that no rule explains scores its similarity, and never more than this."""

PARTICLES: Final = frozenset(
    {
        "van", "von", "der", "den", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "al", "el",
        "bin", "binti", "ibn", "bint", "ben", "zu", "zum", "zur", "af", "av", "of", "ter", "ten", "op",
    }
)  # fmt: skip

Cut = tuple[str, str]
"""Family name and given name, each joined; which is which is not known, so both ways are tried."""


def cuts(words: tuple[str, ...]) -> list[Cut]:
    """Every way to part the words into family and given name, family first or last, at most two words long."""
    if len(words) < 2:
        return []
    found = []
    for n in (1, 2):
        if len(words) > n:
            found.append(("".join(words[:n]), "".join(words[n:])))
            found.append(("".join(words[-n:]), "".join(words[:-n])))
    return list(dict.fromkeys(found))


def is_east_asian_syllable(word: str) -> bool:
    """Whether a word can be one syllable of a Chinese or Korean given name: leaving that out makes another name."""
    return len(word) <= 7 and any(
        word in syllables for units in (roman.mandarin_units, roman.korean_units) for syllables in units().values()
    )


def compare(a: Writing, b: Writing, nationality_a: str = "", nationality_b: str = "") -> tuple[float, str]:
    """Score and reason code. Symmetric."""
    if a.words == b.words:
        return 1.0, "same_writing" if a.typed == b.typed else "same_words"
    forms = [(x, y) for x in {a.words, a.expanded} for y in {b.words, b.expanded}]
    if any(sorted(x) == sorted(y) for x, y in forms):
        return 1.0, "same_words"
    if any(_same_when_joined(x, y) for x, y in forms):
        return 0.97, "split_differently"
    nationalities = {nationality_a, nationality_b} - {""}
    found = max(_two_romanisations(a.words, b.words, nationalities), _parts(a.words, b.words), _slip(a.words, b.words))
    if found[0]:
        return found
    likeness = max(fuzz.token_sort_ratio(" ".join(x), " ".join(y)) for x, y in forms) / 100
    return min(UNLIKE_AT_MOST, likeness * 0.7), "names_differ"


def _same_when_joined(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    if len(a) == 1 or len(b) == 1:
        whole, words = ("".join(a), b) if len(a) == 1 else ("".join(b), a)
        turned = {
            "".join(words),
            *(given + family for family, given in cuts(words)),
            *("".join(c) for c in cuts(words)),
        }
        return whole in turned
    return bool({frozenset(c) for c in cuts(a)} & {frozenset(c) for c in cuts(b)})


def _two_romanisations(a: tuple[str, ...], b: tuple[str, ...], nationalities: set[str]) -> tuple[float, str]:
    """One name by two habits: PARK JI HOON and BAK JIHUN, CHANG CHIH-HAO and ZHANG ZHIHAO, SATOU and SATO."""
    chinese = not nationalities or bool(nationalities & (REGIONS | {"SGP", "MYS"}))
    korean = not nationalities or bool(nationalities & {"KOR", "PRK"})
    japanese = not nationalities or "JPN" in nationalities
    score = 0.0
    for one, other in product(cuts(a), cuts(b)):
        if korean and _share(one, other, korean_bearers(), roman.korean_units):
            score = max(score, 0.88)
        if chinese and _share(one, other, surname_bearers(), roman.mandarin_units):
            score = max(score, 0.86)
        if japanese:
            folded = [roman.fold_japanese(word) for word in one]
            if folded == [roman.fold_japanese(word) for word in other] and all(map(roman.is_romaji, folded)):
                score = max(score, 0.93)
    return score, "other_romanisation" if score else ""


def _share(one: Cut, other: Cut, bearers: Mapping[str, frozenset[str]], units: roman.Units) -> bool:
    """Whether both cuts may write one surname, and one given name made of these syllables."""
    shared = bearers.get(one[0], frozenset()) & bearers.get(other[0], frozenset())
    return bool(shared) and roman.share_a_word(one[1], other[1], units)


def _parts(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[float, str]:
    """Particles, further given names and initials that one of the two leaves out."""
    bare_a, bare_b = ([w for w in words if w not in PARTICLES] for words in (a, b))
    if len(bare_a) > 1 and sorted(bare_a) == sorted(bare_b):
        return 0.9, "particle_left_out"
    short, long = sorted((bare_a, bare_b), key=lambda words: (len(words), words))
    rest = list(long)
    initials = 0
    full = 0
    for word in sorted(short, key=len, reverse=True):
        found = next((w for w in rest if w == word), None)
        if found is None:
            found = next((w for w in rest if 1 in {len(w), len(word)} and w[:1] == word[:1]), None)
            initials += found is not None
        else:
            full += len(word) > 1
        if found is None:
            return 0.0, ""
        rest.remove(found)
    if any(is_east_asian_syllable(w) and len(w) > 1 for w in rest):
        return 0.0, ""
    if full >= 2:
        return (0.85, "initial") if initials else (0.87, "given_name_left_out")
    return (0.78, "initial") if full == 1 and initials and not rest else (0.0, "")


_SOUNDS: Final = tuple(
    (re.compile(pattern), letter)
    for pattern, letter in (
        (r"ph", "f"), (r"(?<=[aeiou])v(?=[aeiou])", "f"), (r"th", "t"), (r"ck|kh|c(?=[aouhlrt])|q", "k"), (r"z|c", "s"),
        (r"y|j(?![aeiou])", "i"), (r"ou", "u"), (r"(.)\1", r"\1"),
    )
)  # fmt: skip


def sound(word: str) -> str:
    """A European word as it sounds: stephen, steven -> stefen; mohammed -> mohamed."""
    for pattern, letter in _SOUNDS:
        word = pattern.sub(letter, word)
    return word


def _slip(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[float, str]:
    """All words but one equal, and that one a slip of the pen or written as it sounds."""
    if len(a) != len(b) or not 1 < len(a) <= 5:
        return 0.0, ""
    left, right = list(a), list(b)
    for word in a:
        if word in right:
            left.remove(word)
            right.remove(word)
    if len(left) != 1:
        return 0.0, ""
    word, other = left[0], right[0]
    if min(len(word), len(other)) >= 5 and sound(word) == sound(other):
        return 0.84, "spelling_slip"
    # The last two letters tell Christian from Christine and Nguyễn Văn An from Anh; only a slip before them counts.
    # Among Korean syllables every letter tells: BYUNGWOOK and BYUNGHOOK are two names.
    if roman.is_made_of(word, roman.korean_units) and roman.is_made_of(other, roman.korean_units):
        return 0.0, ""
    if min(len(word), len(other)) >= 8 and OSA.distance(word, other) == 1 and word[-2:] == other[-2:]:
        return 0.8, "spelling_slip"
    return 0.0, ""

"""Letters for sounds: Wade-Giles from pinyin, hangul and kana in the spellings that people use, long vowels folded."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from itertools import product
from typing import Final

from gatepass.identity.names.writing import fold_characters, table

# Its readings of whole phrases are 44 MB and most of its start, at every gate; here it is asked for one character each.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
import pypinyin

Units = Callable[[], dict[str, frozenset[str]]]
"""Gives the syllables of a language, each with its spellings."""

Lattice = tuple[frozenset[str], ...]
"""A word as a row of syllables, each with every spelling that it may have."""


def spells(word: str, lattice: Lattice) -> bool:
    """Whether the word is one spelling per syllable, in order. Time: letters × syllables × spellings."""
    ends = {0}
    for spellings in lattice:
        ends = {end + len(s) for end in ends for s in spellings if word.startswith(s, end)}
        if not ends:
            return False
    return bool(lattice) and len(word) in ends


def spelled_out(lattice: Lattice, limit: int) -> list[str]:
    """The first `limit` spellings of the whole word, in a fixed order."""
    words = [""]
    for spellings in lattice:
        words = [head + tail for head in words for tail in sorted(spellings)][:limit]
    return words


# ---------------------------------------------------------------- Chinese

_INITIALS: Final[tuple[str, ...]] = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw", "")
_FINALS: Final = (
    "a", "o", "e", "i", "u", "v", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "er", "ia", "ie", "iao",
    "iu", "ian", "in", "iang", "ing", "iong", "ua", "uo", "uai", "ui", "uan", "un", "uang", "ueng", "ue", "ve",
)  # fmt: skip
_WHOLE: Final = {
    "zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih", "zi": "tzu", "ci": "tzu", "si": "szu", "er": "erh",
    "you": "yu", "yan": "yen", "ye": "yeh", "yue": "yueh", "e": "o", "ge": "ko", "ke": "ko", "he": "ho", "gui": "kuei",
    "kui": "kuei", "guo": "kuo", "kuo": "kuo", "huo": "huo", "shuo": "shuo", "yong": "yung", "lv": "lu", "nv": "nu",
}  # fmt: skip
_WG_INITIAL: Final = {
    "zh": "ch", "ch": "ch", "b": "p", "d": "t", "g": "k", "j": "ch", "q": "ch", "x": "hs", "z": "ts", "c": "ts",
    "r": "j",
}  # fmt: skip


@cache
def wade_giles(syllable: str) -> str:
    """zhang -> chang, xu -> hsu, jian -> chien: without apostrophes and marks, as passports print it."""
    if syllable in _WHOLE:
        return _WHOLE[syllable]
    initial: str = next(i for i in _INITIALS if syllable.startswith(i))
    final = syllable[len(initial) :]
    final = {"ong": "ung", "iong": "iung", "ian": "ien", "ie": "ieh", "ue": "ueh", "ve": "ueh"}.get(final, final)
    if final == "uo":
        final = "o"
    return _WG_INITIAL.get(initial, initial) + final


@cache
def mandarin_units() -> dict[str, frozenset[str]]:
    """Syllable of pinyin -> its spellings in pinyin and Wade-Giles. Includes syllables that no word has; no harm."""
    syllables = {i + f for i in _INITIALS for f in _FINALS}
    return {s: frozenset({s, wade_giles(s)}) for s in syllables}


@lru_cache(maxsize=8192)  # single characters only: no cache of this room may hold a name
def pinyin(character: str) -> frozenset[str]:
    """The Mandarin readings that names use; none where it has none. 乐 -> le, yue. ü is v."""
    # pypinyin's own list of all readings is too long here: 明 is also meng in it, and 万 mo.
    usual: str = table("chinese")["given"].get(character, "")
    if usual:
        return frozenset(usual.split())
    readings = pypinyin.lazy_pinyin(character, style=pypinyin.Style.NORMAL, errors="ignore", v_to_u=False)
    return frozenset(r for r in readings if r.isascii() and r.isalpha())


def with_umlaut_spellings(readings: Iterable[str]) -> frozenset[str]:
    """lv is also printed lu, lyu (passports since 2012) and lue."""
    out = set(readings)
    for reading in tuple(out):
        if "v" in reading:
            out |= {reading.replace("v", other) for other in ("u", "yu", "ue")}
    return frozenset(out)


# ---------------------------------------------------------------- Korean


def _alternatives(text: str) -> tuple[str, ...]:
    return tuple("" if a == "-" else a for a in text.split())


@lru_cache(maxsize=4096)
def hangul(syllable: str) -> frozenset[str]:
    """Every customary spelling of one syllable of hangul: 현 -> hyeon, hyon, hyun ..."""
    letters = table("korean")["letters"]
    index = ord(syllable) - 0xAC00
    initial = _alternatives(letters["initials"][index // 588])
    vowel = _alternatives(letters["vowels"][index % 588 // 28])
    final = _alternatives(letters["finals"][index % 28])
    if final != ("",):
        vowel = tuple(v for v in vowel if not v.endswith("h"))
    plain = frozenset("".join(parts) for parts in product(initial, vowel, final))
    return plain | frozenset(_alternatives(table("korean")["syllables"].get(syllable, "")))


@cache
def korean_units() -> dict[str, frozenset[str]]:
    """The syllables of Korean given names -> their spellings."""
    korean = table("korean")
    return {
        s: hangul(s) for s in {*korean["given"], *korean["syllables"], *(s for s in korean["surnames"] if len(s) == 1)}
    }


_SKELETON: Final = str.maketrans({"p": "b", "k": "g", "t": "d", "l": "r", "c": "j"})


def chinese_consonants(word: str) -> str:
    """What pinyin and Wade-Giles have in common: zhihao, chihhao -> jh. For keys, never for a verdict."""
    word = re.sub("zh|ch|ts|tz|[qjcz]", "j", re.sub("hs|sh|x", "s", word))
    return re.sub(r"[aeiouywvr]|(?<=[jaeiouywv])h(?![aeiou])", "", word).translate(_SKELETON)


def consonants(word: str) -> str:
    """What two spellings of a Korean given name have in common: jihoon, jihun -> jhn. For keys, not for verdicts."""
    word = re.sub("n[gk]+", "n", word).replace("ch", "j").replace("sh", "s")
    return re.sub(r"[aeiouyw]|(?<=[aeiouyw])h(?![aeiouyw])", "", word).translate(_SKELETON)


# ---------------------------------------------------------------- Japanese


@cache
def _kana() -> dict[str, str]:
    return {pair[0]: pair[1:] for pair in table("japanese")["kana"]["one"].split()}


def kana(text: str) -> str:
    """Hepburn of kana, long vowels folded: しょうた, ショータ -> shota. Other characters are left out."""
    out = ""
    doubled = False
    for character in text:
        if "\u30a1" <= character <= "\u30f6":
            character = chr(ord(character) - 0x60)  # noqa: PLW2901
        letters = _kana().get(character, "")
        if character == "っ":
            doubled = True
            continue
        if character in "ゃゅょ" and out.endswith("i"):
            out = out[:-1] + (letters[1:] if out[-3:-1] in {"sh", "ch"} or out[-2:-1] == "j" else letters)
        elif character in "ぁぃぅぇぉ" and out and out[-1] in "aiueo":
            out = out[:-1] + letters
        else:
            out += (letters[:1] if doubled else "") + letters
        doubled = False
    return fold_japanese(out)


_JAPANESE_FOLDS: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=[ou])h(?![aeiouy])", ""),
        (r"m(?=[bp])", "n"),
        (r"tch", "cch"),
        (r"dz(?=u)", "z"),
        (r"s(?=i)|s(?=y[auo])", "sh"),
        (r"t(?=i)|t(?=y[auo])", "ch"),
        (r"[zj](?=y[auo])|[zd](?=i)", "j"),
        (r"(?<=sh)y(?=[auo])|(?<=ch)y(?=[auo])|(?<=j)y(?=[auo])", ""),
        (r"tsu|tu", "tsu"),
        (r"du", "zu"),
        (r"hu(?![aeio])", "fu"),
        (r"(?<![stcf])hu", "fu"),
        (r"ou|oo", "o"),
        (r"uu", "u"),
        (r"aa", "a"),
        (r"ii", "i"),
        (r"cch", "ch"),
        (r"([kstpbdgz])\1", r"\1"),
    )
)


def fold_japanese(word: str) -> str:
    """One spelling for all systems and habits: satou, satoh, sato -> sato; jumpei -> junpei; zyunpei -> junpei."""
    for pattern, replacement in _JAPANESE_FOLDS:
        word = pattern.sub(replacement, word)
    return word


_ROMAJI: Final = re.compile(r"(?:(?:sh|ch|ts|[kgnhbpmr]y?|[sztdjfyw])?[aiueo]|n(?![aiueo]))+")


def is_romaji(word: str) -> bool:
    """Whether a folded word can be Japanese at all: wang and smith cannot."""
    return bool(_ROMAJI.fullmatch(word))


@cache
def japanese_surnames() -> dict[str, frozenset[str]]:
    return _folded("surnames")


@cache
def japanese_given() -> dict[str, frozenset[str]]:
    return _folded("given")


@cache
def japanese_characters() -> dict[str, frozenset[str]]:
    return _folded("characters")


def _folded(part: str) -> dict[str, frozenset[str]]:
    return {
        fold_characters(k): frozenset(fold_japanese(r) for r in readings.split())
        for k, readings in table("japanese")[part].items()
    }


# ---------------------------------------------------------------- two Latin spellings of one word


@cache
def _by_spelling(units: Units) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for unit, spellings in sorted(units().items()):
        for spelling in spellings:
            index.setdefault(spelling, []).append(unit)
    return index


def share_a_word(a: str, b: str, units: Units) -> bool:
    """Whether some row of syllables is spelled `a` by one habit and `b` by another. Looks at 40 letters of each."""
    a, b = a[:40], b[:40]
    by_spelling, spellings_of = _by_spelling(units), units()
    reached = {(0, 0)}
    frontier = [(0, 0)]
    while frontier:
        i, j = frontier.pop()
        if i == len(a) and j == len(b):
            return True
        for length in range(1, min(7, len(a) - i) + 1):
            for unit in by_spelling.get(a[i : i + length], ()):
                for spelling in spellings_of[unit]:
                    after = (i + length, j + len(spelling))
                    if spelling and after not in reached and b.startswith(spelling, j):
                        reached.add(after)
                        frontier.append(after)
    return False


def is_made_of(word: str, units: Units) -> bool:
    """Whether the word is a row of such syllables."""
    return share_a_word(word, word, units)

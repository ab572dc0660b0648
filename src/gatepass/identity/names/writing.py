"""A name as typed becomes writings: one per script, folded so that only differences that matter are left.

writings("張偉 (CHEUNG Wai)")  -> (Writing(HAN, "张伟"), Writing(LATIN, "cheung wai"))
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Final

import anyascii

MAX_CHARACTERS: Final = 120
"""Of a name, what follows is not looked at. ICAO 9303 prints 39; the longest field we know of holds 100."""
MAX_WORDS: Final = 10


class Script(StrEnum):
    HAN = "han"
    HANGUL = "hangul"
    KANA = "kana"
    """Also Chinese characters with kana among them: only a Japanese name is written so."""
    LATIN = "latin"


@dataclass(frozen=True, slots=True)
class Writing:
    """One name in one script. Kept out of every repr: names never reach a log line."""

    script: Script
    words: tuple[str, ...] = field(repr=False)
    """Folded: small letters without marks, or characters in the form that the tables use."""
    expanded: tuple[str, ...] = field(default=(), repr=False)
    """Latin only: the words with ü as ue, ø as oe, å as aa, as passports write them (ICAO 9303-3, section 6)."""
    typed: str = field(default="", repr=False)

    @property
    def joined(self) -> str:
        return "".join(self.words)


@cache
def table(name: str) -> dict[str, Any]:
    """One of the data files beside this module, read once."""
    text = resources.files(__package__).joinpath("tables", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _variants() -> dict[int, str]:
    pairs = [pair for part in ("traditional", "japanese") for pair in table("variants")[part].split()]
    folds = {ord(pair[0]): pair[1] for pair in pairs if pair[0] != pair[1]}
    # 渕 -> 渊 may itself be a step towards another form: follow it once, so that folding twice changes nothing.
    return {other: folds.get(ord(ours), ours) for other, ours in folds.items()}


def fold_characters(text: str) -> str:
    """張 -> 张, 沢 -> 泽: the form in which the tables hold a character."""
    return text.translate(_variants())


_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"}
)
_EXPANDED: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "đ": "dj"})
_APOSTROPHES: Final = re.compile(r"['’‘ʼ`´ʻ·]")
_KANA_CHARACTER: Final = re.compile(r"[\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fd\u30fe\uff66-\uff9f]")
_RUN: Final = re.compile(
    r"(?P<hangul>[\uac00-\ud7a3]+)"
    r"|(?P<cjk>[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3041-\u3096\u30a1-\u30fa\u30fc]+)"
    r"|(?P<other>[^\W_]+)"
)


def _unmarked(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def fold_latin(text: str) -> str:
    """Small letters a-z and digits only; other alphabets through anyascii. Łukasz -> lukasz, Сергей -> sergei."""
    folded = _unmarked(text.casefold())
    if not folded.isascii():
        folded = anyascii.anyascii(folded).casefold()
    return "".join(c for c in folded if c.isascii() and c.isalnum())


def writings(text: str) -> tuple[Writing, ...]:
    """Every script that the text is written in, in order of appearance; empty for a text without a letter."""
    typed = " ".join(unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).split())[:MAX_CHARACTERS]
    found: dict[Script, list[str]] = {}
    expanded: list[str] = []
    kana = bool(_KANA_CHARACTER.search(typed))
    # 朱・明 and 李·明: the dot parts words. Within Latin, apostrophes vanish: O'Rourke is OROURKE in a passport.
    parted = re.sub(r"(?<=[^\x00-\u024f])[·・•‧]|[・•‧]", " ", typed)
    for match in _RUN.finditer(_APOSTROPHES.sub("", parted)):
        word = match.group()
        if match.lastgroup == "hangul":
            found.setdefault(Script.HANGUL, []).append(word)
        elif match.lastgroup == "cjk":
            found.setdefault(Script.KANA if kana else Script.HAN, []).append(fold_characters(word))
        elif folded := fold_latin(word):
            found.setdefault(Script.LATIN, []).append(folded)
            expanded.append(fold_latin(word.casefold().translate(_EXPANDED)))
    return tuple(
        Writing(script, tuple(words[:MAX_WORDS]), tuple(expanded[:MAX_WORDS]) if script is Script.LATIN else (), typed)
        for script, words in found.items()
    )

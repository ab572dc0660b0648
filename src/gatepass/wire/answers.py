"""Approved answers: the published file `answers.json`, one for all gates of a town, and the search over it.

    {"answers": [{"id": 7, "gates": ["12"] or null, "texts": {"ko": ["ko", "질문", "한 문장", "본문"], …}}],
     "phone": "https://centre.example/my/questions/"}

Public texts, no person. The centre searches while somebody types, and a gate without a network searches its own copy:
it is the same `Finder`. All languages of an answer have one parent, so that words in any language find it, and it is
shown in the reader's own.

Words are found by their pieces: of letters that are written with spaces, the word and its beginnings from three letters
on; of Chinese, Japanese and Korean, every two neighbours. A rare piece counts more than one that every answer has.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Annotated, Final

import msgspec

from gatepass.languages import LANGUAGES, Language

ANSWERS_FILE: Final = "answers.json"
MOST_ANSWERS: Final = 2000
MOST_QUERY: Final = 300
"""Characters of what somebody types that are looked at."""
_MOST_BYTES: Final = 8 * 1024 * 1024
_SHORTEST: Final = 3
_LEAST_SHARE: Final = 0.2
"""So much of what was typed must be found, or it is no suggestion: Korean endings and Chinese seams find nothing."""
_WORD: Final = re.compile(r"[^\W_]+")
_TOGETHER: Final = (
    (0x3040, 0x30FF),  # hiragana, katakana
    (0x3400, 0x4DBF),  # CJK extension A
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # hangul syllables: particles hang on the word
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_EMPTY: Final = frozenset(
    {
        *("a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "has"),
        *("have", "how", "i", "if", "in", "is", "it", "may", "me", "my", "not", "of", "on", "or"),
        *("our", "shall", "she", "the", "their", "them", "they", "this", "to", "us", "was", "we", "what", "when"),
        *("where", "which", "who", "will", "with", "you", "your", "he", "her", "his"),
    }
)
"""English words that stand in every question."""


class Said(msgspec.Struct, frozen=True, array_like=True):
    language: Language
    """In which it is said: the own one, or the next best."""
    question: Annotated[str, msgspec.Meta(max_length=200)]
    short: Annotated[str, msgspec.Meta(max_length=400)]
    body: Annotated[str, msgspec.Meta(max_length=13_000)]


class Answer(msgspec.Struct, frozen=True):
    id: int
    gates: list[str] | None
    """Ids of gates; None: every gate."""
    texts: dict[Language, Said]
    ends: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0
    """Milliseconds; from then on it holds no more. 0: no end."""


class Answers(msgspec.Struct, frozen=True):
    answers: list[Answer] = []
    phone: Annotated[str, msgspec.Meta(max_length=300)] = ""
    """Address of the page on which a phone asks; empty: none is known here."""

    def encode(self) -> bytes:
        return msgspec.json.encode(self)

    def at(self, gate: str, now_ms: int) -> list[Answer]:
        """Of this gate and moment, those that have all languages: nothing else may stand on a screen."""
        here = [one for one in self.answers if one.gates is None or gate in one.gates]
        return [one for one in here if set(one.texts) == set(LANGUAGES) and not 0 < one.ends <= now_ms]


def decode(content: bytes) -> Answers:
    """Never raises: a file that a newer centre wrote otherwise, or a damaged one, holds no answer."""
    if len(content) > _MOST_BYTES:
        return Answers()
    try:
        return msgspec.json.decode(content, type=Answers)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Answers()


class Finder:
    """`find` over some answers; made anew when they change (a thousand in five languages: well under a second)."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._where: dict[str, dict[int, float]] = defaultdict(dict)
        self.answers = {one.id: one for one in answers}
        for one in self.answers.values():
            for said in {said.language: said for said in one.texts.values()}.values():
                # What was asked says more of what it is about than how it is answered.
                for text, weight in ((said.question, 3.0), (said.short, 1.5), (said.body, 1.0)):
                    for piece in pieces(text):
                        held = self._where[piece]
                        held[one.id] = max(weight, held.get(one.id, 0.0))

    def find(self, words: str, most: int = 5) -> list[Answer]:
        """The likeliest first; none where too little of it is found. Never raises."""
        wanted = list(_words(words[:MOST_QUERY]))
        scores: dict[int, float] = defaultdict(float)
        shares: dict[int, float] = defaultdict(float)
        for ways in wanted:
            best: dict[int, tuple[float, float]] = {}
            for piece in ways:  # from the whole word down to its beginning: the first that is there counts
                held = self._where.get(piece, {})
                rare = math.log(1 + len(self.answers) / (1 + len(held)))
                part = len(piece) / len(ways[0])
                for one, weight in held.items():
                    best.setdefault(one, (rare * weight * part, part))
            for one, (score, part) in best.items():
                scores[one] += score
                shares[one] += part
        good = [one for one in scores if shares[one] >= _LEAST_SHARE * len(wanted)]
        return [self.answers[one] for one in sorted(good, key=lambda one: (-scores[one], one))[:most]]


def pieces(text: str) -> Iterator[str]:
    """`May she` -> nothing: they stand in every question; `cleaning` -> cleaning, …, cle; `清洁工` -> 清洁, 洁工."""
    for ways in _words(text):
        yield from ways


def _words(text: str) -> Iterator[list[str]]:
    """Each word, the whole and then its beginnings, or each two neighbours."""
    for match in _WORD.finditer(unicodedata.normalize("NFKC", text).casefold()):
        for run, is_together in _runs(match[0]):
            if is_together:
                yield from ([run[at : at + 2]] for at in range(max(1, len(run) - 1)))
            elif run not in _EMPTY:
                yield [run, *(run[:end] for end in range(len(run) - 1, _SHORTEST - 1, -1))]


def _runs(word: str) -> Iterator[tuple[str, bool]]:
    """Parts of a word that are written without spaces, and parts that are not: `健康code`."""
    begin = 0
    for at in range(1, len(word) + 1):
        if at == len(word) or _is_together(word[at]) is not _is_together(word[begin]):
            yield word[begin:at], _is_together(word[begin])
            begin = at


def _is_together(letter: str) -> bool:
    return any(low <= ord(letter) <= high for low, high in _TOGETHER)

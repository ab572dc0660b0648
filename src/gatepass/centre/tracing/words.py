"""What a case may rest on and why a name may be revealed: `bases.toml` as values."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any, Final

from gatepass.centre.passages.words import active_language
from gatepass.languages import LANGUAGES, Language

OTHER: Final = "other"
"""The reason for which own words are asked for."""


def read_words(text: str) -> dict[str, dict[str, dict[str, str]]]:
    """Table -> code -> language (and `source`) -> words. ValueError where a language is missing."""
    raw: dict[str, Any] = tomllib.loads(text)
    for table, codes in raw.items():
        for code, words in codes.items():
            gaps = [language for language in LANGUAGES if not words.get(language)]
            if gaps:
                raise ValueError(f"bases.toml: {table}.{code} lacks {', '.join(gaps)}")
    return raw


_WORDS: Final = read_words(resources.files("gatepass.centre.tracing").joinpath("bases.toml").read_text("utf-8"))
BASES: Final = _WORDS["basis"]
REASONS: Final = _WORDS["reveal"]


def choices(table: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """For a form, in the reader's language."""
    language = active_language()
    return [(code, words[language]) for code, words in table.items()]


def basis_words(code: str, language: Language | None = None) -> str:
    words = BASES.get(code)
    return f"{words[language or active_language()]} ({words['source']})" if words else code


def reason_words(code: str) -> str:
    """A code of an earlier list stands as it is; a hand-over is its own reason."""
    return REASONS[code][active_language()] if code in REASONS else code

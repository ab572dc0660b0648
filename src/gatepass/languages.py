"""The five languages, in the order in which a screen offers them."""

from __future__ import annotations

from typing import Final, Literal, get_args

Language = Literal["zh-Hans", "zh-Hant", "en", "ko", "ja"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT_LANGUAGE: Final[Language] = "zh-Hans"

# Each language written in its own script: a person looks for their own word, not for a flag.
OWN_NAME: Final[dict[Language, str]] = {
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "en": "English",
    "ko": "한국어",
    "ja": "日本語",
}

# Nationality or region (ISO 3166-1 alpha-3) -> the language to try first. Everyone else abroad: English.
_BY_NATIONALITY: Final[dict[str, Language]] = {
    "CHN": "zh-Hans",
    "HKG": "zh-Hant",
    "MAC": "zh-Hant",
    "TWN": "zh-Hant",
    "SGP": "zh-Hans",
    "KOR": "ko",
    "PRK": "ko",
    "JPN": "ja",
}


def language_for(nationality: str) -> Language:
    """The language to greet a holder in, by the nationality that the document states; the screen offers the others."""
    if not nationality:
        return DEFAULT_LANGUAGE
    return _BY_NATIONALITY.get(nationality, "en")

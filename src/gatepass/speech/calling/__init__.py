"""The page on which somebody calls an interpreter: the same at a gate and on a resident's phone.

`words.toml` has its sentences and the phrase card in five languages; `static` its script and style, which each of the
two sites serves as its own.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from gatepass.languages import LANGUAGES, OWN_NAME, Language

STATIC: Final = Path(__file__).parent / "static"
WORDS: Final[dict[str, dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "words.toml").read_text(encoding="utf-8")
)


@cache
def texts(language: Language) -> dict[str, Any]:
    """Everything that the page says, in a language and in the one of whoever stands beside it."""
    beside: Language = "en" if language.startswith("zh") else "zh-Hans"
    return {
        "language": language,
        "name": OWN_NAME[language],
        "beside": beside,
        "words": {key: said[language] for key, said in WORDS["words"].items()},
        "phrases": [
            {"who": said["who"], "said": said[language], "beside": said[beside]} for said in WORDS["phrases"].values()
        ],
    }


def incomplete() -> list[str]:
    """Sentences that lack a language; a test wants none."""
    return [
        f"{table}.{key}: {language}"
        for table in ("words", "phrases")
        for key, said in WORDS[table].items()
        for language in LANGUAGES
        if not said.get(language)
    ]

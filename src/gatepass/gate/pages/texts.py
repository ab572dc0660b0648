"""The texts of the gate's pages: policy's answers and these pages' own words (`words.toml`), as one value for JSON."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from gatepass.gate.problems import sentences
from gatepass.languages import LANGUAGES, OWN_NAME, Language
from gatepass.policy import reasons

_WORDS: Final = Path(__file__).parent / "words.toml"


@cache
def all_words() -> dict[str, dict[Language, str]]:
    """`{"kiosk.lay_card": {"zh-Hans": .., "zh-Hant": .., "en": .., "ko": .., "ja": ..}, ..}`

    Raises ValueError when a text is missing in a language: a gate must not find that out in front of a person.
    """
    tables: dict[str, dict[str, dict[Language, str]]] = tomllib.loads(_WORDS.read_text("utf-8"))
    words = {f"{section}.{key}": texts for section, table in tables.items() for key, texts in table.items()}
    gaps = [key for key, texts in words.items() if tuple(texts) != LANGUAGES or not all(texts.values())]
    if gaps:
        raise ValueError(f"words.toml: not in all five languages (in the order of LANGUAGES): {', '.join(gaps)}")
    return words


def page_texts(language: Language, *, sections: tuple[str, ...], for_guard: bool) -> dict[str, Any]:
    """What a page embeds: policy's tables under their own names, the words of `sections` under `words`.

    The guard's page also has the gate's sentences about itself, and it alone carries why somebody is held: what stands
    in the source of a public screen is public.
    """
    answers = reasons.embeddable()
    words = {key: texts for key, texts in all_words().items() if key.split(".")[0] in sections}
    texts: dict[str, Any] = {
        "language": language,
        "languages": [{"code": code, "name": OWN_NAME[code]} for code in LANGUAGES],
        "words": words,
    }
    if for_guard:
        return {**answers, "state": sentences()["state"], **texts}
    return {
        "reason": {code: _public(reason) for code, reason in answers["reason"].items()},
        "advice": {code: _public(advice) for code, advice in answers["advice"].items() if advice["aloud"]},
        "outcome": answers["outcome"],
        "notice": answers["notice"],
        **texts,
    }


def _public(entry: dict[str, Any]) -> dict[str, Any]:
    wording: dict[str, Any] = {
        language: {key: text for key, text in entry[language].items() if key in {"word", "sentence"}}
        for language in LANGUAGES
    }
    return {"prompt": entry["prompt"], **wording}

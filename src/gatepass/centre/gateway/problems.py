"""What the gateway refuses, as values; on the wire always RFC 9457 (`wire.messages.Problem`), in the caller's language.

Exception
└── ProblemError(code)      `problems.toml` has the HTTP status and the sentence of each code; a test refuses gaps
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import msgspec

from gatepass.languages import DEFAULT_LANGUAGE, LANGUAGES, Language
from gatepass.wire.messages import Problem


class ProblemError(Exception):
    """`headers` are further response headers; `at` is the centre's clock in ms, where the refusal was about time."""

    def __init__(
        self, code: str, *, detail: str = "", at: int = 0, title: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.at = at
        self.title = title
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        return PROBLEMS[self.code]["status"]

    def body(self, language: Language) -> bytes:
        """JSON."""
        return msgspec.json.encode(
            Problem(
                type=f"urn:gatepass:problem:{self.code}",
                code=self.code,
                title=self.title or PROBLEMS[self.code][language],
                status=self.status,
                detail=self.detail,
                at=self.at,
            )
        )


PROBLEMS: Final[dict[str, dict[str, Any]]] = tomllib.loads(
    resources.files("gatepass.centre.gateway").joinpath("problems.toml").read_text("utf-8")
)

_BY_TAG: Final[dict[str, Language]] = {language.lower(): language for language in LANGUAGES} | {
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
}


@lru_cache(maxsize=1000)
def language_of(accept: str) -> Language:
    """The best of the five for an Accept-Language value (RFC 9110, section 12.5.4); anything else is the default."""
    wishes: list[tuple[float, int, Language]] = []
    for place, part in enumerate(accept[:200].split(",")):
        tag, _, weight = part.strip().partition(";")
        language = _language_of_tag(tag.strip().lower())
        quality = weight.strip().removeprefix("q=") or "1"
        if language and quality.replace(".", "", 1).isdecimal() and quality.isascii():
            wishes.append((-float(quality), place, language))
    return min(wishes)[2] if wishes else DEFAULT_LANGUAGE


def _language_of_tag(tag: str) -> Language | None:
    parts = tag.split("-")
    for length in (2, 1):
        found = _BY_TAG.get("-".join(parts[:length]))
        if found:
            return found
    return None

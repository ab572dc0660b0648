"""What can go wrong at a gate, as values: a code, fields, and a sentence in five languages (`sentences.toml`).

GateError(code, **fields)
├── EnrolmentError        the gate could not be enrolled; nothing was written
├── FolderError           the gate folder is missing, unreadable, or in use by another agent
└── DeskError             a call from the guard desk is refused; `status` is its HTTP status

`[error.CODE]` are refusals, `[state.CODE]` what `/healthz` and the desk say about a gate that still works,
`[number.CODE]` and `[slip.CODE]` what is wrong with a typed number, and where.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import msgspec

from gatepass.identity.checks import place_of_slip
from gatepass.languages import DEFAULT_LANGUAGE, LANGUAGES, Language
from gatepass.wire.messages import Problem

_STATUS = {
    "locked": 401,
    "pin_wrong": 403,
    "pin_not_set": 403,
    "foreign_origin": 403,
    "passage_not_held": 404,
    "number_invalid": 422,
    "number_ambiguous": 422,
    "issuer_needed": 422,
    "visitor_unwell": 422,
    "visitor_unconfirmed": 422,
    "report_empty": 422,
    "report_again": 422,
    "reporter_forgotten": 404,
    "report_not_kept": 503,
    "request_invalid": 422,
    "locked_out": 429,
}


class GateError(Exception):
    """`code` is stable and is what programs read; `fields` never name a person."""

    def __init__(self, code: str, **fields: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    def sentence(self, language: Language) -> str:
        return sentences()["error"][self.code][language].format(**self.fields)


class EnrolmentError(GateError):
    pass


class FolderError(GateError):
    pass


class DeskError(GateError):
    @property
    def status(self) -> int:
        return _STATUS[self.code]

    def sentence(self, language: Language) -> str:
        """Of a number that is wrong: what is wrong with it, and where a slip of the finger would explain it."""
        wrong = sentences()["number"].get(str(self.fields.get("detail", "")))
        if self.code != "number_invalid" or wrong is None:
            return super().sentence(language)
        slip = place_of_slip(self.fields)
        if slip is None:
            return wrong[language]
        which, places = slip
        space = " " if language in {"en", "ko"} else ""
        return f"{wrong[language]}{space}{sentences()['slip'][which][language].format(places=places)}"

    def problem(self, language: Language) -> bytes:
        """The body of the answer, RFC 9457; `kinds` and `states` are what the guard may choose from."""
        choices = {name: str(self.fields[name]).split() for name in ("kinds", "states") if name in self.fields}
        problem = Problem(
            type=f"urn:gatepass:problem:{self.code}",
            code=self.code,
            title=self.sentence(language),
            status=self.status,
            detail=str(self.fields.get("detail", "")),
        )
        return msgspec.json.encode(msgspec.to_builtins(problem) | choices)


@cache
def sentences() -> dict[str, dict[str, dict[Language, str]]]:
    """`[error|state][code][language]`, as `sentences.toml` has them."""
    text = resources.files("gatepass.gate").joinpath("sentences.toml").read_text("utf-8")
    parsed: dict[str, dict[str, dict[Language, str]]] = tomllib.loads(text)
    return parsed


def state_sentences(language: Language) -> dict[str, str]:
    return {code: texts[language] for code, texts in sentences()["state"].items()}


def preferred_language(accept: str) -> Language:
    """The first of our five that an Accept-Language header (RFC 9110, 12.5.4) or a locale (zh_TW.UTF-8) asks for."""
    for wish in accept.split(","):
        tag = wish.split(";")[0].strip().split(".")[0].replace("_", "-").lower()
        if tag in {"zh-tw", "zh-hk", "zh-mo"} or tag.startswith("zh-hant"):
            return "zh-Hant"
        primary = tag.split("-")[0]
        if primary == "zh":
            return "zh-Hans"
        for language in LANGUAGES:
            if language == primary:
                return language
    return DEFAULT_LANGUAGE

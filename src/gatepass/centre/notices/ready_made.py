"""The notices that gatepass brings along, in five languages: `texts/NAME.toml`, read once, filled in for a town.

    kind = "poster"                 of `models.Kind`
    fields = ["phone", "opens"]     of `FIELDS`: what a town fills in, once for all languages
    [zh-Hans]                       and so on, in the order of LANGUAGES
    title, short, body              `short` is one sentence: on screens, as a text message, and aloud

Nobody whose mother tongue it is has reviewed these texts yet: `REVIEWED_BY` says so, and so does every page that offers
one. A town's own reviewers do before anything is published.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from gatepass.languages import LANGUAGES, Language

REVIEWED_BY: Final[str] = ""
"""Native reviewers of the shipped texts; empty: none yet."""

FieldKind = Literal["phone", "time", "date", "number", "text"]
FIELDS: Final[dict[str, FieldKind]] = {
    "phone": "phone",
    "night_phone": "phone",
    "opens": "time",
    "closes": "time",
    "date": "date",
    "days": "number",
    "hours": "number",
    "office": "text",
    "place": "text",
    "gate": "text",
    "entrance": "text",
}
_FIELD: Final = re.compile(r"\{(\w+)\}")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    short: str
    body: str


class ReadyMade(msgspec.Struct, frozen=True):
    name: str
    kind: str
    fields: tuple[str, ...]
    texts: Mapping[Language, Text]

    def filled(self, values: Mapping[str, str | int | date | time]) -> dict[Language, Text]:
        """With the town's own figures: a date as each language writes it. KeyError where a field has no value."""
        return {
            language: Text(
                **{part: _filled(getattr(text, part), values, language).strip() for part in ("title", "short", "body")}
            )
            for language, text in self.texts.items()
        }


def fields_of(text: Text) -> set[str]:
    return set(_FIELD.findall(f"{text.title} {text.short} {text.body}"))


def written(day: date, language: Language) -> str:
    match language:
        case "en":
            return f"{day.day} {_MONTHS[day.month - 1]}"
        case "ko":
            return f"{day.month}월 {day.day}일"
        case _:
            return f"{day.month}月{day.day}日"


def _filled(text: str, values: Mapping[str, str | int | date | time], language: Language) -> str:
    def value(match: re.Match[str]) -> str:
        given = values[match[1]]
        if isinstance(given, date):
            return written(given, language)
        return f"{given:%H:%M}" if isinstance(given, time) else str(given)

    return _FIELD.sub(value, text)


def _read() -> Mapping[str, ReadyMade]:
    found = {}
    folder = resources.files(__package__).joinpath("texts")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        raw: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
        name = file.name.removesuffix(".toml")
        texts = msgspec.convert({key: raw[key] for key in raw if key not in {"kind", "fields"}}, dict[Language, Text])
        if tuple(texts) != LANGUAGES:
            raise ValueError(f"texts/{file.name}: not the five languages, in the order of LANGUAGES")
        found[name] = ReadyMade(name, raw["kind"], tuple(raw["fields"]), MappingProxyType(texts))
    return MappingProxyType(found)


READY_MADE: Final = _read()
EXAMPLE: Final[dict[str, str | int | date | time]] = {
    "phone": "0571-8765 4321",
    "night_phone": "0571-8765 4300",
    "opens": time(8, 30),
    "closes": time(17, 0),
    "date": date(2026, 3, 12),
    "days": 14,
    "hours": 24,
    "office": "定安路社区",
    "place": "东门岗亭旁",
    "gate": "南门",
    "entrance": "东门",
}
"""What a preview is filled in with, and the tests."""

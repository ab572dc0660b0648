"""What a cell says, in the words of five languages: `values.toml`, and the words of our own pages."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Final

from django.conf import settings
from django.utils import translation

from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.identity import PartialDate


class CellError(Exception):
    """`code` is one of `words.FAULTS` or `errors.SENTENCES`; `fields` never hold what the cell says."""

    def __init__(self, code: str, **fields: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


_CHOICES: Final = {
    "sex": Resident.SEX,
    "document_kind": IdentityDocument.KIND,
    "relation": Membership.Relation.choices,
    "language": settings.LANGUAGES,
}


def read_word(field: str, text: str) -> str:
    """The value that a word stands for; `field` is `sex`, `document_kind`, `relation` or `language`.

    CellError `row_sex`, `row_kind`, `row_relation`, `row_language`.
    """
    value = _values()[field].get(plain(text))
    if value is None:
        raise CellError("row_kind" if field == "document_kind" else f"row_{field}")
    return value


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(".。")


@cache
def _values() -> Mapping[str, Mapping[str, str]]:
    text = resources.files(__package__).joinpath("values.toml").read_text(encoding="utf-8")
    found = {
        field: {plain(word): value for value, words in table.items() for word in words}
        for field, table in tomllib.loads(text).items()
    }
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for field, choices in _CHOICES.items():
                for value, word in choices:
                    found[field].setdefault(plain(str(word)), str(value))
                    found[field].setdefault(plain(str(value)), str(value))
    return found


_PARTS = re.compile(
    r"(?P<year>[0-9]{4})\s*(?:[-/.年년]\s*)?(?:(?P<month>[0-9]{1,2})\s*(?:[-/.月월]\s*)?(?:(?P<day>[0-9]{1,2})\s*[日일]?)?)?"
)
_EIGHT = re.compile(r"[0-9]{8}")
_CLOCK = re.compile(r"[ T]0{1,2}:00(:00)?$")
_OLDEST: Final = 1850


def read_birth(text: str, today: date) -> PartialDate:
    """Year first, in any of the five languages' forms; the day, or month and day, may be missing.

    CellError `row_date`: also for 03/12/1941, of which nobody can say which is the month. `row_date_range`.
    """
    text = _CLOCK.sub("", unicodedata.normalize("NFKC", text).strip())
    if _EIGHT.fullmatch(text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    found = _PARTS.fullmatch(text)
    if found is None or (found["month"] and text.isdigit()):
        raise CellError("row_date")
    year, month, day = (int(part) if part else None for part in found.group("year", "month", "day"))
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        raise CellError("row_date") from None
    if first > today + timedelta(days=1) or first.year < _OLDEST:
        raise CellError("row_date_range")
    return PartialDate(first.year, month, day)

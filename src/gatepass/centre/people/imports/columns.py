"""What a column of a list can mean, and how it is recognised: `headings.toml` has the words of five languages."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.imports.models import Import


@dataclass(frozen=True, slots=True)
class Column:
    """One field of an entry."""

    field: str
    label: Promise
    needed: bool = False
    example: str = ""
    """For the template; invented."""


_PLACES: Final = (
    Column("site", _("Site")),
    Column("building", _("Building"), needed=True, example="3幢"),
    Column("unit", _("Unit"), example="2单元"),
    Column("room", _("Room"), example="501"),
)

COLUMNS: Final[Mapping[str, Sequence[Column]]] = {
    Import.Kind.RESIDENTS: (
        Column("full_name", _("Full name"), needed=True, example="王秀英"),
        Column("latin_name", _("Name in Latin letters"), example="WANG XIUYING"),
        Column("preferred_name", _("Preferred name")),
        Column("document_number", _("Document number"), needed=True, example="330198194103121820"),
        Column("document_kind", _("Kind of document")),
        Column("issuer", _("Issued by")),
        Column("second_number", _("Second document: number")),
        Column("second_kind", _("Second document: kind")),
        Column("second_issuer", _("Second document: issued by")),
        Column("sex", _("Sex")),
        Column("birth", _("Date of birth"), example="1941-03-12"),
        Column("nationality", _("Nationality")),
        Column("phone", _("Telephone"), example="13800000000"),
        Column("relative_phone", _("Telephone of a relative")),
        Column("language", _("Language")),
        *(Column(place.field, place.label, example=place.example) for place in _PLACES),
        Column("address", _("Address")),
        Column("household", _("Household")),
        Column("relation", _("Relation to the head of the household")),
    ),
    Import.Kind.PLACES: _PLACES,
}

_BRACKETED = re.compile(r"[(（\[【<][^)）\]】>]*[)）\]】>]")


def plain_heading(heading: str) -> str:
    """Letters and digits alone, in one width and case, without what stands in brackets: `姓名*（必填）` is 姓名."""
    folded = unicodedata.normalize("NFKC", _BRACKETED.sub("", heading)).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def guessed(kind: str, headings: Sequence[str]) -> dict[str, int]:
    """Field -> column, of those that are recognised; each field once, the first column of its name."""
    found: dict[str, int] = {}
    plain = [plain_heading(heading) for heading in headings]
    known = _headings()
    for column in COLUMNS[kind]:
        for place, heading in enumerate(plain):
            if heading in known[column.field] and place not in found.values():
                found[column.field] = place
                break
    return found


def print_of(headings: Sequence[str]) -> bytes:
    """By which a list of the same make is recognised, 16 bytes."""
    return hashlib.blake2b("\0".join(map(plain_heading, headings)).encode(), digest_size=16).digest()


@cache
def _headings() -> Mapping[str, frozenset[str]]:
    """Field -> plain headings: those of the file, and what our own pages call it, in five languages."""
    text = resources.files(__package__).joinpath("headings.toml").read_text(encoding="utf-8")
    words: dict[str, set[str]] = {field: set(map(plain_heading, some)) for field, some in tomllib.loads(text).items()}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for columns in COLUMNS.values():
                for column in columns:
                    words[column.field].add(plain_heading(str(column.label)))
    return {field: frozenset(some) for field, some in words.items()}

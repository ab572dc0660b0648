"""`notice_pdf`: the release notice on A4 by Typst, in one to five languages. The same facts give the same bytes.

The QR code carries an address of this centre with the signed text of `credentials.release_notice`: a phone's camera
opens the page that says whether the notice stands. `Paper` is what it shares with the order (`orders`).
"""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Final, Protocol, TypeVar

import msgspec
import segno
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from gatepass.centre import keys
from gatepass.centre.codes.papers.printing import MONTHS, compiler, letters
from gatepass.centre.passages.words import zone_name
from gatepass.centre.people.models import Resident
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.models import Notice, Quarantine, Release
from gatepass.centre.quarantine.words import kind_word
from gatepass.credentials import release_notice, serials
from gatepass.identity import DocumentKind
from gatepass.identity.masking import mask_number
from gatepass.languages import LANGUAGES, Language

LONGEST_NAME: Final = 80
STOP: Final[dict[Language, str]] = {"en": ". ", "ko": ". "}
"""Between two sentences of one line."""


Text = TypeVar("Text")


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    name: str
    document: str
    kind: str
    period: str
    released: str
    issued: str
    number: str
    in_time: str
    early: str
    check: str
    where: str
    note: str
    date: str
    alt: str


def words_of(file: str, kind: type[Text]) -> dict[Language, Text]:
    """A file of this folder: the words of a paper in five languages."""
    text = resources.files(__package__).joinpath(file).read_text("utf-8")
    read = msgspec.convert(tomllib.loads(text), dict[Language, kind])  # type: ignore[valid-type]
    if tuple(read) != LANGUAGES:
        raise ValueError(f"{file}: not the five languages, in the order of LANGUAGES")
    return read


WORDS: Final = words_of("notice.toml", Words)


class _Paper(Protocol):
    @property
    def languages(self) -> list[Any]: ...


_BY_DJANGO: Final = {language.lower(): language for language in LANGUAGES}


def own_languages(resident: Resident) -> list[Language]:
    """Chinese, and the person's own where it is another one."""
    return list(dict.fromkeys(("zh-Hans", _BY_DJANGO.get(resident.language, "en"))))


def issuer_of(resident: Resident) -> str:
    return f"{settings.CONFIGURATION.town} {resident.site.community.name}"


def languages_of(paper: Notice | _Paper, wished: Sequence[str] = ()) -> list[Language]:
    """What was asked for, else what the paper was issued in; Chinese first, each once."""
    chosen = [language for language in LANGUAGES if language in wished] or paper.languages
    return [language for language in LANGUAGES if language in chosen] or ["zh-Hans"]


def check_address(notice: Notice) -> str:
    """What the QR code opens."""
    return address_of(bytes(notice.serial), notice.issued_at, release_notice.RELEASE)


def address_of(serial: bytes, issued_at: datetime, kind: str) -> str:
    text = release_notice.make(keys.code_signing_key(settings.KEYS_DIR), serial, issued_at, kind)
    return f"{settings.CONFIGURATION.address}{reverse('notice_shown', args=[text])}"


def notice_pdf(notice: Notice, languages: Sequence[Language]) -> bytes:
    """`PaperError` where this machine has no letters for one of the languages."""
    return typeset(facts_of(notice, languages), format="pdf", pdf_standards=["ua-1"])[0]


def typeset(facts: dict[str, Any], **form: Any) -> list[bytes]:
    """The document, or a picture for each page."""
    made = compiler().compile(input=_template(), sys_inputs={"facts": json.dumps(facts)}, **form)
    return [made] if isinstance(made, bytes) else list(made or ())


def facts_of(notice: Notice, languages: Sequence[Language]) -> dict[str, Any]:
    """All that stands on the paper. `PaperError` as `notice_pdf`."""
    release = notice.release
    case = release.quarantine
    released = release.done_at or notice.issued_at
    from_utc = offset(released, case)
    period = f"{stamp(case.started_at, case)} – {stamp(_end(case, release, released), case, end=True)}"
    return {
        **of_person(case.resident),
        "texts": [_text(case, release, released, language) for language in languages],
        "cells": [
            cell("document", document_of(case.resident), size=12),
            cell("kind", each="kind_said"),
            cell("period", period, small=from_utc),
            cell("released", stamp(released, case), small=from_utc),
        ],
        **foot(bytes(notice.serial), notice.issuer, stamp(notice.issued_at, case), check_address(notice)),
    }


def of_person(resident: Resident) -> dict[str, Any]:
    names = [name for name in (resident.latin_name, resident.preferred_name) if name and name != resident.full_name]
    return {"name": plain(resident.full_name), "names": [plain(name) for name in dict.fromkeys(names)]}


def document_of(resident: Resident) -> str:
    document = resident.documents.filter(retired_at__isnull=True).order_by("id").first()
    return f"{document.issuer} {mask_number(DocumentKind(document.kind), str(document.number))}" if document else "—"


def offset(moment: datetime, case: Quarantine) -> str:
    """`UTC+0800`; the name of the zone stands beside it in each language."""
    return f"UTC{moment.astimezone(case.civil):%z}"


def zone_said(case: Quarantine, language: Language) -> str:
    """Empty for a zone that has no name here: its distance from UTC says enough."""
    with translation.override(language.lower()):
        return zone_name(case.started_at.astimezone(case.civil))


def cell(
    label: str, value: str = "", *, each: str = "", small: str = "", wide: bool = False, size: int = 11
) -> dict[str, Any]:
    """Under the word `label` of each language: `value`, or with `each` the words of that name of each language.

    `small`, the distance from UTC, comes after the zone's name in each language.
    """
    said = {"each": each} if each else {"value": value}
    return {"label": label, **said, "small": small, "wide": wide, "size": size}


def foot(serial: bytes, issuer: str, issued: str, address: str) -> dict[str, str]:
    return {
        "issued": issued,
        "issuer": plain(issuer, 160),
        "number": serials.written(serial),
        "address": f"{settings.CONFIGURATION.address}{reverse('notice_check')}",
        "svg": _svg(address),
    }


def _end(case: Quarantine, release: Release, released: datetime) -> datetime:
    """Of an early release the period has ended with it."""
    return min(case.ends_at, released) if release.timing == Release.Timing.EARLY else case.ends_at


def _text(case: Quarantine, release: Release, released: datetime, language: Language) -> dict[str, Any]:
    words = WORDS[language]
    kind = kind_word(case, language)
    said = words.early if release.timing == Release.Timing.EARLY else words.in_time
    certifies = said.format(
        kind=kind.lower() if language == "en" else kind,
        start=written(case.started_at, case, words.date),
        end=written(case.ends_at, case, words.date, end=True),
        released=written(released, case, words.date),
    )
    return {
        **letters(language),
        **msgspec.to_builtins(words),
        "kind_said": kind,
        "zone_said": zone_said(case, language),
        "paragraphs": [certifies],
        "stop": STOP.get(language, "。"),
    }


def _hand(moment: datetime, case: Quarantine, *, end: bool) -> tuple[Any, str]:
    """The day and the time; an end at midnight is the 24:00 of the day before."""
    if end:
        day, clock = calendar.last_day(moment, case.civil)
        return day, clock.strftime("%H:%M") if clock else "24:00"
    local = moment.astimezone(case.civil)
    return local.date(), local.strftime("%H:%M")


def stamp(moment: datetime, case: Quarantine, *, end: bool = False) -> str:
    day, clock = _hand(moment, case, end=end)
    return f"{day:%Y-%m-%d} {clock}"


def written(moment: datetime, case: Quarantine, pattern: str, *, end: bool = False) -> str:
    """`pattern` as the language writes a date (`date` of the words)."""
    day, clock = _hand(moment, case, end=end)
    return pattern.format(year=day.year, month=day.month, day=day.day, month_name=MONTHS[day.month - 1], time=clock)


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("paper.typ").read_bytes()


def _svg(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=2, light="#fff", xmldecl=False)
    return out.getvalue().decode()


def plain(text: str, most: int = LONGEST_NAME) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:most]

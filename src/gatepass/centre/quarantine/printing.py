"""`notice_pdf`: the release notice on A4 by Typst, in one to five languages. The same facts give the same bytes.

The QR code carries an address of this centre with the signed text of `credentials.release_notice`: a phone's camera
opens the page that says whether the notice stands.
"""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Final

import msgspec
import segno
from django.conf import settings
from django.urls import reverse

from gatepass.centre import keys
from gatepass.centre.codes.papers.printing import MONTHS, compiler, letters
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.models import Notice, Quarantine, Release
from gatepass.centre.quarantine.words import kind_word
from gatepass.credentials import release_notice, serials
from gatepass.identity import DocumentKind
from gatepass.identity.masking import mask_number
from gatepass.languages import LANGUAGES, Language

LONGEST_NAME: Final = 80
_STOP: Final[dict[Language, str]] = {"en": ". ", "ko": ". "}
"""Between two sentences of one line."""


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


def _words() -> dict[Language, Words]:
    text = resources.files(__package__).joinpath("notice.toml").read_text("utf-8")
    read = msgspec.convert(tomllib.loads(text), dict[Language, Words])
    if tuple(read) != LANGUAGES:
        raise ValueError("notice.toml: not the five languages, in the order of LANGUAGES")
    return read


WORDS: Final = _words()


def languages_of(notice: Notice, wished: Sequence[str] = ()) -> list[Language]:
    """What was asked for, else what the notice was issued in; Chinese first, each once."""
    chosen = [language for language in LANGUAGES if language in wished] or notice.languages
    return [language for language in LANGUAGES if language in chosen] or ["zh-Hans"]


def check_address(notice: Notice) -> str:
    """What the QR code opens."""
    text = release_notice.make(keys.code_signing_key(settings.KEYS_DIR), bytes(notice.serial), notice.issued_at)
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
    resident = case.resident
    document = resident.documents.filter(retired_at__isnull=True).order_by("id").first()
    number = mask_number(DocumentKind(document.kind), str(document.number)) if document else ""
    names = [name for name in (resident.latin_name, resident.preferred_name) if name and name != resident.full_name]
    released = release.done_at or notice.issued_at
    return {
        "texts": [_text(case, release, released, language) for language in languages],
        "name": _plain(resident.full_name),
        "names": [_plain(name) for name in dict.fromkeys(names)],
        "document": f"{document.issuer} {number}" if document else "—",
        "period": f"{_stamp(case.started_at, case)} – {_stamp(_end(case, release, released), case, end=True)}",
        "released": _stamp(released, case),
        "issued": _stamp(notice.issued_at, case),
        "zone": f"{case.zone}, UTC{released.astimezone(case.civil):%z}",
        "issuer": _plain(notice.issuer, 160),
        "number": serials.written(bytes(notice.serial)),
        "address": f"{settings.CONFIGURATION.address}{reverse('notice_check')}",
        "svg": _svg(check_address(notice)),
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
        start=_written(case.started_at, case, words),
        end=_written(case.ends_at, case, words, end=True),
        released=_written(released, case, words),
    )
    return {
        **letters(language),
        **msgspec.to_builtins(words),
        "kind_said": kind,
        "certifies": certifies,
        "stop": _STOP.get(language, "。"),
    }


def _hand(moment: datetime, case: Quarantine, *, end: bool) -> tuple[Any, str]:
    """The day and the time; an end at midnight is the 24:00 of the day before."""
    if end:
        day, clock = calendar.last_day(moment, case.civil)
        return day, clock.strftime("%H:%M") if clock else "24:00"
    local = moment.astimezone(case.civil)
    return local.date(), local.strftime("%H:%M")


def _stamp(moment: datetime, case: Quarantine, *, end: bool = False) -> str:
    day, clock = _hand(moment, case, end=end)
    return f"{day:%Y-%m-%d} {clock}"


def _written(moment: datetime, case: Quarantine, words: Words, *, end: bool = False) -> str:
    day, clock = _hand(moment, case, end=end)
    return words.date.format(year=day.year, month=day.month, day=day.day, month_name=MONTHS[day.month - 1], time=clock)


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("notice.typ").read_bytes()


def _svg(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=2, light="#fff", xmldecl=False)
    return out.getvalue().decode()


def _plain(text: str, most: int = LONGEST_NAME) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:most]

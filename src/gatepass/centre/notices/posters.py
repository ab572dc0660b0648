"""`poster_pdf`: what is public of a notice, on A3, A4 or A5: a page for each language, or all of them on one sheet.

Each text carries a QR to its own live page, which says when the text on the paper is out of date. It is set as large as
it fits; RefusedError `poster_overflow` where it does not fit at a size that can be read.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Final

import segno
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from gatepass.centre.codes.papers.printing import document, letters
from gatepass.centre.errors import RefusedError
from gatepass.centre.notices.access import language_of
from gatepass.centre.notices.models import Edition
from gatepass.centre.notices.prose import blocks
from gatepass.languages import LANGUAGES, OWN_NAME, Language


class Size(StrEnum):
    A3 = "a3"
    A4 = "a4"
    A5 = "a5"


class Layout(StrEnum):
    ONE = "one"
    """A page for each language."""
    TOGETHER = "together"
    """All on one sheet, two beside each other."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Millimetres; points from the largest letters to the smallest that can be read there."""

    width: float
    height: float
    margin: float
    largest: float
    smallest: float
    foot: float


# A poster is read from two metres (A3), a sheet in the hand from forty centimetres.
PAPERS: Final = {
    Size.A3: Paper(297, 420, 22, 34, 15, 14),
    Size.A4: Paper(210, 297, 17, 25, 10.5, 10),
    Size.A5: Paper(148, 210, 11, 17, 8, 7.5),
}
# On one sheet each text has a quarter of the paper: read from nearby.
TOGETHER: Final = {
    Size.A3: Paper(297, 420, 11, 18, 8.5, 8),
    Size.A4: Paper(210, 297, 7.5, 13, 6.5, 6),
    Size.A5: Paper(148, 210, 5, 9, 5.5, 5),
}
COLOURS: Final[dict[Language, str]] = {
    "zh-Hans": "#FFFFFF",
    "zh-Hant": "#FFF6D6",
    "en": "#E3EFFA",
    "ko": "#FBE6EA",
    "ja": "#E5F3E1",
}
"""White, cream, blue, rose, green: a guard picks the sheet without reading it. Text on each keeps 12:1."""
_WITHIN_A_NUMBER: Final = re.compile(r"(?<=\d) (?=\d)")
"""No line ends there: half a telephone number is none."""


def poster_pdf(editions: Sequence[Edition], size: Size, layout: Layout, *, coloured: bool) -> bytes:
    """The same editions give the same bytes. PaperError `fonts_missing`; RefusedError `poster_overflow`, `…_empty`."""
    facts = poster_facts(editions, size, layout, coloured=coloured)
    too_long = [OWN_NAME[language] for language in _overflowing(facts)]
    if too_long:
        raise RefusedError("poster_overflow", languages=", ".join(too_long), size=size.value.upper())
    made = document(_template(), facts).compile(format="pdf", pdf_standards=["ua-1"])
    assert isinstance(made, bytes)
    return made


def _overflowing(facts: dict[str, Any]) -> list[Language]:
    """Languages whose text does not fit."""
    found = json.loads(document(_template(), facts).query("<overflow>", field="value", format="json"))
    return [language for language in LANGUAGES if language in found]


def poster_facts(editions: Sequence[Edition], size: Size, layout: Layout, *, coloured: bool) -> dict[str, Any]:
    """What stands on the paper."""
    if not editions:
        raise RefusedError("poster_empty")
    paper = (PAPERS if layout is Layout.ONE else TOGETHER)[size]
    step = 0.5
    steps = int((paper.largest - paper.smallest) / step) + 1
    if layout is Layout.TOGETHER and len(editions) > 4:
        paper = Paper(paper.width, paper.height, paper.margin, paper.largest, max(5.0, paper.smallest - 1), paper.foot)
    return {
        "width": paper.width, "height": paper.height, "margin": paper.margin, "foot": paper.foot,
        "sizes": [paper.largest - step * place for place in range(steps)],
        "title_scale": 1.75 if layout is Layout.ONE else 1.5,
        "layout": layout.value, "columns": 2 if len(editions) > 1 else 1,
        "title": editions[0].title, "town": settings.CONFIGURATION.town,
        "panels": [_panel(one, coloured=coloured) for one in editions],
    }  # fmt: skip


def page_address(edition: Edition) -> str:
    """Of the live page, with the revision that stands on the paper."""
    return f"{settings.CONFIGURATION.address}/n/{edition.notice.code}/{edition.revision.number}/"


def _panel(edition: Edition, *, coloured: bool) -> dict[str, Any]:
    language = language_of(edition.language)
    notice, address = edition.notice, page_address(edition)
    place = notice.site or notice.community
    with translation.override(edition.language):
        issued = _("%(place)s · text %(number)s of %(day)s") % {
            "place": str(place or settings.CONFIGURATION.town), "number": edition.revision.number,
            "day": f"{edition.published_at.astimezone():%Y-%m-%d}",
        }  # fmt: skip
        return {
            **letters(language),
            "language": language,
            "title": edition.title,
            "blocks": [block.as_facts() for block in blocks(_WITHIN_A_NUMBER.sub("\u00a0", edition.body))],
            "qr": _qr(address),
            "alt": _("QR code of the live page of this notice"),
            "scan": _("Scan: does this still hold? Other languages, too."),
            "address": address.partition("://")[2],
            "issued": issued,
            "paper": COLOURS[language] if coloured and language != "zh-Hans" else "",
        }


def _qr(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=3, light="#fff", dark="#14201a", xmldecl=False)
    return out.getvalue().decode()


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("poster.typ").read_bytes()

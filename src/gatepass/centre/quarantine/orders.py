"""`order_pdf`: the order itself on A4, typeset as the release notice is (`printing`), for the person to keep.

What is asked, where, from when until when and by which way of counting, when reports are wanted, whom to ring, and how
it was explained; never why it was given. A paper belongs to one state of the period, the order or an amendment, and its
QR code says on `/verify/` whether that state is still in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from django.conf import settings

from gatepass.centre.codes.papers.printing import letters
from gatepass.centre.interpreting.actions import line_for
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.models import Amendment, Explanation, Quarantine
from gatepass.centre.quarantine.printing import (
    STOP,
    address_of,
    cell,
    document_of,
    foot,
    issuer_of,
    of_person,
    offset,
    own_languages,
    plain,
    stamp,
    typeset,
    words_of,
    written,
    zone_said,
)
from gatepass.centre.quarantine.words import clocks_change, kind_word
from gatepass.credentials import release_notice
from gatepass.languages import OWN_NAME, Language

LONGEST: Final = 120


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    name: str
    document: str
    kind: str
    place: str
    start: str
    end: str
    reports: str
    phones: str
    issued: str
    number: str
    where: str
    orders: str
    hours: str
    days: str
    clocks_hours: str
    clocks_days: str
    asks: str
    stays: str
    ends: str
    explained: str
    interpreted: str
    not_explained: str
    in_person: str
    by_phone: str
    in_writing: str
    home: str
    office: str
    slot: str
    check: str
    note: str
    date: str
    alt: str


WORDS: Final = words_of("order.toml", Words)


@dataclass(frozen=True, slots=True)
class Order:
    """The newest state of a case, as it is printed."""

    case: Quarantine
    amendment: Amendment

    @property
    def languages(self) -> list[Language]:
        """In which it is printed unless somebody asks for others."""
        return own_languages(self.case.resident)

    @property
    def issued_at(self) -> datetime:
        return self.amendment.at.replace(microsecond=0)

    @property
    def issuer(self) -> str:
        return issuer_of(self.case.resident)


def order_of(case: Quarantine) -> Order | None:
    """None where the case is not under way: an order that is over is printed no more."""
    amendment = case.amendments.order_by("-id").first()
    return Order(case, amendment) if case.is_open and amendment is not None else None


def order_pdf(order: Order, languages: Sequence[Language]) -> bytes:
    """`PaperError` where this machine has no letters for one of the languages."""
    return typeset(facts_of(order, languages), format="pdf", pdf_standards=["ua-1"])[0]


def check_address(order: Order) -> str:
    """What the QR code opens."""
    return address_of(bytes(order.amendment.serial), order.issued_at, release_notice.ORDER)


def facts_of(order: Order, languages: Sequence[Language]) -> dict[str, Any]:
    """All that stands on the paper. `PaperError` as `order_pdf`."""
    case = order.case
    explained = case.explanations.select_related("by").first()
    return {
        **of_person(case.resident),
        "texts": [_text(case, explained, language) for language in languages],
        "cells": [
            cell("document", document_of(case.resident), size=12),
            cell("kind", each="kind_said"),
            cell("start", stamp(case.started_at, case), small=offset(case.started_at, case)),
            cell("end", stamp(case.ends_at, case, end=True), small=offset(case.ends_at, case)),
            cell("place", plain(str(case.place or ""), LONGEST), each="" if case.place else "place_said", wide=True),
            cell("reports", each="slots_said"),
            cell("phones", _phones(case, languages)),
        ],
        **foot(bytes(order.amendment.serial), order.issuer, stamp(order.issued_at, case), check_address(order)),
    }


def _phones(case: Quarantine, languages: Sequence[Language]) -> str:
    """The lines on which each language is spoken, and one to be written by hand: no page knows the office's own."""
    lines = {language: line_for(language, case.resident.site) for language in languages}
    numbers = [f"{OWN_NAME[language]} {number}" for language, number in lines.items() if number]
    return "\n".join([*dict.fromkeys(numbers), "_" * 24])


def _text(case: Quarantine, explained: Explanation | None, language: Language) -> dict[str, Any]:
    words, kind = WORDS[language], kind_word(case, language)
    home = f"{words.home} {plain(case.resident.home, LONGEST)}"
    place = plain(str(case.place), LONGEST) if case.place else home
    slots = [words.slot.format(opens=f"{opens:%H:%M}", due=f"{due:%H:%M}") for opens, due in case.rule.times]
    by_hours = case.rule.counted == "hours"
    # An end that somebody has set otherwise is no number of whole days.
    whole = case.ends_at == calendar.ends_at(case.started_at, case.days, case.rule.counted, case.civil)
    said = [
        words.orders.format(
            kind=kind.lower() if language == "en" else kind, place=place.strip(),
            start=written(case.started_at, case, words.date), end=written(case.ends_at, case, words.date, end=True),
        ),
        (words.hours if by_hours else words.days).format(days=case.days) if whole else "",
        (words.clocks_hours if by_hours else words.clocks_days) if clocks_change(case) else "",
        words.asks.format(fever=f"{case.rulebook.fever / 10:.1f}"),
        words.stays if case.rule.watched else "",
        words.ends,
    ]  # fmt: skip
    between = " " if language in STOP else ""
    return {
        **letters(language),
        **msgspec.to_builtins(words),
        "kind_said": kind,
        "zone_said": zone_said(case, language),
        "place_said": place.strip(),
        "slots_said": ", ".join(slots),
        "paragraphs": [between.join(one for one in said if one), _explained(case, explained, words, between)],
        "stop": STOP.get(language, "。"),
    }


def _explained(case: Quarantine, explained: Explanation | None, words: Words, between: str) -> str:
    if explained is None:
        return words.not_explained
    said = words.explained.format(
        at=written(explained.at, case, words.date), by=plain(explained.by.full_name),
        language=dict(settings.LANGUAGES).get(explained.language, explained.language),
        manner=getattr(words, explained.manner),
    )  # fmt: skip
    if not explained.interpreter:
        return said
    return said + between + words.interpreted.format(interpreter=plain(str(explained.interpreter), LONGEST))

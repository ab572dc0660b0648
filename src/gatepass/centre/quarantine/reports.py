"""The verbs of daily reports: `record_report`, `record_reports` for a household, `correct_report`.

A fever, or a symptom, is an alarm in the transaction of the report. A report that arrives twice (a phone that was
without a network sends again) is one, by its `key`. What looks like a slip of the finger is asked again, and taken when
somebody says that it is so. Nothing is ever changed: a correction is another row.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, get_args

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.actions import raise_now
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.actions import line, record_all
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.actions import Source, record_fact, withdraw_fact
from gatepass.centre.plain_rows import create_all
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.actions import MOST_WORDS, open_ones
from gatepass.centre.quarantine.asking import subject_of
from gatepass.centre.quarantine.ladder import answered
from gatepass.centre.quarantine.models import Quarantine, Report
from gatepass.centre.sites.models import Device
from gatepass.policy.colours.facts import FactKind, Symptom

SYMPTOMS: Final[tuple[str, ...]] = get_args(Symptom)
POSSIBLE: Final = (300, 450)
"""Tenths of a degree: outside of it nobody lives, and a fact could not hold it."""
AHEAD: Final = timedelta(minutes=10)
"""How wrong a phone's clock may be."""
LATE: Final = timedelta(hours=48)
"""How long a phone may have been without a network."""
ALARM: Final = "quarantine_symptom"

Via = Report.Via


@dataclass(frozen=True, slots=True)
class Told:
    """What is reported about one person."""

    tenths: int | None
    symptoms: Sequence[str] = ()
    note: str = ""
    measured_at: datetime | None = None
    """None: just now."""
    key: str = field(default_factory=lambda: secrets.token_hex(10))
    confirmed: bool = False
    """Somebody was asked again, and says that it is so."""


def record_report(
    by: User | Applicant | Device | None, case: Quarantine, told: Told, via: Via, now: datetime | None = None
) -> Report:
    """RefusedError `quarantine_over`, `report_empty`, `report_impossible`, `report_again` (is it really so?),
    `report_moment`."""
    return record_reports(by, [(case, told, via)], now)[0]


def record_reports(
    by: User | Applicant | Device | None, many: Sequence[tuple[Quarantine, Told, Via]], now: datetime | None = None
) -> list[Report]:
    """A whole household in one transaction, all or nothing; errors as `record_report`, with `row` (from 1).

    What is there already is read at once and what is new is written at once, however many there are.
    """
    now = now or timezone.now()
    with transaction.atomic():
        return _record(by, many, now)


def correct_report(by: User, report: Report, told: Told, now: datetime | None = None) -> Report:
    """What was written down wrongly is said again; the first one stays, and counts no more.

    A fact that rested on it is withdrawn. An alarm that it raised stays until somebody closes it.
    RefusedError as `record_report`, and `report_corrected` where it was corrected already.
    """
    now = now or timezone.now()
    with transaction.atomic():
        if Report.objects.filter(corrects=report).exists():
            raise RefusedError("report_corrected")
        if report.fact is not None and report.fact.withdrawn_at is None:
            withdraw_fact(by, report.fact)
        moment = told.measured_at or report.measured_at
        said = Told(told.tenths, told.symptoms, told.note, moment, told.key, told.confirmed)
        (corrected,) = _record(by, [(report.quarantine, said, Via(report.via))], now, corrects=report)
    return corrected


def counting(case: Quarantine) -> QuerySet[Report]:
    """The reports that count: those that were corrected do not."""
    return case.reports.filter(corrected_by__isnull=True)


def _record(
    by: User | Applicant | Device | None,
    many: Sequence[tuple[Quarantine, Told, Via]],
    now: datetime,
    corrects: Report | None = None,
) -> list[Report]:
    """Inside the verb's transaction: read, checked in their order, written. Nothing is said of what was there already.

    The transaction has had the write lock since its BEGIN: what is read here stays so until all is written.
    """
    keys = {told.key for _case, told, _via in many}
    there = Report.objects.filter(quarantine__in={case.pk for case, _told, _via in many}, key__in=keys)
    known = {(one.quarantine_id, one.key): one for one in there}
    cases = open_ones(case for case, told, _via in many if (case.pk, told.key) not in known)
    reports, new = [], []
    for row, (case, told, via) in enumerate(many, 1):
        report = known.get((case.pk, told.key))
        if report is None:
            try:
                report = known[case.pk, told.key] = _report(by, cases.get(case.pk), told, via, now, corrects)
            except RefusedError as refused:
                raise RefusedError(refused.code, **{**refused.fields, "row": row}) from None
            new.append(report)
        reports.append(report)
    create_all(new)
    alarming = [report for report in new if report.alarming]
    prefetch_related_objects([report.quarantine for report in alarming], "resident__site__community")
    for report in alarming:
        case = report.quarantine
        raise_now(ALARM, subject_of(case), site=case.resident.site, facts={"case": case.pk})
    answered(new, now)
    record_all(by, [
        line(
            "quarantine:correct_report" if corrects else "quarantine:report", one.quarantine,
            resident=one.quarantine.resident_id, report=one.pk, via=Via(one.via).value,
        )
        for one in new
    ])  # fmt: skip
    return reports


def _report(
    by: User | Applicant | Device | None,
    case: Quarantine | None,
    told: Told,
    via: Via,
    now: datetime,
    corrects: Report | None,
) -> Report:
    """One that is not there yet, checked, not saved; the fact of a fever is. `case` as it is now, None: over."""
    if case is None:
        raise RefusedError("quarantine_over")
    measured = told.measured_at or now
    _check(case, told, measured, now, old=corrects is not None)
    feverish = told.tenths is not None and told.tenths >= case.rulebook.fever
    report = Report(
        quarantine=case, slot=calendar.slot_for(measured, case.rule.times, case.civil).due, measured_at=measured,
        received_at=now, tenths=told.tenths, symptoms=sorted(set(told.symptoms)),
        note=told.note.strip()[:MOST_WORDS] or None, via=via, by=by if isinstance(by, User) else None,
        applicant=by if isinstance(by, Applicant) else None, key=told.key,
        device=by if isinstance(by, Device) else None, corrects=corrects, alarming=feverish or bool(told.symptoms),
    )  # fmt: skip
    if feverish:
        source = {Via.OWN: Source.SELF, Via.HOUSEHOLD: Source.HELPER, Via.GATE: Source.GATE}.get(via, Source.STAFF)
        taker = by if isinstance(by, User) else None
        report.fact = record_fact(
            taker, case.resident, FactKind.TEMPERATURE, measured, data={"tenths": told.tenths}, source=source
        )
    return report


def _check(case: Quarantine, told: Told, measured: datetime, now: datetime, *, old: bool) -> None:
    if set(told.symptoms) - set(SYMPTOMS):
        raise RefusedError("report_empty")
    if told.tenths is None and not told.symptoms and not told.note.strip():
        raise RefusedError("report_empty")
    if told.tenths is not None and not POSSIBLE[0] <= told.tenths <= POSSIBLE[1]:
        raise RefusedError("report_impossible")
    if measured > now + AHEAD or (measured < now - LATE and not old):
        raise RefusedError("report_moment")
    low, high = case.rulebook.asked_again
    if told.tenths is not None and not low <= told.tenths <= high and not told.confirmed:
        raise RefusedError("report_again")

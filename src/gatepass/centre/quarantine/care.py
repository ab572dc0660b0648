"""The verbs of looking after somebody: samples and results, visits, needs, allowed trips, who was seen at a gate."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.actions import cure, raise_now
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.actions import Source, record_fact
from gatepass.centre.quarantine.actions import MOST_WORDS, open_one
from gatepass.centre.quarantine.asking import subject_of
from gatepass.centre.quarantine.models import Breach, Need, Quarantine, Sample, Trip, Visit
from gatepass.policy.colours.facts import FactKind

POSITIVE: Final = "quarantine_positive"
LEFT: Final = "quarantine_breach"
MOST_NEEDS: Final = 20
"""Open needs of one case: more is a slip of the finger, or somebody who should be called."""
LONGEST_TRIP: Final = timedelta(hours=24)


def take_sample(by: User, case: Quarantine, method: str, taken_at: datetime | None = None) -> Sample:
    """The result is not known yet. RefusedError `quarantine_over`, `care_moment`."""
    now = timezone.now()
    taken_at = taken_at or now
    with transaction.atomic():
        case = open_one(case)
        if not case.started_at - timedelta(days=2) <= taken_at <= now + timedelta(minutes=10):
            raise RefusedError("care_moment")
        sample = Sample.objects.create(quarantine=case, taken_at=taken_at, method=method, recorded_by=by)
        record(by, "quarantine:sample", case, resident=case.resident_id, sample=sample.pk, kind=method)
    return sample


def note_result(by: User, sample: Sample, result: str) -> None:
    """Once: a result is a fact on which the colour rests. Positive is an alarm at once. RefusedError `care_done`."""
    now = timezone.now()
    with transaction.atomic():
        fresh = Sample.objects.select_for_update().select_related("quarantine__resident__site").get(pk=sample.pk)
        if fresh.result != "pending" or result not in {"negative", "positive", "invalid"}:
            raise RefusedError("care_done")
        case = fresh.quarantine
        data = {"method": fresh.method, "result": result}
        fresh.result, fresh.result_at = result, now
        fresh.fact = record_fact(by, case.resident, FactKind.TEST, fresh.taken_at, data=data, source=Source.STAFF)
        fresh.save()
        # The audit says that there is a result, never which.
        record(by, "quarantine:result", case, resident=case.resident_id, sample=fresh.pk)
        if result == "positive":
            raise_now(POSITIVE, subject_of(case), site=case.resident.site, facts={"case": case.pk})


def note_visit(by: User, case: Quarantine, found: Visit.Found, note: str = "") -> Visit:
    """RefusedError `quarantine_over`."""
    with transaction.atomic():
        case = open_one(case)
        visit = Visit.objects.create(
            quarantine=case, at=timezone.now(), by=by, found=found, note=note.strip()[:MOST_WORDS] or None
        )
        record(by, "quarantine:visit", case, resident=case.resident_id, found=found.value)
    return visit


def ask_for(by: User | Applicant, case: Quarantine, what: Need.What, words: str = "") -> Need:
    """RefusedError `quarantine_over`, `care_many`."""
    with transaction.atomic():
        case = open_one(case)
        if case.needs.filter(state__in=[Need.State.ASKED, Need.State.TAKEN]).count() >= MOST_NEEDS:
            raise RefusedError("care_many")
        need = Need.objects.create(
            quarantine=case, what=what, words=words.strip()[:MOST_WORDS] or None, asked_at=timezone.now(),
            asked_by=by if isinstance(by, User) else None, applicant=by if isinstance(by, Applicant) else None,
        )  # fmt: skip
        record(by, "quarantine:need", case, resident=case.resident_id, need=need.pk, kind=what.value)
    return need


_FROM: Final = {
    Need.State.TAKEN: (Need.State.ASKED,),
    Need.State.DONE: (Need.State.ASKED, Need.State.TAKEN),
    Need.State.DROPPED: (Need.State.ASKED, Need.State.TAKEN),
}


def move_need(by: User | Applicant, need: Need, to: Need.State) -> None:
    """Somebody is on it, it is done, or it is not needed. Of two who press at once, one has it. RefusedError
    `care_done`."""
    now = timezone.now()
    with transaction.atomic():
        standing = Need.objects.filter(pk=need.pk, state__in=_FROM.get(to, ()))
        fields: dict[str, object] = {"state": to}
        if to != Need.State.TAKEN:
            fields["done_at"] = now
        if isinstance(by, User):
            fields["assignee"] = by
        if not standing.update(**fields):
            raise RefusedError("care_done")
        case = need.quarantine
        record(by, "quarantine:move_need", case, resident=case.resident_id, need=need.pk, state=to.value)


def allow_trip(by: User, case: Quarantine, why: Trip.Why, since: datetime, until: datetime) -> Trip:
    """What gates see meanwhile is no breach. RefusedError `quarantine_over`, `care_moment`."""
    with transaction.atomic():
        case = open_one(case)
        if not since < until <= since + LONGEST_TRIP:
            raise RefusedError("care_moment")
        trip = Trip.objects.create(quarantine=case, why=why, since=since, until=until, by=by, at=timezone.now())
        record(
            by, "quarantine:allow_trip", case, resident=case.resident_id, why=why.value,
            since=since.isoformat(timespec="minutes"), until=until.isoformat(timespec="minutes"),
        )  # fmt: skip
    return trip


def answer_breach(by: User, breach: Breach, *, explained: bool, words: str) -> None:
    """What it was, in words. When nothing is left open, the alarm is over. RefusedError `care_done`,
    `quarantine_needs_words`."""
    if not words.strip():
        raise RefusedError("quarantine_needs_words")
    state = Breach.State.EXPLAINED if explained else Breach.State.CONFIRMED
    with transaction.atomic():
        fresh = Breach.objects.select_for_update().select_related("quarantine").get(pk=breach.pk)
        if fresh.state != Breach.State.OPEN:
            raise RefusedError("care_done")
        fresh.state, fresh.answered_by, fresh.answered_at = state, by, timezone.now()
        fresh.words = words.strip()[:MOST_WORDS]
        fresh.save()
        case = fresh.quarantine
        record(by, "quarantine:answer_breach", case, resident=case.resident_id, breach=fresh.pk, state=state.value)
        if not case.breaches.filter(state=Breach.State.OPEN).exists():
            cure(LEFT, [subject_of(case)])

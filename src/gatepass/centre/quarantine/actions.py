"""The verbs of a case: `open_case`, `explain`, `amend`, `give_to`, `give_up`, `find_again`, `withdraw_case`.

    open_case(by, resident, kind="home", started_at=…, place="", reason="…")

Reports are in `reports`, tests, visits, needs and trips in `care`, the release in `releasing`. Each verb changes the
rows, the fact on which the colour rests, the audit and what people are told in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.actions import arm, cure
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.actions import end_fact, record_fact, withdraw_fact
from gatepass.centre.people.models import Resident
from gatepass.centre.phone.reaching import ways_to
from gatepass.centre.policies.actions import re_evaluate
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.asking import MISSED, subject_of
from gatepass.centre.quarantine.ladder import first_wait
from gatepass.centre.quarantine.models import Amendment, Explanation, Quarantine, Rung
from gatepass.centre.quarantine.rules import rules_at
from gatepass.centre.sending.actions import queue
from gatepass.centre.visitors.actions import pause_of, resume_of
from gatepass.policy.colours.facts import FactKind

State = Quarantine.State
MOST_WORDS: Final = 1000
LONGEST: Final = timedelta(days=90)
"""A period with all its amendments."""
AHEAD: Final = timedelta(days=7)
"""An order may begin so far ahead: somebody is expected."""
OVERDUE: Final = "quarantine_overdue"
OF_A_CASE: Final = (MISSED, OVERDUE, "quarantine_symptom", "quarantine_breach", "quarantine_positive")
"""Kinds of alarm whose subject is a case."""


def open_case(
    asker: User | None,
    resident: Resident,
    *,
    kind: str,
    started_at: datetime,
    place: str = "",
    reason: str = "",
    now: datetime | None = None,
) -> Quarantine:
    """One case and its period, by the rules in force when it begins; the colour follows in the same transaction.

    `kind` is a code of the rules (`home`, `central`, `monitoring`), `place` is empty for the home. Whoever is reached
    is told. RefusedError `quarantine_kind`, `quarantine_open` (one is under way), `quarantine_times` (too far ahead,
    or over already).
    """
    now = now or timezone.now()
    rules = rules_at(started_at)
    rule = rules.kind.get(kind)
    if rule is None:
        raise RefusedError("quarantine_kind")
    zone = resident.site.zone
    ends_at = calendar.ends_at(started_at, rule.days, rule.counted, zone)
    if started_at > now + AHEAD or ends_at <= now:
        raise RefusedError("quarantine_times")
    case = Quarantine(
        resident=resident, kind=kind, rules=rules.version, zone=zone.key, reason=reason.strip()[:MOST_WORDS] or None,
        place=place.strip()[:200] or None, started_at=started_at, ends_at=ends_at, opened_by=asker, opened_at=now,
    )  # fmt: skip
    with transaction.atomic():
        if Quarantine.objects.select_for_update().filter(resident=resident, state=State.OPEN).exists():
            raise RefusedError("quarantine_open")
        case.fact = record_fact(asker, resident, FactKind.QUARANTINE, started_at, data={"form": rule.form})
        case.awaited, case.alert_after = first_wait(case, now)
        case.save(force_insert=True)
        _amended(case, asker, now, "", None)
        record(
            asker, "quarantine:open", case, resident=resident.pk, kind=kind, rules=rules.version,
            started=_minute(started_at), ends=_minute(ends_at),
        )  # fmt: skip
        watch_the_end(case)
        pause_of(resident)
        re_evaluate(resident)
        _tell_of_the_order(case)
    return case


@dataclass(frozen=True, slots=True)
class Explained:
    """How the order was explained, and what is needed."""

    manner: Explanation.Manner
    language: str
    interpreter: str = ""
    """Name and channel; empty: nobody was needed."""
    understood: bool = True
    supplies: bool = False
    help_needed: str = ""


def explain(by: User, case: Quarantine, told: Explained, now: datetime | None = None) -> Explanation:
    """RefusedError `quarantine_over`."""
    with transaction.atomic():
        case = open_one(case)
        explanation = Explanation.objects.create(
            quarantine=case, at=now or timezone.now(), by=by, manner=told.manner, language=told.language,
            interpreter=told.interpreter.strip()[:MOST_WORDS] or None, understood=told.understood,
            supplies=told.supplies, help_needed=told.help_needed.strip()[:MOST_WORDS] or None,
        )  # fmt: skip
        record(
            by, "quarantine:explain", case, resident=case.resident_id, language=told.language,
            manner=told.manner.value, understood=told.understood,
        )  # fmt: skip
    return explanation


def amend(
    by: User,
    case: Quarantine,
    *,
    reason: str,
    words: str = "",
    started_at: datetime | None = None,
    ends_at: datetime | None = None,
    place: str | None = None,
    now: datetime | None = None,
) -> Amendment:
    """Another beginning, another end or another place, from now on; what stood before stays as it was written.

    A new beginning without an end moves the end along, by the rule. RefusedError `quarantine_over`,
    `quarantine_reason`, `quarantine_same`, `quarantine_times` (an end that has passed is a release, which has a verb
    of its own).
    """
    now = now or timezone.now()
    with transaction.atomic():
        case = open_one(case)
        rules, rule = case.rulebook, case.rule
        if not rules.may_give(reason, "amend", now):
            raise RefusedError("quarantine_reason")
        before = (case.started_at, case.ends_at, case.place)
        if started_at is not None and started_at != case.started_at:
            case.started_at = started_at
            case.ends_at = calendar.ends_at(started_at, rule.days, rule.counted, case.civil)
        if ends_at is not None:
            case.ends_at = ends_at
        if place is not None:
            case.place = place.strip()[:200] or None
        if (case.started_at, case.ends_at, case.place) == before:
            raise RefusedError("quarantine_same")
        ends_rightly = case.started_at < case.ends_at <= case.started_at + LONGEST and case.ends_at > now
        if not ends_rightly or case.started_at > now + AHEAD:
            raise RefusedError("quarantine_times")
        _wait_anew(case, now)
        case.save()
        amendment = _amended(case, by, now, reason, words.strip()[:MOST_WORDS] or None)
        record(
            by, "quarantine:amend", case, resident=case.resident_id, reason=reason, started=_minute(case.started_at),
            ends=_minute(case.ends_at),
        )  # fmt: skip
        watch_the_end(case)
    return amendment


def give_to(by: User, case: Quarantine, assignee: User | None) -> None:
    """Who looks after it from now on; None: nobody in particular."""
    with transaction.atomic():
        Quarantine.objects.filter(pk=case.pk).update(assignee=assignee)
        record(by, "quarantine:give_to", case, resident=case.resident_id, user=assignee.pk if assignee else None)


def give_up(by: User, case: Quarantine, reason: str, words: str, now: datetime | None = None) -> None:
    """Somebody decides that the case is lost. The colour stays: nobody was released.

    RefusedError `quarantine_over`, `quarantine_reason`, `quarantine_needs_words`.
    """
    now = now or timezone.now()
    if not words.strip():
        raise RefusedError("quarantine_needs_words")
    with transaction.atomic():
        case = open_one(case)
        if not case.rulebook.may_give(reason, "lost", now):
            raise RefusedError("quarantine_reason")
        close(case, State.LOST, by, now, reason, words)
        record(by, "quarantine:give_up", case, resident=case.resident_id, reason=reason)


def find_again(by: User, case: Quarantine, now: datetime | None = None) -> None:
    """A lost one is there again: the case goes on where it stood. RefusedError `quarantine_over`, `quarantine_open`."""
    now = now or timezone.now()
    with transaction.atomic():
        fresh = Quarantine.objects.select_for_update().get(pk=case.pk)
        if fresh.state != State.LOST:
            raise RefusedError("quarantine_over")
        reopen(fresh, now)
        record(by, "quarantine:find_again", fresh, resident=fresh.resident_id)


def withdraw_case(by: User, case: Quarantine, words: str, now: datetime | None = None) -> None:
    """It should never have been opened: the wrong person, a slip. The fact goes, and the colour follows.

    RefusedError `quarantine_over`, `quarantine_needs_words`.
    """
    now = now or timezone.now()
    if not words.strip():
        raise RefusedError("quarantine_needs_words")
    with transaction.atomic():
        case = open_one(case)
        if case.fact is not None and case.fact.withdrawn_at is None:
            withdraw_fact(by, case.fact)
        close(case, State.WITHDRAWN, by, now, "", words)
        record(by, "quarantine:withdraw", case, resident=case.resident_id)
        re_evaluate(case.resident)


# ---------------------------------------------------------------- shared by the verbs of this noun


def open_one(case: Quarantine) -> Quarantine:
    """The case as it is now, locked. RefusedError `quarantine_over`."""
    fresh = Quarantine.objects.select_for_update().select_related("resident__site", "fact").get(pk=case.pk)
    if not fresh.is_open:
        raise RefusedError("quarantine_over")
    return fresh


def open_ones(cases: Iterable[Quarantine]) -> dict[int, Quarantine]:
    """Primary key -> the case as it is now, locked, in one query; whichever is over is missing."""
    # By the key alone: asked for the state as well, SQLite would read every open case of the town.
    fresh = Quarantine.objects.select_for_update().filter(pk__in={case.pk for case in cases})
    return {case.pk: case for case in fresh if case.is_open}


def close(case: Quarantine, state: State, by: User, now: datetime, reason: str, words: str) -> None:
    """Nothing is waited for any more, and its alarms are over. Inside the verb's transaction."""
    closed: dict[str, Any] = {
        "state": state, "closed_at": now, "closed_by": by, "closed_for": reason,
        "closed_words": words.strip()[:MOST_WORDS] or None, "awaited": None, "alert_after": None, "rung": Rung.WAITING,
    }  # fmt: skip
    for name, value in closed.items():
        setattr(case, name, value)
    case.save(update_fields=list(closed))
    for kind in OF_A_CASE:
        cure(kind, [subject_of(case)])
    resume_of(case.resident)


def reopen(case: Quarantine, now: datetime) -> None:
    """A closed case goes on. RefusedError `quarantine_open` where another one has begun meanwhile."""
    if Quarantine.objects.filter(resident=case.resident_id, state=State.OPEN).exists():
        raise RefusedError("quarantine_open")
    if case.fact is None or case.fact.withdrawn_at is not None or case.fact.until is not None:
        data = {"form": case.rule.form}
        case.fact = record_fact(None, case.resident, FactKind.QUARANTINE, case.started_at, data=data)
    case.state, case.closed_at, case.closed_by, case.closed_for, case.closed_words = State.OPEN, None, None, "", None
    _wait_anew(case, now)
    case.save()
    watch_the_end(case)
    pause_of(case.resident)
    re_evaluate(case.resident)


def end_the_fact(by: User, case: Quarantine, now: datetime) -> None:
    """From now on the colour does not rest on it any more; it follows when the policy looks again."""
    if case.fact is not None and case.fact.withdrawn_at is None and case.fact.until is None:
        end_fact(by, case.fact, max(now, case.fact.at))


def watch_the_end(case: Quarantine) -> None:
    """Whose period is over and whom nobody releases is an alarm: nobody stays red because a clerk forgot."""
    after = case.ends_at + timedelta(hours=case.rulebook.overdue_hours)
    arm(OVERDUE, subject_of(case), after, site=case.resident.site, facts={"case": case.pk})


def _wait_anew(case: Quarantine, now: datetime) -> None:
    """After the period was changed: whatever is waited for stands, unless it lies outside of it now.

    A report that was missed already is not missed again.
    """
    standing = case.awaited is not None and case.started_at < case.awaited <= case.ends_at
    if not standing:
        last = case.steps.order_by("-slot").values_list("slot", flat=True).first()
        case.rung = Rung.WAITING
        case.awaited, case.alert_after = first_wait(case, max(now, last) if last else now)


def _amended(case: Quarantine, by: User | None, now: datetime, reason: str, words: str | None) -> Amendment:
    return Amendment.objects.create(
        quarantine=case, at=now, by=by, started_at=case.started_at, ends_at=case.ends_at, place=case.place,
        reason=reason, words=words,
    )  # fmt: skip


def _tell_of_the_order(case: Quarantine) -> None:
    """That there is something to read or to be told: what it is does not lie open on a screen."""
    town = settings.CONFIGURATION.town
    for way in ways_to([case.resident]).get(case.resident_id, ()):
        with translation.override(way.language):
            if way.has_page:
                link = f"{settings.CONFIGURATION.address}{reverse('my_quarantine', args=[case.resident_id])}"
                text = gettext("%(town)s: please read what the community office asks of you in the next days: %(link)s")
                text %= {"town": town, "link": link}
            else:
                text = gettext("%(town)s: the community office will call you today. Please stay at home until then.")
                text %= {"town": town}
            queue(way.channel, way.address, kind="quarantine_opened", language=way.language, subject=town, text=text)


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")

"""A report that does not come: who is asked, one after the other, until it lies on the desk.

waiting ──► resident ──► household ──► volunteer ──► roster ──► desk
   ▲            │             │             │           │          │
   └────────────┴──── the report came ──────┴───────────┴──────────┘

`alert_after` says when a case is moved next, and is indexed. Many that are due are moved in one round. Whom to tell
(`asking`), and what, is made ready beforehand, with nobody's lock. Then one transaction sees which cases still stand
where they stood (another worker may have been quicker, or the report is there), says what was made ready about those,
writes each `Step`, and moves each case by an UPDATE that names the step and the moment from which it comes. Of a worker
that is killed nothing has happened. Whoever cannot be reached is skipped at once, with the reason on record, and
the next one is asked.

At the next report's time the ladder begins anew, whatever became of the last one. A ladder never ends a case.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import OperationalError, transaction
from django.db.models import QuerySet

from gatepass.centre.alarms.actions import cure
from gatepass.centre.audit.actions import line, record_all
from gatepass.centre.one_worker import kinds_of, places_of
from gatepass.centre.plain_rows import create_all, write_rows
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.asking import MISSED, REACH, Asked, subject_of
from gatepass.centre.quarantine.models import Quarantine, Report, Rung, Step

ORDER: Final = tuple(REACH)
IN_ONE_STEP: Final = 250
"""Cases that are moved in one transaction: others wait for the write lock meanwhile."""
IN_SIGHT: Final = 4
"""Of so many rounds together one chooses its own."""

_READ: Final = (
    *("state", "awaited", "rung", "alert_after", "rules", "kind", "zone", "started_at", "ends_at"),
    *(f"resident__{name}" for name in ("full_name", "language", "site")),
)
"""Of a case and its person: what a round needs, a third of what there is."""

log = structlog.get_logger(__name__)

State = tuple[datetime | None, str, datetime | None]
"""`awaited`, `rung` and `alert_after` of a case."""
Noted = tuple[int, tuple[Any, ...]]
"""Primary key of a case, and what is written about it."""


class _MovedError(Exception):
    """Somebody moved a case while it was locked."""


@dataclass(slots=True)
class _Climb:
    """A case on its way up, within one round."""

    case: Quarantine
    due: datetime
    slot: datetime
    rung: Rung


def first_wait(case: Quarantine, now: datetime) -> tuple[datetime | None, datetime | None]:
    """(`awaited`, `alert_after`) of a case from `now` on; both None where the period ends before the next report."""
    rule = case.rule
    slot = calendar.slot_after(max(now, case.started_at), rule.times, case.civil)
    return _wait_for(case, slot.due)


def _wait_for(case: Quarantine, due: datetime) -> tuple[datetime | None, datetime | None]:
    if due > case.ends_at:
        return None, None
    return due, due + case.rule.grace + timedelta(minutes=case.rulebook.ladder.resident)


def move_due(now: datetime, most: int = IN_ONE_STEP) -> int:
    """The worker's step: so many cases whose moment has come are moved as far as somebody is told; how many were.

    Call until 0: nothing is due, and nobody's write lock was taken; or another worker was quicker, and goes on.
    """
    due = list(_due(now).values_list("pk", flat=True)[: IN_SIGHT * most])
    if not due:
        return 0
    # From somewhere in the crowd: several workers mostly make different ones ready.
    first = secrets.choice(range(0, len(due), most))
    try:
        return _move(due[first : first + most], now)
    except OperationalError:
        raise  # the database is away or locked: so it would be for each of them
    except Exception as error:  # noqa: BLE001
        log.warning("missed reports are followed up one by one", error=kinds_of(error))
        return _one_by_one(now, most)


def _one_by_one(now: datetime, most: int) -> int:
    """One case that cannot be moved must not keep the others waiting; the next round tries it again."""
    moved = 0
    for pk in list(_due(now).values_list("pk", flat=True)):
        try:
            moved += _move([pk], now)
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001
            kind, places = kinds_of(error), places_of(error)
            log.error("a missed report was not followed up", case=pk, error=kind, at=places)  # noqa: TRY400
        if moved >= most:
            break
    return moved


def _due(now: datetime) -> QuerySet[Quarantine]:
    return Quarantine.objects.filter(alert_after__lte=now, state=Quarantine.State.OPEN).order_by("alert_after")


def _move(due: Sequence[int], now: datetime) -> int:
    """One round; nothing is done about a case that is no longer due. How many were moved."""
    # With the people, and with their sites, each of which is read once, however many live there.
    read = Quarantine.objects.filter(pk__in=due).order_by().select_related("resident").only(*_READ)
    read = read.prefetch_related("resident__site__community")
    cases = [case for case in read if case.is_open and case.alert_after is not None and case.alert_after <= now]
    before: dict[int, State] = {case.pk: (case.awaited, case.rung, case.alert_after) for case in cases}
    climbing, after = [], {}
    for case in cases:
        climb = _begin(case)
        if climb is not None:
            climbing.append(climb)
        else:
            after[case.pk] = _next_report(case)
    said, steps, lines = _climbed(climbing, now)
    for one in climbing:
        after[one.case.pk] = (one.slot, one.rung.value, _next_moment(one.case, one.slot, one.rung, one.due))
    with transaction.atomic():
        still = _still(before)
        for asked in said:
            asked.tell(still)
        write_rows(Step, ("quarantine", "slot", "rung", "due_at", "at", "outcome", "why"), _about(still, steps))
        record_all(None, _about(still, lines))
        _set_all(before, {pk: after[pk] for pk in still})
    return len(still)


def _climbed(climbing: Sequence[_Climb], now: datetime) -> tuple[list[Asked], list[Noted], list[Noted]]:
    """Each as far up as there is somebody to be told: what is said to them, the steps, and lines for the audit."""
    said, steps, lines = [], [], []
    for rung in ORDER:
        here = [one for one in climbing if one.rung == rung]
        if not here:
            continue
        asked = REACH[rung]([one.case for one in here], now)
        said.append(asked)
        for one in here:
            why = asked.skipped.get(one.case.pk, "")
            outcome = Step.Outcome.SKIPPED if why else Step.Outcome.TOLD
            steps.append((one.case.pk, (one.case.pk, one.slot, rung, one.due, now, outcome, why)))
            if rung == Rung.RESIDENT:
                missed = one.slot.isoformat(timespec="minutes")
                told = line("quarantine:miss", one.case, resident=one.case.resident_id, slot=missed)
                lines.append((one.case.pk, told))
            if why:
                # Nobody waits for somebody who was not asked.
                one.rung = _after(rung) or rung
    return said, steps, lines


def _about(cases: Container[int], noted: Iterable[Noted]) -> list[tuple[Any, ...]]:
    return [what for case, what in noted if case in cases]


def _begin(case: Quarantine) -> _Climb | None:
    """The next rung; None where only the next report is waited for."""
    assert case.awaited is not None
    assert case.alert_after is not None
    rung = _after(Rung(case.rung))
    if rung is not None:
        return _Climb(case, case.alert_after, case.awaited, rung)
    # The desk has it. From here on the next report is waited for, and missed by itself.
    nearest, alert = _wait_for(case, calendar.slot_after(case.awaited, case.rule.times, case.civil).due)
    if nearest is None or alert is None or alert > case.alert_after:
        return None
    return _Climb(case, case.alert_after, nearest, Rung.RESIDENT)


def _after(rung: Rung) -> Rung | None:
    if rung == Rung.WAITING:
        return ORDER[0]
    place = ORDER.index(rung) + 1
    return ORDER[place] if place < len(ORDER) else None


def _next_moment(case: Quarantine, slot: datetime, rung: Rung, due: datetime) -> datetime | None:
    """When the step after this one is to be taken; after the last one, when the next report is missed."""
    following = _after(rung)
    if following is not None:
        return due + timedelta(minutes=getattr(case.rulebook.ladder, following.value))
    return _wait_for(case, calendar.slot_after(slot, case.rule.times, case.civil).due)[1]


def _next_report(case: Quarantine) -> State:
    """Nobody is asked any more for the one that is missing."""
    assert case.awaited is not None
    awaited, alert = _wait_for(case, calendar.slot_after(case.awaited, case.rule.times, case.civil).due)
    return awaited, Rung.WAITING.value if awaited else case.rung, alert


def _still(before: dict[int, State]) -> set[int]:
    """Those that stand where they stood. The transaction has had the write lock since its BEGIN: they stay there."""
    # By the key alone: asked for the state as well, SQLite would read every open case of the town.
    read = Quarantine.objects.select_for_update().filter(pk__in=before).order_by()
    return {
        pk
        for pk, state, *now in read.values_list("pk", "state", "awaited", "rung", "alert_after")
        if state == Quarantine.State.OPEN and tuple(now) == before[pk]
    }


def _set_all(before: dict[int, State], after: dict[int, State]) -> None:
    """Compare and set, one UPDATE for all that come from the same and go to the same."""
    alike: dict[tuple[State, State], list[int]] = defaultdict(list)
    for pk, new in after.items():
        alike[before[pk], new].append(pk)
    for (old, new), pks in alike.items():
        if _from(old).filter(pk__in=pks).update(awaited=new[0], rung=new[1], alert_after=new[2]) != len(pks):
            raise _MovedError


def _from(state: State) -> QuerySet[Quarantine]:
    awaited, rung, alert_after = state
    return Quarantine.objects.filter(state=Quarantine.State.OPEN, awaited=awaited, rung=rung, alert_after=alert_after)


def answered(reports: Sequence[Report], now: datetime) -> None:
    """Reports came, each for the one that is waited for, an earlier or a later one: inside their transaction.

    Their cases are moved, and are what was read in that transaction, locked: no worker moves them meanwhile.
    """
    cases = {report.quarantine_id: report.quarantine for report in reports}
    before = {pk: _told_of(case) for pk, case in cases.items()}
    steps, over = [], []
    for report in reports:
        case = report.quarantine
        if case.last_report_at is None or report.measured_at > case.last_report_at:
            case.last_report_at = report.measured_at
        if case.awaited is None or report.slot < case.awaited:
            continue
        if case.rung != Rung.WAITING:
            steps.append(
                Step(
                    quarantine=case, slot=case.awaited, rung=Rung.WAITING, due_at=now, at=now,
                    outcome=Step.Outcome.ENDED,
                )
            )  # fmt: skip
        due = calendar.slot_after(report.slot, case.rule.times, case.civil).due
        case.awaited, case.alert_after = _wait_for(case, due)
        case.rung = Rung.WAITING
        over.append(subject_of(case))
    create_all(steps)
    alike: dict[tuple[State, datetime | None], list[int]] = defaultdict(list)
    for pk, case in cases.items():
        if _told_of(case) != before[pk]:
            alike[_told_of(case)].append(pk)
    for ((awaited, rung, alert_after), last), pks in alike.items():
        Quarantine.objects.filter(pk__in=pks).update(
            awaited=awaited, rung=rung, alert_after=alert_after, last_report_at=last
        )
    cure(MISSED, over)


def _told_of(case: Quarantine) -> tuple[State, datetime | None]:
    return (case.awaited, case.rung, case.alert_after), case.last_report_at

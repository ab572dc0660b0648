"""A report that does not come: who is asked, one after the other, until it lies on the desk.

waiting ──► resident ──► household ──► volunteer ──► roster ──► desk
   ▲            │             │             │           │          │
   └────────────┴──── the report came ──────┴───────────┴──────────┘

`alert_after` says when a case is moved next, and is indexed. Many that are due are moved in one round. Whom to tell
(`asking`), and what, is made ready beforehand, with nobody's lock. Then one transaction moves those that still stand
where they stood (another worker may have been quicker, or the report is there), by an UPDATE that names the step and
the moment from which they come, says what was made ready about these, and writes each `Step`. Of a worker that is
killed nothing has happened. Whoever cannot be reached is skipped at once, with the reason on record, and
the next one is asked.

At the next report's time the ladder begins anew, whatever became of the last one. A ladder never ends a case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import structlog
from django.db import OperationalError, transaction
from django.db.models import F, QuerySet

from gatepass.centre.alarms.actions import cure
from gatepass.centre.audit.actions import line, record_all
from gatepass.centre.one_worker import kinds_of, places_of
from gatepass.centre.plain_rows import create_all, ready_rows, update_rows, write_ready
from gatepass.centre.quarantine.asking import MISSED, REACH, Asked, subject_of
from gatepass.centre.quarantine.due import Course, Due, State, course_of, read_due, state_of
from gatepass.centre.quarantine.models import Quarantine, Report, Rung, Step

ORDER: Final = tuple(REACH)
IN_ONE_STEP: Final = 500
"""Cases that are moved in one transaction: others wait for the write lock meanwhile."""

log = structlog.get_logger(__name__)

_OF_A_STEP: Final = ("quarantine", "slot", "rung", "due_at", "at", "outcome", "why")

Noted = tuple[int, tuple[Any, ...]]
"""Primary key of a case, and what is written about it."""


@dataclass(slots=True)
class _Climb:
    """A case on its way up, within one round."""

    case: Due
    due: datetime
    slot: datetime
    rung: Rung


def first_wait(case: Quarantine, now: datetime) -> tuple[datetime | None, datetime | None]:
    """(`awaited`, `alert_after`) of a case from `now` on; both None where the period ends before the next report."""
    awaited, _rung, alert_after = course_of(case).wait_after(max(now, case.started_at))
    return awaited, alert_after


def move_due(now: datetime, most: int = IN_ONE_STEP, *, place: int = 0, of: int = 1) -> int:
    """The worker's step: so many cases whose moment has come are moved as far as somebody is told; how many were.

    Call until 0: nothing is due, and nobody's write lock was taken; or another was quicker, and goes on. `place`: which
    one this is `of` several workers, each of which has its share of the cases, so that none makes ready in vain what
    another does.
    """
    due = list(_due(now, place, of).values_list("pk", flat=True)[:most])
    if not due:
        return 0
    try:
        return _move(due, now)
    except OperationalError:
        raise  # the database is away or locked: so it would be for each of them
    except Exception as error:  # noqa: BLE001
        log.warning("missed reports are followed up one by one", error=kinds_of(error))
        return _one_by_one(now, most, place, of)


def _one_by_one(now: datetime, most: int, place: int, of: int) -> int:
    """One case that cannot be moved must not keep the others waiting; the next round tries it again."""
    moved = 0
    for pk in list(_due(now, place, of).values_list("pk", flat=True)):
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


def _due(now: datetime, place: int, of: int) -> QuerySet[Quarantine]:
    due = Quarantine.objects.filter(alert_after__lte=now, state=Quarantine.State.OPEN).order_by("alert_after")
    return due if of == 1 else due.annotate(share=F("pk") % of).filter(share=place)


def _move(due: Sequence[int], now: datetime) -> int:
    """One round; nothing is done about a case that is no longer due. How many were moved."""
    cases = read_due(due, now)
    # Most cases of a town are alike in all that is reckoned here: once for each kind of them.
    begin, next_moment, next_report = cache(_begin), cache(_next_moment), cache(_next_report)
    climbing, after = [], dict[int, State]()
    for case in cases:
        first = begin(case.course, case.state)
        if first is None:
            after[case.pk] = next_report(case.course, case.state)
            continue
        assert case.state.alert_after is not None
        climbing.append(_Climb(case, case.state.alert_after, *first))
    said, steps, lines = _climbed(climbing, now)
    for one in climbing:
        moment = next_moment(one.case.course, one.slot, one.rung, one.due)
        after[one.case.pk] = State(one.slot, one.rung.value, moment)
    ready = zip(
        (case for case, _row in steps), ready_rows(Step, _OF_A_STEP, [row for _case, row in steps]), strict=True
    )
    with transaction.atomic():
        moved = _set_all({case.pk: case.state for case in cases}, after)
        for asked in said:
            asked.tell(moved)
        write_ready(Step, _OF_A_STEP, _about(moved, ready))
        record_all(None, _about(moved, lines))
    return len(moved)


def _climbed(climbing: Sequence[_Climb], now: datetime) -> tuple[list[Asked], list[Noted], list[Noted]]:
    """Each as far up as there is somebody to be told: what is said to them, the steps, and lines for the audit."""
    said, steps, lines = [], [], []
    for rung in ORDER:
        here = [one for one in climbing if one.rung == rung]
        if not here:
            continue
        asked = REACH[rung]([one.case for one in here], now)
        asked.seal()
        said.append(asked)
        for one in here:
            why = asked.skipped.get(one.case.pk, "")
            outcome = Step.Outcome.SKIPPED if why else Step.Outcome.TOLD
            steps.append((one.case.pk, (one.case.pk, one.slot, rung, one.due, now, outcome, why)))
            if rung == Rung.RESIDENT:
                missed = one.slot.isoformat(timespec="minutes")
                told = line("quarantine:miss", subject_of(one.case), resident=one.case.person.pk, slot=missed)
                lines.append((one.case.pk, told))
            if why:
                # Nobody waits for somebody who was not asked.
                one.rung = _after(rung) or rung
    return said, steps, lines


def _about(cases: Container[int], noted: Iterable[Noted]) -> list[tuple[Any, ...]]:
    return [what for case, what in noted if case in cases]


def _begin(course: Course, state: State) -> tuple[datetime, Rung] | None:
    """Which report is missed, and the next rung; None where only the next report is waited for."""
    assert state.awaited is not None
    assert state.alert_after is not None
    rung = _after(Rung(state.rung))
    if rung is not None:
        return state.awaited, rung
    # The desk has it. From here on the next report is waited for, and missed by itself.
    nearest = course.wait_after(state.awaited)
    if nearest.awaited is None or nearest.alert_after is None or nearest.alert_after > state.alert_after:
        return None
    return nearest.awaited, Rung.RESIDENT


def _after(rung: Rung) -> Rung | None:
    if rung == Rung.WAITING:
        return ORDER[0]
    place = ORDER.index(rung) + 1
    return ORDER[place] if place < len(ORDER) else None


def _next_moment(course: Course, slot: datetime, rung: Rung, due: datetime) -> datetime | None:
    """When the step after this one is to be taken; after the last one, when the next report is missed."""
    following = _after(rung)
    if following is not None:
        return due + timedelta(minutes=getattr(course.rulebook.ladder, following.value))
    return course.wait_after(slot).alert_after


def _next_report(course: Course, state: State) -> State:
    """Nobody is asked any more for the one that is missing."""
    assert state.awaited is not None
    following = course.wait_after(state.awaited)
    return following if following.awaited else following._replace(rung=state.rung)


def _set_all(before: dict[int, State], after: dict[int, State]) -> set[int]:
    """Compare and set, one UPDATE for all that come from the same and go to the same; those that it found there.

    The transaction has had the write lock since its BEGIN: there they stay.
    """
    alike: dict[tuple[State, State], list[int]] = defaultdict(list)
    for pk, new in after.items():
        alike[before[pk], new].append(pk)
    moved = set[int]()
    for (old, new), pks in alike.items():
        there = Quarantine.objects.filter(pk__in=pks, state=Quarantine.State.OPEN, **old._asdict())
        moved |= update_rows(there, **new._asdict())
    return moved


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
        case.awaited, _rung, case.alert_after = course_of(case).wait_after(report.slot)
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
    return state_of(case), case.last_report_at

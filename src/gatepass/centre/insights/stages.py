"""Time at the gate: what devices say of the stages of their answers, kept by the hour.

A device counts from its start (`wire.messages.Stage`). What it says is compared with what it said before, and only the
difference is added: a heartbeat that is lost or comes twice changes nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.insights.models import StageDay, StageHour, StageSeen
from gatepass.centre.passages.storage import now_ms, town_days
from gatepass.wire.messages import Heartbeat

STAGE_WORDS: Final[dict[str, Promise]] = {
    "decided": _("Decision"),
    "asked": _("Asking the centre"),
    "durable": _("Stored on the disk"),
    "shown": _("From the card to the screen, all in all"),
    "painted": _("Painting the answer"),
    "sounded": _("First sound"),
}
EVERY_S: Final = 60.0
"""Between two looks at one device: a heartbeat each five seconds need not be two more writes."""

# The same in SQLite and PostgreSQL.
_ADD: Final = """
INSERT INTO insights_stagehour (gate_id, day, hour, stage, n, total_us) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (day, gate_id, hour, stage)
DO UPDATE SET n = insights_stagehour.n + excluded.n, total_us = insights_stagehour.total_us + excluded.total_us
"""
_ADD_TO_DAY: Final = """
INSERT INTO insights_stageday (day, stage, n, total_us) VALUES (%s, %s, %s, %s)
ON CONFLICT (day, stage)
DO UPDATE SET n = insights_stageday.n + excluded.n, total_us = insights_stageday.total_us + excluded.total_us
"""
_looked: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Told:
    """A heartbeat, of which device, at which gate (its number)."""

    device: str
    gate: int
    heartbeat: Heartbeat


def record_stages(device: str, gate: int, heartbeat: Heartbeat) -> bool:
    """Add what is new; whether anything was."""
    return record_stages_of([Told(device, gate, heartbeat)]) > 0


def record_stages_of(told: Sequence[Told]) -> int:
    """Add what is new in one transaction; of how many devices something was. State that machines tell, not a change by
    anybody: no audit entry."""
    now = time.monotonic()
    due = {
        one.device: one for one in told if one.heartbeat.stages and now - _looked.get(one.device, -EVERY_S) >= EVERY_S
    }
    if not due:
        return 0
    day, hour = town_days().slot(now_ms())
    fresh: list[tuple[int, date, int, str, int, int]] = []
    seen: list[StageSeen] = []
    with transaction.atomic():
        before = StageSeen.objects.select_for_update().in_bulk(list(due))
        for one in due.values():
            said = {each.stage: [each.n, each.total_us] for each in one.heartbeat.stages if each.stage in STAGE_WORDS}
            more = [(one.gate, day, hour, *each) for each in _more(said, before.get(one.device), one.heartbeat)]
            if more:
                fresh += more
                seen.append(StageSeen(device_id=one.device, started=one.heartbeat.started, counts=said))
        if fresh:
            with connection.cursor() as cursor:
                cursor.executemany(_ADD, fresh)
                cursor.executemany(_ADD_TO_DAY, [(day, stage, n, us) for _, day, _, stage, n, us in fresh])
            StageSeen.objects.bulk_create(
                seen, update_conflicts=True, unique_fields=["device"], update_fields=["started", "counts"]
            )
    _looked.update(dict.fromkeys(due, now))
    return len(seen)


def _more(said: dict[str, list[int]], seen: StageSeen | None, heartbeat: Heartbeat) -> Iterator[tuple[str, int, int]]:
    """(stage, n, total_us) beyond what was said before; all of it after a restart."""
    before = seen.counts if seen is not None and seen.started == heartbeat.started else {}
    for stage, (n, us) in said.items():
        n_before, us_before = before.get(stage, (0, 0))
        if n > n_before:
            yield stage, n - n_before, us - us_before


@dataclass(frozen=True, slots=True)
class Timing:
    """One stage over many answers."""

    stage: str
    n: int
    total_us: int

    @property
    def mean_ms(self) -> float:
        return self.total_us / self.n / 1000 if self.n else 0.0


def timings(first: date, last: date, gates: Collection[str] | None) -> list[Timing]:
    """Each stage that was measured at these gates, in the order of an answer; None: at every gate of the town."""
    n: Counter[str] = Counter()
    total: Counter[str] = Counter()
    rows: QuerySet[StageDay] | QuerySet[StageHour] = StageDay.objects.filter(day__range=(first, last))
    if gates is not None:
        rows = StageHour.objects.filter(day__range=(first, last), gate__in=[int(gate) for gate in gates])
    for stage, count, us in rows.order_by().values_list("stage").annotate(Sum("n"), Sum("total_us")):
        n[stage], total[stage] = count, us
    return [Timing(stage, n[stage], total[stage]) for stage in STAGE_WORDS if n[stage]]


def at_the_gate_ms(found: Collection[Timing]) -> float | None:
    """From the card to the painted answer, on average; None where no screen has told."""
    means = {one.stage: one.mean_ms for one in found}
    return means["shown"] + means["painted"] if {"shown", "painted"} <= means.keys() else None


def slowest(found: Collection[Timing]) -> Timing | None:
    """Of the single steps; `shown` is the way as a whole."""
    return max((one for one in found if one.stage != "shown"), key=lambda one: one.mean_ms, default=None)

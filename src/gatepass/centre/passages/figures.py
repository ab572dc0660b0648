"""The figures of a day, from counters alone: no row of a passage is read for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from gatepass.centre.passages.days import TownDays
from gatepass.centre.passages.log import Filters, PassageLog
from gatepass.policy import Method, Outcome

WAITS_AT_MOST = 30 * 60_000
"""ms. Whoever was held longer ago than this no longer stands at the gate; somebody forgot to press a button."""
COUNTED_AT_MOST = 200
WITHOUT_PHONE = frozenset({Method.CARD, Method.PRINTED, Method.UID, Method.TYPED})


@dataclass(frozen=True, slots=True)
class Hour:
    """People who went in and out in one local hour; `before` is who went in a week earlier, None if not known."""

    hour: int
    entered: int
    left: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    entered: int
    left: int
    hours: list[Hour]
    """From the first hour of the day with a movement (today or a week ago) to the last."""
    by_document: Counter[str]
    """Passes of today by what was laid down; `typed` for a number that was typed."""
    passes: int
    without_phone: int
    waiting: int
    longest_ms: int
    """How long the longest one has been waiting."""
    change: float | None
    """People who entered in the full hours of today against the same hours a week ago: 0.04 is 4 % more."""
    by_outcome: Counter[Outcome]
    by_reason: Counter[tuple[Outcome, str]]
    """Decisions of the gates, by outcome and first reason."""

    @property
    def inside(self) -> int:
        """Since midnight. Less than nothing where people live: in the morning more have gone out than come back."""
        return self.entered - self.left

    @property
    def outside(self) -> int:
        return self.left - self.entered


def day_figures(log: PassageLog, days: TownDays, now: int, gates: Collection[str] | None) -> Figures:
    """The day of `now` (ms) at these gates; None: at every gate of the town."""
    today, hour_now = days.slot(now)
    week_ago = today - timedelta(days=7)
    entered, left = _by_hour(log, today, gates)
    before, _ = _by_hour(log, week_ago, gates)
    decisions = log.flow(today, today, gates, by=frozenset())
    by_outcome: Counter[Outcome] = Counter()
    by_reason: Counter[tuple[Outcome, str]] = Counter()
    for one in decisions:
        by_outcome[one.outcome] += one.total
        by_reason[one.outcome, one.reason] += one.total
    flow = [one for one in decisions if one.outcome is Outcome.PASS]
    by_document: Counter[str] = Counter()
    for one in flow:
        by_document["typed" if one.method is Method.TYPED else one.document] += one.total
    full = range(hour_now)
    then = sum(before[hour] for hour in full)
    seen = [hour for hour in range(24) if entered[hour] or left[hour] or before[hour]]
    waiting, longest = _waiting(log, now, gates)
    return Figures(
        entered=entered.total(),
        left=left.total(),
        hours=[
            Hour(hour, max(0, entered[hour]), max(0, left[hour]), before[hour] if before else None)
            for hour in (range(min(seen), max(*seen, hour_now) + 1) if seen else ())
        ],
        by_document=by_document,
        passes=sum(one.total for one in flow),
        without_phone=sum(one.total for one in flow if one.method in WITHOUT_PHONE),
        waiting=waiting,
        longest_ms=longest,
        change=sum(entered[hour] for hour in full) / then - 1 if then else None,
        by_outcome=by_outcome,
        by_reason=by_reason,
    )


def _by_hour(log: PassageLog, day: date, gates: Collection[str] | None) -> tuple[Counter[int], Counter[int]]:
    """People who entered, and who left, by hour."""
    entered: Counter[int] = Counter()
    left: Counter[int] = Counter()
    for one in log.movements(day, day, gates, by=frozenset({"hour"})):
        (entered if one.direction == "in" else left)[one.hour] += one.total
    return entered, left


def _waiting(log: PassageLog, now: int, gates: Collection[str] | None) -> tuple[int, int]:
    filters = Filters(
        since=now - WAITS_AT_MOST,
        until=now + 60_000,
        gates=None if gates is None else frozenset(gates),
        outcomes=frozenset({Outcome.HOLD}),
        unresolved=True,
    )
    held = log.read(filters, limit=COUNTED_AT_MOST).passages
    return len(held), max((now - one.at for one in held), default=0)

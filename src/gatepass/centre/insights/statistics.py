"""The figures of any days at any gates, from the counters of the log alone: no row of a passage is read.

People are counted by movement (who went through in the end), decisions by what gates answered first. Each table is one
question to the counters, summed in one way: hours, days, and gates of the same period have the same totals, and a test
adds them up from the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from operator import attrgetter
from typing import Final

import msgspec

from gatepass.centre.passages.log import Flow, PassageLog
from gatepass.policy import Method

MOST_DAYS: Final = 92


class InOut(msgspec.Struct, frozen=True, array_like=True):
    """People who went in and who went out."""

    entered: int = 0
    left: int = 0


class GateCount(msgspec.Struct, frozen=True, array_like=True):
    gate: str
    """As the log calls it: the primary key as text."""
    entered: int
    left: int
    decisions: int
    held: int
    refused: int


class Reasoned(msgspec.Struct, frozen=True, array_like=True):
    outcome: str
    reason: str
    total: int


class Shown(msgspec.Struct, frozen=True, array_like=True):
    """What was laid down or shown: kind of document, and the method for what has none."""

    document: str
    method: str
    total: int


class Statistics(msgspec.Struct, frozen=True):
    first: date
    last: date
    hours: list[InOut]
    """24, summed over the days."""
    days: list[InOut]
    """One for each day."""
    heat: list[list[int]]
    """Day by hour: people who went in or out."""
    gates: list[GateCount]
    """Busiest first."""
    reasons: list[Reasoned]
    """Most frequent first, outcome by outcome: pass, hold, refuse."""
    documents: list[Shown]
    before: list[InOut]
    """The 24 hours of as many days before, on the same days of the week; empty where nothing is known of them."""
    over: tuple[int, int] = (0, 0)
    """People who entered in hours that are over, now and before: an hour that runs on is compared with nothing."""

    @property
    def entered(self) -> int:
        return sum(one.entered for one in self.hours)

    @property
    def left(self) -> int:
        return sum(one.left for one in self.hours)

    @property
    def inside(self) -> int:
        """Since midnight. Less than nothing where people live: in the morning more have gone out than come back."""
        return self.entered - self.left

    @property
    def outside(self) -> int:
        return self.left - self.entered

    @property
    def decisions(self) -> int:
        return sum(one.total for one in self.reasons)

    def of_outcome(self, outcome: str) -> int:
        return sum(one.total for one in self.reasons if one.outcome == outcome)

    @property
    def change(self) -> float | None:
        """People who entered, against those before: 0.04 is 4 % more. None where nothing is known of before."""
        now, then = self.over
        return now / then - 1 if then else None


OUTCOMES: Final = ("pass", "hold", "refuse")


def statistics(
    log: PassageLog, first: date, last: date, gates: Collection[str] | None, *, now: tuple[date, int] | None = None
) -> Statistics:
    """Of the local days `first` to `last`, inclusive; `gates` None: of every gate of the town.

    `now`: local day and hour, where the last day runs on.
    """
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    back = timedelta(days=-(-len(span) // 7) * 7)
    decided = log.flow(first, last, gates, by=frozenset())
    moved, earlier = _moved(log, first, last, gates), _moved(log, first - back, last - back, gates)
    so_far = now[1] if now is not None and now[0] == last else 24
    return Statistics(
        first=first,
        last=last,
        hours=[_in_out(moved, span, [hour]) for hour in range(24)],
        days=[_in_out(moved, [day], range(24)) for day in span],
        heat=[[moved[day, hour, "in"] + moved[day, hour, "out"] for hour in range(24)] for day in span],
        gates=_of_gates(log, first, last, gates),
        reasons=_reasons(decided),
        documents=_documents(decided),
        before=[_in_out(earlier, [day - back for day in span], [hour]) for hour in range(24)] if earlier else [],
        over=(_over(moved, span, so_far), _over(earlier, [day - back for day in span], so_far)),
    )


_Moved = Counter[tuple[date, int, str]]
"""Day, hour, direction -> people."""


def _moved(log: PassageLog, first: date, last: date, gates: Collection[str] | None) -> _Moved:
    moved: _Moved = Counter()
    for one in log.movements(first, last, gates, by=frozenset({"hour"})):
        moved[one.day, one.hour, one.direction] += one.total
    return moved


def _in_out(moved: _Moved, days: Collection[date], hours: Collection[int]) -> InOut:
    entered, left = (sum(moved[day, hour, way] for day in days for hour in hours) for way in ("in", "out"))
    return InOut(entered, left)


def _over(moved: _Moved, span: list[date], so_far: int) -> int:
    whole, last = span[:-1], span[-1]
    return _in_out(moved, whole, range(24)).entered + _in_out(moved, [last], range(so_far)).entered


def _of_gates(log: PassageLog, first: date, last: date, gates: Collection[str] | None) -> list[GateCount]:
    counts = [
        GateCount(one.gate, one.entered, one.exited, one.passed + one.held + one.refused, one.held, one.refused)
        for one in log.gate_totals(first, last, gates)
    ]
    # Twice, by attributes: a key made for each of five thousand gates took longer than the sorting.
    counts.sort(key=attrgetter("gate"))
    return sorted(counts, key=attrgetter("decisions"), reverse=True)


def _reasons(decided: Collection[Flow]) -> list[Reasoned]:
    totals: Counter[tuple[str, str]] = Counter()
    for flow in decided:
        totals[str(flow.outcome), flow.reason] += flow.total
    order = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    found = [Reasoned(outcome, reason, total) for (outcome, reason), total in totals.items()]
    return sorted(found, key=lambda one: (order[one.outcome], -one.total, one.reason))


def _documents(decided: Collection[Flow]) -> list[Shown]:
    totals: Counter[tuple[str, str]] = Counter()
    for flow in decided:
        named = flow.document and flow.method is not Method.TYPED
        totals[(flow.document, "") if named else ("", str(flow.method))] += flow.total
    found = [Shown(document, method, total) for (document, method), total in totals.items()]
    return sorted(found, key=lambda one: (-one.total, one.document, one.method))

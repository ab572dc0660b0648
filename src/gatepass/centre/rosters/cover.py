"""The cover view: fourteen days, hour by hour, how many are on duty for a language; and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

from gatepass.centre.rosters import duty
from gatepass.centre.rosters.access import need_pattern, serving
from gatepass.centre.rosters.duty import DAY, Span, Stretch
from gatepass.centre.rosters.models import Need

DAYS = 14
"""Calendar days of the wall clock, today included."""

Mark = Literal["gap", "thin", "held", "free"]


@dataclass(frozen=True, slots=True)
class Hour:
    begins: datetime
    fewest: int
    mark: Mark
    """gap: too few though needed; thin: only for a part of it; held; free: nobody, and nobody is needed."""


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    hours: list[Hour]
    missing: list[Stretch]
    """What is needed and not held."""

    @property
    def changes_clock(self) -> bool:
        return len(self.hours) != 24


def cover(spans: Iterable[Span], needs: Iterable[Need], first: date, zone: tzinfo, days: int = DAYS) -> list[Day]:
    """`spans` are those of the language and channel that is looked at; `needs` likewise."""
    held, wanted_by = list(spans), list(needs)
    return [_day(first + number * DAY, held, wanted_by, zone) for number in range(days)]


def _day(day: date, held: list[Span], needs: list[Need], zone: tzinfo) -> Day:
    begin, end = duty.instant(day, time(0), zone), duty.instant(day + DAY, time(0), zone)
    near = [span for span in held if span.begins < end and span.ends > begin]
    missing: list[Stretch] = []
    for need in needs:
        missing += duty.gaps(serving(need, near), duty.wanted_of(need_pattern(need), begin, end), need.least)
    hours = []
    for start, stop in duty.hours_of(day, zone):
        low, high = duty.fewest(near, start, stop)
        mark: Mark = "held" if low else "thin" if high else "free"
        if any(one < stop and other > start for one, other in missing):
            mark = "gap"
        hours.append(Hour(start, low, mark))
    return Day(day, hours, merged(missing))


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for begin, end in sorted(stretches):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def missing_hours(days: Iterable[Day]) -> float:
    return sum(((end - begin) / timedelta(hours=1) for day in days for begin, end in day.missing), 0.0)

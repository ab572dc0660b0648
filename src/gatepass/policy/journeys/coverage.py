"""Are all N days before an arrival accounted for? Gaps and overlaps of the stays that somebody tells, by name.

A stay is told in whole calendar days of the place where it was, first and last day included: "Seoul, 3 to 9 March".
Behind it lies a stretch of time, from midnight there to the midnight after the last day, whatever clocks do between.

    the day of arrival     is D0, by the calendar of the place of arrival; whoever lands at 00:40 arrives on the new day
    the days that count    D0 - N to D0 - 1, and the hours of D0 until the arrival
    a gap                  more than `travel` (18 hours) of real time between two stays, before the first or after the
                           last one. What is shorter is the journey itself. 18 hours are less than the shortest missing
                           day (23 hours, where clocks go forward) and more than the longest non-stop flight that
                           crosses one. So the day that vanishes at the date line is not asked for, and a day that is
                           really missing is, in whichever zones it lies.
    an overlap             two stays of which nobody could have left the first in time for the second: they may share
                           the day on which one moves on. Flying east over the date line one arrives the day before one
                           left, which is no overlap. A change of planes or trains (`transit`) overlaps with nothing.

Pure: no clock is read, no order of the stays matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = timedelta(days=1)
TRAVEL: Final = timedelta(hours=18)


@dataclass(frozen=True, slots=True)
class StayTold:
    """Somewhere from `first` to `last`, both included, by the calendar of `zone`."""

    first: date
    last: date
    zone: ZoneInfo
    place: str = ""
    transit: bool = False

    @property
    def begins(self) -> datetime:
        return midnight(self.first, self.zone)

    @property
    def ends(self) -> datetime:
        """Not included."""
        return midnight(self.last + DAY, self.zone)


@dataclass(frozen=True, slots=True)
class Gap:
    """Days of which nothing is known, both included. Between which stays; None at an end."""

    first: date
    last: date
    after: StayTold | None = None
    before: StayTold | None = None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Overlap:
    """Days on which somebody says to have been at both places."""

    first: date
    last: date
    one: StayTold
    other: StayTold


@dataclass(frozen=True, slots=True)
class Coverage:
    first: date
    """The first day that counts: D0 - N."""
    arrival: date
    """D0."""
    gaps: tuple[Gap, ...]
    overlaps: tuple[Overlap, ...]
    late: tuple[StayTold, ...]
    """Stays that begin after the arrival: not yet true."""

    @property
    def days(self) -> int:
        """N."""
        return (self.arrival - self.first).days

    @property
    def missing(self) -> int:
        """How many days are missing."""
        return sum(gap.days for gap in self.gaps)

    @property
    def accounted(self) -> int:
        return max(self.days - self.missing, 0)

    @property
    def is_whole(self) -> bool:
        return not (self.gaps or self.overlaps or self.late)


def covered(
    stays: Iterable[StayTold], arrival: datetime, zone: ZoneInfo, days: int, travel: timedelta = TRAVEL
) -> Coverage:
    """`arrival` is aware, `zone` that of the place of arrival. ValueError for a stay that ends before it begins."""
    told = sorted(stays, key=lambda stay: (stay.begins, stay.ends))
    if any(stay.last < stay.first for stay in told):
        raise ValueError("a stay ends before it begins")
    landed = arrival.astimezone(zone).date()
    first = landed - days * DAY
    late = tuple(stay for stay in told if stay.begins > arrival)
    there = [stay for stay in told if stay.begins <= arrival]
    return Coverage(
        first=first,
        arrival=landed,
        gaps=tuple(_gaps(there, first, arrival, landed, zone, travel)),
        overlaps=tuple(_overlaps(told)),
        late=late,
    )


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins there: a moment of UTC, so that differences are real hours."""
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)


UTC: Final = ZoneInfo("UTC")


def _gaps(
    stays: list[StayTold], first: date, arrival: datetime, landed: date, zone: ZoneInfo, travel: timedelta
) -> Iterator[Gap]:
    reached = midnight(first, zone)
    last: StayTold | None = None
    for stay in stays:
        if last is None:
            # The first of the days counts as it was in the place where somebody was.
            reached = max(reached, midnight(first, stay.zone))
        if stay.begins - reached > travel:
            yield _between(first if last is None else last.last + DAY, stay.first - DAY, last, stay)
        if stay.ends > reached:
            reached, last = stay.ends, stay
    if arrival - reached > travel:
        yield _between(first if last is None else last.last + DAY, landed - DAY, last, None)


def _between(first: date, last: date, after: StayTold | None, before: StayTold | None) -> Gap:
    """Far enough east or west, two neighbouring dates lie a day apart: then the later calendar names the one day."""
    return Gap(min(first, last), last, after, before)


def _overlaps(stays: list[StayTold]) -> Iterator[Overlap]:
    staying = [stay for stay in stays if not stay.transit]
    for place, one in enumerate(staying):
        for other in staying[place + 1 :]:
            earlier, later = (one, other) if one.ends <= other.ends else (other, one)
            # Could one have left `one` on its last day and been in `other` on its first?
            leaves, is_there = midnight(one.last, one.zone), midnight(other.first + DAY, other.zone)
            if leaves < is_there:
                continue
            # Or the other way round, where both begin on one day.
            if midnight(other.last, other.zone) < midnight(one.first + DAY, one.zone):
                continue
            yield Overlap(max(one.first, other.first), min(earlier.last, later.last), one, other)

"""When a quarantine ends, which day of it this is, and when the next report is due. Pure, in the site's civil time.

Two ways of counting, which the rules choose for each kind:

    hours   14 × 24 hours from the beginning: from 5 March 15:20 to 19 March 15:20. Where clocks are changed meanwhile
            it is still 336 hours, and the hand stands an hour elsewhere.
    days    14 calendar days after the day of the beginning, which is day 0: from 5 March, whatever the hour, to
            19 March 24:00. Where clocks are changed it is an hour more or less, and the hand stands at midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Counted = Literal["hours", "days"]
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """A report is wanted from `opens` until `due`."""

    opens: datetime
    due: datetime


@lru_cache(maxsize=1024)
def at(day: date, moment: time, zone: ZoneInfo) -> datetime:
    """That wall-clock time, aware UTC.

    One that comes twice is the first. One that a change of clocks leaves out is reckoned by the clock before: a
    midnight that is skipped is the moment of the change.
    """
    return datetime.combine(day, moment, zone).astimezone(UTC)


def ends_at(started_at: datetime, days: int, counted: Counted, zone: ZoneInfo) -> datetime:
    """Aware UTC."""
    if counted == "hours":
        return started_at.astimezone(UTC) + timedelta(hours=24 * days)
    return at(started_at.astimezone(zone).date() + (days + 1) * DAY, time(), zone)


def day_of(moment: datetime, started_at: datetime, counted: Counted, zone: ZoneInfo) -> int:
    """Which day this is. By hours the first 24 hours are day 1; by days the day of the beginning is day 0."""
    if counted == "hours":
        return max(0, (moment - started_at) // DAY + 1)
    return max(0, (moment.astimezone(zone).date() - started_at.astimezone(zone).date()).days)


def last_day(ends: datetime, zone: ZoneInfo) -> tuple[date, time | None]:
    """As people say it: midnight is the 24:00 of the day before (the time is None then)."""
    local = ends.astimezone(zone)
    if ends == at(local.date(), time(), zone):
        return local.date() - DAY, None
    return local.date(), local.time()


def slots_of(day: date, times: list[tuple[time, time]], zone: ZoneInfo) -> list[Slot]:
    return [Slot(at(day, opens, zone), at(day, due, zone)) for opens, due in times]


def slot_after(moment: datetime, times: list[tuple[time, time]], zone: ZoneInfo) -> Slot:
    """The next one that is due after this moment."""
    day = moment.astimezone(zone).date()
    for ahead in range(3):
        for slot in slots_of(day + ahead * DAY, times, zone):
            if slot.due > moment:
                return slot
    raise ValueError("a day without a slot")


def slot_for(measured: datetime, times: list[tuple[time, time]], zone: ZoneInfo) -> Slot:
    """The one that a report answers: the last that was open when it was measured, however late."""
    day = measured.astimezone(zone).date()
    before = [slot for ago in (1, 0) for slot in slots_of(day - ago * DAY, times, zone) if slot.opens <= measured]
    return before[-1]


def slots_between(since: datetime, until: datetime, times: list[tuple[time, time]], zone: ZoneInfo) -> list[Slot]:
    """Those that are due in (since, until]."""
    found, slot = [], slot_after(since, times, zone)
    while slot.due <= until:
        found.append(slot)
        slot = slot_after(slot.due, times, zone)
    return found

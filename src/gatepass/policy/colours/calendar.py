"""Civil days: which day it is at a place, and when the next one begins there, whatever its clocks do.

"Fourteen days" in an order means fourteen midnights on the spot, not 336 hours: where clocks are put forward, one of
these days has 23 hours. A day is a number (`date.toordinal`); moments are milliseconds since 1970 UTC.
"""

from __future__ import annotations

from datetime import MAXYEAR, date, datetime, tzinfo
from functools import lru_cache
from typing import Final

from gatepass.policy.certlogic.ticking import Watch
from gatepass.policy.certlogic.values import HOUR_MS

_LAST_DAY: Final = date(MAXYEAR, 12, 30).toordinal()
_FIRST_DAY: Final = 3
_LAST_MS: Final = 253_370_764_800_000
"""The year 9999; datetime knows none after it."""
_FIRST_MS: Final = -62_135_000_000_000


class Calendar:
    """The civil days of one time zone."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._begins: dict[int, int] = {}

    def day_of(self, ms: int) -> int:
        """The day at this moment. Before the year 1 and after 9999: the first and the last day that there is."""
        if not _FIRST_MS <= ms <= _LAST_MS:
            return _FIRST_DAY if ms < 0 else _LAST_DAY
        return datetime.fromtimestamp(ms / 1000, self.zone).toordinal()

    def begin_of(self, day: int) -> int | None:
        """When this day begins: at midnight, or, where the clocks skip midnight, right after it. None: too far away."""
        if not _FIRST_DAY <= day <= _LAST_DAY:
            return None
        begin = self._begins.get(day)
        if begin is None:
            midnight = datetime.combine(date.fromordinal(day), datetime.min.time(), self.zone)
            # A midnight that does not exist is read with the offset before the gap: the very moment of the jump.
            begin = self._begins[day] = round(midnight.timestamp() * 1000)
        return begin


@lru_cache(maxsize=64)
def calendar_of(zone: tzinfo) -> Calendar:
    return Calendar(zone)


class Days:
    """Civil days since a day. All counts grow at the same midnight."""

    in_step = True

    def __init__(self, watch: Watch, calendar: Calendar) -> None:
        self.watch = watch
        self.calendar = calendar

    def reaches(self, origin: int, count: int) -> int | None:
        return self.calendar.begin_of(origin + count)


class Hours:
    """Full hours since a moment."""

    in_step = False

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def reaches(self, origin: int, count: int) -> int | None:
        return origin + count * HOUR_MS


class Years:
    """Years of age; the origin is the day of birth. Who was born on 29 February is a year older on 1 March."""

    in_step = False

    def __init__(self, watch: Watch, calendar: Calendar) -> None:
        self.watch = watch
        self.calendar = calendar

    def age(self, born: int, today: int) -> int:
        """Completed years; negative before the birth."""
        birth, now = date.fromordinal(born), date.fromordinal(today)
        return now.year - birth.year - ((now.month, now.day) < (birth.month, birth.day))

    def reaches(self, origin: int, count: int) -> int | None:
        birth = date.fromordinal(origin)
        year = birth.year + count
        if not 0 < year < MAXYEAR:
            return None
        leap = birth.month == 2 and birth.day == 29
        birthday = date(year, 3, 1) if leap and not _is_leap(year) else birth.replace(year=year)
        return self.calendar.begin_of(birthday.toordinal())


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)

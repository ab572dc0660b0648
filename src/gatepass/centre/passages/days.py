"""The town's calendar: which day and hour a moment belongs to.

Days are the town's local days, not UTC's. What people ask for is local ("today", "28 days", "the hour from eight"); a
board then reads exactly one file, and the cut falls at local midnight, when the fewest visits straddle it. Under UTC a
Chinese town would change files at 08:00, in the middle of its busiest hour.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
QUARTER_MS = 900_000  # every offset in use today is a multiple of a quarter of an hour


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware moment."""
    return int(moment.timestamp() * 1000)


class TownDays:
    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._slots: dict[int, tuple[date, int]] = {}

    def slot(self, at: int) -> tuple[date, int]:
        """(local day, local hour 0 to 23) of `at`, ms. Quick: it is asked for every record."""
        quarter = at // QUARTER_MS
        slot = self._slots.get(quarter)
        if slot is None:
            local = datetime.fromtimestamp(quarter * 900, UTC).astimezone(self.zone)
            if len(self._slots) > 20_000:
                self._slots.clear()
            slot = self._slots[quarter] = (local.date(), local.hour)
        return slot

    def day(self, at: int) -> date:
        return self.slot(at)[0]

    def bounds(self, day: date) -> tuple[int, int]:
        """First ms of `day` and first ms of the day after."""
        after = day + timedelta(days=1)
        return (
            milliseconds(datetime(day.year, day.month, day.day, tzinfo=self.zone)),
            milliseconds(datetime(after.year, after.month, after.day, tzinfo=self.zone)),
        )

    def hour_bounds(self, day: date, hour: int) -> tuple[int, int]:
        """First ms of a local hour and of the next. Two hours long when clocks go back, empty when they go forward."""
        start = datetime(day.year, day.month, day.day, hour, tzinfo=self.zone)
        end = self.bounds(day)[1] if hour == 23 else milliseconds(start.replace(hour=hour + 1))
        return milliseconds(start), end

    def span(self, since: int, until: int) -> list[date]:
        """Every day that [since, until] touches, oldest first."""
        first, last = self.day(since), self.day(until)
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

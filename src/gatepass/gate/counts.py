"""People in and out of this gate since the site's midnight: one count for every visit whose last word is a pass.

A person who was held counts when the guard admits them, or when a further document of theirs is better. A further
answer that passes whoever has passed already counts nothing. The journal is the only store: after a restart the day is
counted again from it, so that count and record never disagree. The centre's rule is the same (`passages.group`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from gatepass.gate.clock import Clock
from gatepass.policy import Outcome
from gatepass.wire.messages import Record

# Visits whose last word is remembered. A visit is open for seconds, and a guard is asked for ten minutes at most.
_WORDS_MOST = 2000


@dataclass(frozen=True, slots=True)
class Tally:
    entered: int
    left: int

    @property
    def inside(self) -> int:
        return max(0, self.entered - self.left)


class Counts:
    def __init__(self, clock: Clock, utc_offset_minutes: Callable[[], int]) -> None:
        self._clock = clock
        self._utc_offset_minutes = utc_offset_minutes
        self._day = self._today()
        self._entered = self._left = 0
        self._passed: OrderedDict[bytes, bool] = OrderedDict()
        """Visit -> whether its last word was a pass."""

    def midnight_ms(self) -> int:
        """The beginning of the site's day, milliseconds since 1970 UTC."""
        today = self._now_there()
        return int(today.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC).timestamp() * 1000)

    def restart(self, records: Iterable[Record]) -> None:
        """Count the day's records from nothing."""
        self._day, self._entered, self._left = self._today(), 0, 0
        self._passed.clear()
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        if self._today() != self._day:
            self._day, self._entered, self._left = self._today(), 0, 0
        visit, passes = record.about or record.id, record.outcome is Outcome.PASS
        # Of a visit that is not remembered any more, only somebody who was held can still be spoken of.
        people = passes - self._passed.pop(visit, False)
        self._passed[visit] = passes
        while len(self._passed) > _WORDS_MOST:
            self._passed.popitem(last=False)
        if record.direction == "in":
            self._entered += people
        else:
            self._left += people

    def tally(self) -> Tally:
        """Never below nothing: who passed before midnight may be called back after it."""
        return Tally(max(0, self._entered), max(0, self._left)) if self._today() == self._day else Tally(0, 0)

    def _today(self) -> date:
        return self._now_there().date()

    def _now_there(self) -> datetime:
        offset = min(max(self._utc_offset_minutes(), -14 * 60), 14 * 60)
        return datetime.fromtimestamp(self._clock.now_ms() / 1000, timezone(timedelta(minutes=offset)))

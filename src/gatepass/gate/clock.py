"""What time is it at a gate whose clock may jump?

Three readings, never mixed:

- `monotonic()`: seconds that only grow, also through suspend. Every timer (3 s on the screen, repeats) uses it.
- `now_ms()`: the best known UTC, in every record and signature. Once the centre was heard it is the centre's time
  carried on by the monotonic clock, so that a wall clock that jumps (or was never set) changes nothing; before that
  it is the wall clock.
- `offset_ms`: how far the wall clock is from that.

Two limits, on purpose. Knowledge signed at 10:00 proves that it is at least 10:00 (`not_before`). And when the centre
corrects a clock that ran ahead, `at` steps back between two records: a journal's order is its sequence, and the time
is only a property of a record.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

# Smaller differences than this are the network's jitter, not the clock's fault.
TOLERANCE_MS = 250


def _boot_time() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Clock:
    """`wall_ms` and `monotonic` (seconds) can be given, so that a test can move them."""

    def __init__(self, *, wall_ms: Callable[[], int] = _wall_ms, monotonic: Callable[[], float] | None = None) -> None:
        self._wall_ms = wall_ms
        self.monotonic = monotonic or (_boot_time if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic)
        self._anchor: tuple[int, float] | None = None
        self._floor_ms = 0

    def now_ms(self) -> int:
        """Best known UTC in milliseconds since 1970."""
        if self._anchor is None:
            reading = self._wall_ms()
        else:
            centre_ms, since = self._anchor
            reading = centre_ms + int((self.monotonic() - since) * 1000)
        return max(reading, self._floor_ms)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    @property
    def offset_ms(self) -> int:
        """Best known time minus the wall clock."""
        return self.now_ms() - self._wall_ms()

    def hear_centre(self, centre_ms: int, *, asked: float, answered: float) -> None:
        """The centre said `centre_ms` in a reply between the monotonic moments `asked` and `answered`."""
        if centre_ms <= 0:
            return
        middle = (asked + answered) / 2
        stated_now = centre_ms + int((self.monotonic() - middle) * 1000)
        tolerance = TOLERANCE_MS + (answered - asked) * 500
        if self._anchor is None or abs(stated_now - self.now_ms()) > tolerance:
            self._anchor = (centre_ms, middle)

    def not_before(self, ms: int) -> None:
        """Signed knowledge carries this time: it cannot be earlier now."""
        self._floor_ms = max(self._floor_ms, ms)

"""So many times in so many seconds for each caller, and no more."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

CALLERS = 10_000
"""Remembered at once; the one that was silent longest is forgotten first."""


class Pace:
    def __init__(self, times: int, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._times, self._seconds, self._clock = times, seconds, clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, caller: str) -> int:
        """0, and the call is counted; or the whole seconds after which the caller may come again."""
        now = self._clock()
        seen = self._seen.setdefault(caller, deque())
        self._seen.move_to_end(caller)
        if len(self._seen) > CALLERS:
            self._seen.popitem(last=False)
        while seen and seen[0] <= now - self._seconds:
            seen.popleft()
        if len(seen) >= self._times:
            return int(seen[0] + self._seconds - now) + 1
        seen.append(now)
        return 0

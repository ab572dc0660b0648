"""What the writing half of every engine has: what has arrived, and which days are being forgotten."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date

from gatepass.centre.passages.days import TownDays
from gatepass.centre.passages.runs import Runs
from gatepass.wire.messages import PassageReceipt

MISSING_RANGES = 100
"""Ranges named in one receipt; the next receipt names the next ones."""


class Dropping:
    """Days that are being forgotten, so that the intake of other days need not wait for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._days: set[date] = set()

    def begin(self, day: date) -> None:
        with self._changed:
            self._days.add(day)

    def end(self, day: date) -> None:
        with self._changed:
            self._days.discard(day)
            self._changed.notify_all()

    def is_going(self, day: date) -> bool:
        with self._changed:
            return day in self._days

    def wait(self, day: date) -> None:
        """Until nobody is dropping `day`."""
        with self._changed:
            self._changed.wait_for(lambda: day not in self._days)


class PassageWriting(ABC):
    _clock: Callable[[], int]
    _calendar: TownDays

    def __init__(self) -> None:
        self._writing = threading.Lock()
        self._arrived: dict[int, Runs] = {}
        self.dropping = Dropping()
        self.orphans: set[bytes] = set()
        """Passages whose verdict came before them."""

    @abstractmethod
    def become_writer(self) -> None:
        """Takes the writer's lock and learns what has arrived so far. Raises LogInUseError."""

    @abstractmethod
    def number(self, name: str) -> int:
        """The number of a gate or journal; a new name is durable before its number is used."""

    def receipt(self, journal: str) -> PassageReceipt:
        with self._writing:
            self.become_writer()
            return self._receipt(self.number(journal))

    def _receipt(self, journal: int) -> PassageReceipt:
        runs = self._arrived.get(journal, Runs())
        return PassageReceipt(next=runs.next, missing=runs.missing(MISSING_RANGES))

    def arrived(self, journal: int) -> Runs:
        return self._arrived.setdefault(journal, Runs())

    def now(self) -> int:
        return self._clock()

    def slot(self, at: int) -> tuple[date, int]:
        return self._calendar.slot(at)

"""The folder of day files: which days there are, and connections to read them with."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import apsw

from gatepass.centre.passages.day_file import VERSION, bring_up_to_date, open_database

IDLE_CONNECTIONS = 4
"""Kept open per day between two questions: opening one costs more than most questions."""


class DayFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._idle: dict[date, list[apsw.Connection]] = {}
        self._lock = threading.Lock()

    def path(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.sqlite3"

    def days(self) -> list[date]:
        days = []
        for path in self._folder.glob("????-??-??.sqlite3"):
            with suppress(ValueError):
                days.append(date.fromisoformat(path.stem))
        return sorted(days)

    def held(self, days: Iterable[date]) -> list[date]:
        """Those of `days` that have a file, in the order given."""
        return [day for day in days if self.path(day).exists()]

    @contextmanager
    def reading(self, day: date) -> Iterator[apsw.Connection]:
        """A connection for the time of one question; only of a day that is held."""
        with self._lock:
            pool = self._idle.setdefault(day, [])
            connection = pool.pop() if pool else None
        if connection is None:
            connection = open_database(self.path(day), reading=True)
            if connection.pragma("user_version") < VERSION:
                bring_up_to_date(self.path(day))
        try:
            yield connection
        finally:
            with self._lock:
                keep = self._idle.get(day) is pool and len(pool) < IDLE_CONNECTIONS
                if keep:
                    pool.append(connection)
            if not keep:
                connection.close()

    def _close_idle(self, day: date) -> None:
        with self._lock:
            pool = self._idle.pop(day, [])
        for connection in pool:
            connection.close()

    def unlink(self, day: date) -> None:
        """Erases a day. A question under way keeps its file until it is answered; nobody finds it after."""
        self._close_idle(day)
        for suffix in ("", "-wal", "-shm"):
            self.path(day).with_name(self.path(day).name + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        for day in list(self._idle):
            self._close_idle(day)

"""`SqlitePassageLog`: the embedded default, a folder of day files and a ledger.

passages/
  ledger.sqlite3                names; what arrived of days that are dropped
  2026-11-23.sqlite3            one per local day (`days.py` says why local)
  counters/2026-10-20.sqlite3   what is kept of a dropped one (`kept.py`)
  writer.lock                   held by the one process that writes
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

import apsw

from gatepass.centre.passages import day_reading
from gatepass.centre.passages.day_file import DayFile, select
from gatepass.centre.passages.forgetting import forget_in_day
from gatepass.centre.passages.group import Group
from gatepass.centre.passages.log import Appended, Batch, Forgotten, LogInUseError, LogUnavailableError
from gatepass.centre.passages.rows import DayGroup
from gatepass.centre.passages.runs import Runs
from gatepass.centre.passages.sqlite_reading import SqlitePassages
from gatepass.centre.passages.writing import PassageWriting
from gatepass.policy import Outcome

OPEN_DAYS = 4
"""Day files kept open for writing between two commits."""


class SqlitePassageLog(SqlitePassages, PassageWriting):
    """See `log.PassageLog`. The first `append` makes this process the writer; LogInUseError if there is one already."""

    def __init__(self, folder: Path, zone: ZoneInfo, *, clock: Callable[[], int]) -> None:
        super().__init__(folder, zone, clock=clock)
        PassageWriting.__init__(self)
        self._lock_file: IO[bytes] | None = None
        self._open: dict[date, DayFile] = {}
        self._rewriting = threading.Lock()

    def append(self, batches: Sequence[Batch]) -> list[Appended | LogUnavailableError]:
        with self._writing:
            self.become_writer()
            try:
                group = Group(self, batches)
                failure = group.commit()
            except apsw.Error as error:  # a file that cannot even be opened: nothing was written
                return [LogUnavailableError(str(error))] * len(batches)
            finally:
                self._close_old_days()
            return [
                LogUnavailableError(str(failure))
                if failure and group.is_lost(place)
                else Appended(self._receipt(self.number(batch.journal)), group.fresh[place])
                for place, batch in enumerate(batches)
            ]

    def become_writer(self) -> None:
        """Takes the lock, forgets files whose unlinking a crash cut short, and learns what has arrived so far."""
        if self._lock_file is not None:
            return
        lock_file = (self._folder / "writer.lock").open("wb")
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock_file.close()
            raise LogInUseError(self._folder.name) from None
        self._lock_file = lock_file
        self._arrived = self._ledger.runs()
        for day in self.days():
            with self._files.reading(day) as connection:
                token = select(connection, "SELECT token FROM file")
                dropped = bool(token) and self._kept.has(day, token[0][0])
                if not dropped:
                    for journal, first, last in select(connection, "SELECT journal, first, last FROM runs"):
                        self._arrived.setdefault(journal, Runs()).add(first, last)
                    self.orphans |= {
                        about for (about,) in select(connection, "SELECT about FROM verdicts WHERE orphan")
                    }
            if dropped:
                self._files.unlink(day)

    def drop_day(self, day: date) -> int:
        with self._writing:
            self.become_writer()
            if day not in self.days() or self.dropping.is_going(day):
                return 0
            if day in self._open:
                self._open.pop(day).close()
            self.dropping.begin(day)
        # The intake goes on meanwhile; only records of this very day wait (`day_file`).
        try:
            with self._files.reading(day) as connection:
                ((rows,),) = select(connection, "SELECT coalesce(sum(n), 0) FROM town_counters")
                runs: dict[int, Runs] = {}
                for journal, first, last in select(connection, "SELECT journal, first, last FROM runs"):
                    runs.setdefault(journal, Runs()).add(first, last)
            self._ledger.add_runs(runs)
            with self._rewriting:
                self._kept.keep(day, self._files.path(day))
                self._files.unlink(day)
        finally:
            self.dropping.end(day)
        return rows

    def forget_people(self, people: Collection[bytes], until: int) -> Forgotten:
        rows = sealed = 0
        for day in self.days():
            with self._rewriting:  # a day that is dropped meanwhile keeps no journal of ours, nor comes back by it
                gone = forget_in_day(self._files.path(day), people, until)
            rows, sealed = rows + gone.rows, sealed + gone.sealed
        return Forgotten(rows, sealed)

    def close(self) -> None:
        with self._writing:
            for file in self._open.values():
                file.close()
            self._open.clear()
            if self._lock_file is not None:
                self._lock_file.close()
                self._lock_file = None
        super().close()

    def _close_old_days(self) -> None:
        while len(self._open) > OPEN_DAYS:
            self._open.pop(min(self._open)).close()

    # What a group asks of the log that it is written into (`group.Log`)

    def number(self, name: str) -> int:
        return self._ledger.number(name)

    def day_file(self, day: date) -> DayFile:
        file = self._open.get(day)
        if file is None:
            self.dropping.wait(day)
            file = self._open[day] = DayFile(self._files.path(day))
        return file

    def write(self, days: Mapping[date, DayGroup]) -> tuple[set[date], Exception | None]:
        """A transaction per day, oldest first."""
        written: set[date] = set()
        for day in sorted(days):
            try:
                self.day_file(day).write(days[day])
            except apsw.Error as error:
                return written, error
            written.add(day)
        return written, None

    def outcome_of(self, gate: int, passage: bytes, days: Iterable[date]) -> Outcome | None:
        for day in self._files.held(days):
            with self._files.reading(day) as connection:
                outcome = day_reading.outcome_of(connection, gate, passage)
            if outcome is not None:
                return outcome
        return None

"""`SqliteStore`: a folder of passages seen from below, for whole days in and out (`copying.Store`)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date

import apsw

from gatepass.centre.passages.copying import PORTION, Cells, DayCopy, StoredRow, counted
from gatepass.centre.passages.counted import SUM_UP
from gatepass.centre.passages.day_file import INDEXES, INSERT_KIND, SCHEMA, VERSION, read_kinds, select
from gatepass.centre.passages.kept import sync
from gatepass.centre.passages.log import Flow, Movement
from gatepass.centre.passages.rows import spelled
from gatepass.centre.passages.runs import Runs, joined
from gatepass.centre.passages.sqlite_log import SqlitePassageLog

_FAST = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -262144; PRAGMA threads = 2;
"""
"""A file that nobody has heard of yet needs no journal: if the power goes, it is made anew."""


class SqliteStore(SqlitePassageLog):
    def names(self) -> dict[int, str]:
        return self._ledger.all_names()

    def load_names(self, names: Mapping[int, str]) -> None:
        self._ledger.load_names(names)

    def count(self, day: date) -> int:
        with self._files.reading(day) as connection:
            ((total,),) = select(connection, "SELECT coalesce(sum(n), 0) FROM town_counters")
        return total

    def read_day(self, day: date) -> DayCopy:
        with self._files.reading(day) as connection:
            sealed = select(connection, "SELECT journal, seq, identity FROM sealed")
            return DayCopy(
                day,
                read_kinds(connection),
                self._rows(day),
                {(journal, seq): identity for journal, seq, identity in sealed},
                [
                    (about, seq, outcome, bool(orphan))
                    for about, seq, outcome, orphan in select(
                        connection, "SELECT about, seq, outcome, orphan FROM verdicts"
                    )
                ],
                {tuple(cell): n for *cell, n in select(connection, "SELECT hour, gate, direction, n FROM movements")},
            )

    def _rows(self, day: date) -> Iterator[list[StoredRow]]:
        with self._files.reading(day) as connection:
            cursor = connection.execute(
                "SELECT gate, at, journal, seq, kind, knowledge, id, person, about FROM passages"
                " ORDER BY gate, at, journal, seq"
            )
            portion: list[StoredRow] = []
            for row in cursor:
                portion.append(row)
                if len(portion) == PORTION:
                    yield portion
                    portion = []
            if portion:
                yield portion

    def write_day(self, copy: DayCopy) -> int:
        self.become_writer()
        final = self._files.path(copy.day)
        if final.exists():
            raise ValueError(f"{copy.day} is held already")
        draft = final.with_name(final.name + ".part")
        draft.unlink(missing_ok=True)
        connection = apsw.Connection(str(draft))
        try:
            connection.execute(_FAST)
            rows = self._fill(connection, copy)
        finally:
            connection.close()
        sync(draft)
        draft.rename(final)
        sync(final.parent)
        return rows

    def _fill(self, connection: apsw.Connection, copy: DayCopy) -> int:
        cells: Cells = Counter()
        with connection:
            connection.execute(SCHEMA)
            connection.execute("INSERT INTO file VALUES (?)", (os.urandom(16),))
            connection.executemany(INSERT_KIND, [(number, *spelled(kind)) for number, kind in copy.kinds.items()])
            for portion in counted(copy.rows, self.slot, cells):
                connection.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", portion)
            connection.execute(INDEXES)
            connection.executemany(
                "INSERT INTO sealed VALUES (?, ?, ?)", [(*key, identity) for key, identity in copy.sealed.items()]
            )
            connection.executemany("INSERT INTO verdicts VALUES (?, ?, ?, ?)", copy.verdicts)
            connection.executemany(
                "INSERT INTO counters VALUES (?, ?, ?, ?)", sorted((*cell, n) for cell, n in cells.items())
            )
            connection.executemany(
                "INSERT INTO movements VALUES (?, ?, ?, ?)", sorted((*cell, n) for cell, n in copy.movements.items())
            )
            connection.execute(SUM_UP)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("PRAGMA journal_mode = WAL")  # as every reader and writer of a day expects it
        return cells.total()

    def counted_days(self) -> list[date]:
        return sorted({*self.days(), *self._kept.days()})

    def add_sums(self, flow: Collection[Flow], movements: Collection[Movement]) -> None:
        for day in sorted({f.day for f in flow} | {m.day for m in movements}):
            self._kept.add(
                day,
                [one for one in flow if one.day == day],
                [one for one in movements if one.day == day],
                self._ledger.number,
            )

    def all_runs(self) -> dict[int, Runs]:
        self.become_writer()
        return self._arrived

    def add_runs(self, runs: Mapping[int, Runs]) -> None:
        self.become_writer()
        self._ledger.add_runs(runs)
        self._arrived = joined(self._arrived, runs)

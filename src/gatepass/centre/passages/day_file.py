"""One day's passages: one SQLite file, so that forgetting a day is unlinking a file.

    passages   clustered by (gate, at): the window question reads neighbouring rows. No second copy in a heap.
    by_person  (person, at, …): with the clustered key behind it, it answers "where was this person" without the table.
    by_kind    (kind, at, …): the latest passages of a whole town, of whatever kinds, without a look at every gate.
    runs       what has arrived; and what is counted (`counted.py`). All written in the transaction of the rows: they
               cannot disagree with them, whenever the power goes.

WHY many rows go in with one statement, and all that is counted with one more: each step of a statement hands Python's
interpreter lock away, and beside a busy event loop it takes up to a millisecond (`gateway.SWITCH_INTERVAL`) to have it
back; `executemany` makes a step of each row. So rows are written ROWS_AT_ONCE at a time, and `arriving`, a view with a
trigger, takes what is counted as one row of JSON texts. Measured: a row costs 2.3 us so, 4.6 us as text that SQLite
takes apart itself, each with 1 us of indexes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from gatepass.centre.passages import counted
from gatepass.centre.passages.rows import DayGroup, Kind, kind_of, spelled
from gatepass.centre.passages.runs import Runs, changed_runs

ROWS = """
CREATE TABLE file (token BLOB NOT NULL);
CREATE TABLE passages (
    gate INTEGER NOT NULL, at INTEGER NOT NULL, journal INTEGER NOT NULL, seq INTEGER NOT NULL,
    kind INTEGER NOT NULL, knowledge INTEGER NOT NULL, id BLOB NOT NULL, person BLOB, about BLOB,
    PRIMARY KEY (gate, at, journal, seq)
) WITHOUT ROWID;
CREATE TABLE sealed (journal INTEGER, seq INTEGER, identity BLOB NOT NULL, PRIMARY KEY (journal, seq));
CREATE TABLE verdicts (
    about BLOB PRIMARY KEY, seq INTEGER NOT NULL, outcome TEXT NOT NULL, orphan INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE runs (
    journal INTEGER, first INTEGER, last INTEGER NOT NULL, PRIMARY KEY (journal, first)
) WITHOUT ROWID;
"""
SCHEMA = ROWS + counted.SCHEMA
BY_KIND = "CREATE INDEX IF NOT EXISTS by_kind ON passages (kind, at);"
INDEXES = "CREATE INDEX by_person ON passages (person, at, kind) WHERE person IS NOT NULL;" + BY_KIND
"""Made last where a whole day is copied in: sorting once is quicker than four million places in a tree."""
VERSION = counted.VERSION

ROWS_AT_ONCE: Final = 250
"""In one statement: more cost more each, for they no longer fit into the processor's cache."""


@cache
def _insert_rows(count: int) -> str:
    return "INSERT INTO passages VALUES " + ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?)"] * count)  # noqa: S608 - our own words


INSERT_KIND = "INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_DELETE_RUNS = "DELETE FROM runs WHERE (journal, first) IN (SELECT value->>0, value->>1 FROM json_each(?))"
_INSERT_RUNS = "INSERT INTO runs SELECT value->>0, value->>1, value->>2 FROM json_each(?)"
_INSERT_SEALED = "INSERT INTO sealed SELECT value->>0, value->>1, unhex(value->>2) FROM json_each(?)"
_INSERT_VERDICTS = """
INSERT INTO verdicts SELECT unhex(value->>0), value->>1, value->>2, value->>3 FROM json_each(?) WHERE true
ON CONFLICT (about) DO UPDATE SET seq = excluded.seq, outcome = excluded.outcome
"""
_ARRIVING: Final = {
    "counters": counted.ADD_COUNTERS,
    "movements": counted.ADD_MOVEMENTS,
    "town_counters": counted.ADD_TOWN_COUNTERS,
    "town_movements": counted.ADD_TOWN_MOVEMENTS,
    "gate_totals": counted.ADD_GATE_TOTALS,
    "runs_removed": _DELETE_RUNS,
    "runs_added": _INSERT_RUNS,
    "sealed": _INSERT_SEALED,
    "verdicts": _INSERT_VERDICTS,
}
"""column of `arriving` -> what is done with the JSON text in it, in this order."""
ARRIVING: Final = f"""
CREATE TEMP VIEW arriving AS SELECT {", ".join(f"'' AS {column}" for column in _ARRIVING)};
CREATE TEMP TRIGGER arrive INSTEAD OF INSERT ON arriving BEGIN
{"".join(statement.strip().replace("?", f"NEW.{column}") + ";" for column, statement in _ARRIVING.items())}
END;
"""
INSERT_ARRIVING: Final = f"INSERT INTO arriving VALUES ({', '.join('?' * len(_ARRIVING))})"  # noqa: S608

_json = msgspec.json.Encoder()


def open_database(path: Path, *, reading: bool = False, only_if_there: bool = False) -> apsw.Connection:
    """A connection in WAL mode; a writing one is durable at every commit. Reading makes no file that is gone.

    `only_if_there`: writing does not make one either; apsw.CantOpenError.
    """
    flags = apsw.SQLITE_OPEN_READWRITE | (0 if reading or only_if_there else apsw.SQLITE_OPEN_CREATE)
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(5000)
    if reading:
        connection.execute("PRAGMA query_only = 1")
    else:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -65536")
        connection.wal_autocheckpoint(4000)
    return connection


def bring_up_to_date(path: Path) -> None:
    """Gives a file of an earlier version what is missing: some two seconds for each million rows, once."""
    connection = open_database(path)
    try:
        if connection.pragma("user_version") >= VERSION or not connection.table_exists(None, "file"):
            return
        connection.set_busy_timeout(600_000)  # another process is at it already
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.pragma("user_version") < VERSION:
                connection.execute(counted.SCHEMA + counted.SUM_UP + BY_KIND)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    finally:
        connection.close()


def select(
    connection: apsw.Connection, statement: str, values: Sequence[object] | Mapping[str, object] = ()
) -> list[Any]:
    """All rows of a question, as tuples."""
    return connection.execute(statement, values).fetchall()


class DayFile:
    """The writing end of a day. One thread, one process."""

    def __init__(self, path: Path) -> None:
        if path.exists():
            bring_up_to_date(path)
        self.connection = open_database(path)
        with self.connection:
            if not select(self.connection, "SELECT 1 FROM sqlite_schema WHERE name = 'file'"):
                self.connection.execute(SCHEMA + INDEXES)
                self.connection.execute("INSERT INTO file VALUES (?)", (os.urandom(16),))
                self.connection.execute(f"PRAGMA user_version = {VERSION}")
        self.connection.execute(ARRIVING)
        self._kinds: dict[Kind, int] = {}
        self._words: dict[int, Kind] = {}
        self._new_kinds: list[tuple[int, Kind]] = []
        self._last_kind = 0
        self._read_kinds()
        self.runs: dict[int, Runs] = {}
        for journal, first, last in select(self.connection, "SELECT journal, first, last FROM runs"):
            self.runs.setdefault(journal, Runs()).add(first, last)

    def close(self) -> None:
        self.connection.close()

    def _read_kinds(self) -> None:
        self._new_kinds.clear()
        self._words = read_kinds(self.connection)
        self._kinds = {kind: number for number, kind in self._words.items()}
        self._last_kind = max(self._kinds.values(), default=0)

    def kind(self, kind: Kind) -> int:
        """The number of a kind; a new one is written with the next commit."""
        number = self._kinds.get(kind)
        if number is None:
            number = self._kinds[kind] = self._last_kind = self._last_kind + 1
            self._words[number] = kind
            self._new_kinds.append((number, kind))
        return number

    def write(self, group: DayGroup) -> None:
        """One transaction. Durable on return; nothing has changed if it raises `apsw.Error`."""
        group.rows.sort()  # in key order: neighbouring rows land on the same page
        runs, removed, added = changed_runs(self.runs, group.arrived)
        sums = group.sums(self._words)
        parts: list[Sequence[object]] = [
            [(*key, n) for key, n in group.counters.items()],
            [(*key, n) for key, n in group.movements.items() if n],
            [(*key, n) for key, n in sums.town_counters.items()],
            [(*key, n) for key, n in sums.town_movements.items() if n],
            [(gate, *totals) for gate, totals in sums.gates.items()],
            removed,
            added,
            [(journal, seq, identity.hex()) for journal, seq, identity in group.sealed],
            [(about.hex(), word.seq, word.outcome, word.orphan) for about, word in group.verdicts.items()],
        ]
        texts = [_json.encode(values).decode() if values else "[]" for values in parts]
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                self.connection.executemany(INSERT_KIND, [(number, *spelled(kind)) for number, kind in self._new_kinds])
                for start in range(0, len(group.rows), ROWS_AT_ONCE):
                    some = group.rows[start : start + ROWS_AT_ONCE]
                    values: list[object] = []
                    for gate, at, journal, seq, kind, one in some:
                        values += (gate, at, journal, seq, kind, one.knowledge, one.id, one.person, one.about)
                    self.connection.execute(_insert_rows(len(some)), values)
                self.connection.execute(INSERT_ARRIVING, texts)
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
        except BaseException:
            self._read_kinds()
            raise
        self._new_kinds.clear()
        self.runs.update(runs)


def read_kinds(connection: apsw.Connection) -> dict[int, Kind]:
    rows = select(
        connection, "SELECT kind, direction, outcome, reasons, method, document, resolution, centre_time FROM kinds"
    )
    return {number: kind_of(tuple(words)) for number, *words in rows}

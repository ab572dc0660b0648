"""What outlives the day files: the names that they number, and of dropped days the counters and what had arrived."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import apsw
import msgspec

from gatepass.centre.passages.day_file import open_database, select
from gatepass.centre.passages.log import By, Flow, Movement
from gatepass.centre.passages.runs import Runs, joined
from gatepass.policy import Method, Outcome

SCHEMA = """
CREATE TABLE IF NOT EXISTS names (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS counters (
    day TEXT, hour INTEGER, gate INTEGER, direction TEXT, outcome TEXT, reason TEXT, method TEXT, document TEXT,
    n INTEGER NOT NULL, PRIMARY KEY (day, hour, gate, direction, outcome, reason, method, document)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS movements (
    day TEXT, hour INTEGER, gate INTEGER, direction TEXT, n INTEGER NOT NULL, PRIMARY KEY (day, hour, gate, direction)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    journal INTEGER, first INTEGER, last INTEGER NOT NULL, PRIMARY KEY (journal, first)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dropped (token BLOB PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID;
"""

_json = msgspec.json.Encoder()


# In the order of the day's keys, which is nearly that of these: every row goes where the last one went. Kinds that are
# one here meet in the conflict; grouping them first would sort half a million rows.
_KEEP_COUNTERS = """
INSERT INTO counters
SELECT ?, hour, gate, direction, outcome, substr(reasons, 1, instr(reasons || ' ', ' ') - 1), method, document, n
FROM file.counters CROSS JOIN file.kinds USING (kind) WHERE NOT resolution
ON CONFLICT DO UPDATE SET n = n + excluded.n
"""
_KEEP_MOVEMENTS = """
INSERT INTO movements SELECT ?, hour, gate, direction, n FROM file.movements WHERE true
ON CONFLICT DO UPDATE SET n = n + excluded.n
"""


def _runs(connection: apsw.Connection) -> dict[int, Runs]:
    runs: dict[int, Runs] = {}
    for journal, first, last in select(connection, "SELECT journal, first, last FROM runs"):
        runs.setdefault(journal, Runs()).add(first, last)
    return runs


class Ledger:
    """`ledger.sqlite3` of a passage folder. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = open_database(path)
        self._lock = threading.RLock()
        with self._lock, self._connection:
            self._connection.execute(SCHEMA)
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._learn()

    def close(self) -> None:
        self._connection.close()

    def _learn(self) -> None:
        with self._lock:
            self._names = dict(select(self._connection, "SELECT number, name FROM names"))
            self._numbers = {name: number for number, name in self._names.items()}

    def number(self, name: str) -> int:
        """The number of a gate or journal; a new name is durable before its number is used."""
        number = self._numbers.get(name)
        if number is None:
            with self._lock:
                self._connection.execute("INSERT OR IGNORE INTO names (name) VALUES (?)", (name,))
                self._learn()
                number = self._numbers[name]
        return number

    def numbers(self, names: Collection[str]) -> list[int]:
        """Numbers of those names that are known; the others have no rows anywhere."""
        if not all(name in self._numbers for name in names):
            self._learn()
        return [self._numbers[name] for name in names if name in self._numbers]

    def name(self, number: int) -> str:
        if number not in self._names:
            self._learn()
        return self._names[number]

    def runs(self) -> dict[int, Runs]:
        with self._lock:
            return _runs(self._connection)

    def is_dropped(self, token: bytes) -> bool:
        with self._lock:
            return bool(select(self._connection, "SELECT 1 FROM dropped WHERE token = ?", (token,)))

    def keep(self, day: date, path: Path) -> None:
        """One transaction: all that stays of a day file. The token in it keeps a crash before the unlink harmless.

        Summed by SQLite and on a connection of its own: a city's day has half a million counters, and nobody who asks
        the ledger or numbers a new gate shall wait while Python carries them.
        """
        connection = open_database(self._path)
        try:
            connection.execute("ATTACH ? AS file", (str(path),))
            runs: dict[int, Runs] = {}
            for journal, first, last in select(connection, "SELECT journal, first, last FROM file.runs"):
                runs.setdefault(journal, Runs()).add(first, last)
            with connection:
                connection.execute("INSERT INTO dropped SELECT token, ? FROM file.file", (day.isoformat(),))
                connection.execute(_KEEP_COUNTERS, (day.isoformat(),))
                connection.execute(_KEEP_MOVEMENTS, (day.isoformat(),))
                self._add_runs(connection, runs)
        finally:
            connection.close()

    def add(self, flow: Iterable[Flow], movements: Iterable[Movement]) -> None:
        """One transaction: counters that came without a day file."""
        with self._lock, self._connection:
            self._add(flow, movements)

    def add_runs(self, runs: Mapping[int, Runs]) -> None:
        with self._lock, self._connection:
            self._add_runs(self._connection, runs)

    def _add(self, flow: Iterable[Flow], movements: Iterable[Movement]) -> None:
        self._connection.executemany(
            "INSERT INTO counters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
            [
                (
                    f.day.isoformat(), f.hour, self.number(f.gate), f.direction,
                    str(f.outcome), f.reason, str(f.method), f.document, f.total,
                )
                for f in flow
            ],
        )  # fmt: skip
        self._connection.executemany(
            "INSERT INTO movements VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
            [(m.day.isoformat(), m.hour, self.number(m.gate), m.direction, m.total) for m in movements],
        )

    def _add_runs(self, connection: apsw.Connection, runs: Mapping[int, Runs]) -> None:
        together = joined(_runs(connection), runs)
        for journal in runs:
            connection.execute("DELETE FROM runs WHERE journal = ?", (journal,))
            connection.executemany(
                "INSERT INTO runs VALUES (?, ?, ?)", [(journal, *ends) for ends in together[journal]]
            )

    def all_names(self) -> dict[int, str]:
        self._learn()
        return self._names

    def load_names(self, names: Mapping[int, str]) -> None:
        """These numbers for these names. Raises ValueError where a number or a name is taken otherwise."""
        self._learn()
        for number, name in names.items():
            if self._names.get(number, name) != name or self._numbers.get(name, number) != number:
                raise ValueError(f"number {number} stands for another name here")
        with self._lock, self._connection:
            self._connection.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", list(names.items()))
        self._learn()

    def days(self) -> list[date]:
        """Days of which counters are kept here, oldest first."""
        with self._lock:
            rows = select(self._connection, "SELECT day FROM counters UNION SELECT day FROM movements ORDER BY 1")
        return [date.fromisoformat(day) for (day,) in rows]

    def flow(self, first: date, last: date, gates: Collection[str] | None, by: By) -> list[Flow]:
        kind = "direction, outcome, reason, method, document"
        return [
            Flow(date.fromisoformat(r[0]), r[1], self._gate(r[2]), r[3], Outcome(r[4]), r[5], Method(r[6]), r[7], r[8])
            for r in self._of_days("counters", kind, first, last, gates, by)
        ]

    def movements(self, first: date, last: date, gates: Collection[str] | None, by: By) -> list[Movement]:
        return [
            Movement(date.fromisoformat(day), hour, self._gate(gate), direction, n)
            for day, hour, gate, direction, n in self._of_days("movements", "direction", first, last, gates, by)
        ]

    def _gate(self, number: int) -> str:
        return self.name(number) if number else ""

    def _of_days(
        self, table: str, kind: str, first: date, last: date, gates: Collection[str] | None, by: By
    ) -> list[Any]:
        where, values = "day BETWEEN ? AND ?", [first.isoformat(), last.isoformat()]
        if gates is not None:
            where += " AND gate IN (SELECT value FROM json_each(?))"
            values.append(_json.encode(self.numbers(gates)).decode())
        hour, gate = "hour" if "hour" in by else "-1", "gate" if "gate" in by else "0"
        with self._lock:
            return select(
                self._connection,
                f"SELECT day, {hour}, {gate}, {kind}, sum(n) FROM {table} WHERE {where} GROUP BY 1, 2, 3, {kind}",  # noqa: S608
                values,
            )

"""What outlives the day files beside what is counted: the names that they number, and what had arrived."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import apsw
import msgspec

from gatepass.centre.passages.day_file import open_database, select
from gatepass.centre.passages.runs import Runs, joined

SCHEMA = """
CREATE TABLE IF NOT EXISTS names (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS runs (
    journal INTEGER, first INTEGER, last INTEGER NOT NULL, PRIMARY KEY (journal, first)
) WITHOUT ROWID;
"""

_json = msgspec.json.Encoder()


_ADD_RUNS = "INSERT INTO runs SELECT value->>0, value->>1, value->>2 FROM json_each(?)"


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

    def add_runs(self, runs: Mapping[int, Runs]) -> None:
        """These have arrived too. One transaction; saying it again changes nothing."""
        with self._lock:
            together = joined(_runs(self._connection), runs)
            added = [(journal, *ends) for journal in runs for ends in together[journal]]
            with self._connection:
                journals = _json.encode(list(runs)).decode()
                self._connection.execute(
                    "DELETE FROM runs WHERE journal IN (SELECT value FROM json_each(?))", (journals,)
                )
                self._connection.execute(_ADD_RUNS, (_json.encode(added).decode(),))

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

    def take_counters(self, keep: Callable[[date, list[Any], list[Any], list[bytes]], None]) -> None:
        """Ledgers of earlier versions held the counters of forgotten days, too: each day is handed over once.

        `keep` gets the day, (hour, gate, words, n), (hour, gate, direction, n) and the tokens of its files.
        """
        if not self._connection.table_exists(None, "counters"):
            return
        with self._lock:
            self._connection.set_busy_timeout(600_000)
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                if self._connection.table_exists(None, "counters"):
                    self._hand_over(keep)
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise

    def _hand_over(self, keep: Callable[[date, list[Any], list[Any], list[bytes]], None]) -> None:
        ask = self._connection
        days = select(ask, "SELECT day FROM counters UNION SELECT day FROM movements UNION SELECT day FROM dropped")
        for (day,) in days:
            flow = [
                (hour, gate, tuple(words), n)
                for hour, gate, *words, n in select(
                    ask,
                    "SELECT hour, gate, direction, outcome, reason, method, document, n FROM counters WHERE day = ?",
                    (day,),
                )
            ]
            moved = select(ask, "SELECT hour, gate, direction, n FROM movements WHERE day = ?", (day,))
            tokens = [token for (token,) in select(ask, "SELECT token FROM dropped WHERE day = ?", (day,))]
            keep(date.fromisoformat(day), flow, moved, tokens)
        ask.execute("DROP TABLE counters; DROP TABLE movements; DROP TABLE dropped")

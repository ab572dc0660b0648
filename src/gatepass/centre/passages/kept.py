"""What is kept of forgotten days: their counters, a small file for each, `counters/2026-11-23.sqlite3`.

A forgotten day's counters are copied as they lie in its file, page after page, into a new one: half a million of them,
as a city's day has, in the tenth of a second, while adding them to one table of all days took three. `dropped` holds
the tokens of the day's files that are in here already, so that a crash before such a file is unlinked, or a question in
that moment, counts nothing twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import apsw
import msgspec

from gatepass.centre.passages import counted
from gatepass.centre.passages.day_files import DayFiles
from gatepass.centre.passages.log import Flow, Movement

SCHEMA: Final = (
    counted.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS dropped (token BLOB PRIMARY KEY) WITHOUT ROWID;
"""
)
# Only plain copies of whole tables into empty ones go page by page.
_COPY: Final = """
INSERT INTO kinds SELECT * FROM file.kinds;
INSERT INTO counters SELECT * FROM file.counters;
INSERT INTO movements SELECT * FROM file.movements;
INSERT INTO town_counters SELECT * FROM file.town_counters;
INSERT INTO town_movements SELECT * FROM file.town_movements;
INSERT INTO gate_totals SELECT * FROM file.gate_totals;
INSERT INTO dropped SELECT token FROM file.file;
"""
_SAME_WORDS: Final = """
k.direction = f.direction AND k.outcome = f.outcome AND k.reasons = f.reasons AND k.method = f.method
AND k.document = f.document AND k.resolution = f.resolution AND k.centre_time = f.centre_time
"""
# Where a day has been forgotten before, and late records of it came afterwards: kinds have other numbers in each file.
_JOIN: Final = f"""
INSERT INTO dropped SELECT token FROM file.file;
INSERT INTO kinds
SELECT (SELECT coalesce(max(kind), 0) FROM kinds) + row_number() OVER (), f.direction, f.outcome, f.reasons, f.method,
    f.document, f.resolution, f.centre_time
FROM file.kinds AS f WHERE NOT EXISTS (SELECT 1 FROM main.kinds AS k WHERE {_SAME_WORDS});
INSERT INTO counters
SELECT c.hour, c.gate, k.kind, c.n FROM file.counters AS c JOIN file.kinds AS f USING (kind)
JOIN main.kinds AS k ON {_SAME_WORDS} WHERE true
ON CONFLICT DO UPDATE SET n = n + excluded.n;
INSERT INTO movements SELECT * FROM file.movements WHERE true ON CONFLICT DO UPDATE SET n = n + excluded.n;
"""  # noqa: S608

_json = msgspec.json.Encoder()


class KeptDays:
    """The folder of these files. Questions from any process, `keep` and `add` from the one that writes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True, mode=0o700)
        self._files = DayFiles(folder)

    def days(self) -> list[date]:
        return self._files.days()

    def close(self) -> None:
        self._files.close()

    @contextmanager
    def reading(self, day: date) -> Iterator[apsw.Connection]:
        with self._files.reading(day) as connection:
            yield connection

    def has(self, day: date, token: bytes) -> bool:
        """Whether the day's file of this token is in here already."""
        if not self._files.held([day]):
            return False
        with self.reading(day) as connection:
            return bool(connection.execute("SELECT 1 FROM dropped WHERE token = ?", (token,)).fetchone())

    def keep(self, day: date, path: Path) -> None:
        """Whatever is counted in the day's file at `path`. Durable on return, and done once however often it is asked.

        On a connection of its own: nobody who asks the log or numbers a new gate waits for it.
        """
        final = self._files.path(day)
        if not final.exists():
            self._make(final, lambda connection: _copied(connection, path, _COPY))
            return
        with _writing(final) as connection:
            connection.execute("ATTACH ? AS file", (str(path),))
            with connection:
                if connection.execute("SELECT 1 FROM dropped JOIN file.file USING (token)").fetchone():
                    return
                connection.execute(_JOIN + counted.SUM_UP)

    def add(self, day: date, flow: Iterable[Flow], movements: Iterable[Movement], number: Callable[[str], int]) -> None:
        """Counters that came without a day's file; `number` gives a gate's."""
        cells = [
            (f.hour, number(f.gate), (f.direction, str(f.outcome), f.reason, str(f.method), f.document), f.total)
            for f in flow
        ]
        self.add_cells(day, cells, [(m.hour, number(m.gate), m.direction, m.total) for m in movements])

    def add_cells(
        self,
        day: date,
        flow: Sequence[tuple[int, int, tuple[str, ...], int]],
        movements: Sequence[tuple[int, int, str, int]],
        tokens: Iterable[bytes] = (),
    ) -> None:
        """(hour, gate, (direction, outcome, reason, method, document), how many); (hour, gate, direction, people)."""
        final = self._files.path(day)
        if not final.exists():
            self._make(final, lambda connection: _added(connection, flow, movements, tokens))
            return
        with _writing(final) as connection, connection:
            _added(connection, flow, movements, tokens)

    def _make(self, final: Path, fill: Callable[[apsw.Connection], None]) -> None:
        """A file that is there whole or not at all: nobody has heard of the draft, so it needs no journal."""
        draft = final.with_name(final.name + ".part")
        draft.unlink(missing_ok=True)
        connection = apsw.Connection(str(draft))
        try:
            connection.execute("PRAGMA main.journal_mode = OFF; PRAGMA main.synchronous = OFF")
            connection.execute(SCHEMA)
            connection.execute(f"PRAGMA user_version = {counted.VERSION}")
            fill(connection)
        finally:
            connection.close()
        sync(draft)
        draft.rename(final)
        sync(final.parent)


def _copied(connection: apsw.Connection, path: Path, statements: str) -> None:
    connection.execute("ATTACH ? AS file", (str(path),))
    with connection:
        connection.execute(statements)
    connection.execute("DETACH file")


def _added(
    connection: apsw.Connection,
    flow: Sequence[tuple[int, int, tuple[str, ...], int]],
    movements: Sequence[tuple[int, int, str, int]],
    tokens: Iterable[bytes],
) -> None:
    kinds = {tuple(words): kind for kind, *words in connection.execute(_PLAIN_KINDS)}
    for _, _, words, _ in flow:
        if words not in kinds:
            ((kind,),) = connection.execute("SELECT coalesce(max(kind), 0) + 1 FROM kinds").fetchall()
            connection.execute("INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, 0, 0)", (kind, *words))
            kinds[words] = kind
    cells = [(hour, gate, kinds[words], n) for hour, gate, words, n in flow]
    connection.execute(counted.ADD_COUNTERS, (_json.encode(cells).decode(),))
    connection.execute(counted.ADD_MOVEMENTS, (_json.encode(movements).decode(),))
    connection.execute(counted.SUM_UP)
    connection.executemany("INSERT OR IGNORE INTO dropped VALUES (?)", [(token,) for token in tokens])


_PLAIN_KINDS: Final = """
SELECT kind, direction, outcome, reasons, method, document FROM kinds WHERE NOT resolution AND NOT centre_time
"""


@contextmanager
def _writing(path: Path) -> Iterator[apsw.Connection]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.set_busy_timeout(30_000)
        connection.execute("PRAGMA synchronous = FULL")
        yield connection
    finally:
        connection.close()


def sync(path: Path) -> None:
    """Durable: a file's content, or a folder's list of names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

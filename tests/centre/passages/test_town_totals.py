"""What is remembered of a day is what its file holds, also after it was written to again."""

from __future__ import annotations

import os
import time
from pathlib import Path

import apsw
import pytest

from gatepass.centre.passages.town_totals import TownTotals


@pytest.fixture
def file(tmp_path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(tmp_path / "day.sqlite3"))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE gate_totals (gate, entered, exited, passed, held, refused)")
    connection.execute("INSERT INTO gate_totals VALUES (7, 3, 2, 4, 1, 0), (9, 1, 1, 1, 0, 0)")
    return connection


def long_ago(file: apsw.Connection, seconds: int) -> None:
    for name in (file.filename, f"{file.filename}-wal"):
        os.utime(name, (time.time() - seconds,) * 2)


def test_days_are_added_up_gate_by_gate(file) -> None:
    totals = TownTotals()
    day = totals.of(file)
    assert list(totals.summed([day, day[:1]])) == [(7, [6, 4, 8, 2, 0]), (9, [1, 1, 1, 0, 0])]
    assert list(totals.summed([])) == []


@pytest.mark.parametrize("seconds", [0, 3600])
def test_a_file_that_was_written_to_is_read_again(file, seconds) -> None:
    totals = TownTotals()
    long_ago(file, seconds)
    first = totals.of(file)
    assert (totals.of(file) is first) == (seconds > 0)
    file.execute("UPDATE gate_totals SET entered = 4 WHERE gate = 7")
    assert next(iter(totals.summed([totals.of(file)]))) == (7, [4, 2, 4, 1, 0])


def test_a_file_that_somebody_else_opened_in_between_is_not_read_again(file, tmp_path) -> None:
    totals, path = TownTotals(), Path(file.filename)
    file.close()  # its log goes with it
    os.utime(path, (time.time() - 3600,) * 2)
    seen = []
    for _ in range(2):
        reader = apsw.Connection(str(path))
        reader.execute("SELECT * FROM gate_totals").fetchall()
        assert path.with_name(f"{path.name}-wal").exists()
        seen.append(totals.of(reader))
        reader.close()
    assert seen[0] is seen[1]

"""`migrate-store` as an operator runs it: in processes of its own, with and without what it needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.centre.passages.contract import MONDAY, SHANGHAI, TUESDAY, WANG, Clock, at, record
from tests.postgres import empty_database

from gatepass.centre.audit.models import Entry
from gatepass.centre.passages.actions import note_move
from gatepass.centre.passages.copying import Digest
from gatepass.centre.passages.log import Batch, Filters
from gatepass.centre.passages.migration import DayProof, Proof
from gatepass.centre.passages.postgres_log import PostgresPassageLog
from gatepass.centre.passages.sqlite_log import SqlitePassageLog

pytestmark = pytest.mark.slow

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("GATEPASS_", "DJANGO_"))}
DSN = "GATEPASS_CENTRE_PASSAGES_DSN"


def migrate_store(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gatepass", "migrate-store", *words]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, env={**CLEAN, "COLUMNS": "200", **environment}
    )


def files(folder: Path) -> SqlitePassageLog:
    return SqlitePassageLog(folder / "passages", SHANGHAI, clock=Clock(at(12, day=TUESDAY)))


def test_a_town_moves_to_postgresql_and_back_with_a_proof(tmp_path: Path) -> None:
    here, back = tmp_path / "centre", tmp_path / "back"
    back.mkdir()
    log = files(here)
    log.append([Batch("1", "dev-1", [record(n, at(8) + n * 3_600_000) for n in range(1, 20)])])
    with empty_database() as dsn:
        while_running = migrate_store("postgresql", "--folder", str(here), **{DSN: dsn})
        assert while_running.returncode == 1
        assert "A centre runs on one of the two stores" in while_running.stderr
        before = log.read(Filters(0, 2**53), limit=100).passages
        log.close()

        moved = migrate_store("postgresql", "--folder", str(here), **{DSN: dsn})
        assert moved.returncode == 0, moved.stderr
        assert "19 rows in 2 days: every one is there" in moved.stdout
        assert f"Start the centre with {DSN} set" in moved.stderr
        for day in (MONDAY, TUESDAY):
            (line,) = [line for line in moved.stdout.splitlines() if day.isoformat() in line]
            cells = [cell.strip() for cell in line.strip("│").split("│")]
            assert cells[1] == cells[2]
            assert cells[3] == cells[4]
            assert cells[5:] == ["equal", "ok"]

        server = PostgresPassageLog(dsn, SHANGHAI, clock=Clock(at(12, day=TUESDAY)))
        assert server.read(Filters(0, 2**53), limit=100).passages == before
        assert len(server.visits_of([WANG], 0, 2**53)) == 19
        server.close()

        returned = migrate_store("files", "--folder", str(back), **{DSN: dsn})
        assert returned.returncode == 0, returned.stderr
        log = files(back)
        assert log.read(Filters(0, 2**53), limit=100).passages == before
        log.append([Batch("1", "dev-1", [record(50, at(9))])])
        log.close()
        differs = migrate_store("postgresql", "--folder", str(back), **{DSN: dsn})
        assert differs.returncode == 1
        assert "DIFFERS" in differs.stdout
        assert "Go on with the old one" in differs.stderr


@pytest.mark.parametrize(
    ("words", "dsn", "code", "said"),
    [
        (["oracle"], "", 2, "say where to"),
        (["postgresql", "--folder", "nowhere"], "", 2, "there is no centre in nowhere"),
        (["postgresql"], "", 2, "name the PostgreSQL in"),
        (["postgresql"], "postgresql://u:secret@127.0.0.1:1/x", 1, "PostgreSQL does not answer"),
    ],
)
def test_what_is_missing_is_said_with_the_next_step(
    tmp_path: Path, words: list[str], dsn: str, code: int, said: str
) -> None:
    folder = [] if "--folder" in words else ["--folder", str(tmp_path)]
    answer = migrate_store(*words, *folder, **({DSN: dsn} if dsn else {}))
    assert (answer.returncode, said in answer.stderr) == (code, True), answer.stderr
    assert "secret" not in answer.stderr + answer.stdout
    assert "Traceback" not in answer.stderr


@pytest.mark.django_db
def test_a_move_is_on_record_with_how_the_two_stores_compared() -> None:
    whole = DayProof(MONDAY, Digest(19, 7), Digest(19, 7), sums_agree=True)
    forgotten = DayProof(TUESDAY, None, None, sums_agree=True)
    note_move("postgresql", Proof([whole, forgotten], names_agree=True, runs_agree=False))
    entry = Entry.objects.get()
    assert (entry.verb, entry.object, entry.actor) == ("passages:move", "store:postgresql", "system")
    assert entry.fields == {"days": 1, "rows": 19, "whole": False}

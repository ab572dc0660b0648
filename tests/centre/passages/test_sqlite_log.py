from __future__ import annotations

from datetime import date

import apsw
import pytest
from tests.centre.passages.contract import (
    MONDAY,
    SHANGHAI,
    TUESDAY,
    WANG,
    Clock,
    PassageLogContract,
    at,
    record,
)

from gatepass.centre.passages.ledger import Ledger
from gatepass.centre.passages.log import Appended, Batch, GateTotal, LogInUseError, LogUnavailableError
from gatepass.centre.passages.sqlite_log import SqlitePassageLog


class TestSqlitePassageLog(PassageLogContract):
    @pytest.fixture(autouse=True)
    def _fresh(self, tmp_path):
        self.folder = tmp_path / "passages"
        self.clock = Clock(at(12, day=TUESDAY))
        self.log = SqlitePassageLog(self.folder, SHANGHAI, clock=self.clock)
        yield
        self.log.close()

    def reopen(self):
        self.log.close()
        self.log = SqlitePassageLog(self.folder, SHANGHAI, clock=self.clock)

    def opened_elsewhere(self) -> str:
        return (
            "from pathlib import Path\n"
            "from gatepass.centre.passages.sqlite_log import SqlitePassageLog\n"
            f"log = SqlitePassageLog(Path({str(self.folder)!r}), SHANGHAI, clock=clock)"
        )

    def test_a_day_is_one_file_and_dropping_it_leaves_none(self):
        self.add(record(1, at(8)), record(2, at(0, 1, day=TUESDAY)))
        assert sorted(path.name for path in self.folder.glob("2026-*.sqlite3")) == [
            "2026-11-23.sqlite3",
            "2026-11-24.sqlite3",
        ]
        self.everything()
        self.log.drop_day(MONDAY)
        assert not list(self.folder.glob("2026-11-23*"))

    def test_a_second_writer_is_refused_and_a_second_reader_is_not(self):
        self.add(record(1, at(8)))
        other = SqlitePassageLog(self.folder, SHANGHAI, clock=self.clock)
        with pytest.raises(LogInUseError):
            other.append([Batch("east", "dev-east", [record(2, at(9))])])
        assert other.read(_all()).passages[0].seq == 1
        other.close()

    def test_a_reader_in_another_process_learns_names_that_came_later(self):
        other = SqlitePassageLog(self.folder, SHANGHAI, clock=self.clock)
        assert other.read(_all()).passages == []
        self.add(record(1, at(8)), gate="new")
        assert other.read(_all()).passages[0].gate == "new"
        other.close()

    def test_a_crash_between_keeping_the_counters_and_unlinking_counts_nothing_twice(self, monkeypatch):
        self.add(record(1, at(8)))
        with monkeypatch.context() as patch:
            patch.setattr(self.log._files, "unlink", lambda day: None)
            self.log.drop_day(MONDAY)
        self.reopen()
        assert self.log.receipt("dev-east").next == 2
        assert self.log.days() == []
        assert self.through() == 1

    def test_while_a_day_is_kept_but_not_yet_unlinked_nobody_reads_it_twice(self, monkeypatch):
        self.add(record(1, at(8)))
        with monkeypatch.context() as patch:
            patch.setattr(self.log._files, "unlink", lambda day: None)
            self.log.drop_day(MONDAY)
        assert self.through() == 1
        assert [total.entered for total in self.log.gate_totals(MONDAY, MONDAY)] == [1]

    def test_a_folder_of_an_earlier_version_is_brought_up_to_date_when_it_is_opened(self):
        self.add(record(1, at(8)), record(2, at(9), direction="out"), record(3, at(9, day=TUESDAY)))
        before = sorted(self.log.flow(MONDAY, TUESDAY)), sorted(self.log.movements(MONDAY, TUESDAY))
        passages = self.everything()
        self.log.close()
        for day in (MONDAY, TUESDAY):
            old = apsw.Connection(str(self.folder / f"{day.isoformat()}.sqlite3"))
            old.execute(
                "DROP TABLE town_counters; DROP TABLE town_movements; DROP TABLE gate_totals; DROP INDEX by_kind;"
                "PRAGMA user_version = 0"
            )
            old.close()
        self.reopen()
        assert self.everything() == passages
        assert (sorted(self.log.flow(MONDAY, TUESDAY)), sorted(self.log.movements(MONDAY, TUESDAY))) == before
        assert [tuple(total) for total in self.log.gate_totals(MONDAY, TUESDAY)] == [("east", 2, 1, 3, 0, 0)]
        assert self.add(record(4, at(10, day=TUESDAY))).receipt.next == 5
        assert self.log.flow(MONDAY, TUESDAY, by=frozenset())[-1].total == 2

    def test_a_ledger_of_an_earlier_version_hands_its_counters_over_once(self, monkeypatch):
        self.add(record(1, at(8)), record(1, at(9, day=TUESDAY)))
        self.log.close()
        ledger = apsw.Connection(str(self.folder / "ledger.sqlite3"))
        ledger.execute(
            "CREATE TABLE counters (day TEXT, hour INTEGER, gate INTEGER, direction TEXT, outcome TEXT, reason TEXT,"
            " method TEXT, document TEXT, n INTEGER);"
            "CREATE TABLE movements (day TEXT, hour INTEGER, gate INTEGER, direction TEXT, n INTEGER);"
            "CREATE TABLE dropped (token BLOB, day TEXT);"
            "INSERT INTO counters VALUES ('2026-11-22', 7, 1, 'in', 'pass', 'green', 'card', 'resident_card', 5);"
            "INSERT INTO movements VALUES ('2026-11-22', 7, 1, 'in', 4)"
        )
        (number,) = ledger.execute("SELECT number FROM names WHERE name = 'east'").fetchone()
        assert number == 1
        ledger.close()
        with monkeypatch.context() as patch:  # the power goes when the file is there and the ledger still has them
            patch.setattr(Ledger, "_hand_over", _and_then_fail(Ledger._hand_over))
            with pytest.raises(RuntimeError):
                self.reopen()
        self.reopen()
        sunday = date(2026, 11, 22)
        for _ in range(2):
            assert [one.total for one in self.log.flow(sunday, sunday)] == [5]
            assert self.log.gate_totals(sunday, sunday) == [GateTotal("east", 4, 0, 5, 0, 0)]
            self.reopen()

    def test_a_full_disk_stores_nothing_of_the_delivery_and_everything_once_there_is_room(self):
        self.add(record(1, at(8)))
        file = self.log.day_file(MONDAY)
        (pages,) = file.connection.execute("PRAGMA page_count").fetchone()
        file.connection.execute(f"PRAGMA max_page_count = {pages}")
        many = [record(n, at(9) + n) for n in range(2, 900)]
        held_by_other_day = record(1, at(0, 1, day=TUESDAY))
        full, other = self.log.append([Batch("east", "dev-east", many), Batch("west", "dev-west", [held_by_other_day])])
        assert isinstance(full, LogUnavailableError)
        assert isinstance(other, LogUnavailableError)  # days are written in order: nothing after the failure either
        assert self.log.receipt("dev-east").next == 2
        assert len(self.everything()) == 1
        file.connection.execute("PRAGMA max_page_count = 1000000")
        full, other = self.log.append([Batch("east", "dev-east", many), Batch("west", "dev-west", [held_by_other_day])])
        assert isinstance(full, Appended)
        assert isinstance(other, Appended)
        assert self.log.receipt("dev-east").next == 900
        assert self.through() == 900

    def test_a_gate_that_was_offline_for_weeks_delivers_all_its_days_at_once(self):
        days = [record(n, self.clock.now - n * 24 * 3_600_000) for n in range(1, 31)]
        assert self.add(*days).receipt.next == 31
        assert len(self.log.days()) == 30
        assert len(self.everything()) == 30

    def test_person_and_gate_questions_read_an_index_and_never_the_whole_day(self):
        self.add(record(1, at(8)))
        connection = self.log.day_file(MONDAY).connection
        plans = [
            connection.execute("EXPLAIN QUERY PLAN " + statement).fetchall()[-1][-1]
            for statement in (
                "SELECT gate, at FROM passages INDEXED BY by_person WHERE person = x'00' AND at BETWEEN 1 AND 2",
                "SELECT person, at FROM passages WHERE gate = 1 AND at BETWEEN 1 AND 2",
                "SELECT at, gate, journal FROM passages INDEXED BY by_kind WHERE kind = 1 ORDER BY at DESC, gate DESC",
            )
        ]
        assert plans[0].startswith("SEARCH passages USING COVERING INDEX by_person")
        assert plans[1].startswith("SEARCH passages USING PRIMARY KEY (gate=?")
        assert plans[2].startswith("SEARCH passages USING COVERING INDEX by_kind")  # and nothing is sorted after it


def _and_then_fail(real):
    def failing(self, keep):
        real(self, keep)
        raise RuntimeError("power gone")

    return failing


def _all():
    from gatepass.centre.passages.log import Filters

    return Filters(0, 2**53)


def test_forgetting_a_person_makes_no_file_of_a_day_that_was_forgotten_a_moment_ago(tmp_path, monkeypatch):
    log = SqlitePassageLog(tmp_path, SHANGHAI, clock=Clock(at(12, day=TUESDAY)))
    log.append([Batch("east", "dev-1", [record(1, at(8)), record(2, at(8, day=TUESDAY))])])
    listed = log.days()
    assert log.drop_day(MONDAY) == 1
    monkeypatch.setattr(log, "days", lambda: listed)
    assert tuple(log.forget_people([WANG], at(10, day=TUESDAY))) == (1, 0)
    assert [path.stem for path in tmp_path.glob("20*.sqlite3")] == [TUESDAY.isoformat()]
    log.close()

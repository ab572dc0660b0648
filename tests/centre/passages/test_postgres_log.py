from __future__ import annotations

import threading
import time

import psycopg
import pytest
from tests.centre.passages.contract import (
    MINUTE,
    MONDAY,
    SHANGHAI,
    TUESDAY,
    WANG,
    Clock,
    PassageLogContract,
    at,
    record,
)
from tests.postgres import empty_schema

from gatepass.centre.passages import postgres_log, postgres_reading
from gatepass.centre.passages.log import Batch, Filters, LogInUseError, LogUnavailableError
from gatepass.centre.passages.postgres_log import PostgresPassageLog
from gatepass.centre.passages.postgres_reading import _PEOPLE, _WINDOWS

EVERYTHING = Filters(0, 2**53)


class TestPostgresPassageLog(PassageLogContract):
    @pytest.fixture(autouse=True)
    def _fresh(self):
        with empty_schema() as (self.dsn, self.schema):
            self.clock = Clock(at(12, day=TUESDAY))
            self.log = self.open()
            yield
            self.log.close()

    def open(self) -> PostgresPassageLog:
        return PostgresPassageLog(self.dsn, SHANGHAI, clock=self.clock, schema=self.schema)

    def reopen(self):
        self.log.close()
        self.log = self.open()

    def opened_elsewhere(self) -> str:
        return (
            "from gatepass.centre.passages.postgres_log import PostgresPassageLog\n"
            f"log = PostgresPassageLog({self.dsn!r}, SHANGHAI, clock=clock, schema={self.schema!r})"
        )

    def let_go(self) -> None:
        deadline = time.monotonic() + 30
        question = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            while connection.execute(question).fetchone() != (0,) and time.monotonic() < deadline:
                time.sleep(0.05)

    def tables(self) -> set[str]:
        with psycopg.connect(self.dsn) as connection:
            rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [self.schema])
            return {name for (name,) in rows}

    def test_a_day_is_one_partition_and_dropping_it_leaves_none(self):
        self.add(record(1, at(8)), record(2, at(0, 1, day=TUESDAY)))
        assert {"passages_20261123", "passages_20261124"} < self.tables()
        assert self.log.drop_day(MONDAY) == 1
        assert "passages_20261123" not in self.tables()

    def test_a_second_writer_is_refused_and_a_second_reader_is_not(self):
        self.add(record(1, at(8)))
        other = self.open()
        with pytest.raises(LogInUseError):
            other.append([Batch("east", "dev-east", [record(2, at(9))])])
        assert other.read(EVERYTHING).passages[0].seq == 1
        other.close()

    def test_a_reader_in_another_process_learns_names_and_kinds_that_came_later(self):
        other = self.open()
        assert other.read(EVERYTHING).passages == []
        self.add(record(1, at(8)), gate="new")
        self.add(record(2, at(9), reasons=("green", "unproven_allowed")), gate="new")
        passages = other.read(EVERYTHING).passages
        assert {(p.gate, p.reasons) for p in passages} == {("new", ("green",)), ("new", ("green", "unproven_allowed"))}
        other.close()

    def test_sums_of_named_gates_are_those_of_the_counters_where_days_are_remembered_too(self, monkeypatch):
        monkeypatch.setattr(postgres_reading, "FEW_GATES", 1)
        self.test_sums_over_gates_and_over_hours_are_those_of_the_counters_however_the_day_came_together()

    def test_a_schema_of_an_earlier_version_is_brought_up_to_date_when_it_is_opened(self):
        self.add(record(1, at(8)), record(2, at(9), direction="out"), record(3, at(9, day=TUESDAY)))
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(f"SET search_path = {self.schema}")
            connection.execute("DROP TABLE town_counters, town_movements, gate_totals")
            connection.execute("DROP INDEX passages_20261123_by_kind, passages_20261124_by_kind")
        self.reopen()
        assert [tuple(total) for total in self.log.gate_totals(MONDAY, TUESDAY)] == [("east", 2, 1, 3, 0, 0)]
        self.log.become_writer()
        with psycopg.connect(self.dsn) as connection:
            found = connection.execute(
                "SELECT count(*) FROM pg_indexes WHERE schemaname = %s AND indexdef LIKE '%%(kind, at)'", [self.schema]
            )
            assert found.fetchone() == (2,)
        assert self.add(record(4, at(10, day=TUESDAY))).receipt.next == 5
        assert [total.entered for total in self.log.gate_totals(MONDAY, TUESDAY)] == [3]

    @pytest.mark.parametrize("step", ["detached", "dropped"])
    def test_a_crash_in_the_middle_of_forgetting_a_day_is_finished_by_the_next_writer(self, monkeypatch, step):
        self.add(record(1, at(8)), record(2, at(0, 1, day=TUESDAY)))

        def crash(connection, day):
            if step == "dropped":
                connection.execute("ALTER TABLE passages DETACH PARTITION passages_20261123 CONCURRENTLY")
            raise psycopg.OperationalError

        with monkeypatch.context() as patch:
            patch.setattr(postgres_log, "drop_partition", crash)
            with pytest.raises(LogUnavailableError):
                self.log.drop_day(MONDAY)
        self.reopen()
        self.log.receipt("dev-east")
        if step == "detached":
            assert self.log.drop_day(MONDAY) == 1
        assert "passages_20261123" not in self.tables()
        assert self.log.days() == [TUESDAY]
        assert self.through() == 2

    def test_passages_come_in_while_a_day_is_being_forgotten_that_somebody_still_reads(self):
        self.add(record(1, at(8)), record(2, at(0, 1, day=TUESDAY)))
        with psycopg.connect(self.dsn, options=f"-c search_path={self.schema}") as reader:
            assert reader.execute("SELECT count(*) FROM passages").fetchone() == (2,)  # its transaction stays open
            dropping = threading.Thread(target=self.log.drop_day, args=[MONDAY])
            dropping.start()
            assert self.add(record(3, at(9, day=TUESDAY))).receipt.next == 4
            assert self.add(record(1, at(9, day=TUESDAY)), gate="west").receipt.next == 2
            assert [p.at for p in self.everything(since=at(0, day=TUESDAY))][:1] == [at(9, day=TUESDAY)]
            assert dropping.is_alive()
            reader.rollback()
            dropping.join(30)
        assert self.log.days() == [TUESDAY]
        assert "passages_20261123" not in self.tables()

    def test_a_record_of_the_day_that_is_being_forgotten_waits_and_is_kept(self):
        self.add(record(1, at(8)))
        with psycopg.connect(self.dsn, options=f"-c search_path={self.schema}") as reader:
            reader.execute("SELECT count(*) FROM passages")
            dropping = threading.Thread(target=self.log.drop_day, args=[MONDAY])
            dropping.start()
            late = threading.Thread(target=self.add, args=[record(2, at(8, 30))])
            while not self.log.dropping.is_going(MONDAY):
                pass
            late.start()
            reader.rollback()
            dropping.join(30)
            late.join(30)
        assert [p.seq for p in self.everything()] == [2]
        assert self.log.receipt("dev-east").next == 3

    def test_a_lost_connection_is_a_refusal_and_the_same_delivery_is_stored_once_afterwards(self):
        self.add(record(1, at(8)))
        with psycopg.connect(self.dsn, autocommit=True) as operator:
            operator.execute("SELECT pg_terminate_backend(%s, 5000)", [self.log._writer.info.backend_pid])
        batch = Batch("east", "dev-east", [record(2, at(9))])
        (answer,) = self.log.append([batch])
        assert isinstance(answer, LogUnavailableError)
        assert self.add(*batch.records).receipt.next == 3
        assert len(self.everything()) == 2
        assert self.through() == 2

    def test_a_commit_whose_answer_was_lost_is_not_stored_again(self, monkeypatch):
        real = self.log.write

        def answer_lost(days):
            real(days)
            return set(), psycopg.OperationalError()

        batch = Batch("east", "dev-east", [record(1, at(8))])
        with monkeypatch.context() as patch:
            patch.setattr(self.log, "write", answer_lost)
            (answer,) = self.log.append([batch])
        assert isinstance(answer, LogUnavailableError)
        assert self.add(*batch.records).fresh == []
        assert len(self.everything()) == 1
        assert self.through() == 1

    def test_a_server_that_is_not_there_is_said_without_its_address(self):
        with pytest.raises(LogUnavailableError) as caught:
            PostgresPassageLog("postgresql://u:secret@127.0.0.1:1/x", SHANGHAI, clock=self.clock)
        assert "secret" not in repr(caught.value)
        assert caught.value.__cause__ is None

    @pytest.mark.parametrize(
        ("statement", "values"),
        [(_PEOPLE, [[WANG], at(0), at(12)]), (_WINDOWS, [[0], [1], [at(8)], [at(9)], at(8), at(9)])],
    )
    def test_the_two_questions_of_a_trace_read_an_index_alone(self, statement, values):
        self.add(record(1, at(8)), record(2, at(8, day=TUESDAY)))
        with self.log._connections.reading() as connection:
            plan = "\n".join(line for (line,) in connection.execute("EXPLAIN " + statement, values).fetchall())
        assert "Index Only Scan using passages_20261123" in plan
        assert "Seq Scan" not in plan

    def test_a_trace_across_the_days_reads_only_the_days_of_each_window(self):
        self.add(record(1, at(8)), record(2, at(8, day=TUESDAY)))
        with self.log._connections.reading() as connection:
            rows = connection.execute(
                "EXPLAIN ANALYZE " + _WINDOWS, [[0], [1], [at(8) - MINUTE], [at(8) + MINUTE], at(7), at(9, day=TUESDAY)]
            )
            plan = "\n".join(line for (line,) in rows.fetchall())
        scans = {
            line.split(" on ")[1].split()[0]: "never executed" in line
            for line in plan.splitlines()
            if "Scan using" in line
        }
        assert scans == {"passages_20261123": False, "passages_20261124": True}

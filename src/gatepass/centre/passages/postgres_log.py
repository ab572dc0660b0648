"""`PostgresPassageLog`: the passages of a large town in PostgreSQL, a partition per day, one transaction per group.

One process writes: it holds an advisory lock for as long as its connection lives. When that connection is lost, nobody
knows whether the last commit arrived; so the writer then forgets what it knows, connects anew and asks the database.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import psycopg
from psycopg import Connection, sql

from gatepass.centre.passages.group import Group
from gatepass.centre.passages.log import Appended, Batch, Forgotten, LogInUseError, LogUnavailableError
from gatepass.centre.passages.postgres_reading import PostgresPassages
from gatepass.centre.passages.postgres_schema import (
    COLUMNS,
    attach_partition,
    complete_indexes,
    create_partition,
    drop_partition,
    finish_drops,
    index_partition,
    partition,
    partition_name,
)
from gatepass.centre.passages.rows import DayGroup, Kind, spelled
from gatepass.centre.passages.runs import Runs, changed_runs
from gatepass.centre.passages.writing import PassageWriting

COPY_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_TAIL = b"\xff\xff"
# The number of columns, then each with its length before it.
_ROW = struct.Struct(">h iq iq iq ii ii ii")
_ABSENT = b"\xff\xff\xff\xff"

ADD_COUNTERS = """
INSERT INTO counters SELECT %s, * FROM unnest(%s::smallint[], %s::int[], %s::int[], %s::bigint[])
ON CONFLICT (day, hour, gate, kind) DO UPDATE SET n = counters.n + excluded.n
"""
ADD_MOVEMENTS = """
INSERT INTO movements SELECT %s, * FROM unnest(%s::smallint[], %s::int[], %s::text[], %s::bigint[])
ON CONFLICT (day, hour, gate, direction) DO UPDATE SET n = movements.n + excluded.n
"""
ADD_TOWN_COUNTERS = """
INSERT INTO town_counters SELECT %s, * FROM unnest(%s::smallint[], %s::int[], %s::bigint[])
ON CONFLICT (day, hour, kind) DO UPDATE SET n = town_counters.n + excluded.n
"""
ADD_TOWN_MOVEMENTS = """
INSERT INTO town_movements SELECT %s, * FROM unnest(%s::smallint[], %s::text[], %s::bigint[])
ON CONFLICT (day, hour, direction) DO UPDATE SET n = town_movements.n + excluded.n
"""
ADD_GATE_TOTALS = """
INSERT INTO gate_totals AS g
SELECT %s, * FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
ON CONFLICT (day, gate) DO UPDATE SET entered = g.entered + excluded.entered, exited = g.exited + excluded.exited,
    passed = g.passed + excluded.passed, held = g.held + excluded.held, refused = g.refused + excluded.refused
"""
ADD_VERDICTS = """
INSERT INTO verdicts (day, about, seq, outcome, orphan)
SELECT %s, * FROM unnest(%s::bytea[], %s::bigint[], %s::text[], %s::boolean[])
ON CONFLICT (about, day) DO UPDATE SET seq = excluded.seq, outcome = excluded.outcome
"""
_SEALED_OF = "SELECT count(sealed) FROM passages WHERE person = ANY(%s) AND at <= %s"
_FORGET = """
UPDATE passages SET person = NULL, sealed = NULL WHERE person = ANY(%s) AND at <= %s RETURNING tableoid::regclass::text
"""
_REMOVE_RUNS = "DELETE FROM runs WHERE (journal, first) IN (SELECT * FROM unnest(%s::int[], %s::bigint[]))"
ADD_RUNS = "INSERT INTO runs SELECT * FROM unnest(%s::int[], %s::bigint[], %s::bigint[])"
_EXTEND_RUNS = ADD_RUNS + " ON CONFLICT (journal, first) DO UPDATE SET last = excluded.last"
ADD_TOTAL = "INSERT INTO held VALUES (%s, %s) ON CONFLICT (day) DO UPDATE SET total = held.total + excluded.total"


def _in_one(*statements: str) -> str:
    """Statements about different tables as one: a way to the server and back costs more than most of them."""
    *before, last = statements
    named = ", ".join(f"step_{number} AS ({statement})" for number, statement in enumerate(before))
    return f"WITH {named} {last}"


_ADD_DAY = _in_one(
    ADD_TOTAL, ADD_COUNTERS, ADD_MOVEMENTS, ADD_TOWN_COUNTERS, ADD_TOWN_MOVEMENTS, ADD_GATE_TOTALS, ADD_VERDICTS
)


def packed_row(
    at: int, seq: int, knowledge: int, gate: int, journal: int, kind: int,
    passage: bytes, person: bytes | None, about: bytes | None, sealed: bytes | None,
) -> bytes:  # fmt: skip
    """A row of `COPY … (FORMAT binary)`, the columns in the order of `postgres_schema.COLUMNS`."""
    head = _ROW.pack(10, 8, at, 8, seq, 8, knowledge, 4, gate, 4, journal, 4, kind)
    texts = (passage, person, about, sealed)
    return head + b"".join(_ABSENT if text is None else len(text).to_bytes(4, "big") + text for text in texts)


def columns_of(rows: Iterable[tuple[object, ...]], width: int) -> list[list[object]]:
    """Rows as columns, for `unnest`; `width` empty ones where there is no row."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return columns or [[] for _ in range(width)]


class Day:
    """The writing end of a day (`group.Day`)."""

    def __init__(self, log: PostgresPassageLog) -> None:
        self._log = log

    def kind(self, kind: Kind) -> int:
        return self._log.kind_number(kind)


class PostgresPassageLog(PostgresPassages, PassageWriting):
    """See `log.PassageLog`. The first `append` makes this process the writer; LogInUseError if there is one already."""

    def __init__(self, dsn: str, zone: ZoneInfo, *, clock: Callable[[], int], schema: str = "gatepass") -> None:
        super().__init__(dsn, zone, clock=clock, schema=schema)
        PassageWriting.__init__(self)
        self._writer: Connection | None = None
        self._kind_numbers: dict[Kind, int] = {}
        self._kind_words: dict[int, Kind] = {}
        self._new_kinds: list[Kind] = []
        self._attached: set[date] = set()
        self._day = Day(self)

    def append(self, batches: Sequence[Batch]) -> list[Appended | LogUnavailableError]:
        with self._writing:
            try:
                self.become_writer()
                group = Group(self, batches)
                failure = group.commit()
            except (psycopg.Error, LogUnavailableError) as error:
                failure = error
            if failure is not None:
                self._forget_writer()
                return [LogUnavailableError(type(failure).__name__)] * len(batches)
            return [
                Appended(self._receipt(self.number(batch.journal)), group.fresh[place])
                for place, batch in enumerate(batches)
            ]

    def become_writer(self) -> None:
        """Takes the lock, finishes what a crash cut short, and learns what has arrived so far."""
        if self._writer is not None and not self._writer.closed:
            return
        writer = self._connections.open()
        try:
            self._lock(writer)
            finish_drops(writer)
            self._learn(writer)
            complete_indexes(writer, self._attached)
        except BaseException:
            writer.close()
            raise
        self._writer = writer

    def _lock(self, writer: Connection) -> None:
        question = "SELECT pg_try_advisory_lock(hashtextextended(%s, 2))"
        ((free,),) = writer.execute(question, [self._schema]).fetchall()
        if not free:
            raise LogInUseError(self._schema)

    def _learn(self, writer: Connection) -> None:
        arrived: dict[int, Runs] = {}
        for journal, first, last in writer.execute("SELECT journal, first, last FROM runs ORDER BY journal, first"):
            arrived.setdefault(journal, Runs()).add(first, last)
        self._arrived = arrived
        self.orphans = {about for (about,) in writer.execute("SELECT about FROM verdicts WHERE orphan")}
        self._kind_words = dict(self._read_kinds(writer))
        self._kind_numbers = {kind: number for number, kind in self._kind_words.items()}
        self._new_kinds = []
        self._attached = set(self.days())
        self._numbered.learn()

    def _forget_writer(self) -> None:
        """After a failure: the connection and everything that was believed; the lock goes with the connection."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def drop_day(self, day: date) -> int:
        with self._writing:
            self.become_writer()
            if day not in self._attached:
                return 0
            self.dropping.begin(day)
            self._attached.discard(day)
        # The intake goes on meanwhile; only records of this very day wait (`day_file`).
        try:
            with self._connections.open() as connection:
                found = connection.execute("SELECT total FROM held WHERE day = %s", [day]).fetchone()
                drop_partition(connection, day)
        except psycopg.Error as error:
            with self._writing:
                self._forget_writer()  # the next one finishes what is half done
            raise LogUnavailableError(type(error).__name__) from None
        finally:
            self.dropping.end(day)
        return found[0] if found else 0

    def forget_people(self, people: Collection[bytes], until: int) -> Forgotten:
        today = self._calendar.day(self._clock())
        wanted = [list(people), until]
        try:
            with self._connections.open() as connection:
                with connection.transaction():
                    ((sealed,),) = connection.execute(_SEALED_OF, wanted).fetchall()
                    rows = connection.execute(_FORGET, wanted).fetchall()
                for name in sorted({name for (name,) in rows}):
                    # Written anew, so that the old bytes are gone; only vacuumed where the intake would have to wait.
                    whole = sql.SQL("" if name.endswith(partition_name(today)) else "(FULL)")
                    table = sql.Identifier(name.rpartition(".")[2])
                    connection.execute(sql.SQL("VACUUM {} {}").format(whole, table))
        except psycopg.Error as error:
            raise LogUnavailableError(type(error).__name__) from None
        return Forgotten(len(rows), sealed)

    def close(self) -> None:
        with self._writing:
            self._forget_writer()
        super().close()

    # What a group asks of the log that it is written into (`group.Log`)

    def number(self, name: str) -> int:
        """The number of a gate or journal; a new name is durable before its number is used."""
        number = self._numbered.number(name)
        if number is None:
            assert self._writer is not None
            self._writer.execute(
                "INSERT INTO names SELECT coalesce(max(number), 0) + 1, %s FROM names ON CONFLICT (name) DO NOTHING",
                [name],
            )
            self._numbered.learn()
            number = self._numbered.number(name)
            assert number is not None
        return number

    def day_file(self, day: date) -> Day:
        """A day that can be written to: its partition is there, and nobody is dropping it."""
        if day not in self._attached:
            self.dropping.wait(day)
            assert self._writer is not None
            with self._writer.transaction():
                bounds = self._calendar.bounds(day)
                create_partition(self._writer, day, *bounds)
                index_partition(self._writer, day)
                attach_partition(self._writer, day, *bounds)
            self._attached.add(day)
        return self._day

    def kind_number(self, kind: Kind) -> int:
        number = self._kind_numbers.get(kind)
        if number is None:
            number = self._kind_numbers[kind] = len(self._kind_numbers) + 1
            self._kind_words[number] = kind
            self._new_kinds.append(kind)
        return number

    def write(self, days: Mapping[date, DayGroup]) -> tuple[set[date], Exception | None]:
        """One transaction for all days."""
        assert self._writer is not None
        try:
            with self._writer.transaction():
                self._write_kinds(self._writer)
                arrived: dict[int, list[int]] = {}
                for day, group in sorted(days.items()):
                    self._write_day(self._writer, day, group)
                    for journal, numbers in group.arrived.items():
                        arrived.setdefault(journal, []).extend(numbers)
                _, removed, added = changed_runs(self._arrived, arrived)
                longer = {(journal, first) for journal, first, _ in added}
                if gone := [one for one in removed if one not in longer]:
                    self._writer.execute(_REMOVE_RUNS, columns_of(gone, 2))
                self._writer.execute(_EXTEND_RUNS, columns_of(added, 3))
        except psycopg.Error as error:
            return set(), error
        self._new_kinds = []
        return set(days), None

    def _write_kinds(self, writer: Connection) -> None:
        for kind in self._new_kinds:
            writer.execute(
                "INSERT INTO kinds VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [self._kind_numbers[kind], *spelled(kind)],
            )

    def _write_day(self, writer: Connection, day: date, group: DayGroup) -> None:
        group.rows.sort()  # neighbouring rows land on the same page of the index
        packed = [
            packed_row(at, seq, one.knowledge, gate, journal, kind, one.id, one.person, one.about, one.sealed)
            for gate, at, journal, seq, kind, one in group.rows
        ]
        with writer.cursor().copy(copy_statement(day)) as copy:
            copy.write(COPY_HEAD + b"".join(packed) + COPY_TAIL)
        sums = group.sums(self._kind_words)
        values: list[object] = [day, len(group.rows)]
        for rows, width in (
            ([(*cell, n) for cell, n in group.counters.items()], 4),
            ([(*cell, n) for cell, n in group.movements.items() if n], 4),
            ([(*cell, n) for cell, n in sums.town_counters.items()], 3),
            ([(*cell, n) for cell, n in sums.town_movements.items() if n], 3),
            ([(gate, *all_day) for gate, all_day in sums.gates.items()], 6),
            ([(about, v.seq, str(v.outcome), v.orphan) for about, v in group.verdicts.items()], 4),
        ):
            values += [day, *columns_of(rows, width)]
        writer.execute(_ADD_DAY, values)


def copy_statement(day: date) -> sql.Composed:
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(partition(day), sql.SQL(COLUMNS))

"""`PostgresStore`: the passages in PostgreSQL seen from below, for whole days in and out (`copying.Store`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from psycopg import Connection, sql

from gatepass.centre.passages.copying import PORTION, Cells, DayCopy, StoredRow, counted
from gatepass.centre.passages.log import Flow, Movement
from gatepass.centre.passages.postgres_log import (
    ADD_COUNTERS,
    ADD_MOVEMENTS,
    ADD_RUNS,
    ADD_TOTAL,
    ADD_VERDICTS,
    COPY_HEAD,
    COPY_TAIL,
    PostgresPassageLog,
    columns_of,
    copy_statement,
    packed_row,
)
from gatepass.centre.passages.postgres_schema import (
    attach_partition,
    create_partition,
    index_partition,
    partition,
    sum_up,
)
from gatepass.centre.passages.runs import Runs, joined

_ROWS = "SELECT gate, at, journal, seq, kind, knowledge, id, person, about FROM {} ORDER BY gate, at, journal, seq"
_SEALED = "SELECT journal, seq, sealed FROM {} WHERE sealed IS NOT NULL"


class PostgresStore(PostgresPassageLog):
    def names(self) -> dict[int, str]:
        return self._numbered.learn()

    def load_names(self, names: Mapping[int, str]) -> None:
        self.become_writer()
        known = self.names()
        numbers = {name: number for number, name in known.items()}
        for number, name in names.items():
            if known.get(number, name) != name or numbers.get(name, number) != number:
                raise ValueError(f"number {number} stands for another name here")
        self._connected().execute(
            "INSERT INTO names SELECT * FROM unnest(%s::int[], %s::text[]) ON CONFLICT DO NOTHING",
            columns_of(names.items(), 2),
        )
        self._numbered.learn()

    def _connected(self) -> Connection:
        self.become_writer()
        assert self._writer is not None
        return self._writer

    def count(self, day: date) -> int:
        found = self._connected().execute("SELECT total FROM held WHERE day = %s", [day]).fetchone()
        return found[0] if found else 0

    def read_day(self, day: date) -> DayCopy:
        with self._connections.reading() as connection:
            sealed = connection.execute(sql.SQL(_SEALED).format(partition(day)), binary=True).fetchall()
            verdicts = connection.execute(
                "SELECT about, seq, outcome, orphan FROM verdicts WHERE day = %s", [day], binary=True
            ).fetchall()
            movements = connection.execute(
                "SELECT hour, gate, direction, n FROM movements WHERE day = %s", [day], binary=True
            ).fetchall()
            kinds = self._read_kinds(connection)
        return DayCopy(
            day,
            kinds,
            self._rows(day),
            {(journal, seq): identity for journal, seq, identity in sealed},
            verdicts,
            {(hour, gate, direction): n for hour, gate, direction, n in movements},
        )

    def _rows(self, day: date) -> Iterator[list[StoredRow]]:
        # A cursor on the server: nobody has room for a day of a city at once.
        with (
            self._connections.open() as connection,
            connection.transaction(),
            connection.cursor("day", binary=True) as cursor,
        ):
            cursor.execute(sql.SQL(_ROWS).format(partition(day)))
            while portion := cursor.fetchmany(PORTION):
                yield portion

    def write_day(self, copy: DayCopy) -> int:
        writer = self._connected()
        if copy.day in self._attached:
            raise ValueError(f"{copy.day} is held already")
        cells: Cells = Counter()
        bounds = self._calendar.bounds(copy.day)
        try:
            with writer.transaction():
                numbers = {number: self.kind_number(kind) for number, kind in copy.kinds.items()}
                self._write_kinds(writer)
                create_partition(writer, copy.day, *bounds)
                with writer.cursor().copy(copy_statement(copy.day)) as into:
                    into.write(COPY_HEAD)
                    for packed in self._packed(copy, numbers, cells):
                        into.write(packed)
                    into.write(COPY_TAIL)
                index_partition(writer, copy.day)
                attach_partition(writer, copy.day, *bounds)
                self._write_rest(writer, copy, cells, numbers)
        except BaseException:
            self._forget_writer()
            raise
        self._new_kinds = []
        self._attached.add(copy.day)
        # Index-only from the first question on, and statistics that are not those of an empty table.
        writer.execute(sql.SQL("VACUUM (ANALYZE) {}").format(partition(copy.day)))
        return cells.total()

    def _packed(self, copy: DayCopy, numbers: Mapping[int, int], cells: Cells) -> Iterator[bytes]:
        """The rows as COPY takes them, each counted in `cells`."""
        sealed = copy.sealed
        for portion in counted(copy.rows, self.slot, cells):
            yield b"".join(
                [
                    packed_row(
                        at, seq, knowledge, gate, journal, numbers[kind], passage, person, about,
                        sealed.get((journal, seq)),
                    )
                    for gate, at, journal, seq, kind, knowledge, passage, person, about in portion
                ]
            )  # fmt: skip

    def _write_rest(self, writer: Connection, copy: DayCopy, cells: Cells, numbers: Mapping[int, int]) -> None:
        day = copy.day
        writer.execute(ADD_TOTAL, [day, cells.total()])
        counters = ((hour, gate, numbers[kind], n) for (hour, gate, kind), n in cells.items())
        writer.execute(ADD_COUNTERS, [day, *columns_of(counters, 4)])
        writer.execute(ADD_MOVEMENTS, [day, *columns_of(((*cell, n) for cell, n in copy.movements.items()), 4)])
        writer.execute(ADD_VERDICTS, [day, *columns_of(copy.verdicts, 4)])
        sum_up(writer, day, day)

    def counted_days(self) -> list[date]:
        rows = self._connected().execute("SELECT DISTINCT day FROM counters UNION SELECT DISTINCT day FROM movements")
        return sorted({*self.days(), *(day for (day,) in rows)})

    def add_sums(self, flow: Collection[Flow], movements: Collection[Movement]) -> None:
        writer = self._connected()
        gates = self._numbered.numbers
        with writer.transaction():
            # What is summed has no more than the first reason, and nothing of a resolution or a clock.
            kinds = [
                self.kind_number((f.direction, f.outcome, (f.reason,), f.method, f.document, False, False))
                for f in flow
            ]
            self._write_kinds(writer)
            for day in sorted({f.day for f in flow}):
                rows = [
                    (f.hour, *gates([f.gate]), kind, f.total)
                    for f, kind in zip(flow, kinds, strict=True)
                    if f.day == day
                ]
                writer.execute(ADD_COUNTERS, [day, *columns_of(rows, 4)])
            for day in sorted({m.day for m in movements}):
                people = [(m.hour, *gates([m.gate]), m.direction, m.total) for m in movements if m.day == day]
                writer.execute(ADD_MOVEMENTS, [day, *columns_of(people, 4)])
            for day in sorted({f.day for f in flow} | {m.day for m in movements}):
                sum_up(writer, day, day)
        self._new_kinds = []

    def all_runs(self) -> dict[int, Runs]:
        self.become_writer()
        return self._arrived

    def add_runs(self, runs: Mapping[int, Runs]) -> None:
        writer = self._connected()
        together = joined(self._arrived, runs)
        with writer.transaction():
            writer.execute("DELETE FROM runs WHERE journal = ANY (%s)", [list(runs)])
            rows = [(journal, *ends) for journal in runs for ends in together[journal]]
            writer.execute(ADD_RUNS, columns_of(rows, 3))
        self._arrived = together

"""Questions to a town's passages in PostgreSQL, from any thread and any process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from operator import add
from typing import LiteralString
from zoneinfo import ZoneInfo

import psycopg
from psycopg import Connection

from gatepass.centre.passages import partition_reading
from gatepass.centre.passages.known_days import KnownDays, State
from gatepass.centre.passages.log import HOUR_AND_GATE, By, Flow, GateTotal, Movement
from gatepass.centre.passages.partition_reading import Partition
from gatepass.centre.passages.postgres_at_once import AtOnce, parts_of, parts_of_time
from gatepass.centre.passages.postgres_connections import Connections
from gatepass.centre.passages.postgres_schema import ATTACHED, day_of, make_schema
from gatepass.centre.passages.reading import PassageReading
from gatepass.centre.passages.rows import Kind, is_further, kind_of
from gatepass.centre.passages.town_totals import TownTotals, as_rows
from gatepass.policy import Method, Outcome
from gatepass.wire.messages import Direction

# `OFFSET 0` keeps the planner from turning the loop over the index inside out.
_PEOPLE = """
SELECT p.person, p.gate, p.at, p.kind FROM unnest(%b::bytea[]) AS w (person) CROSS JOIN LATERAL (
    SELECT q.person, q.gate, q.at, q.kind FROM passages AS q
    WHERE q.person = w.person AND q.at BETWEEN %b AND %b OFFSET 0
) AS p
"""
# The bounds that are bound keep days without a window from being opened; those of the windows, from being searched.
_WINDOWS = """
SELECT w.place, p.person, p.at, p.kind
FROM unnest(%b::int[], %b::int[], %b::bigint[], %b::bigint[]) AS w (place, gate, since, until)
CROSS JOIN LATERAL (
    SELECT q.person, q.at, q.kind FROM passages AS q
    WHERE q.gate = w.gate AND q.at BETWEEN w.since AND w.until AND q.at BETWEEN %b AND %b AND q.person IS NOT NULL
    OFFSET 0
) AS p
"""
# Of the further answers among them, those that know the person under another key than the passage that they are about.
# A visit lasts for seconds; a clock that is stepped within it makes one sighting two, which harms nobody.
_OTHER_KEY = """
SELECT a.place, a.person, a.at, a.kind
FROM unnest(%b::int[], %b::int[], %b::bytea[], %b::bigint[], %b::int[]) AS a (place, gate, person, at, kind)
CROSS JOIN LATERAL (
    SELECT q.about FROM passages AS q
    WHERE q.gate = a.gate AND q.at = a.at AND q.kind = a.kind AND q.person = a.person OFFSET 0
) AS p
WHERE NOT EXISTS (
    SELECT 1 FROM passages AS f
    WHERE f.gate = a.gate AND f.at BETWEEN a.at - 60000 AND a.at AND f.id = p.about AND f.person = a.person OFFSET 0
)
"""
# Every record adds to the first of them, also one that takes somebody off the second again.
_COUNTED = """
SELECT day, sum(decisions)::bigint, sum(people)::bigint FROM (
    SELECT day, n AS decisions, 0 AS people FROM town_counters WHERE day BETWEEN %s AND %s
    UNION ALL SELECT day, 0, n FROM town_movements WHERE day BETWEEN %s AND %s
) AS s GROUP BY day
"""
_TOTALS: LiteralString = "SELECT day, gate, entered, exited, passed, held, refused FROM gate_totals WHERE day"
_TOTALS_OF_DAYS: LiteralString = f"{_TOTALS} = ANY (%s)"
_TOTALS_OF_GATES: LiteralString = f"{_TOTALS} BETWEEN %s AND %s AND gate = ANY (%s)"

FEW_GATES = 5
"""Fewer of them are asked anew each time: to look whether a day has changed would cost as much."""


def _spans(days: Iterable[date]) -> Iterator[list[date]]:
    """First and last of days that follow upon each other; many such days in parts, to be asked at once."""
    for part in parts_of(sorted(days)):
        ends = [part[0], part[0]]
        for day in part[1:]:
            if day - ends[1] != timedelta(days=1):
                yield ends
                ends = [day, day]
            ends[1] = day
        yield ends


class PostgresNames:
    """`names` of a schema, learned once and again whenever an unknown one is asked for. Safe from several threads."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._lock = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}

    def learn(self) -> dict[int, str]:
        with self._connections.reading() as connection:
            names = dict(connection.execute("SELECT number, name FROM names").fetchall())
        with self._lock:
            self._names = names
            self._numbers = {name: number for number, name in names.items()}
        return names

    def number(self, name: str) -> int | None:
        return self._numbers.get(name)

    def numbers(self, names: Collection[str]) -> list[int]:
        if not all(name in self._numbers for name in names):
            self.learn()
        return [self._numbers[name] for name in names if name in self._numbers]

    def name(self, number: int) -> str:
        if number not in self._names:
            self.learn()
        return self._names[number]


class PostgresPassages(PassageReading[Partition]):
    """The reading half of `PostgresPassageLog`."""

    _day_is_gone = psycopg.errors.UndefinedTable

    def __init__(self, dsn: str, zone: ZoneInfo, *, clock: Callable[[], int], schema: str = "gatepass") -> None:
        self._schema = schema
        self._connections = Connections(dsn, schema)
        self._at_once = AtOnce(self._connections)
        with self._connections.open() as connection:
            make_schema(connection, schema)
        self._numbered = PostgresNames(self._connections)
        self._kinds: dict[int, Kind] = {}
        self._totals = TownTotals()
        self._known: KnownDays[tuple] = KnownDays()
        super().__init__(self._numbered, partition_reading, zone, clock=clock)

    def days(self) -> list[date]:
        with self._connections.reading() as connection:
            return sorted(day_of(name) for (name,) in connection.execute(ATTACHED).fetchall())

    def _held(self, days: Iterable[date]) -> list[date]:
        held = set(self.days())
        return [day for day in days if day in held]

    @contextmanager
    def _reading(self, day: date) -> Iterator[Partition]:
        with self._connections.reading() as connection:
            yield Partition(connection, day, self._read_kinds(connection))

    def close(self) -> None:
        self._at_once.close()
        self._connections.close()

    def _known_kinds(self, wanted: set[int]) -> dict[int, Kind]:
        """All kinds, these at least."""
        if not self._kinds.keys() >= wanted:
            with self._connections.reading() as connection:
                return self._read_kinds(connection)
        return self._kinds

    def _read_kinds(self, connection: Connection) -> dict[int, Kind]:
        """All kinds. They are few, never change, and are numbered without gaps: a count tells whether some are new."""
        ((total,),) = connection.execute("SELECT count(*) FROM kinds").fetchall()
        if total != len(self._kinds):
            rows = connection.execute(
                "SELECT kind, direction, outcome, reasons, method, document, resolution, centre_time FROM kinds"
            )
            self._kinds = {number: kind_of(tuple(words)) for number, *words in rows}
        return self._kinds

    def verdicts(self, ids: Collection[bytes], days: Iterable[date]) -> dict[bytes, tuple[int, Outcome]]:
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT about, seq, outcome FROM verdicts WHERE about = ANY (%b) AND day = ANY (%b) ORDER BY seq",
                [list(ids), list(days)],
                binary=True,
            )
            return {about: (seq, Outcome(outcome)) for about, seq, outcome in rows}

    def outcome_of(self, gate: int, passage: bytes, days: Iterable[date]) -> Outcome | None:
        """What the gate decided in the passage of this id; None if it is not held. See `day_reading.outcome_of`."""
        moment = int.from_bytes(passage[:6], "big")
        bounds = [self._calendar.bounds(day) for day in days]
        around = min(low for low, _ in bounds), max(high for _, high in bounds)
        with self._connections.reading() as connection:
            for since, until in ((moment - 120_000, moment + 120_000), around):
                found = connection.execute(
                    "SELECT k.outcome FROM passages AS p JOIN kinds AS k USING (kind)"
                    " WHERE p.gate = %b AND p.at BETWEEN %b AND %b AND p.id = %b AND NOT k.resolution",
                    [gate, since, until, passage],
                ).fetchone()
                if found:
                    return Outcome(found[0])
        return None

    def _people_rows(self, people: list[bytes], since: int, until: int) -> Iterator[tuple[bytes, int, int, Kind]]:
        parts = parts_of_time(since, until)
        for rows in self._at_once.of(_PEOPLE, [[people, *part] for part in parts]):
            kinds = self._known_kinds({row[3] for row in rows})
            for person, gate, at, kind in rows:
                yield person, gate, at, kinds[kind]

    def _window_rows(self, windows: list[tuple[int, int, int]]) -> Iterator[tuple[int, bytes, int, int, Direction]]:
        # By time: each part opens the indexes of its own few days only.
        numbered = sorted((since, until, place, gate) for place, (gate, since, until) in enumerate(windows))
        parts: list[list[object]] = []
        for part in parts_of(numbered):
            since, until, places, gates = (list(column) for column in zip(*part, strict=True))
            parts.append([places, gates, since, until, since[0], max(until)])
        answers: list[tuple[int, int, bytes, int, int]] = []
        for rows in self._at_once.of(_WINDOWS, parts):
            kinds = self._known_kinds({row[3] for row in rows})
            plain = {number: kind[0] for number, kind in kinds.items() if not kind[5]}
            further = {number for number, kind in kinds.items() if is_further(kind)}
            for place, person, at, kind in rows:
                if kind in plain:
                    yield place, person, windows[place][0], at, plain[kind]
                elif kind in further:
                    answers.append((place, windows[place][0], person, at, kind))
        if not answers:
            return
        with self._connections.reading() as connection:
            columns = [list(column) for column in zip(*answers, strict=True)]
            rows = connection.execute(_OTHER_KEY, columns, binary=True).fetchall()
        for place, person, at, kind in rows:
            yield place, person, windows[place][0], at, self._kinds[kind][0]

    def sealed(self, journal: str, seq: int, at: int) -> bytes | None:
        since, until = self._calendar.bounds(self._calendar.day(at))
        with self._connections.reading() as connection:
            for number in self._numbered.numbers([journal]):
                found = connection.execute(
                    "SELECT sealed FROM passages WHERE journal = %b AND seq = %b AND sealed IS NOT NULL"
                    " AND at >= %b AND at < %b",
                    [number, seq, since, until],
                    binary=True,
                ).fetchone()
                if found:
                    return found[0]
        return None

    def flow(
        self, first: date, last: date, gates: Collection[str] | None = None, *, by: By = HOUR_AND_GATE
    ) -> list[Flow]:
        # By the number of the kind before its words are looked up: a large town has half a million counters a day.
        kind: LiteralString = "direction, outcome, split_part(reasons, ' ', 1), method, document"
        summed = self._summed("kind", "counters", gates, by)
        statement: LiteralString = (
            f"SELECT day, hour, gate, {kind}, sum(n)::bigint FROM ({summed}) AS s JOIN kinds USING (kind)"  # noqa: S608
            f" WHERE NOT resolution GROUP BY day, hour, gate, {kind}"
        )
        return [
            Flow(r[0], r[1], self._gate(r[2]), r[3], Outcome(r[4]), r[5], Method(r[6]), r[7], r[8])
            for r in self._of_days(statement, first, last, gates, by)
        ]

    def movements(
        self, first: date, last: date, gates: Collection[str] | None = None, *, by: By = HOUR_AND_GATE
    ) -> list[Movement]:
        return [
            Movement(day, hour, self._gate(gate), direction, n)
            for day, hour, gate, direction, n in self._of_days(
                self._summed("direction", "movements", gates, by), first, last, gates, by
            )
        ]

    def gate_totals(self, first: date, last: date, gates: Collection[str] | None = None) -> list[GateTotal]:
        if gates is None:
            return [GateTotal(self._gate(gate), *totals) for gate, totals in self._of_town(first, last)]
        sums: dict[int, list[int]] = {}
        for _day, gate, *totals in self._of_days(_TOTALS_OF_GATES, first, last, gates, frozenset()):
            before = sums.get(gate)
            sums[gate] = list(map(add, before, totals)) if before else totals
        return [GateTotal(self._gate(gate), *totals) for gate, totals in sums.items()]

    def _of_town(self, first: date, last: date) -> Iterator[tuple[int, list[int]]]:
        """gate -> its five totals over these days; what has not changed since it was read is not read again."""
        counted = self._states(first, last)
        days = {day: self._totals.known(day, state) for day, state in counted.items()}
        unknown: dict[date, list[Sequence[int]]] = {day: [] for day, rows in days.items() if rows is None}
        if unknown:
            for day, *totals in self._ask_rows(_TOTALS_OF_DAYS, [list(unknown)]):
                unknown[day].append(totals)
            for day, rows in unknown.items():
                days[day] = read = as_rows(rows)
                self._totals.keep(day, counted[day], read)
        return self._totals.summed(rows for rows in days.values() if rows is not None)

    def _states(self, first: date, last: date) -> dict[date, State]:
        """Of the days of which anything is counted: how much, which grows with every record."""
        rows = self._ask_rows(_COUNTED, [first, last, first, last])
        return {day: (decisions, people) for day, decisions, people in rows}

    def _of_days(
        self, statement: LiteralString, first: date, last: date, gates: Collection[str] | None, by: By
    ) -> list[tuple]:
        """The rows of a statement of `_summed`, which begin with their day."""
        if gates is None:
            return self._ask_rows(statement, [first, last])
        numbers = sorted(self._numbered.numbers(gates))
        if first == last or "gate" in by or len(numbers) < FEW_GATES:
            return self._ask_rows(statement, [first, last, numbers])

        def ask(days: list[date]) -> Iterator[tuple[date, tuple]]:
            for rows in self._at_once.of(statement, [[*span, numbers] for span in _spans(days)]):
                yield from ((row[0], row) for row in rows)

        return self._known.of((statement, tuple(numbers)), self._states(first, last), ask)

    def _gate(self, number: int) -> str:
        return self._numbered.name(number) if number else ""

    def _ask_rows(self, statement: LiteralString, values: list[object]) -> list[tuple]:
        with self._connections.reading() as connection:
            # A sum is cast: a `numeric` of PostgreSQL's comes as a Decimal, at the price of ten integers.
            return connection.execute(statement, values, binary=True).fetchall()

    def _summed(
        self, what: LiteralString, table: LiteralString, gates: Collection[str] | None, by: By
    ) -> LiteralString:
        """A statement for the first and the last day, and the gates if there are any. The words are of this file."""
        hour: LiteralString = "hour" if "hour" in by else "-1"
        gate: LiteralString = "gate" if "gate" in by else "0"
        only: LiteralString = "" if gates is None else " AND gate = ANY (%s)"
        if gates is None and "gate" not in by:
            table = f"town_{table}"
        statement: LiteralString = (
            f"SELECT day, {hour} AS hour, {gate} AS gate, {what}, sum(n)::bigint AS n FROM {table}"  # noqa: S608
        )
        return f"{statement} WHERE day BETWEEN %s AND %s{only} GROUP BY 1, 2, 3, 4"

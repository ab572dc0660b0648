"""Questions to one day's partition (`reading.Questions`). Numbers for gates and kinds, not names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from psycopg import Connection, sql

from gatepass.centre.passages.postgres_schema import partition
from gatepass.centre.passages.rows import Key, Kind, Row
from gatepass.policy import Outcome


@dataclass(frozen=True, slots=True)
class Partition:
    """A hold on one day's rows."""

    connection: Connection
    day: date
    kinds: dict[int, Kind]


_GATES_OF_DAY = """
SELECT gate FROM gate_totals
WHERE day = %b AND passed * %b + held * %b + refused * %b > 0 AND (gate IN (SELECT unnest(%b::int[]))) IS TRUE
"""
_TOWN_HOURS = """
SELECT hour, sum(n)::bigint FROM town_counters WHERE day = %b AND kind = ANY (%b) GROUP BY hour
"""
_HOUR_CELLS = """
SELECT c.gate, sum(c.n)::bigint FROM unnest(%b::int[]) AS g (gate) CROSS JOIN LATERAL (
    SELECT * FROM counters AS c WHERE c.day = %b AND c.hour = %b AND c.gate = g.gate AND c.kind = ANY (%b) OFFSET 0
) AS c GROUP BY c.gate
"""
_SLICE = """
SELECT p.at, p.gate, p.journal, p.seq, p.kind, p.knowledge, p.id, p.person
FROM unnest(%b::int[]) AS g (gate) CROSS JOIN LATERAL (
    SELECT * FROM {table} AS q WHERE q.gate = g.gate AND q.at >= %b AND q.at < %b AND q.kind = ANY (%b) OFFSET 0
) AS p
WHERE (p.at, p.gate, p.journal, p.seq) < (%b, %b, %b, %b){undecided}
ORDER BY p.at DESC, p.gate DESC, p.journal DESC, p.seq DESC LIMIT %b
"""
_AT = """
SELECT p.at, p.gate, p.journal, p.seq, p.kind, p.knowledge, p.id, p.person
FROM unnest(%b::bigint[], %b::int[]) WITH ORDINALITY AS w (at, gate, place) CROSS JOIN LATERAL (
    SELECT * FROM {table} AS q WHERE q.gate = w.gate AND q.at = w.at AND q.kind = ANY (%b)
    ORDER BY q.journal DESC, q.seq DESC LIMIT %b
) AS p
ORDER BY w.place, p.journal DESC, p.seq DESC
"""
# Of each kind no more than a page, from its end of the index.
_NEWEST = """
SELECT p.at, p.gate, p.journal, p.seq, p.kind, p.knowledge, p.id, p.person
FROM unnest(%b::int[]) AS k (kind) CROSS JOIN LATERAL (
    SELECT * FROM {table} AS p
    WHERE p.kind = k.kind AND p.at >= %b AND p.at < %b AND p.at <= %b
        AND (p.at, p.gate, p.journal, p.seq) < (%b, %b, %b, %b){gates}{undecided}
    ORDER BY p.at DESC, p.gate DESC, p.journal DESC, p.seq DESC LIMIT %b
) AS p
ORDER BY p.at DESC, p.gate DESC, p.journal DESC, p.seq DESC LIMIT %b
"""
# WHY not `= ANY`: of an array that is bound, each row would be compared with half of thousands of gates; this is hashed
# once. And IS TRUE keeps it from becoming a join, or a reason to leave the index by kind.
_AT_GATES = sql.SQL(" AND (p.gate IN (SELECT unnest(%b::int[]))) IS TRUE")
# One look by `about` for each row: `+ 0` hides the index by day, which would bring every verdict of the day each time;
# OFFSET 0 keeps it from becoming a join.
_UNDECIDED = sql.SQL(
    " AND NOT EXISTS (SELECT 1 FROM verdicts AS v"
    " WHERE v.about = p.id AND v.day + 0 = {day} AND v.outcome <> 'hold' OFFSET 0)"
)
_WORDS = """
SELECT p.journal, p.seq, p.kind, p.person
FROM unnest(%b::int[], %b::int[], %b::bigint[], %b::bigint[]) AS w (gate, journal, seq, at) CROSS JOIN LATERAL (
    SELECT * FROM {table} AS q
    WHERE q.gate = w.gate AND q.at BETWEEN w.at - %b AND w.at + %b AND q.journal = w.journal AND q.seq = w.seq OFFSET 0
) AS p
"""


def read_kinds(held: Partition) -> dict[int, Kind]:
    return held.kinds


def gates_of_day(held: Partition, gates: Collection[int], outcomes: Collection[Outcome]) -> list[int]:
    """Those of `gates` that decided so at all that day."""
    weights = [int(outcome in outcomes) for outcome in (Outcome.PASS, Outcome.HOLD, Outcome.REFUSE)]
    rows = held.connection.execute(_GATES_OF_DAY, [held.day, *weights, list(gates)], binary=True)
    return [gate for (gate,) in rows]


def town_hours(held: Partition, kinds: Collection[int]) -> dict[int, int]:
    """hour -> how many rows of these kinds the town has, or more: counters outlive rows."""
    rows = held.connection.execute(_TOWN_HOURS, [held.day, list(kinds)], binary=True)
    return dict(rows.fetchall())


def hour_cells(held: Partition, hour: int, gates: Collection[int], kinds: Collection[int]) -> dict[int, int]:
    """gate -> how many rows of these kinds the hour holds, or more."""
    rows = held.connection.execute(_HOUR_CELLS, [list(gates), held.day, hour, list(kinds)], binary=True)
    return dict(rows.fetchall())


def slice_rows(
    held: Partition,
    *,
    since: int,
    until: int,
    gates: Collection[int],
    kinds: Collection[int],
    before: Key,
    limit: int,
    undecided: bool,
) -> list[Row]:
    """Rows of [since, until), newest first, below the key `before`; `undecided`: without those decided this day."""
    statement = sql.SQL(_SLICE).format(table=partition(held.day), undecided=_undecided(held, only=undecided))
    values = [list(gates), since, until, list(kinds), *before, limit]
    return [Row(*row) for row in held.connection.execute(statement, values, binary=True).fetchall()]


def rows_at(held: Partition, points: Sequence[tuple[int, int]], kinds: Collection[int], limit: int) -> list[Row]:
    """Of each point (at, gate), in their order: the rows of that very millisecond, newest first, up to `limit`."""
    values = [[at for at, _gate in points], [gate for _at, gate in points], list(kinds), limit]
    statement = sql.SQL(_AT).format(table=partition(held.day))
    return [Row(*row) for row in held.connection.execute(statement, values, binary=True).fetchall()]


def newest_rows(
    held: Partition,
    *,
    since: int,
    until: int,
    gates: Collection[int] | None,
    kinds: Collection[int],
    before: Key,
    limit: int,
    undecided: bool,
) -> list[Row]:
    """As `slice_rows`, of any or of very many gates."""
    some = [] if gates is None else [list(gates)]
    statement = sql.SQL(_NEWEST).format(
        table=partition(held.day),
        gates=_AT_GATES if some else sql.SQL(""),
        undecided=_undecided(held, only=undecided),
    )
    values = [list(kinds), since, until, before[0], *before, *some, limit, limit]
    return [Row(*row) for row in held.connection.execute(statement, values, binary=True).fetchall()]


def _undecided(held: Partition, *, only: bool) -> sql.Composable:
    return _UNDECIDED.format(day=sql.Literal(held.day)) if only else sql.SQL("")


def words(
    held: Partition, wanted: Iterable[tuple[int, int, int, int]], within: tuple[int, int]
) -> dict[tuple[int, int], tuple[int, bytes | None]]:
    """(journal, seq) -> (kind, person) of the words of this day; `wanted`: gate, journal, seq, the passage's `at`."""
    columns = [list(column) for column in zip(*wanted, strict=True)]
    statement = sql.SQL(_WORDS).format(table=partition(held.day))
    rows = held.connection.execute(statement, [*columns, *within], binary=True)
    return {(journal, seq): (kind, person) for journal, seq, kind, person in rows}

"""Questions to one day's partition (`reading.Questions`). Numbers for gates and kinds, not names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from psycopg import Connection, sql

from gatepass.centre.passages.postgres_schema import partition
from gatepass.centre.passages.rows import Key, Kind, Row


@dataclass(frozen=True, slots=True)
class Partition:
    """A hold on one day's rows."""

    connection: Connection
    day: date
    kinds: dict[int, Kind]


_SLICE = """
SELECT p.at, p.gate, p.journal, p.seq, p.kind, p.knowledge, p.id, p.person
FROM unnest(%b::int[]) AS g (gate) CROSS JOIN LATERAL (
    SELECT * FROM {table} AS q WHERE q.gate = g.gate AND q.at >= %b AND q.at < %b AND q.kind = ANY (%b) OFFSET 0
) AS p
WHERE (p.at, p.gate, p.journal, p.seq) < (%b, %b, %b, %b){undecided}
ORDER BY p.at DESC, p.gate DESC, p.journal DESC, p.seq DESC LIMIT %b
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
_AT_GATES = sql.SQL(" AND p.gate = ANY (%b)")
_UNDECIDED = sql.SQL(
    " AND NOT EXISTS (SELECT 1 FROM verdicts AS v WHERE v.about = p.id AND v.day = {day} AND v.outcome <> 'hold')"
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


def hour_cells(held: Partition, hour: int, gates: Collection[int] | None, kinds: Collection[int]) -> dict[int, int]:
    """gate -> how many rows of these kinds the hour holds, or more: counters outlive rows."""
    values: list[object] = [held.day, hour, list(kinds)]
    only = ""
    if gates is not None:
        only = " AND gate = ANY (%s)"
        values.append(list(gates))
    statement = "SELECT gate, sum(n)::bigint FROM counters WHERE day = %s AND hour = %s AND kind = ANY (%s)"
    return dict(held.connection.execute(f"{statement}{only} GROUP BY gate", values).fetchall())


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

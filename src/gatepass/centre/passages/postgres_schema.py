"""The tables of the passage log in PostgreSQL (15 or later), and how a day's partition comes and goes.

    passages   partitioned by `at` at the town's midnights: a partition is a day, dropping it is forgetting the day.
               Its sealed identities stand in the rows, so that they go with them.
    counters   and their sums over all gates (`town_…`) and over the hours (`gate_totals`), kept with them at intake;
               by number of gate and kind, like everything here; they and `runs` know no partition and outlive the rows.

A partition is made beside the parent and then attached, and is detached CONCURRENTLY before it is dropped: neither
takes a lock that a reader or the intake of another day would wait for (`CREATE TABLE … PARTITION OF` and a plain DETACH
do).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from psycopg import Connection, sql

SCHEMA = """
CREATE TABLE IF NOT EXISTS names (number integer PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS kinds (
    kind integer PRIMARY KEY, direction text NOT NULL, outcome text NOT NULL, reasons text NOT NULL,
    method text NOT NULL, document text NOT NULL, resolution boolean NOT NULL, centre_time boolean NOT NULL
);
CREATE TABLE IF NOT EXISTS passages (
    at bigint NOT NULL, seq bigint NOT NULL, knowledge bigint NOT NULL,
    gate integer NOT NULL, journal integer NOT NULL, kind integer NOT NULL,
    id bytea NOT NULL, person bytea, about bytea, sealed bytea
) PARTITION BY RANGE (at);
CREATE TABLE IF NOT EXISTS held (day date PRIMARY KEY, total bigint NOT NULL);
CREATE TABLE IF NOT EXISTS verdicts (
    about bytea NOT NULL, day date NOT NULL, seq bigint NOT NULL, outcome text NOT NULL, orphan boolean NOT NULL,
    PRIMARY KEY (about, day)
);
CREATE INDEX IF NOT EXISTS verdicts_by_day ON verdicts (day);
CREATE TABLE IF NOT EXISTS counters (
    day date, hour smallint, gate integer, kind integer, n bigint NOT NULL, PRIMARY KEY (day, hour, gate, kind)
);
CREATE TABLE IF NOT EXISTS movements (
    day date, hour smallint, gate integer, direction text, n bigint NOT NULL, PRIMARY KEY (day, hour, gate, direction)
);
CREATE TABLE IF NOT EXISTS town_counters (
    day date, hour smallint, kind integer, n bigint NOT NULL, PRIMARY KEY (day, hour, kind)
);
CREATE TABLE IF NOT EXISTS town_movements (
    day date, hour smallint, direction text, n bigint NOT NULL, PRIMARY KEY (day, hour, direction)
);
CREATE TABLE IF NOT EXISTS gate_totals (
    day date, gate integer, entered bigint NOT NULL, exited bigint NOT NULL,
    passed bigint NOT NULL, held bigint NOT NULL, refused bigint NOT NULL, PRIMARY KEY (day, gate)
);
CREATE TABLE IF NOT EXISTS runs (
    journal integer, first bigint, last bigint NOT NULL, PRIMARY KEY (journal, first)
);
"""
_BY_KIND = "CREATE INDEX IF NOT EXISTS {name} ON {table} (kind, at)"
INDEXES = (
    "CREATE INDEX ON {table} (gate, at) INCLUDE (person, kind)",
    "CREATE INDEX ON {table} (person, at) INCLUDE (gate, kind) WHERE person IS NOT NULL",
    "CREATE INDEX ON {table} (journal, seq) WHERE sealed IS NOT NULL",
    _BY_KIND,
)
"""The two questions of a trace are answered from the first two alone; the third is nearly empty; the last one knows the
latest passages of a whole town."""
SUM_UP = (
    """
DELETE FROM town_counters WHERE day BETWEEN %(first)s AND %(last)s""",
    """
DELETE FROM town_movements WHERE day BETWEEN %(first)s AND %(last)s""",
    """
DELETE FROM gate_totals WHERE day BETWEEN %(first)s AND %(last)s""",
    """
INSERT INTO town_counters
SELECT day, hour, kind, sum(n) FROM counters WHERE day BETWEEN %(first)s AND %(last)s GROUP BY day, hour, kind""",
    """
INSERT INTO town_movements
SELECT day, hour, direction, sum(n) FROM movements WHERE day BETWEEN %(first)s AND %(last)s
GROUP BY day, hour, direction""",
    """
INSERT INTO gate_totals SELECT day, gate, sum(entered), sum(exited), sum(passed), sum(held), sum(refused) FROM (
    SELECT day, gate, 0 AS entered, 0 AS exited, CASE outcome WHEN 'pass' THEN n ELSE 0 END AS passed,
        CASE outcome WHEN 'hold' THEN n ELSE 0 END AS held, CASE outcome WHEN 'refuse' THEN n ELSE 0 END AS refused
    FROM counters JOIN kinds USING (kind) WHERE NOT resolution AND day BETWEEN %(first)s AND %(last)s
    UNION ALL SELECT day, gate, CASE direction WHEN 'in' THEN n ELSE 0 END,
        CASE direction WHEN 'out' THEN n ELSE 0 END, 0, 0, 0
    FROM movements WHERE day BETWEEN %(first)s AND %(last)s
) AS s GROUP BY day, gate""",
)
"""The sums of some days anew, from the counters."""
COLUMNS = "at, seq, knowledge, gate, journal, kind, id, person, about, sealed"
PARTITION = "passages_"
PENDING = """
SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
WHERE inhparent = 'passages'::regclass AND inhdetachpending
"""
ATTACHED = """
SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
WHERE inhparent = 'passages'::regclass AND NOT inhdetachpending
"""
UNATTACHED = """
SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
AND relname ~ '^passages_[0-9]{8}$' AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = pg_class.oid)
"""


def partition_name(day: date) -> str:
    return f"{PARTITION}{day:%Y%m%d}"


def day_of(partition: str) -> date:
    return date.fromisoformat(partition.removeprefix(PARTITION))


def partition(day: date) -> sql.Identifier:
    return sql.Identifier(partition_name(day))


def make_schema(connection: Connection, schema: str) -> None:
    """Makes what is not there yet. Two processes may try at once."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [schema])
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        ((made,),) = connection.execute("SELECT to_regclass('gate_totals') IS NOT NULL").fetchall()
        connection.execute(SCHEMA)
        if not made:  # a town of an earlier version has counters already
            sum_up(connection, date.min, date.max)


def sum_up(connection: Connection, first: date, last: date) -> None:
    """The sums over gates and over hours of these days, from the counters."""
    for statement in SUM_UP:
        connection.execute(statement, {"first": first, "last": last})


def create_partition(connection: Connection, day: date, since: int, until: int) -> None:
    """An empty table with the constraint that lets it be attached without looking at its rows. Not yet attached."""
    table = partition(day)
    # DDL takes no parameters; both ends are numbers of our own.
    span = sql.SQL("at >= {} AND at < {}").format(sql.Literal(since), sql.Literal(until))
    connection.execute(sql.SQL("CREATE TABLE {} (LIKE passages, CHECK ({}))").format(table, span))


def index_partition(connection: Connection, day: date) -> None:
    for statement in INDEXES:
        connection.execute(sql.SQL(statement).format(table=partition(day), name=_by_kind(day)))


def complete_indexes(connection: Connection, days: Iterable[date]) -> None:
    """Partitions of an earlier version have no index by kind; some two seconds for each million rows, once."""
    for day in days:
        connection.execute(sql.SQL(_BY_KIND).format(table=partition(day), name=_by_kind(day)))


def _by_kind(day: date) -> sql.Identifier:
    return sql.Identifier(f"{partition_name(day)}_by_kind")


def attach_partition(connection: Connection, day: date, since: int, until: int) -> None:
    connection.execute(
        sql.SQL("ALTER TABLE passages ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
            partition(day), sql.Literal(since), sql.Literal(until)
        )
    )


def drop_partition(connection: Connection, day: date) -> None:
    """In two steps, each of which may be the last one before a crash: `finish_drops` goes on from there."""
    connection.execute(sql.SQL("ALTER TABLE passages DETACH PARTITION {} CONCURRENTLY").format(partition(day)))
    forget_table(connection, day)


def forget_table(connection: Connection, day: date) -> None:
    with connection.transaction():
        connection.execute(sql.SQL("DROP TABLE {}").format(partition(day)))
        connection.execute("DELETE FROM verdicts WHERE day = %s", [day])
        connection.execute("DELETE FROM held WHERE day = %s", [day])


def finish_drops(connection: Connection) -> None:
    """Whatever a crash left half dropped, or half made, goes. Only for the writer."""
    for (name,) in connection.execute(PENDING).fetchall():
        connection.execute(sql.SQL("ALTER TABLE passages DETACH PARTITION {} FINALIZE").format(sql.Identifier(name)))
    for (name,) in connection.execute(UNATTACHED).fetchall():
        forget_table(connection, day_of(name))

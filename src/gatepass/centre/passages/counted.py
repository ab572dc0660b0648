"""What is counted of a day, in SQLite: the same tables in a day's file and in what is kept of a forgotten one.

    kinds            the few distinct (direction, outcome, reasons, method, document, …); a counter holds its number
    counters         decisions per (hour, gate, kind); movements: people per (hour, gate, direction)
    town_counters, town_movements   the same over all gates: a page about a whole town reads some hundred of them, and
                     not the half million counters of five thousand gates
    gate_totals      the same over the hours of the day, one row a gate

The sums are written in the transaction of what they sum, as the counters are in that of the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

import apsw
import msgspec

from gatepass.centre.passages.log import By

VERSION: Final = 1
"""Of a file, as SQLite's `user_version`. 0 had no sums over gates and hours, and no index by kind."""
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS kinds (
    kind INTEGER PRIMARY KEY, direction TEXT NOT NULL, outcome TEXT NOT NULL, reasons TEXT NOT NULL,
    method TEXT NOT NULL, document TEXT NOT NULL, resolution INTEGER NOT NULL, centre_time INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS counters (
    hour INTEGER, gate INTEGER, kind INTEGER, n INTEGER NOT NULL, PRIMARY KEY (hour, gate, kind)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS movements (
    hour INTEGER, gate INTEGER, direction TEXT, n INTEGER NOT NULL, PRIMARY KEY (hour, gate, direction)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS town_counters (
    hour INTEGER, kind INTEGER, n INTEGER NOT NULL, PRIMARY KEY (hour, kind)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS town_movements (
    hour INTEGER, direction TEXT, n INTEGER NOT NULL, PRIMARY KEY (hour, direction)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gate_totals (
    gate INTEGER PRIMARY KEY, entered INTEGER NOT NULL, exited INTEGER NOT NULL,
    passed INTEGER NOT NULL, held INTEGER NOT NULL, refused INTEGER NOT NULL
);
"""
SUM_UP: Final = """
DELETE FROM town_counters;
DELETE FROM town_movements;
DELETE FROM gate_totals;
INSERT INTO town_counters SELECT hour, kind, sum(n) FROM counters GROUP BY hour, kind;
INSERT INTO town_movements SELECT hour, direction, sum(n) FROM movements GROUP BY hour, direction;
INSERT INTO gate_totals
SELECT gate, sum(entered), sum(exited), sum(passed), sum(held), sum(refused) FROM (
    SELECT gate, 0 AS entered, 0 AS exited, n * (outcome = 'pass') AS passed, n * (outcome = 'hold') AS held,
        n * (outcome = 'refuse') AS refused
    FROM counters JOIN kinds USING (kind) WHERE NOT resolution
    UNION ALL SELECT gate, n * (direction = 'in'), n * (direction = 'out'), 0, 0, 0 FROM movements
) GROUP BY gate;
"""
"""The sums anew, from the counters: where a whole day comes in, or counters of two files are joined."""

# Each takes one JSON text. `day_file` says the same of a trigger's row.
ADD_COUNTERS: Final = """
INSERT INTO counters SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(?) WHERE true
ON CONFLICT (hour, gate, kind) DO UPDATE SET n = n + excluded.n
"""
ADD_MOVEMENTS: Final = """
INSERT INTO movements SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(?) WHERE true
ON CONFLICT (hour, gate, direction) DO UPDATE SET n = n + excluded.n
"""
ADD_TOWN_COUNTERS: Final = """
INSERT INTO town_counters SELECT value->>0, value->>1, value->>2 FROM json_each(?) WHERE true
ON CONFLICT (hour, kind) DO UPDATE SET n = n + excluded.n
"""
ADD_TOWN_MOVEMENTS: Final = """
INSERT INTO town_movements SELECT value->>0, value->>1, value->>2 FROM json_each(?) WHERE true
ON CONFLICT (hour, direction) DO UPDATE SET n = n + excluded.n
"""
ADD_GATE_TOTALS: Final = """
INSERT INTO gate_totals SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5
FROM json_each(?) WHERE true
ON CONFLICT (gate) DO UPDATE SET entered = entered + excluded.entered, exited = exited + excluded.exited,
    passed = passed + excluded.passed, held = held + excluded.held, refused = refused + excluded.refused
"""

FEW_GATES: Final = 1000
"""Up to so many are looked up one by one, hour by hour; for more of them the whole day is summed in less time."""

_json = msgspec.json.Encoder()
_HOURS: Final = _json.encode(list(range(24))).decode()


def flow_rows(connection: apsw.Connection, gates: Collection[int] | None, by: By) -> list[tuple[Any, ...]]:
    """(hour, gate, direction, outcome, first reason, method, document, how many); -1 and 0 for what was summed.

    Summed by SQLite, and by the number of the kind before its words are looked up: a town of five thousand gates has
    half a million counters a day.
    """
    kind = "direction, outcome, substr(reasons, 1, instr(reasons || ' ', ' ') - 1), method, document"
    summed, values = _summed("kind", "counters", gates, by)
    statement = f"SELECT hour, gate, {kind}, sum(n) FROM ({summed}) JOIN kinds USING (kind)"  # noqa: S608
    return connection.execute(f"{statement} WHERE NOT resolution GROUP BY hour, gate, {kind}", values).fetchall()


def movement_rows(connection: apsw.Connection, gates: Collection[int] | None, by: By) -> list[tuple[Any, ...]]:
    """(hour, gate, direction, people); -1 and 0 for what was summed."""
    return connection.execute(*_summed("direction", "movements", gates, by)).fetchall()


def total_rows(connection: apsw.Connection, gates: Collection[int] | None) -> list[tuple[Any, ...]]:
    """(gate, entered, exited, passed, held, refused)."""
    if gates is None:
        return connection.execute("SELECT * FROM gate_totals").fetchall()
    statement = "SELECT t.* FROM json_each(?) AS g CROSS JOIN gate_totals AS t ON t.gate = g.value"
    return connection.execute(statement, (_list(gates),)).fetchall()


def _summed(what: str, table: str, gates: Collection[int] | None, by: By) -> tuple[str, tuple[str, ...]]:
    """A statement and its values. `what` and `table` are words of this file; what comes from outside is bound."""
    hour, gate = "hour" if "hour" in by else "-1", "gate" if "gate" in by else "0"
    if gates is None:
        whole = table if "gate" in by else f"town_{table}"
        return f"SELECT {hour} AS hour, {gate} AS gate, {what}, sum(n) AS n FROM {whole} GROUP BY 1, 2, 3", ()  # noqa: S608
    if len(gates) > FEW_GATES:
        only = f"{table} AS t WHERE t.gate IN (SELECT value FROM json_each(?))"  # noqa: S608
        values: tuple[str, ...] = (_list(gates),)
    else:
        only = (
            f"json_each(?) AS h CROSS JOIN json_each(?) AS g CROSS JOIN {table} AS t"
            " ON t.hour = h.value AND t.gate = g.value"
        )
        values = _HOURS, _list(gates)
    columns = f"{hour.replace('hour', 't.hour')} AS hour, {gate.replace('gate', 't.gate')} AS gate, t.{what}"
    return f"SELECT {columns}, sum(t.n) AS n FROM {only} GROUP BY 1, 2, 3", values  # noqa: S608


def _list(values: Iterable[object]) -> str:
    return _json.encode(list(values)).decode()

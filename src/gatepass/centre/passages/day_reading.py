"""Questions to one day's file. Each function takes a connection; numbers for gates and kinds, not names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import apsw
import msgspec

from gatepass.centre.passages.day_file import read_kinds, select
from gatepass.centre.passages.log import By
from gatepass.centre.passages.rows import Key, Row
from gatepass.policy import Outcome

__all__ = ["hour_cells", "read_kinds", "slice_rows", "words"]
"""What `reading.Questions` asks; the other functions here are for `sqlite_reading` alone."""

_json = msgspec.json.Encoder()

# A slice of time is read at once; the unary plus keeps SQLite on the clustered key whatever its statistics say.
_SLICE = """
SELECT p.at, p.gate, p.journal, p.seq, p.kind, p.knowledge, p.id, p.person
FROM json_each(:gates) AS g CROSS JOIN passages AS p ON p.gate = g.value AND p.at >= :since AND p.at < :until
WHERE +p.kind IN (SELECT value FROM json_each(:kinds))
    AND (p.at, p.gate, p.journal, p.seq) < (:at, :gate, :journal, :seq)
ORDER BY p.at DESC, p.gate DESC, p.journal DESC, p.seq DESC LIMIT :limit
"""


def _list(values: Iterable[object]) -> str:
    return _json.encode(list(values)).decode()


def hour_cells(
    connection: apsw.Connection, hour: int, gates: Collection[int] | None, kinds: Collection[int]
) -> dict[int, int]:
    """gate -> how many rows of these kinds the hour holds. The counters say where to look, and where not."""
    statement = "SELECT gate, sum(n) FROM counters WHERE hour = ? AND kind IN (SELECT value FROM json_each(?))"
    if gates is not None:
        statement += " AND gate IN (SELECT value FROM json_each(?))"
    values = (hour, _list(kinds)) if gates is None else (hour, _list(kinds), _list(gates))
    return dict(select(connection, statement + " GROUP BY gate", values))


def slice_rows(
    connection: apsw.Connection,
    *,
    since: int,
    until: int,
    gates: Collection[int],
    kinds: Collection[int],
    before: Key,
    limit: int,
) -> list[Row]:
    """Rows of [since, until), newest first, below the key `before`."""
    at, gate, journal, seq = before
    values = {
        "gates": _list(gates),
        "kinds": _list(kinds),
        "since": since,
        "until": until,
        "at": at,
        "gate": gate,
        "journal": journal,
        "seq": seq,
        "limit": limit,
    }
    return [Row(*row) for row in select(connection, _SLICE, values)]


def people_rows(
    connection: apsw.Connection, people: Iterable[bytes], since: int, until: int
) -> list[tuple[bytes, int, int, int]]:
    """(person, gate, at, kind) of all these people within [since, until], from the person index alone."""
    return select(
        connection,
        "SELECT p.person, p.gate, p.at, p.kind FROM json_each(?) AS w CROSS JOIN passages AS p INDEXED BY by_person"
        " ON p.person = unhex(w.value) AND p.at BETWEEN ? AND ?",
        (_list(person.hex() for person in people), since, until),
    )


_WINDOWS = """
SELECT w.key, p.person, p.gate, p.at, p.kind FROM json_each(?) AS w CROSS JOIN passages AS p
ON p.gate = w.value->>0 AND p.at BETWEEN w.value->>1 AND w.value->>2 WHERE p.person IS NOT NULL AND p.about IS NULL
"""
# A visit lasts for seconds; a clock that is stepped within it makes one sighting two, which harms nobody.
_FURTHER = """
SELECT w.key, p.person, p.gate, p.at, p.kind FROM json_each(?1) AS w CROSS JOIN passages AS p
ON p.gate = w.value->>0 AND p.at BETWEEN w.value->>1 AND w.value->>2
WHERE p.person IS NOT NULL AND p.about IS NOT NULL AND p.kind IN (SELECT value FROM json_each(?2)) AND NOT EXISTS (
    SELECT 1 FROM passages AS f
    WHERE f.gate = p.gate AND f.at BETWEEN p.at - 60000 AND p.at AND f.id = p.about AND f.person = p.person
)
"""


def window_rows(
    connection: apsw.Connection, windows: Iterable[tuple[int, int, int]], further: Collection[int]
) -> list[tuple[int, bytes, int, int, int]]:
    """(which window, person, gate, at, kind) of everybody in the windows (gate, since, until), both ends inclusive.

    `further`: the kinds of a gate's further answers; of these, the ones that know the person under another key.
    """
    listed = _list(windows)
    rows = select(connection, _WINDOWS, (listed,))
    return rows + select(connection, _FURTHER, (listed, _list(further))) if further else rows


def verdicts(connection: apsw.Connection, ids: Iterable[bytes]) -> dict[bytes, tuple[int, Outcome]]:
    """passage id -> (seq, outcome) of the last word that this file holds about it."""
    rows = select(
        connection,
        "SELECT about, seq, outcome FROM verdicts WHERE about IN (SELECT unhex(value) FROM json_each(?))",
        (_list(i.hex() for i in ids),),
    )
    return {about: (seq, Outcome(outcome)) for about, seq, outcome in rows}


_WORDS = """
SELECT p.journal, p.seq, p.kind, p.person FROM json_each(?1) AS w CROSS JOIN passages AS p
ON p.gate = w.value->>0 AND p.at BETWEEN (w.value->>3) - ?2 AND (w.value->>3) + ?3
WHERE p.journal = w.value->>1 AND p.seq = w.value->>2
"""


def words(
    connection: apsw.Connection, wanted: Iterable[tuple[int, int, int, int]], within: tuple[int, int]
) -> dict[tuple[int, int], tuple[int, bytes | None]]:
    """(journal, seq) -> (kind, person) of the words of this file; `wanted`: gate, journal, seq, the passage's `at`."""
    rows = select(connection, _WORDS, (_list(wanted), *within))
    return {(journal, seq): (kind, person) for journal, seq, kind, person in rows}


def outcome_of(connection: apsw.Connection, gate: int, passage: bytes) -> Outcome | None:
    """What the gate decided in the passage of this id; None if this file does not hold it.

    A UUIDv7 begins with its time, and `at` is nearly always within the same minute: the narrow window is asked first,
    the gate's whole day (some thousand rows) only after a clock was stepped between the two.
    """
    moment = int.from_bytes(passage[:6], "big")
    for since, until in ((moment - 120_000, moment + 120_000), (0, 2**53)):
        found = select(
            connection,
            "SELECT kinds.outcome FROM passages JOIN kinds USING (kind)"
            " WHERE gate = ? AND at BETWEEN ? AND ? AND id = ? AND NOT resolution",
            (gate, since, until, passage),
        )
        if found:
            return Outcome(found[0][0])
    return None


def flow_rows(connection: apsw.Connection, gates: Collection[int] | None, by: By) -> list[tuple[Any, ...]]:
    """(hour, gate, direction, outcome, first reason, method, document, how many); -1 and 0 for what was summed.

    Summed by SQLite, and by the number of the kind before its words are looked up: a town of five thousand gates has
    half a million counters a day.
    """
    kind = "direction, outcome, substr(reasons, 1, instr(reasons || ' ', ' ') - 1), method, document"
    summed, values = _summed("kind", "counters", gates, by)
    statement = f"SELECT hour, gate, {kind}, sum(n) FROM ({summed}) JOIN kinds USING (kind)"  # noqa: S608
    return select(connection, f"{statement} WHERE NOT resolution GROUP BY hour, gate, {kind}", values)


def movement_rows(connection: apsw.Connection, gates: Collection[int] | None, by: By) -> list[tuple[Any, ...]]:
    """(hour, gate, direction, people); -1 and 0 for what was summed."""
    return select(connection, *_summed("direction", "movements", gates, by))


def _summed(what: str, table: str, gates: Collection[int] | None, by: By) -> tuple[str, tuple[str, ...]]:
    """A statement and its values. `what` and `table` are words of this file; what comes from outside is bound."""
    hour, gate = "hour" if "hour" in by else "-1", "gate" if "gate" in by else "0"
    only = "" if gates is None else " WHERE gate IN (SELECT value FROM json_each(?))"
    statement = f"SELECT {hour} AS hour, {gate} AS gate, {what}, sum(n) AS n FROM {table}{only} GROUP BY 1, 2, 3"  # noqa: S608
    return statement, () if gates is None else (_list(gates),)

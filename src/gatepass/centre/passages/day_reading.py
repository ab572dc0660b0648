"""Questions to one day's file. Each function takes a connection; numbers for gates and kinds, not names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from heapq import merge
from itertools import islice

import apsw
import msgspec

from gatepass.centre.passages.day_file import read_kinds, select
from gatepass.centre.passages.rows import Key, Row
from gatepass.policy import Outcome

__all__ = ["gates_of_day", "hour_cells", "newest_rows", "read_kinds", "rows_at", "slice_rows", "town_hours", "words"]
"""What `reading.Questions` asks; the other functions here are for `sqlite_reading` alone."""

_json = msgspec.json.Encoder()

# A slice of time is read at once; the unary plus keeps SQLite on the clustered key whatever its statistics say.
_SLICE = """
SELECT p.at, p.gate, p.journal, p.seq, p.kind, p.knowledge, p.id, p.person
FROM json_each(:gates) AS g CROSS JOIN passages AS p ON p.gate = g.value AND p.at >= :since AND p.at < :until
WHERE +p.kind IN (SELECT value FROM json_each(:kinds))
    AND (p.at, p.gate, p.journal, p.seq) < (:at, :gate, :journal, :seq)
    AND (NOT :undecided OR NOT EXISTS (SELECT 1 FROM verdicts AS v WHERE v.about = p.id AND v.outcome <> 'hold'))
ORDER BY p.at DESC, p.gate DESC, p.journal DESC, p.seq DESC LIMIT :limit
"""
# One kind, newest first, from the index alone; read as far as a page goes, and no further.
_OF_KIND = """
SELECT p.at, p.gate, p.journal, p.seq FROM passages AS p INDEXED BY by_kind
WHERE p.kind = :kind AND p.at >= :since AND p.at < :until
    AND (p.at, p.gate, p.journal, p.seq) < (:at, :gate, :journal, :seq)
    {only}
ORDER BY p.at DESC, p.gate DESC, p.journal DESC, p.seq DESC
"""
_AT_GATES = "AND p.gate IN (SELECT value FROM json_each(:gates))"
_UNDECIDED = "AND NOT EXISTS (SELECT 1 FROM verdicts AS v WHERE v.about = p.id AND v.outcome <> 'hold')"
_ROWS = """
SELECT p.at, p.gate, p.journal, p.seq, p.kind, p.knowledge, p.id, p.person
FROM json_each(?) AS k CROSS JOIN passages AS p
ON p.gate = k.value->>1 AND p.at = k.value->>0 AND p.journal = k.value->>2 AND p.seq = k.value->>3
"""


def _list(values: Iterable[object]) -> str:
    return _json.encode(list(values)).decode()


def gates_of_day(connection: apsw.Connection, gates: Collection[int], outcomes: Collection[Outcome]) -> list[int]:
    """Those of `gates` that decided so at all that day."""
    statement = (
        "SELECT t.gate FROM json_each(?) AS g CROSS JOIN gate_totals AS t ON t.gate = g.value"
        " WHERE t.passed * ? + t.held * ? + t.refused * ? > 0"
    )
    weights = (outcome in outcomes for outcome in (Outcome.PASS, Outcome.HOLD, Outcome.REFUSE))
    return [gate for (gate,) in select(connection, statement, (_list(gates), *weights))]


def town_hours(connection: apsw.Connection, kinds: Collection[int]) -> dict[int, int]:
    """hour -> how many rows of these kinds the town has, or more: counters outlive rows."""
    statement = "SELECT hour, sum(n) FROM town_counters WHERE kind IN (SELECT value FROM json_each(?)) GROUP BY hour"
    return dict(select(connection, statement, (_list(kinds),)))


def hour_cells(
    connection: apsw.Connection, hour: int, gates: Collection[int], kinds: Collection[int]
) -> dict[int, int]:
    """gate -> how many rows of these kinds the hour holds. The counters say where to look, and where not."""
    statement = (
        "SELECT c.gate, sum(c.n) FROM json_each(?) AS g CROSS JOIN counters AS c ON c.hour = ? AND c.gate = g.value"
        " WHERE +c.kind IN (SELECT value FROM json_each(?)) GROUP BY c.gate"
    )
    return dict(select(connection, statement, (_list(gates), hour, _list(kinds))))


def slice_rows(
    connection: apsw.Connection,
    *,
    since: int,
    until: int,
    gates: Collection[int],
    kinds: Collection[int],
    before: Key,
    limit: int,
    undecided: bool,
) -> list[Row]:
    """Rows of [since, until), newest first, below the key `before`; `undecided`: without those decided in this file."""
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
        "undecided": undecided,
    }
    return [Row(*row) for row in select(connection, _SLICE, values)]


def rows_at(
    connection: apsw.Connection, points: Sequence[tuple[int, int]], kinds: Collection[int], limit: int
) -> list[Row]:
    """Of each point (at, gate), in their order: the rows of that very millisecond, newest first, up to `limit`."""
    return [
        row
        for at, gate in points
        for row in slice_rows(
            connection, since=at, until=at + 1, gates=[gate], kinds=kinds, before=(at + 1, 0, 0, 0), limit=limit,
            undecided=False,
        )
    ]  # fmt: skip


def newest_rows(
    connection: apsw.Connection,
    *,
    since: int,
    until: int,
    gates: Collection[int] | None,
    kinds: Collection[int],
    before: Key,
    limit: int,
    undecided: bool,
) -> list[Row]:
    """As `slice_rows`, of any or of very many gates: the newest of each kind, merged until the page is full."""
    at, gate, journal, seq = before
    values: dict[str, object] = {"since": since, "until": until, "at": at, "gate": gate, "journal": journal, "seq": seq}
    only = []
    if gates is not None:
        values["gates"] = _list(gates)
        only.append(_AT_GATES)
    if undecided:
        only.append(_UNDECIDED)
    statement = _OF_KIND.format(only=" ".join(only))
    cursors = [connection.execute(statement, {**values, "kind": kind}) for kind in kinds]
    try:
        found = list(islice(merge(*cursors, reverse=True), limit))
    finally:
        for cursor in cursors:
            cursor.close()
    return sorted((Row(*row) for row in select(connection, _ROWS, (_list(found),))), reverse=True)


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


def fetch_people(connection: apsw.Connection, people: Iterable[bytes], since: int, until: int) -> None:
    """Has the disk bring what `people_rows` will read. One step of one statement: other threads run meanwhile."""
    select(
        connection,
        "SELECT count(p.kind) FROM json_each(?) AS w CROSS JOIN passages AS p INDEXED BY by_person"
        " ON p.person = unhex(w.value) AND p.at BETWEEN ? AND ?",
        (_list(person.hex() for person in people), since, until),
    )


def fetch_windows(connection: apsw.Connection, windows: Iterable[tuple[int, int, int]]) -> None:
    """The same for `window_rows`."""
    select(
        connection,
        "SELECT count(p.person) FROM json_each(?) AS w CROSS JOIN passages AS p"
        " ON p.gate = w.value->>0 AND p.at BETWEEN w.value->>1 AND w.value->>2",
        (_list(windows),),
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

"""Questions to a folder of passages, from any thread and any process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import apsw

from gatepass.centre.passages import day_reading
from gatepass.centre.passages.day_file import Kind, read_kinds, select
from gatepass.centre.passages.day_files import DayFiles
from gatepass.centre.passages.days import DAY_MS, TownDays
from gatepass.centre.passages.ledger import Ledger
from gatepass.centre.passages.log import (
    HOUR_AND_GATE,
    BadCursorError,
    By,
    Encounter,
    Filters,
    Flow,
    Movement,
    Page,
    Passage,
    Sighting,
    Window,
    Word,
)
from gatepass.policy import Method, Outcome
from gatepass.policy.reasons import RESOLUTIONS
from gatepass.wire.messages import Direction


def _cursor_of(key: day_reading.Key) -> str:
    return "-".join(map(str, key))


def _key_of(cursor: str) -> day_reading.Key:
    parts = cursor.split("-")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) <= 16 for part in parts):
        raise BadCursorError(cursor[:80])
    at, gate, journal, seq = map(int, parts)
    return at, gate, journal, seq


def _wanted(kind: Kind, filters: Filters) -> bool:
    direction, outcome, _, method, _, resolution, _ = kind
    return (
        not resolution
        and (not filters.outcomes or outcome in filters.outcomes)
        and (not filters.directions or direction in filters.directions)
        and (not filters.methods or method in filters.methods)
    )


def further_kinds(kinds: Mapping[int, Kind]) -> set[int]:
    """Those of a gate's further answers: a word about a passage that no guard spoke."""
    return {number for number, kind in kinds.items() if kind[5] and kind[2][0] not in RESOLUTIONS}


SAME_VISIT_MS = 60_000
"""A further answer comes within seconds of the passage that it is about."""


def without_repeated(plain: set[Sighting], answers: set[Sighting]) -> list[Sighting]:
    """All of `plain`, and those further answers that know a person under a key which the passage did not have."""
    seen: dict[tuple[bytes, str], list[int]] = {}
    for sighting in plain:
        seen.setdefault((sighting.person, sighting.gate), []).append(sighting.at)
    fresh = {
        one
        for one in answers
        if not any(0 <= one.at - at <= SAME_VISIT_MS for at in seen.get((one.person, one.gate), ()))
    }
    return sorted(plain | fresh, key=lambda sighting: (sighting.at, sighting.gate, sighting.person))


class SqlitePassages:
    """The reading half of `SqlitePassageLog`."""

    def __init__(self, folder: Path, zone: ZoneInfo, *, clock: Callable[[], int]) -> None:
        """`clock` gives milliseconds since 1970 UTC; `zone` is the town's."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._files = DayFiles(folder)
        self._calendar = TownDays(zone)
        self._clock = clock
        self._ledger = Ledger(folder / "ledger.sqlite3")

    def days(self) -> list[date]:
        return self._files.days()

    def close(self) -> None:
        self._files.close()
        self._ledger.close()

    def verdicts(self, ids: Collection[bytes], days: Iterable[date]) -> dict[bytes, tuple[int, Outcome]]:
        """passage id -> (seq, outcome) of the last word about it in the files of `days`."""
        found: dict[bytes, tuple[int, Outcome]] = {}
        for day in self._files.held(days):
            with self._files.reading(day) as connection:
                for about, word in day_reading.verdicts(connection, ids).items():
                    found[about] = max(word, found.get(about, word))
        return found

    def _days_held(self, since: int, until: int) -> list[date]:
        """Days with a file that [since, until] touches, oldest first."""
        first, last = self._calendar.day(since), self._calendar.day(until)
        return [day for day in self._files.days() if first <= day <= last]

    def read(self, filters: Filters, *, after: str | None = None, limit: int = 50) -> Page:
        before = _key_of(after) if after else (2**62, 0, 0, 0)
        until = min(filters.until, before[0] + 1)
        gates = None if filters.gates is None else self._ledger.numbers(filters.gates)
        passages: list[Passage] = []
        keys: list[day_reading.Key] = []
        if filters.since >= until or gates == []:
            return Page([], None)
        newest = min(until, self._clock() + 2 * DAY_MS) - 1
        for day in reversed(self._days_held(filters.since, newest)):
            with self._files.reading(day) as connection:
                kinds = read_kinds(connection)
                wanted = [number for number, kind in kinds.items() if _wanted(kind, filters)]
                for rows in self._slices(connection, day, filters.since, until, gates, wanted, before, limit + 1):
                    around = [day + timedelta(days=n) for n in (0, 1, -1)]
                    verdicts = self.verdicts([row.id for row in rows], around)
                    words = self._words(rows, verdicts, around)
                    for row in rows:
                        _, verdict = verdicts.get(row.id, (0, None))
                        if filters.unresolved and verdict not in {None, Outcome.HOLD}:
                            continue
                        passages.append(self._passage(row, kinds[row.kind], verdict, words.get(row.id)))
                        keys.append(row.key)
                        if len(passages) > limit:
                            return Page(passages[:limit], _cursor_of(keys[limit - 1]))
        return Page(passages, None)

    def _slices(
        self,
        connection: apsw.Connection,
        day: date,
        since: int,
        until: int,
        gates: list[int] | None,
        kinds: list[int],
        before: day_reading.Key,
        limit: int,
    ) -> Iterator[list[day_reading.Row]]:
        """Rows, newest first, in slices of time just wide enough for a page: nothing sorts an entire hour of a city."""
        for hour in range(23, -1, -1):
            start, end = self._calendar.hour_bounds(day, hour)
            start, end = max(start, since), min(end, until)
            if start >= end:
                continue
            cells = day_reading.hour_cells(connection, hour, gates, kinds)
            total = sum(cells.values())
            if not total:
                continue
            width = max(1000, (end - start) * 2 * limit // total)
            while start < end:
                low = max(start, end - width)
                while True:
                    rows = day_reading.slice_rows(
                        connection, since=low, until=end, gates=cells, kinds=kinds, before=before, limit=limit
                    )
                    if rows:
                        yield rows
                    if len(rows) < limit:
                        break
                    before = rows[-1].key
                end, width = low, width * 2  # passages may crowd at the beginning of the hour

    def _words(
        self, rows: list[day_reading.Row], verdicts: dict[bytes, tuple[int, Outcome]], days: Iterable[date]
    ) -> dict[bytes, Word]:
        """passage id -> the last word about it, whole."""
        wanted = {(row.journal, verdicts[row.id][0]): row for row in rows if row.id in verdicts}
        found: dict[bytes, Word] = {}
        held = self._files.held(days) if wanted else []
        for within, day in [(day_reading.NEAR, day) for day in held] + [(day_reading.ANYWHEN, day) for day in held]:
            asked = [(row.gate, journal, seq, row.at) for (journal, seq), row in wanted.items() if row.id not in found]
            if not asked:
                break
            with self._files.reading(day) as connection:
                kinds = read_kinds(connection)
                for key, (kind, person) in day_reading.words(connection, asked, within).items():
                    _, outcome, reasons, method, document, _, _ = kinds[kind]
                    found[wanted[key].id] = Word(outcome, reasons, method, document, person)
        return found

    def _passage(self, row: day_reading.Row, kind: Kind, verdict: Outcome | None, word: Word | None) -> Passage:
        direction, outcome, reasons, method, document, _, centre_time = kind
        return Passage(
            gate=self._ledger.name(row.gate),
            journal=self._ledger.name(row.journal),
            seq=row.seq,
            id=row.id,
            at=row.at,
            person=row.person,
            direction=direction,
            outcome=outcome,
            reasons=reasons,
            method=method,
            document=document,
            knowledge=row.knowledge,
            verdict=verdict,
            word=word,
            centre_time=centre_time,
        )

    def windows(self, person: bytes, since: int, until: int, *, margin: int) -> list[Window]:
        seen: list[tuple[int, int]] = []
        for day in self._days_held(since, until):
            with self._files.reading(day) as connection:
                seen += day_reading.person_rows(connection, person, since, until)
        joined: list[Window] = []
        for gate, at in sorted(seen):
            name = self._ledger.name(gate)
            if joined and joined[-1].gate == name and joined[-1].until >= at - margin:
                joined[-1] = joined[-1]._replace(until=at + margin)
            else:
                joined.append(Window(name, at - margin, at + margin))
        return joined

    def present(self, windows: Iterable[Window]) -> list[Sighting]:
        asked = [(gate, w.since, w.until) for w in windows for gate in self._ledger.numbers([w.gate])]
        return sorted(
            {
                Sighting(person, self._ledger.name(gate), at, direction)
                for _, person, gate, at, direction in self._window_rows(asked)
            },
            key=lambda sighting: (sighting.at, sighting.gate, sighting.person),
        )

    def _window_rows(self, windows: list[tuple[int, int, int]]) -> Iterator[tuple[int, bytes, int, int, Direction]]:
        """(place in `windows`, person, gate, at, direction) of everybody in the windows (gate, since, until)."""
        asked: dict[date, list[int]] = {}
        for place, (_, since, until) in enumerate(windows):
            for day in self._calendar.span(since, until):  # both sides of midnight
                asked.setdefault(day, []).append(place)
        for day in self._files.held(sorted(asked)):
            places = asked[day]
            with self._files.reading(day) as connection:
                kinds = read_kinds(connection)
                rows = day_reading.window_rows(connection, [windows[place] for place in places], further_kinds(kinds))
            for number, person, gate, at, kind in rows:
                yield places[number], person, gate, at, kinds[kind][0]

    def visits_of(self, people: Collection[bytes], since: int, until: int) -> list[Sighting]:
        plain: set[Sighting] = set()
        answers: set[Sighting] = set()
        for day in self._days_held(since, until):
            with self._files.reading(day) as connection:
                kinds = read_kinds(connection)
                further = further_kinds(kinds)
                for person, gate, at, kind in day_reading.people_rows(connection, set(people), since, until):
                    sighting = Sighting(person, self._ledger.name(gate), at, kinds[kind][0])
                    if not kinds[kind][5]:
                        plain.add(sighting)
                    elif kind in further:
                        answers.add(sighting)
        return without_repeated(plain, answers)

    def neighbours(self, visits: Collection[Sighting], *, within: int) -> list[Encounter]:
        asked = [(visit, gate) for visit in visits for gate in self._ledger.numbers([visit.gate])]
        found: list[set[tuple[int, bytes, Direction]]] = [set() for _ in asked]
        windows = [(gate, visit.at - within, visit.at + within) for visit, gate in asked]
        for place, person, _, at, direction in self._window_rows(windows):
            found[place].add((at, person, direction))
        return [
            Encounter(*visit, person, at, direction)
            for (visit, _), others in zip(asked, found, strict=True)
            for at, person, direction in sorted(others)
            if person != visit.person
        ]

    def sealed(self, journal: str, seq: int, at: int) -> bytes | None:
        for day in self._files.held([self._calendar.day(at)]):
            with self._files.reading(day) as connection:
                for number in self._ledger.numbers([journal]):
                    found = select(
                        connection, "SELECT identity FROM sealed WHERE journal = ? AND seq = ?", (number, seq)
                    )
                    if found:
                        return found[0][0]
        return None

    def flow(
        self, first: date, last: date, gates: Collection[str] | None = None, *, by: By = HOUR_AND_GATE
    ) -> list[Flow]:
        flow = self._ledger.flow(first, last, gates, by)
        wanted = None if gates is None else self._ledger.numbers(gates)
        for day in self._files.days():
            if first <= day <= last:
                with self._files.reading(day) as connection:
                    flow += self._day_flow(connection, day, wanted, by)
        return flow

    def _day_flow(
        self, connection: apsw.Connection, day: date, gates: list[int] | None, by: By = HOUR_AND_GATE
    ) -> list[Flow]:
        return [
            Flow(day, row[0], self._name(row[1]), row[2], Outcome(row[3]), row[4], Method(row[5]), row[6], row[7])
            for row in day_reading.flow_rows(connection, gates, by)
        ]

    def movements(
        self, first: date, last: date, gates: Collection[str] | None = None, *, by: By = HOUR_AND_GATE
    ) -> list[Movement]:
        movements = self._ledger.movements(first, last, gates, by)
        wanted = None if gates is None else self._ledger.numbers(gates)
        for day in self._files.days():
            if first <= day <= last:
                with self._files.reading(day) as connection:
                    movements += self._day_movements(connection, day, wanted, by)
        return movements

    def _day_movements(
        self, connection: apsw.Connection, day: date, gates: list[int] | None, by: By = HOUR_AND_GATE
    ) -> list[Movement]:
        return [
            Movement(day, hour, self._name(gate), direction, n)
            for hour, gate, direction, n in day_reading.movement_rows(connection, gates, by)
        ]

    def _name(self, gate: int) -> str:
        return self._ledger.name(gate) if gate else ""

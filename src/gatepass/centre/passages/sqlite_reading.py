"""Questions to a folder of passages, from any thread and any process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import apsw

from gatepass.centre.passages import day_reading
from gatepass.centre.passages.day_file import select
from gatepass.centre.passages.day_files import DayFiles
from gatepass.centre.passages.day_reading import read_kinds
from gatepass.centre.passages.ledger import Ledger
from gatepass.centre.passages.log import HOUR_AND_GATE, By, Flow, Movement
from gatepass.centre.passages.reading import PassageReading
from gatepass.centre.passages.rows import Kind, is_further
from gatepass.policy import Method, Outcome
from gatepass.wire.messages import Direction


class SqlitePassages(PassageReading[apsw.Connection]):
    """The reading half of `SqlitePassageLog`."""

    _day_is_gone = apsw.CantOpenError

    def __init__(self, folder: Path, zone: ZoneInfo, *, clock: Callable[[], int]) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._files = DayFiles(folder)
        self._ledger = Ledger(folder / "ledger.sqlite3")
        super().__init__(self._ledger, day_reading, zone, clock=clock)

    def days(self) -> list[date]:
        return self._files.days()

    def _held(self, days: Iterable[date]) -> list[date]:
        return self._files.held(days)

    def _reading(self, day: date) -> AbstractContextManager[apsw.Connection]:
        return self._files.reading(day)

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

    def _people_rows(self, people: list[bytes], since: int, until: int) -> Iterator[tuple[bytes, int, int, Kind]]:
        for day in self._days_held(since, until):
            with self._files.reading(day) as connection:
                kinds = read_kinds(connection)
                rows = day_reading.people_rows(connection, people, since, until)
            for person, gate, at, kind in rows:
                yield person, gate, at, kinds[kind]

    def _window_rows(self, windows: list[tuple[int, int, int]]) -> Iterator[tuple[int, bytes, int, int, Direction]]:
        asked: dict[date, list[int]] = {}
        for place, (_, since, until) in enumerate(windows):
            for day in self._calendar.span(since, until):  # both sides of midnight
                asked.setdefault(day, []).append(place)
        for day in self._files.held(sorted(asked)):
            places = asked[day]
            with self._files.reading(day) as connection:
                kinds = read_kinds(connection)
                further = [number for number, kind in kinds.items() if is_further(kind)]
                rows = day_reading.window_rows(connection, [windows[place] for place in places], further)
            for number, person, gate, at, kind in rows:
                yield places[number], person, gate, at, kinds[kind][0]

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

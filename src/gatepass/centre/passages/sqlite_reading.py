"""Questions to a folder of passages, from any thread and any process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from operator import add
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import apsw

from gatepass.centre.passages import counted, day_reading
from gatepass.centre.passages.day_file import select
from gatepass.centre.passages.day_files import DayFiles
from gatepass.centre.passages.day_reading import read_kinds
from gatepass.centre.passages.kept import KeptDays
from gatepass.centre.passages.ledger import Ledger
from gatepass.centre.passages.log import HOUR_AND_GATE, By, Flow, GateTotal, Movement
from gatepass.centre.passages.reading import PassageReading
from gatepass.centre.passages.reading_ahead import ReadingAhead
from gatepass.centre.passages.rows import Kind, is_further
from gatepass.centre.passages.town_totals import TownTotals
from gatepass.policy import Method, Outcome
from gatepass.wire.messages import Direction

_Question = Callable[[apsw.Connection, list[int] | None], Any]
_OF_LEDGER = b"ledger"
"""Stands for a file: what a ledger of an earlier version held of the day."""


class SqlitePassages(PassageReading[apsw.Connection]):
    """The reading half of `SqlitePassageLog`."""

    _day_is_gone = apsw.CantOpenError

    def __init__(self, folder: Path, zone: ZoneInfo, *, clock: Callable[[], int]) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._files = DayFiles(folder)
        self._ahead = ReadingAhead(self._files)
        self._totals = TownTotals()
        self._ledger = Ledger(folder / "ledger.sqlite3")
        self._kept = KeptDays(folder / "counters")
        self._ledger.take_counters(self._take_over)
        super().__init__(self._ledger, day_reading, zone, clock=clock)

    def _take_over(self, day: date, flow: list[Any], movements: list[Any], tokens: list[bytes]) -> None:
        if not self._kept.has(day, _OF_LEDGER):
            self._kept.add_cells(day, flow, movements, [*tokens, _OF_LEDGER])

    def days(self) -> list[date]:
        return self._files.days()

    def _held(self, days: Iterable[date]) -> list[date]:
        return self._files.held(days)

    def _reading(self, day: date) -> AbstractContextManager[apsw.Connection]:
        return self._files.reading(day)

    def close(self) -> None:
        self._ahead.close()
        self._files.close()
        self._kept.close()
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
        days = self._days_held(since, until)
        fetching = self._ahead.of(days, lambda _, file: day_reading.fetch_people(file, people, since, until))
        for day in fetching:
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
        days = self._files.held(sorted(asked))
        fetching = self._ahead.of(
            days, lambda day, file: day_reading.fetch_windows(file, [windows[place] for place in asked[day]])
        )
        for day in fetching:
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
        return [
            Flow(day, row[0], self._name(row[1]), row[2], Outcome(row[3]), row[4], Method(row[5]), row[6], row[7])
            for day, rows in self._counted(first, last, gates, lambda file, some: counted.flow_rows(file, some, by))
            for row in rows
        ]

    def movements(
        self, first: date, last: date, gates: Collection[str] | None = None, *, by: By = HOUR_AND_GATE
    ) -> list[Movement]:
        return [
            Movement(day, hour, self._name(gate), direction, n)
            for day, rows in self._counted(first, last, gates, lambda file, some: counted.movement_rows(file, some, by))
            for hour, gate, direction, n in rows
        ]

    def gate_totals(self, first: date, last: date, gates: Collection[str] | None = None) -> list[GateTotal]:
        if gates is None:
            summed = self._totals.summed(
                file for _day, file in self._counted(first, last, None, lambda file, _: self._totals.of(file))
            )
            return [GateTotal(self._name(gate), *totals) for gate, totals in summed]
        sums: dict[int, tuple[int, ...]] = {}
        for _day, rows in self._counted(first, last, gates, counted.total_rows):
            for gate, *totals in rows:
                before = sums.get(gate)
                sums[gate] = tuple(map(add, before, totals)) if before else tuple(totals)
        return [GateTotal(self._name(gate), *totals) for gate, totals in sums.items()]

    def _counted(
        self, first: date, last: date, gates: Collection[str] | None, ask: _Question
    ) -> list[tuple[date, Any]]:
        """What each day's files answer, held and kept ones; a day may be there twice."""
        wanted = None if gates is None else self._ledger.numbers(gates)
        try:
            return list(self._ask_files(first, last, wanted, ask))
        except apsw.CantOpenError:  # it was forgotten between finding it and asking it
            return list(self._ask_files(first, last, wanted, ask))

    def _ask_files(
        self, first: date, last: date, gates: list[int] | None, ask: _Question
    ) -> Iterator[tuple[date, Any]]:
        held = [day for day in self._files.days() if first <= day <= last]  # before the kept ones: no day is missed
        kept = {day for day in self._kept.days() if first <= day <= last}
        for day in held:
            with self._files.reading(day) as file:
                if day in kept and any(
                    self._kept.has(day, token) for (token,) in select(file, "SELECT token FROM file")
                ):
                    continue  # all that is in it is kept; only its unlinking is still to come
                yield day, ask(file, gates)
        for day in sorted(kept):
            with self._kept.reading(day) as file:
                yield day, ask(file, gates)

    def _name(self, gate: int) -> str:
        return self._ledger.name(gate) if gate else ""

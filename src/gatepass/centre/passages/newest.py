"""The newest rows of a day, a page at a time, in whatever engine: where they are looked for, and by which index.

There are two ways to the rows of some gates in a span of time. *At each gate*: a look at each of them, which costs the
more the more gates there are. *Through the town*: from the newest row of each kind backwards, passing over the rows of
other gates, which costs the more the rarer theirs are. What is counted at intake says beforehand how many rows either
way will touch, and where there is nothing to be found:

1. The sums of the town: hours without rows of these kinds are passed over, and a day without such hours.
2. The totals of the gates: those at which nothing of these outcomes happened all day are not asked, and if that is all
   of them, the day is not. Then hours with few rows in the whole town are gone through at once with their neighbours.
3. In an hour with many of them, the counters of the gates: an hour without any is passed over; in another one, a slice
   of time just wide enough for a page is asked in the cheaper of the two ways.

Rows that go with a forgotten person and words that decide make fewer of them, never more: a counter can only send
somebody to look in vain.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from gatepass.centre.passages.days import TownDays
from gatepass.centre.passages.rows import Key, Row
from gatepass.policy import Outcome

if TYPE_CHECKING:
    from gatepass.centre.passages.reading import Questions

Held = TypeVar("Held")

FEW_ROWS: Final = 500
"""So many rows of the town, and one more for each gate that would be looked at otherwise, are gone through at once."""
ROWS_A_LOOK: Final = 1
"""Rows of other gates that are passed over in the time of a look at one gate."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of a day; numbers for gates and kinds."""

    since: int
    until: int
    gates: list[int] | None
    kinds: list[int]
    outcomes: frozenset[Outcome]
    """Of these kinds."""
    undecided: bool


@dataclass(frozen=True, slots=True)
class Looking(Generic[Held]):
    """For rows of one day, on which the engine has its hold; `limit` makes a page."""

    ask: Questions[Held]
    held: Held
    calendar: TownDays
    day: date
    asked: Asked
    limit: int

    def portions(self, before: Key) -> Iterator[list[Row]]:
        """Rows below the key `before`, newest first, never more than a page at a time."""
        asked = self.asked
        if asked.gates is None:
            yield from self._pages(asked.since, asked.until, before)
            return
        hours = self._hours()
        gates = self.ask.gates_of_day(self.held, asked.gates, asked.outcomes) if hours else ()
        if not gates:
            return
        few = FEW_ROWS + len(gates)
        while hours:
            start, end, total = hours.pop(0)
            if total > few:
                yield from self._slices(start, end, total, gates, before)
                continue
            while hours and total + hours[0][2] <= few:
                start, _, more = hours.pop(0)
                total += more
            yield from self._pages(start, end, before, gates)

    def _hours(self) -> list[tuple[int, int, int]]:
        """(since, until, rows of the whole town) of each hour that has any, the latest first."""
        found = []
        for hour, total in sorted(self.ask.town_hours(self.held, self.asked.kinds).items(), reverse=True):
            start, end = self.calendar.hour_bounds(self.day, hour)
            start, end = max(start, self.asked.since), min(end, self.asked.until)
            if start < end and total:
                found.append((start, end, total))
        return found

    def _slices(self, start: int, end: int, town: int, gates: Collection[int], before: Key) -> Iterator[list[Row]]:
        """An hour in slices just wide enough for a page: nothing sorts an entire hour of a city."""
        hour = self.calendar.slot(start)[1]
        cells = self.ask.hour_cells(self.held, hour, gates, self.asked.kinds)
        total = sum(cells.values())
        if not total:
            return
        width = max(1000, (end - start) * 2 * self.limit // total)
        passed_over = 2 * self.limit * town // total
        through_town = passed_over <= len(cells) * ROWS_A_LOOK
        while start < end:
            low = max(start, end - width)
            yield from self._pages(low, end, before, gates if through_town else cells, through_town=through_town)
            end, width = low, width * 2  # passages may crowd at the beginning of the hour

    def _pages(
        self, since: int, until: int, before: Key, gates: Collection[int] | None = None, *, through_town: bool = True
    ) -> Iterator[list[Row]]:
        asked = self.asked
        while True:
            if through_town or gates is None:
                rows = self.ask.newest_rows(
                    self.held, since=since, until=until, gates=gates, kinds=asked.kinds, before=before,
                    limit=self.limit, undecided=asked.undecided,
                )  # fmt: skip
            else:
                rows = self.ask.slice_rows(
                    self.held, since=since, until=until, gates=gates, kinds=asked.kinds, before=before,
                    limit=self.limit, undecided=asked.undecided,
                )  # fmt: skip
            if rows:
                yield rows
            if len(rows) < self.limit:
                return
            before = rows[-1].key

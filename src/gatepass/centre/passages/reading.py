"""Questions to passages in whatever engine: pages, traces. What is asked of one day's rows, the engine answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from gatepass.centre.passages.days import DAY_MS, TownDays
from gatepass.centre.passages.log import (
    BadCursorError,
    Encounter,
    Filters,
    Page,
    Passage,
    Sighting,
    Window,
    Word,
)
from gatepass.centre.passages.newest import Asked, Looking
from gatepass.centre.passages.rows import ANYWHEN, NEAR, Key, Kind, Row, is_further
from gatepass.policy import Outcome
from gatepass.wire.messages import Direction

Held = TypeVar("Held")
Held_contra = TypeVar("Held_contra", contravariant=True)


class Names(Protocol):
    """Gates and journals by number."""

    def numbers(self, names: Collection[str]) -> list[int]:
        """Numbers of those names that are known; the others have no rows anywhere."""

    def name(self, number: int) -> str: ...


class Questions(Protocol[Held_contra]):
    """To one day's rows, with the engine's hold on that day."""

    def read_kinds(self, held: Held_contra, /) -> dict[int, Kind]: ...

    def gates_of_day(
        self, held: Held_contra, gates: Collection[int], outcomes: Collection[Outcome], /
    ) -> Collection[int]:
        """Those of `gates` that decided so at all that day; no others have rows with these outcomes."""

    def town_hours(self, held: Held_contra, kinds: Collection[int], /) -> dict[int, int]:
        """hour -> how many rows of these kinds the whole town has at most; hours without any may be missing."""

    def hour_cells(
        self, held: Held_contra, hour: int, gates: Collection[int], kinds: Collection[int], /
    ) -> dict[int, int]:
        """gate -> how many rows of these kinds the hour holds at most: where to look, and where not."""

    def slice_rows(
        self,
        held: Held_contra,
        /,
        *,
        since: int,
        until: int,
        gates: Collection[int],
        kinds: Collection[int],
        before: Key,
        limit: int,
        undecided: bool,
    ) -> list[Row]:
        """Rows of [since, until), newest first, below the key `before`.

        `undecided`: without those about which this day knows a last word that decides.
        """

    def rows_at(
        self, held: Held_contra, points: Sequence[tuple[int, int]], kinds: Collection[int], limit: int, /
    ) -> list[Row]:
        """Of each point (at, gate), in their order: the rows of that very millisecond, newest first, up to `limit`."""

    def newest_rows(
        self,
        held: Held_contra,
        /,
        *,
        since: int,
        until: int,
        gates: Collection[int] | None,
        kinds: Collection[int],
        before: Key,
        limit: int,
        undecided: bool,
    ) -> list[Row]:
        """The same of any gates (None) or of very many: newest first through the town, without a look at each gate."""

    def words(
        self, held: Held_contra, /, wanted: Iterable[tuple[int, int, int, int]], within: tuple[int, int]
    ) -> dict[tuple[int, int], tuple[int, bytes | None]]:
        """(journal, seq) -> (kind, person) of the words of this day; `wanted`: gate, journal, seq, the passage's `at`.

        `within`: how many ms before and after that moment the word may lie.
        """


def _cursor_of(key: Key) -> str:
    return "-".join(map(str, key))


def _key_of(cursor: str) -> Key:
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


_LAST: Key = (2**62, 0, 0, 0)
"""Before it lies every row."""
_AT_ONCE = 50
"""Passages of one gate in one and the same millisecond, at most."""
_SAME_VISIT_MS = 60_000
"""A further answer comes within seconds of the passage that it is about."""


def _without_repeated(plain: set[Sighting], answers: set[Sighting]) -> list[Sighting]:
    """All of `plain`, and those further answers that know a person under a key which the passage did not have."""
    seen: dict[tuple[bytes, str], list[int]] = {}
    for sighting in plain:
        seen.setdefault((sighting.person, sighting.gate), []).append(sighting.at)
    fresh = {
        one
        for one in answers
        if not any(0 <= one.at - at <= _SAME_VISIT_MS for at in seen.get((one.person, one.gate), ()))
    }
    return sorted(plain | fresh, key=lambda sighting: (sighting.at, sighting.gate, sighting.person))


class PassageReading(ABC, Generic[Held]):
    """The reading half of a `log.PassageLog`, above what each engine answers itself."""

    _day_is_gone: type[Exception]
    """What the engine raises when a day that was just there is asked."""

    def __init__(self, names: Names, ask: Questions[Held], zone: ZoneInfo, *, clock: Callable[[], int]) -> None:
        """`clock` gives milliseconds since 1970 UTC; `zone` is the town's."""
        self._names = names
        self._ask = ask
        self._calendar = TownDays(zone)
        self._clock = clock

    @abstractmethod
    def days(self) -> list[date]:
        """Days of which rows are held, oldest first."""

    @abstractmethod
    def _held(self, days: Iterable[date]) -> list[date]:
        """Those of `days` of which rows are held, in the order given."""

    @abstractmethod
    def _reading(self, day: date) -> AbstractContextManager[Held]:
        """A day's rows for the time of a few questions; only of a day that is held."""

    @abstractmethod
    def verdicts(self, ids: Collection[bytes], days: Iterable[date]) -> dict[bytes, tuple[int, Outcome]]:
        """passage id -> (seq, outcome) of the last word about it that was filed under `days`."""

    @abstractmethod
    def _people_rows(self, people: list[bytes], since: int, until: int) -> Iterable[tuple[bytes, int, int, Kind]]:
        """(person, gate, at, kind) of these people within [since, until], words about passages included."""

    @abstractmethod
    def _window_rows(self, windows: list[tuple[int, int, int]]) -> Iterable[tuple[int, bytes, int, int, Direction]]:
        """(place in `windows`, person, gate, at, direction) of everybody in the windows (gate, since, until).

        Both ends inclusive, across midnight; of words about passages only further answers that know the person under
        another key.
        """

    def _days_held(self, since: int, until: int) -> list[date]:
        """Days with rows that [since, until] touches, oldest first."""
        newest = self._clock() + 2 * DAY_MS  # nothing is filed later (`group.BELIEVABLE_DAYS`)
        first, last = self._calendar.day(max(since, 0)), self._calendar.day(max(0, min(until, newest)))
        return [day for day in self.days() if first <= day <= last]

    def read(self, filters: Filters, *, after: str | None = None, limit: int = 50) -> Page:
        try:
            return self._read(filters, after, limit)
        except self._day_is_gone:  # it was forgotten between finding it and asking it
            return self._read(filters, after, limit)

    def _read(self, filters: Filters, after: str | None, limit: int) -> Page:
        before = _key_of(after) if after else _LAST
        until = min(filters.until, before[0] + 1)
        gates = None if filters.gates is None else self._names.numbers(filters.gates)
        passages: list[Passage] = []
        keys: list[Key] = []
        if filters.since >= until or gates == []:
            return Page([], None)
        for day in reversed(self._days_held(filters.since, until - 1)):
            with self._reading(day) as held:
                kinds = self._ask.read_kinds(held)
                wanted = [number for number, kind in kinds.items() if _wanted(kind, filters)]
                if not wanted:
                    continue
                outcomes = frozenset(kinds[number][1] for number in wanted)
                asked = Asked(filters.since, until, gates, wanted, outcomes, filters.unresolved)
                looking = Looking(self._ask, held, self._calendar, day, asked, limit + 1)
                for rows in looking.portions(before):
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

    def passages_at(self, points: Iterable[tuple[str, int]]) -> list[Passage]:
        try:
            return self._passages_at(points)
        except self._day_is_gone:
            return self._passages_at(points)

    def _passages_at(self, points: Iterable[tuple[str, int]]) -> list[Passage]:
        asked: dict[date, set[tuple[int, int]]] = {}
        for name, at in points:
            for gate in self._names.numbers([name]):
                asked.setdefault(self._calendar.day(at), set()).add((at, gate))
        passages: list[Passage] = []
        for day in self._held(sorted(asked)):
            with self._reading(day) as held:
                kinds = self._ask.read_kinds(held)
                wanted = [number for number, kind in kinds.items() if not kind[5]]
                rows = self._ask.rows_at(held, sorted(asked[day]), wanted, _AT_ONCE)
                around = [day + timedelta(days=n) for n in (0, 1, -1)]
                verdicts = self.verdicts([row.id for row in rows], around) if rows else {}
                words = self._words(rows, verdicts, around)
                passages += (
                    self._passage(row, kinds[row.kind], verdicts.get(row.id, (0, None))[1], words.get(row.id))
                    for row in rows
                )
        return passages

    def _words(
        self, rows: list[Row], verdicts: dict[bytes, tuple[int, Outcome]], days: Iterable[date]
    ) -> dict[bytes, Word]:
        """passage id -> the last word about it, whole."""
        wanted = {(row.journal, verdicts[row.id][0]): row for row in rows if row.id in verdicts}
        found: dict[bytes, Word] = {}
        held_days = self._held(days) if wanted else []
        for within, day in [(NEAR, day) for day in held_days] + [(ANYWHEN, day) for day in held_days]:
            asked = [(row.gate, journal, seq, row.at) for (journal, seq), row in wanted.items() if row.id not in found]
            if not asked:
                break
            with self._reading(day) as held:
                kinds = self._ask.read_kinds(held)
                for key, (kind, person) in self._ask.words(held, asked, within).items():
                    _, outcome, reasons, method, document, _, _ = kinds[kind]
                    found[wanted[key].id] = Word(outcome, reasons, method, document, person)
        return found

    def _passage(self, row: Row, kind: Kind, verdict: Outcome | None, word: Word | None) -> Passage:
        direction, outcome, reasons, method, document, _, centre_time = kind
        return Passage(
            gate=self._names.name(row.gate),
            journal=self._names.name(row.journal),
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
        seen = {(gate, at) for _, gate, at, _ in self._people_rows([person], since, until)}
        joined: list[Window] = []
        for gate, at in sorted(seen):
            name = self._names.name(gate)
            if joined and joined[-1].gate == name and joined[-1].until >= at - margin:
                joined[-1] = joined[-1]._replace(until=at + margin)
            else:
                joined.append(Window(name, at - margin, at + margin))
        return joined

    def present(self, windows: Iterable[Window]) -> list[Sighting]:
        asked = [(gate, w.since, w.until) for w in windows for gate in self._names.numbers([w.gate])]
        return sorted(
            {
                Sighting(person, self._names.name(gate), at, direction)
                for _, person, gate, at, direction in self._window_rows(asked)
            },
            key=lambda sighting: (sighting.at, sighting.gate, sighting.person),
        )

    def visits_of(self, people: Collection[bytes], since: int, until: int) -> list[Sighting]:
        plain: set[Sighting] = set()
        answers: set[Sighting] = set()
        for person, gate, at, kind in self._people_rows(sorted(set(people)), since, until):
            sighting = Sighting(person, self._names.name(gate), at, kind[0])
            if not kind[5]:
                plain.add(sighting)
            elif is_further(kind):
                answers.add(sighting)
        return _without_repeated(plain, answers)

    def neighbours(self, visits: Collection[Sighting], *, within: int) -> list[Encounter]:
        asked = [(visit, gate) for visit in visits for gate in self._names.numbers([visit.gate])]
        # Each one once; in the order in which they come, which is nearly that of time and so quickly sorted.
        found: list[dict[tuple[int, bytes, Direction], None]] = [{} for _ in asked]
        windows = [(gate, visit.at - within, visit.at + within) for visit, gate in asked]
        for place, person, _, at, direction in self._window_rows(windows):
            found[place][at, person, direction] = None
        # A hundred thousand of them: past the class's own constructor they take half the time.
        new = tuple.__new__
        return [
            new(Encounter, (*visit, person, at, direction))
            for (visit, _), others in zip(asked, found, strict=True)
            for at, person, direction in sorted(others)
            if person != visit.person
        ]

"""One group commit: many deliveries from many gates, sorted into days, written day by day.

1. Passages first: each number that has not arrived yet becomes a row, a count and, if it is a pass, a movement.
2. Then what became of passages (resolutions), so that a verdict finds its passage even in the same delivery.
3. Then the engine writes: one transaction for all days, or one per day, oldest first; at the first that fails the rest
   is left, and every delivery with a record in an unwritten day is answered with LogUnavailableError. Nothing is ever
   half a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Protocol

from gatepass.centre.passages.days import DAY_MS, QUARTER_MS
from gatepass.centre.passages.log import Batch
from gatepass.centre.passages.rows import DayGroup, Kind, Verdict
from gatepass.centre.passages.runs import Runs, is_rising
from gatepass.policy import Outcome
from gatepass.wire.messages import Direction, Record

BELIEVABLE_DAYS: Final = 60
"""A gate may be without a network for weeks. A record older than this (a clock without battery starts in 1970), or from
after tomorrow, is filed under the time of receipt; this also bounds how many days one delivery can touch."""


class Day(Protocol):
    """The writing end of a day."""

    def kind(self, kind: Kind) -> int:
        """The number of a kind; a new one is written with the next commit."""


class Log(Protocol):
    """What a group asks of the log that it is written into."""

    orphans: set[bytes]
    """Passages whose verdict came before them."""

    def number(self, name: str) -> int: ...
    def arrived(self, journal: int) -> Runs: ...
    def now(self) -> int: ...
    def slot(self, at: int) -> tuple[date, int]: ...
    def day_file(self, day: date) -> Day: ...
    def write(self, days: Mapping[date, DayGroup]) -> tuple[set[date], Exception | None]: ...
    def outcome_of(self, gate: int, passage: bytes, days: Iterable[date]) -> Outcome | None: ...
    def verdicts(self, ids: Collection[bytes], days: Iterable[date]) -> dict[bytes, tuple[int, Outcome]]: ...


def entered(outcome: Outcome) -> int:
    """People who went through, by the last word about their passage."""
    return 1 if outcome is Outcome.PASS else 0


def _days_around(*days: date) -> list[date]:
    """The days and their neighbours: a person held at 23:58 is admitted at 00:01, and clocks are stepped."""
    return sorted({day + timedelta(days=n) for day in days for n in (-1, 0, 1)}, reverse=True)


_Words = tuple[Direction, str, tuple[str, ...], str, str, bool, bool]


@dataclass(slots=True)
class _Part:
    """What one delivery adds to one hour."""

    day: date
    hour: int
    group: DayGroup
    file: Day
    known: dict[_Words, int]
    """The numbers of the day's kinds, by their words."""
    kinds: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def number(self, record: Record, words: _Words) -> int:
        direction, _, reasons, _, document, resolution, centre_time = words
        kind = (direction, record.outcome, reasons, record.method, document, resolution, centre_time)
        number = self.known[words] = self.file.kind(kind)
        if record.outcome is Outcome.PASS and not resolution:
            self.group.moving[number] = direction
        return number

    def count(self, gate: int, journal: int) -> None:
        self.group.arrived.setdefault(journal, []).extend(self.numbers)
        for kind, n in Counter(self.kinds).items():
            self.group.counters[self.hour, gate, kind] += n
            if kind in self.group.moving:
                self.group.movements[self.hour, gate, self.group.moving[kind]] += n


class Group:
    def __init__(self, log: Log, batches: Sequence[Batch]) -> None:
        self._log = log
        self._now = log.now()
        self._earliest, self._latest = self._now - BELIEVABLE_DAYS * DAY_MS, self._now + DAY_MS
        self._kinds: dict[date, dict[_Words, int]] = {}
        self._days: dict[date, DayGroup] = {}
        self._days_of_batch: list[set[date]] = []
        self._unwritten: set[date] = set()
        self._staged: dict[int, set[int]] = {}
        self._resolutions: list[tuple[int, Record]] = []
        self._abouts = {r.about for batch in batches for r in batch.records if r.about is not None}
        self._originals: dict[bytes, tuple[date, int, Outcome]] = {}
        self._orphaned: dict[bytes, date] = {}
        self._found: dict[bytes, date] = {}
        self.fresh: list[list[Record]] = []
        """Per batch, in order: the records that were not there before."""
        for batch in batches:
            self._stage(batch)
        for gate, record in sorted(self._resolutions, key=lambda item: item[1].seq):
            self._resolve(gate, record)

    def _stage(self, batch: Batch) -> None:
        """Nearly all records of a delivery fall into one hour: what they share is looked up once, and counted last."""
        gate, journal = self._log.number(batch.gate), self._log.number(batch.journal)
        fresh = self._fresh(journal, batch.records)
        orphans = self._log.orphans
        special = bool(self._abouts or orphans)
        earliest, latest, now = self._earliest, self._latest, self._now
        parts: dict[tuple[date, int], _Part] = {}
        quarter = -1
        for record in fresh:
            at = record.at
            if not earliest <= at <= latest:
                at = now
            if at // QUARTER_MS != quarter:
                quarter = at // QUARTER_MS
                slot = self._log.slot(at)
                part = parts.get(slot) or parts.setdefault(slot, self._part(*slot))
            about = record.about
            # An Enum's own hash is a function in Python, and asked for each record: its value's is not.
            words = (
                record.direction, record.outcome._value_, record.reasons, record.method._value_, record.document,
                about is not None, at != record.at,
            )  # fmt: skip
            kind = part.known.get(words) or part.number(record, words)
            part.kinds.append(kind)
            part.numbers.append(record.seq)
            part.group.rows.append((gate, at, journal, record.seq, kind, record))
            if record.sealed is not None:
                part.group.sealed.append((journal, record.seq, record.sealed))
            if about is not None:
                self._resolutions.append((gate, record))
            elif special:
                if record.id in self._abouts:
                    self._originals[record.id] = (part.day, part.hour, record.outcome)
                if record.id in orphans:  # its verdict came first and has been counted
                    self._found[record.id] = part.day
                    part.group.movements[part.hour, gate, record.direction] -= entered(record.outcome)
        for part in parts.values():
            part.count(gate, journal)
        self.fresh.append(fresh)
        self._days_of_batch.append({day for day, _ in parts})

    def _fresh(self, journal: int, records: Sequence[Record]) -> list[Record]:
        """Those that have not arrived yet, each once."""
        arrived, staged = self._log.arrived(journal), self._staged.setdefault(journal, set())
        numbers = [record.seq for record in records]
        begins_anew = bool(numbers) and not arrived.touches(numbers[0], numbers[-1])
        if begins_anew and is_rising(numbers) and staged.isdisjoint(numbers):
            staged.update(numbers)
            return list(records)
        fresh = []
        for record in records:
            if record.seq not in arrived and record.seq not in staged:
                staged.add(record.seq)
                fresh.append(record)
        return fresh

    def _filed(self, at: int) -> int:
        """`at` as the device says, or the time of receipt where the device's clock cannot be right."""
        return at if self._earliest <= at <= self._latest else self._now

    def _part(self, day: date, hour: int) -> _Part:
        file = self._log.day_file(day)
        return _Part(day, hour, self._days.setdefault(day, DayGroup()), file, self._kinds.setdefault(day, {}))

    def _resolve(self, gate: int, record: Record) -> None:
        """Counts the difference that this word makes to the last one."""
        about = record.about
        assert about is not None
        day, hour = self._log.slot(self._filed(record.at))
        group = self._days[day]
        made, _ = self._log.slot(self._filed(int.from_bytes(about[:6], "big")))
        around = _days_around(day, made)
        word = self._log.verdicts([about], around).get(about)
        for staged in self._days.values():
            if about in staged.verdicts:
                other = staged.verdicts[about]
                word = max(word, (other.seq, other.outcome)) if word else (other.seq, other.outcome)
        if word is not None and word[0] > record.seq:
            return  # a later word is already there
        orphan = False
        if word is not None:
            before = entered(word[1])
        elif about in self._originals:
            staged_day, staged_hour, outcome = self._originals[about]
            before = entered(outcome)
            # Days are written oldest first: a passage of a later day is not there yet if the power goes in between.
            # Then it must count as one whose verdict came first, so its own movement is taken off.
            orphan = staged_day > day
            if orphan:
                self._days[staged_day].movements[staged_hour, gate, record.direction] -= before
                before = 0
        else:
            found = self._log.outcome_of(gate, about, around)
            orphan = found is None
            before = 0 if found is None else entered(found)
        if orphan:
            self._orphaned[about] = day
        group.movements[hour, gate, record.direction] += entered(record.outcome) - before
        group.verdicts[about] = Verdict(record.seq, record.outcome, orphan)

    def commit(self) -> Exception | None:
        """Writes every day; None, or why it stopped. What is written is durable and is remembered as arrived."""
        written, failure = self._log.write(self._days)
        self._unwritten = self._days.keys() - written
        for day in written:
            for journal, numbers in self._days[day].arrived.items():
                self._log.arrived(journal).add_all(numbers)
            self._log.orphans |= {about for about, of in self._orphaned.items() if of == day}
            self._log.orphans -= {about for about, of in self._found.items() if of == day}
        return failure

    def is_lost(self, place: int) -> bool:
        """Whether a record of the batch at this place was left unwritten."""
        return bool(self._days_of_batch[place] & self._unwritten)

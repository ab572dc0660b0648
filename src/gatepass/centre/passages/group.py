"""One group commit: many deliveries from many gates, sorted into days, written day by day.

1. Passages first: each number that has not arrived yet becomes a row, a count and, if it is a pass, a movement.
2. Then what became of passages (resolutions), so that a verdict finds its passage even in the same delivery.
3. Then the engine writes: one transaction for all days, or one per day, oldest first; at the first that fails the rest
   is left, and every delivery with a record in an unwritten day is answered with LogUnavailableError. Nothing is ever
   half a record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol

from gatepass.centre.passages.log import Batch
from gatepass.centre.passages.rows import DayGroup, Kind, Verdict
from gatepass.centre.passages.runs import Runs
from gatepass.policy import Outcome
from gatepass.wire.messages import Record


class Day(Protocol):
    """The writing end of a day."""

    def kind(self, kind: Kind) -> int:
        """The number of a kind; a new one is written with the next commit."""

    def pack(self, gate: int, at: int, journal: int, kind: int, record: Record) -> bytes:
        """A row as the engine writes it."""


class Log(Protocol):
    """What a group asks of the log that it is written into."""

    orphans: set[bytes]
    """Passages whose verdict came before them."""

    def number(self, name: str) -> int: ...
    def arrived(self, journal: int) -> Runs: ...
    def filing_time(self, at: int) -> int: ...
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


class Group:
    def __init__(self, log: Log, batches: Sequence[Batch]) -> None:
        self._log = log
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
        gate, journal = self._log.number(batch.gate), self._log.number(batch.journal)
        arrived = self._log.arrived(journal)
        staged = self._staged.setdefault(journal, set())
        days: set[date] = set()
        fresh: list[Record] = []
        for record in batch.records:
            seq = record.seq
            if seq in arrived or seq in staged:
                continue
            staged.add(seq)
            fresh.append(record)
            at = self._log.filing_time(record.at)
            day, hour = self._log.slot(at)
            days.add(day)
            group = self._days.get(day)
            if group is None:
                group = self._days[day] = DayGroup()
            resolution = record.about is not None
            file = self._log.day_file(day)
            kind = file.kind(
                (
                    record.direction,
                    record.outcome,
                    record.reasons,
                    record.method,
                    record.document,
                    resolution,
                    at != record.at,
                )
            )
            group.rows.append(file.pack(gate, at, journal, kind, record))
            group.arrived.setdefault(journal, []).append(seq)
            group.counters[hour, gate, kind] += 1
            if record.sealed is not None:
                group.sealed.append((journal, seq, record.sealed))
            if resolution:
                self._resolutions.append((gate, record))
                continue
            if record.id in self._abouts:
                self._originals[record.id] = (day, hour, record.outcome)
            if record.id in self._log.orphans:
                self._found[record.id] = day  # its verdict came first and has been counted
            elif record.outcome is Outcome.PASS:
                group.movements[hour, gate, record.direction] += 1
        self.fresh.append(fresh)
        self._days_of_batch.append(days)

    def _resolve(self, gate: int, record: Record) -> None:
        """Counts the difference that this word makes to the last one."""
        about = record.about
        assert about is not None
        day, hour = self._log.slot(self._log.filing_time(record.at))
        group = self._days[day]
        made, _ = self._log.slot(self._log.filing_time(int.from_bytes(about[:6], "big")))
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

"""A town's passages from one store to another, a day at a time, with a proof that nothing was lost.

1. Both stores are locked for writing: no centre runs on either.
2. Names of gates and journals keep their numbers. Then the days, oldest first, each whole or not at all: whoever stops
   in between and begins again goes on with the next day.
3. Counters that rows do not give (days whose rows are forgotten, people who were admitted later) are what the source
   counts more than the target by then; so a second run adds nothing twice.
4. Each day is read back from both sides: as many rows, and the same digest (`copying.Digest`); each day's counters; and
   which numbers of every journal have arrived.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from gatepass.centre.passages.copying import Digest, Digester, Store, StoredRow
from gatepass.centre.passages.log import Flow, Movement

Sum = TypeVar("Sum", Flow, Movement)


class NotEmptyError(Exception):
    """The target holds something that the source does not: another town's passages, or newer ones."""


@dataclass(frozen=True, slots=True)
class DayProof:
    day: date
    source: Digest | None
    """None: its rows were forgotten, and only counters are left."""
    target: Digest | None
    sums_agree: bool

    @property
    def is_equal(self) -> bool:
        return self.source == self.target and self.sums_agree


@dataclass(frozen=True, slots=True)
class Proof:
    days: list[DayProof]
    names_agree: bool
    runs_agree: bool

    @property
    def is_whole(self) -> bool:
        return self.names_agree and self.runs_agree and all(day.is_equal for day in self.days)


def work(source: Store) -> int:
    """How many rows `migrate` will report as read: every day on one side, to copy or to prove it, and on the other."""
    return sum(2 * source.count(day) for day in source.days())


def migrate(source: Store, target: Store, *, read: Callable[[date, int], None]) -> Proof:
    """`read` is told, for a day, how many rows have been read since it was last told. Raises NotEmptyError."""
    source.become_writer()
    target.become_writer()
    _check(source, target)
    target.load_names(source.names())
    held = set(target.days())
    digests: dict[date, tuple[Digest, Digest]] = {}
    for day in source.days():
        told = Digester(source.read_day(day))
        if day in held:
            for portion in told.rows():
                read(day, len(portion))
        else:
            target.write_day(replace(told.copy, rows=_told(told.rows(), day, read)))
        found = Digester(target.read_day(day))
        for portion in found.rows():
            read(day, len(portion))
        digests[day] = told.digest, found.digest
    agree: dict[date, bool] = {}
    for day in source.counted_days():
        missing = _missing(source, target, day)
        ours, theirs = digests.get(day, (None, None))
        if any(missing) and ours == theirs:  # counters of rows that are not there would be a lie
            target.add_sums(*missing)
            missing = _missing(source, target, day)
        agree[day] = not any(missing)
    target.add_runs(source.all_runs())
    days = []
    for day, sums_agree in agree.items():
        ours, theirs = digests.get(day, (None, None))
        days.append(DayProof(day, ours, theirs, sums_agree))
    return Proof(days, source.names() == target.names(), _runs(source) == _runs(target))


def _check(source: Store, target: Store) -> None:
    foreign = sorted(set(target.days()) - set(source.days()))
    if foreign:
        raise NotEmptyError(f"the target holds {foreign[0]}, which the source does not")
    ours = source.names()
    if any(ours.get(number) != name for number, name in target.names().items()):
        raise NotEmptyError("the target knows gates that the source does not")


def _told(rows: Iterable[list[StoredRow]], day: date, read: Callable[[date, int], None]) -> Iterator[list[StoredRow]]:
    for portion in rows:
        read(day, len(portion))
        yield portion


def _runs(store: Store) -> dict[int, list[tuple[int, int]]]:
    return {journal: list(runs) for journal, runs in store.all_runs().items() if len(runs)}


def _missing(source: Store, target: Store, day: date) -> tuple[list[Flow], list[Movement]]:
    return (
        _more(source.flow(day, day), target.flow(day, day)),
        _more(source.movements(day, day), target.movements(day, day)),
    )


def _more(source: list[Sum], target: list[Sum]) -> list[Sum]:
    """What `source` counts more than `target` does, or less: then it is negative."""
    difference: Counter[Sum] = Counter()
    for counted, sign in ((source, 1), (target, -1)):
        for one in counted:
            difference[one._replace(total=0)] += sign * one.total
    return [one._replace(total=n) for one, n in difference.items() if n]

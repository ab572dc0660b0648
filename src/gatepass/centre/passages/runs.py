"""Which sequence numbers have arrived: a few ranges, however many numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import lt


class Runs:
    """A set of positive integers, kept as disjoint, non-adjacent inclusive ranges in order."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in ranges:
            self.add(first, last)

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]

    def touches(self, first: int, last: int) -> bool:
        """Whether any of first..last inclusive is there."""
        place = bisect_right(self._firsts, last) - 1
        return place >= 0 and self._lasts[place] >= first

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._firsts, self._lasts, strict=True)

    def __len__(self) -> int:
        return len(self._firsts)

    def copy(self) -> Runs:
        twin = Runs()
        twin._firsts = self._firsts.copy()
        twin._lasts = self._lasts.copy()
        return twin

    def add(self, first: int, last: int) -> None:
        """Adds first..last inclusive, joining what touches it."""
        low = bisect_right(self._firsts, first) - 1
        if low < 0 or self._lasts[low] < first - 1:
            low += 1
        high = bisect_right(self._firsts, last + 1)
        if low < high:
            first = min(first, self._firsts[low])
            last = max(last, self._lasts[high - 1])
        self._firsts[low:high] = [first]
        self._lasts[low:high] = [last]

    def add_all(self, numbers: Sequence[int]) -> None:
        if is_consecutive(numbers):  # as gates deliver them
            if numbers:
                self.add(numbers[0], numbers[-1])
            return
        first = last = 0
        for number in sorted(numbers):
            if number == last + 1 and first:
                last = number
                continue
            if first:
                self.add(first, last)
            first = last = number
        if first:
            self.add(first, last)

    @property
    def next(self) -> int:
        """The lowest number from 1 on that is not there."""
        return self._lasts[0] + 1 if self._firsts and self._firsts[0] == 1 else 1

    def missing(self, at_most: int) -> list[tuple[int, int]]:
        """The gaps below the highest number, lowest first, at most so many."""
        gaps = []
        expected = 1
        for first, last in self:
            if first > expected:
                gaps.append((expected, first - 1))
                if len(gaps) == at_most:
                    break
            expected = last + 1
        return gaps


def is_rising(numbers: Sequence[int]) -> bool:
    """Each above the one before it, so that none is there twice."""
    return all(map(lt, numbers, islice(numbers, 1, None)))


def is_consecutive(numbers: Sequence[int]) -> bool:
    """n, n + 1, n + 2 … without a gap."""
    return not numbers or (numbers[-1] - numbers[0] == len(numbers) - 1 and is_rising(numbers))


def changed_runs(
    known: Mapping[int, Runs], arrived: Mapping[int, list[int]]
) -> tuple[dict[int, Runs], list[tuple[int, int]], list[tuple[int, int, int]]]:
    """What a table of ranges must learn when these numbers of these journals have arrived.

    The journals' new runs; (journal, first) of ranges that are no more; (journal, first, last) of new ones.
    """
    runs = {journal: known.get(journal, Runs()).copy() for journal in arrived}
    removed: list[tuple[int, int]] = []
    added: list[tuple[int, int, int]] = []
    for journal, numbers in arrived.items():
        before = set(runs[journal])
        runs[journal].add_all(numbers)
        after = set(runs[journal])
        removed += [(journal, first) for first, _ in before - after]
        added += [(journal, first, last) for first, last in after - before]
    return runs, removed, added


def joined(first: Mapping[int, Runs], second: Mapping[int, Runs]) -> dict[int, Runs]:
    """By journal, whatever has arrived according to either."""
    together = {journal: runs.copy() for journal, runs in first.items()}
    for journal, runs in second.items():
        for low, high in runs:
            together.setdefault(journal, Runs()).add(low, high)
    return together

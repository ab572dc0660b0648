"""Small counts are not shown: "fewer than 5 with a red code in this house" must not become "Mrs Wang".

A count from 1 to k-1 is hidden and reads `<k`. That alone does not help where a total stands beside it, for whoever
takes the other counts off the total has it back. So further counts are hidden with it (complementary suppression; the
term and the problem: Hundepool et al., Statistical Disclosure Control, 2012, ch. 4).

The promise, which a test checks by trying every table there is: knowing everything that is shown, and which counts are
hidden for being small and which to protect others, each small count can still be any number from 1 to k-1.

How it is kept: around each small cell lies a rectangle whose three other corners are hidden too and are 2k-2 or more.
Moving people around it changes the small cell and no sum, and leaves the corners at k or more. Totals may be corners.
Where there is no such rectangle, nothing is shown at all, not even which counts are small.

This holds within one table. Two tables that overlap (one day, and the week that contains it) can be taken off each
other: publish one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

K: Final = 5
"""The usual threshold of public health statistics."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One count as it may be shown. A hidden one does not carry its value."""

    value: int | None
    less_than: int | None = None
    """Hidden for being small: it is from 1 to this less one. None with no value: hidden to protect another."""

    def __str__(self) -> str:
        if self.value is not None:
            return str(self.value)
        return "…" if self.less_than is None else f"<{self.less_than}"


HIDDEN: Final = Cell(None)


@dataclass(frozen=True, slots=True)
class Line:
    cells: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class Table:
    cells: tuple[tuple[Cell, ...], ...]
    row_totals: tuple[Cell, ...]
    column_totals: tuple[Cell, ...]
    total: Cell


def suppress(counts: Sequence[int], k: int = K) -> Line:
    """A list of counts and their total. ValueError for a negative count, or a `k` below 2."""
    _check(counts, k)
    values = [*counts, sum(counts)]
    small = _small(values, k)
    hidden = set(small)
    large = sorted((place for place in range(len(values)) if values[place] >= 2 * k - 2), key=values.__getitem__)
    # One large neighbour takes up whatever each of the small ones could be. A total that is small has only small parts.
    if small and large:
        hidden.add(large[0])
    elif small:
        return Line((HIDDEN,) * len(counts), HIDDEN)
    cells = [_cell(value, place in hidden, k) for place, value in enumerate(values)]
    return Line(tuple(cells[:-1]), cells[-1])


def suppress_table(counts: Sequence[Sequence[int]], k: int = K) -> Table:
    """A table with the totals of its rows and columns. ValueError as `suppress`, and where rows differ in length."""
    if len({len(row) for row in counts}) > 1:
        raise ValueError("the rows of a table are equally long")
    for row in counts:
        _check(row, k)
    columns = len(counts[0]) if counts else 0
    whole = [[*row, sum(row)] for row in counts]
    whole.append([sum(row[column] for row in whole) for column in range(columns + 1)])
    height, width = len(whole), columns + 1
    small = {(r, c) for r, c in product(range(height), range(width)) if 0 < whole[r][c] < k}
    hidden = set(small)
    for row_, column_ in sorted(small):
        corners = _rectangle(whole, row_, column_, hidden, 2 * k - 2)
        if corners is None:
            nothing = (HIDDEN,) * columns
            return Table((nothing,) * len(counts), (HIDDEN,) * len(counts), nothing, HIDDEN)
        hidden |= corners
    cells = [[_cell(whole[r][c], (r, c) in hidden, k) for c in range(width)] for r in range(height)]
    return Table(
        cells=tuple(tuple(row[:-1]) for row in cells[:-1]),
        row_totals=tuple(row[-1] for row in cells[:-1]),
        column_totals=tuple(cells[-1][:-1]),
        total=cells[-1][-1],
    )


def _rectangle(
    whole: list[list[int]], row: int, column: int, hidden: set[tuple[int, int]], least: int
) -> set[tuple[int, int]] | None:
    """Three corners that hide the least: few counts that are not hidden yet, and small ones."""
    best: tuple[int, int] | None = None
    found: set[tuple[int, int]] | None = None
    for r, c in product(range(len(whole)), range(len(whole[0]))):
        corners = {(row, c), (r, column), (r, c)}
        if r == row or c == column or any(whole[y][x] < least for y, x in corners):
            continue
        fresh = corners - hidden
        cost = (len(fresh), sum(whole[y][x] for y, x in fresh))
        if best is None or cost < best:
            best, found = cost, corners
    return found


def _small(values: Sequence[int], k: int) -> list[int]:
    return [place for place, value in enumerate(values) if 0 < value < k]


def _cell(value: int, hide: bool, k: int) -> Cell:
    if not hide:
        return Cell(value)
    return Cell(None, k if 0 < value < k else None)


def _check(counts: Sequence[int], k: int) -> None:
    if k < 2 or any(count < 0 for count in counts):
        raise ValueError("counts are not negative, and k is at least 2")

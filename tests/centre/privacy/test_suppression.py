"""No small count can be reckoned back from what is shown: every table that fits is tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepass.centre.privacy.suppression import Cell, Table, suppress, suppress_table

K = 3


def possible(cell: Cell, most: int) -> range:
    if cell.value is not None:
        return range(cell.value, cell.value + 1)
    # Who hides nothing small, and is not zero, is k or more; where everything is hidden it may be zero as well.
    return range(1, K) if cell.less_than else range(most + 1)


def fits(shown: Cell, value: int, *, floor: int) -> bool:
    if shown.value is not None:
        return value == shown.value
    return 0 < value < K if shown.less_than else value == 0 or value >= floor


def tables(shown: Table, most: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every table whose cells and totals could look like this."""
    flat = [cell for row in shown.cells for cell in row]
    width = len(shown.cells[0])
    for values in product(*(possible(cell, most) for cell in flat)):
        rows = [values[start : start + width] for start in range(0, len(values), width)]
        sums = [sum(row) for row in rows]
        downs = [sum(row[column] for row in rows) for column in range(width)]
        pairs = [*zip(flat, values, strict=True), *zip(shown.row_totals, sums, strict=True)]
        pairs += [*zip(shown.column_totals, downs, strict=True), (shown.total, sum(sums))]
        if all(fits(cell, value, floor=K) for cell, value in pairs):
            yield tuple(rows)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4))
@settings(max_examples=150)
def test_a_small_count_of_a_list_can_still_be_any_small_number(counts: list[int]) -> None:
    shown = suppress(counts, K)
    seen = [set() for _ in counts]
    for values in product(*(possible(cell, sum(counts) + 4) for cell in shown.cells)):
        if all(fits(cell, value, floor=K) for cell, value in zip(shown.cells, values, strict=True)) and fits(
            shown.total, sum(values), floor=K
        ):
            for place, value in enumerate(values):
                seen[place].add(value)
    for place, cell in enumerate(shown.cells):
        if cell.less_than:
            assert seen[place] == {1, 2}


@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2))
@settings(max_examples=60)
def test_a_small_cell_of_a_table_can_still_be_any_small_number(counts: list[list[int]]) -> None:
    shown = suppress_table(counts, K)
    seen: dict[tuple[int, int], set[int]] = {}
    for table in tables(shown, 12):
        for r, c in product(range(2), range(2)):
            seen.setdefault((r, c), set()).add(table[r][c])
    for r, c in product(range(2), range(2)):
        if shown.cells[r][c].less_than:
            assert seen[r, c] == {1, 2}, (counts, shown)


@given(st.lists(st.lists(st.integers(0, 60), min_size=4, max_size=4), min_size=1, max_size=6))
def test_nothing_small_is_ever_shown_and_what_is_shown_is_true(counts: list[list[int]]) -> None:
    shown = suppress_table(counts)
    for row, cells, total in zip(counts, shown.cells, shown.row_totals, strict=True):
        for value, cell in [*zip(row, cells, strict=True), (sum(row), total)]:
            assert cell.value in {None, value}
            assert not (cell.value and cell.value < 5)


@pytest.mark.parametrize(
    ("counts", "written"),
    [
        ([12, 40, 7], "12 40 7 = 59"),
        ([3, 40, 12], "<5 40 … = 55"),
        ([0, 40, 12], "0 40 12 = 52"),
        ([3, 4], "… … = …"),
        ([1, 1], "… … = …"),
        ([], " = 0"),
    ],
)
def test_a_list_reads_as_people_expect(counts: Sequence[int], written: str) -> None:
    line = suppress(counts)
    assert f"{' '.join(map(str, line.cells))} = {line.total}" == written


def test_a_table_hides_as_little_as_it_can() -> None:
    shown = suppress_table([[2, 30, 40], [20, 30, 40], [50, 60, 70]])
    hidden = sum(cell.value is None for row in shown.cells for cell in row)
    assert hidden == 4
    assert str(shown.cells[0][0]) == "<5"
    assert [cell.value for cell in shown.row_totals] == [72, 90, 180]


def test_nonsense_is_refused() -> None:
    for wrong in (lambda: suppress([-1]), lambda: suppress([1], 1), lambda: suppress_table([[1], [1, 2]])):
        with pytest.raises(ValueError, match=r"table|counts"):
            wrong()

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from gatepass.centre.passages.runs import Runs, is_consecutive, is_rising


# Numbers are quickly made; a busy machine must not be read as a costly strategy.
@given(st.lists(st.integers(1, 60)), st.lists(st.integers(1, 60)))
def test_runs_behave_like_a_set_of_numbers(first, second):
    runs, numbers = Runs(), set()
    for portion in (first, second):
        runs.add_all(portion)
        numbers |= set(portion)
    assert {n for n in range(1, 62) if n in runs} == numbers
    assert runs.next == next(n for n in range(1, 63) if n not in numbers)
    gaps = {n for low, high in runs.missing(100) for n in range(low, high + 1)}
    assert gaps == set(range(1, max(numbers, default=0))) - numbers
    ranges = list(runs)
    assert all(low <= high for low, high in ranges)
    assert all(before[1] + 1 < after[0] for before, after in itertools.pairwise(ranges))


def test_a_thousand_numbers_in_order_are_one_range():
    runs = Runs()
    for start in range(1, 1000, 10):
        runs.add(start, start + 9)
    assert list(runs) == [(1, 1000)]


def test_only_so_many_gaps_are_named():
    runs = Runs((n, n) for n in range(2, 100, 2))
    assert runs.missing(3) == [(1, 1), (3, 3), (5, 5)]


def test_a_stretch_touches_what_it_shares_a_number_with_and_not_what_it_only_adjoins():
    runs = Runs([(3, 5), (9, 9)])
    for first in range(1, 12):
        for last in range(first, 12):
            shared = any(number in runs for number in range(first, last + 1))
            assert runs.touches(first, last) == shared, (first, last)


def test_numbers_that_follow_one_another_are_told_from_those_that_do_not():
    assert all(map(is_consecutive, ([], [4], [4, 5, 6])))
    assert not any(map(is_consecutive, ([4, 6], [4, 4], [6, 5, 4], [4, 4, 6], [5, 4, 6, 7])))
    assert [is_rising(numbers) for numbers in ([4, 6, 9], [4, 4], [6, 4])] == [True, False, False]

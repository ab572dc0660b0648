from __future__ import annotations

from itertools import pairwise

import pytest
from tests.centre.passages.contract import TUESDAY, at

from gatepass.centre.passages.days import DAY_MS
from gatepass.centre.passages.postgres_at_once import PARTS, AtOnce, parts_of, parts_of_time


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 57])
def test_parts_hold_everything_once_in_order_and_none_is_empty(count):
    parts = parts_of(range(count))
    assert [thing for part in parts for thing in part] == list(range(count))
    assert all(parts)
    assert len(parts) == (PARTS if count >= 4 else min(count, 1))


@pytest.mark.parametrize("days", [0, 1, 2, 3, 14, 14.3])
def test_parts_of_time_follow_one_another_without_a_gap(days):
    since = at(8, day=TUESDAY)
    until = since + int(days * DAY_MS)
    parts = parts_of_time(since, until)
    assert parts[0][0] == since
    assert parts[-1][1] == until
    assert all(low <= high for low, high in parts)
    assert all(before[1] + 1 == after[0] for before, after in pairwise(parts))
    assert len(parts) == (min(PARTS, int(days)) if days >= 2 else 1)


class Connections:
    """Answers with what is asked, and fails where that is nothing."""

    def reading(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def execute(self, _statement, values, *, binary):
        if not values:
            raise ValueError("nothing")
        self.rows = values
        return self

    def fetchall(self):
        return [tuple(self.rows)]


def test_a_part_that_fails_fails_the_question_and_the_next_question_is_answered():
    asking = AtOnce(Connections())
    with pytest.raises(ValueError, match="nothing"):
        list(asking.of("SELECT", [[1], [], [3]]))
    assert list(asking.of("SELECT", [])) == []
    assert list(asking.of("SELECT", [[4]])) == [[(4,)]]
    asking.close()

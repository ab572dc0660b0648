from __future__ import annotations

from typing import NamedTuple

import pytest

from gatepass.centre.tracing.scoring import points, score

MINUTE = 60_000
WITHIN = 10 * MINUTE


class Near(NamedTuple):
    gate: str
    at: int
    other_at: int
    direction: str = "in"
    other_direction: str = "in"


def test_the_same_moment_at_an_empty_gate_counts_whole_and_the_edge_of_the_window_nothing() -> None:
    assert points(0, WITHIN, same_way=True, others=1) == 10
    assert points(WITHIN, WITHIN, same_way=True, others=1) == 0
    assert points(WITHIN // 2, WITHIN, same_way=True, others=2) == 5


def test_passing_each_other_counts_half_of_going_the_same_way() -> None:
    assert points(0, WITHIN, same_way=False, others=1) == 5


@pytest.mark.parametrize(("others", "counts"), [(1, 10), (2, 10), (8, 5), (200, 1)])
def test_a_busy_gate_counts_less_than_a_quiet_one(others: int, counts: float) -> None:
    assert points(0, WITHIN, same_way=True, others=others) == pytest.approx(counts)


def test_more_meetings_score_higher_and_the_nearest_stands_first() -> None:
    once = score([(Near("a", 0, MINUTE), 1)], WITHIN)
    twice = score([(Near("a", 0, MINUTE), 1), (Near("a", 60 * MINUTE, 60 * MINUTE), 1)], WITHIN)
    assert once.total == 9
    assert twice.total == 19
    assert twice.occasions[0].gap_ms == 0
    assert twice.why["times"] == 2
    assert twice.why["nearest_s"] == 0


def test_a_card_laid_down_twice_within_minutes_is_one_meeting_the_nearer_one() -> None:
    laid_twice = [(Near("a", 0, 2 * MINUTE), 1), (Near("a", MINUTE, 2 * MINUTE), 1)]
    scored = score(laid_twice, WITHIN)
    assert len(scored.occasions) == 1
    assert scored.total == 9


def test_the_same_minutes_at_two_gates_are_two_meetings() -> None:
    assert score([(Near("a", 0, 0), 1), (Near("b", MINUTE, MINUTE), 1)], WITHIN).total == 20


def test_a_score_says_why_in_numbers_that_give_it_again() -> None:
    scored = score([(Near("a", 0, 3 * MINUTE, "in", "out"), 8)], WITHIN)
    assert scored.why["occasions"] == [["a", 0, 3 * MINUTE, False, 8, 1.75]]
    assert scored.total == pytest.approx(10 * 0.7 * 0.5 * 0.5, abs=0.06)

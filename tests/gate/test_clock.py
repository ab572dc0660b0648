"""A clock that is stepped, late, or was never set."""

from __future__ import annotations

from tests.gate.town import MovedClock

T = 1_800_000_000_000


def test_before_the_centre_is_heard_the_wall_is_believed() -> None:
    clock = MovedClock(T)
    clock.step_wall(60)
    assert clock.now_ms() == T + 60_000


def test_once_heard_the_centres_time_goes_on_whatever_the_wall_does() -> None:
    clock = MovedClock(T - 86_400_000)
    clock.hear_centre(T, asked=clock.seconds, answered=clock.seconds)
    clock.step_wall(-3600)
    clock.seconds += 10
    assert clock.now_ms() == T + 10_000
    assert clock.offset_ms > 86_400_000


def test_the_jitter_of_a_network_does_not_move_the_clock() -> None:
    clock = MovedClock(T)
    clock.hear_centre(T, asked=clock.seconds, answered=clock.seconds)
    before = clock.now_ms()
    clock.hear_centre(T - 200, asked=clock.seconds - 0.4, answered=clock.seconds)
    assert clock.now_ms() == before


def test_it_cannot_be_earlier_than_what_is_signed() -> None:
    clock = MovedClock(0)
    clock.not_before(T)
    assert clock.now_ms() == T
    assert clock.now().year == 2027


def test_a_centre_without_a_clock_is_not_heard() -> None:
    clock = MovedClock(T)
    clock.hear_centre(0, asked=clock.seconds, answered=clock.seconds)
    assert clock.now_ms() == T

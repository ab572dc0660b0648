"""A request that is sent a second time is recognised, within bounded memory."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gatepass.wire.replay import WINDOW_SECONDS, NonceWindow, Sighting

NOW = 1_732_345_678


def test_the_second_sighting_of_a_nonce_is_seen() -> None:
    window = NonceWindow()
    assert window.see("gate-1", "a", NOW, NOW) is Sighting.NEW
    assert window.see("gate-1", "a", NOW, NOW + 5) is Sighting.SEEN
    assert window.see("gate-2", "a", NOW, NOW) is Sighting.NEW, (
        "nonces of two devices have nothing to do with each other"
    )


def test_memory_is_given_back_when_the_window_has_passed() -> None:
    window = NonceWindow()
    for second in range(2000):
        window.see("gate-1", f"n{second}", NOW + second, NOW + second)
        window.see(f"gate-{second}", "n", NOW + second, NOW + second)
    assert window.remembered < 1.2 * WINDOW_SECONDS + 2.1 * WINDOW_SECONDS


def test_a_key_that_sends_too_much_narrows_its_own_window_and_no_other() -> None:
    window = NonceWindow(per_key=100)
    assert window.see("calm", "first", NOW, NOW) is Sighting.NEW
    for second in range(10):
        for each in range(30):
            assert window.see("busy", f"{second}-{each}", NOW + second, NOW + second) is Sighting.NEW
    assert window.remembered <= 101
    assert window.see("busy", "0-0", NOW, NOW + 10) is Sighting.FORGOTTEN, "too old to be remembered is too old"
    assert window.see("busy", "9-29", NOW + 9, NOW + 10) is Sighting.SEEN
    assert window.see("calm", "first", NOW, NOW + 10) is Sighting.SEEN


def test_a_flood_within_one_second_waits_for_the_next() -> None:
    window = NonceWindow(per_key=50)
    answers = [window.see("busy", str(each), NOW, NOW) for each in range(80)]
    assert answers.count(Sighting.NEW) == 50
    assert answers[-1] is Sighting.FORGOTTEN
    assert window.see("busy", "next", NOW + 1, NOW + 1) is Sighting.NEW


def test_a_clock_of_the_centre_that_steps_back_revives_no_old_message() -> None:
    window = NonceWindow()
    window.see("gate-1", "early", NOW, NOW)
    window.see("gate-2", "silent since", NOW, NOW)
    for later in range(0, 1000, 40):
        window.see("gate-1", f"later-{later}", NOW + later, NOW + later)
    assert window.see("gate-1", "early", NOW, NOW + 10) is Sighting.FORGOTTEN
    assert window.see("gate-2", "silent since", NOW, NOW + 10) is Sighting.FORGOTTEN


def test_a_restart_may_refuse_what_was_made_before_it() -> None:
    window = NonceWindow(not_before=NOW)
    assert window.see("gate-1", "a", NOW - 1, NOW) is Sighting.FORGOTTEN
    assert window.see("gate-1", "a", NOW, NOW) is Sighting.NEW


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 6), st.integers(-300, 300), st.integers(-400, 900)), max_size=60
    ),
    st.integers(1, 12),
)
def test_nothing_is_ever_new_twice(messages: list[tuple[str, int, int, int]], per_key: int) -> None:
    window = NonceWindow(per_key=per_key)
    accepted = set()
    for key, nonce, skew, now in messages:
        message = (key, str(nonce), NOW + now + skew)
        if window.see(*message, NOW + now) is Sighting.NEW:
            assert message not in accepted
            accepted.add(message)

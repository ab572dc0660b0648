from __future__ import annotations

from gatepass.centre.tracing.stays import HOUR, LONGEST, Passed, Shared, Stay, shared, stays_of

ESTATE, CLINIC = 1, 2
NIGHT = 24 * HOUR


def test_an_exit_that_was_recorded_ends_a_stay() -> None:
    assert stays_of([Passed(ESTATE, 0, True), Passed(ESTATE, HOUR, False)], NIGHT) == [
        Stay(ESTATE, 0, HOUR, inferred=False)
    ]


def test_being_seen_elsewhere_says_by_when_somebody_had_left_and_that_is_marked_as_inferred() -> None:
    found = stays_of([Passed(ESTATE, 0, True), Passed(CLINIC, 2 * HOUR, True)], 3 * HOUR)
    assert found == [Stay(ESTATE, 0, 2 * HOUR, inferred=True), Stay(CLINIC, 2 * HOUR, 3 * HOUR, inferred=True)]


def test_entering_again_says_the_same() -> None:
    found = stays_of([Passed(ESTATE, 0, True), Passed(ESTATE, 9 * HOUR, True)], 10 * HOUR)
    assert found[0] == Stay(ESTATE, 0, 9 * HOUR, inferred=True)


def test_no_stay_is_inferred_to_be_longer_than_sixteen_hours() -> None:
    found = stays_of([Passed(ESTATE, 0, True), Passed(ESTATE, 60 * HOUR, True)], 100 * HOUR)
    assert found[0] == Stay(ESTATE, 0, LONGEST, inferred=True)
    assert found[1] == Stay(ESTATE, 60 * HOUR, 60 * HOUR + LONGEST, inferred=True)


def test_an_exit_without_an_entry_guesses_no_beginning() -> None:
    assert stays_of([Passed(ESTATE, HOUR, False)], NIGHT) == [Stay(ESTATE, None, HOUR, inferred=False)]
    assert stays_of([Passed(CLINIC, 0, True), Passed(ESTATE, HOUR, False)], NIGHT) == [
        Stay(CLINIC, 0, HOUR, inferred=True),
        Stay(ESTATE, None, HOUR, inferred=False),
    ]


def test_two_people_share_a_site_while_both_are_inside_and_the_end_is_inferred_if_the_first_to_go_is() -> None:
    mine = [Stay(ESTATE, 0, 3 * HOUR, inferred=False)]
    theirs = [Stay(ESTATE, HOUR, 2 * HOUR, inferred=True), Stay(CLINIC, 0, 3 * HOUR, inferred=False)]
    assert shared(mine, theirs) == [Shared(ESTATE, HOUR, 2 * HOUR, inferred=True)]
    assert shared(mine, [Stay(ESTATE, 2 * HOUR, 9 * HOUR, inferred=True)]) == [
        Shared(ESTATE, 2 * HOUR, 3 * HOUR, inferred=False)
    ]


def test_a_stay_whose_beginning_nobody_saw_is_shared_with_nobody() -> None:
    assert shared([Stay(ESTATE, None, HOUR, inferred=False)], [Stay(ESTATE, 0, HOUR, inferred=False)]) == []

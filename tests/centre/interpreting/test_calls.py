"""Who is rung, in which order, and what happens when nobody answers, everybody talks, or somebody is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from tests.centre.rosters.conftest import interpreter, shift

from gatepass.centre.errors import RefusedError
from gatepass.centre.interpreting import actions
from gatepass.centre.interpreting.exchange import exchange
from gatepass.centre.interpreting.models import Call, Line, Move, Outcome, Signal, Source, State
from gatepass.wire.interpreting import InterpretingQuestion

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def team(town, interpreters):
    """All three on duty around the clock: Park at the estate, Kim for its community, Sato for the town."""
    shift(interpreters.park, site=town.estate)
    shift(interpreters.kim, community=town.community)
    shift(interpreters.sato)
    return interpreters


def ask(town, device: str = "dev-1") -> Call:
    return actions.ask("ko", Source.KIOSK, town.estate, gate=town.east, device=device)


def again(call: Call) -> Call:
    return Call.objects.get(pk=call.pk)


def later(clock, seconds: float, *calls: Call) -> None:
    """So much later; the askers' pages are still there."""
    clock.shift(timedelta(seconds=seconds))
    for call in calls:
        actions.seen(again(call), asker=True)
    actions.advance_all(datetime.now(tz=NOON.tzinfo))


def story(call: Call) -> list[str]:
    return [
        f"{move.new} {move.rung.username}" if move.rung else move.new
        for move in call.moves.select_related("rung").order_by("id")
    ]


def refused():
    return pytest.raises(RefusedError, match=r"^call_not_now$")


def test_the_nearest_rings_first_and_after_twenty_seconds_the_next(team, town, clock) -> None:
    call = ask(town)
    later(clock, 12, call)
    later(clock, 7.9, call)
    assert again(call).interpreter == team.park
    later(clock, 0.2, call)
    assert again(call).interpreter == team.kim
    for _ in range(2):
        later(clock, 10, call)
    assert story(call) == ["waiting", "ringing park", "ringing kim", "ringing sato"]


def test_after_the_last_comes_the_telephone_line_and_then_the_phrase_card(team, town, clock) -> None:
    Line.objects.create(language="ko", number="96391")
    Line.objects.create(language="ko", site=town.estate, number="8888 0001")
    call = ask(town)
    for user in (team.park, team.kim, team.sato):
        actions.decline(user, again(call))
    assert again(call).state == State.LINE
    assert exchange(InterpretingQuestion(call=call.pk), town.estate, device="dev-1").lines == {"ko": "8888 0001"}
    for _ in range(7):
        later(clock, 10, call)
    assert story(call)[-2:] == ["line", "card"]


def test_where_nobody_is_on_duty_and_no_number_is_known_the_card_is_there_at_once(town) -> None:
    assert ask(town).state == State.CARD


def test_only_whoever_is_rung_answers_and_of_two_pages_of_hers_one(team, town) -> None:
    call = ask(town)
    with refused():
        actions.answer(team.kim, again(call))
    two = again(call), again(call)
    actions.answer(team.park, two[0])
    with refused():
        actions.answer(team.park, two[1])
    assert Move.objects.filter(new=State.TALKING).count() == 1
    with refused():
        actions.decline(team.park, again(call))


def test_a_clock_and_a_hand_that_move_a_call_at_once_move_it_once(team, town, clock) -> None:
    call = ask(town)
    clock.shift(timedelta(seconds=14))
    seen_by_clock, seen_by_hand = again(call), again(call)
    actions.answer(team.park, seen_by_hand)
    assert actions.advance(seen_by_clock, NOON + timedelta(seconds=20.5)) is False or again(call).state == State.ENDED
    assert again(call).interpreter == team.park


def test_whoever_talks_is_not_rung_and_the_waiting_ones_have_their_place(town, interpreters, clock) -> None:
    shift(interpreters.park, site=town.estate)
    first = ask(town)
    actions.answer(interpreters.park, again(first))
    second, third = ask(town, "dev-2"), ask(town, "dev-3")
    assert (second.state, third.state) == (State.WAITING, State.WAITING)
    clock.shift(timedelta(seconds=2))
    places = [
        exchange(InterpretingQuestion(call=call.pk), town.estate, device=device).position
        for call, device in ((second, "dev-2"), (third, "dev-3"))
    ]
    assert places == [1, 2]
    actions.hang_up(again(first))
    later(clock, 1, second, third)
    assert again(second).interpreter == interpreters.park
    assert again(third).state == State.WAITING
    actions.seen(again(second), asker=True)
    for _ in range(3):
        later(clock, 9, second, third)
    assert again(third).state == State.RINGING  # the second rang out; the third is next, and Park is free
    assert again(second).state == State.CARD


def test_waiting_for_a_minute_shows_the_line(town, interpreters, clock) -> None:
    Line.objects.create(language="ko", number="96391")
    shift(interpreters.park, site=town.estate)
    first = ask(town)
    actions.answer(interpreters.park, again(first))
    second = ask(town, "dev-2")
    for _ in range(13):
        actions.seen(again(first), asker=False)
        later(clock, 5, first, second)
    assert again(second).state == State.LINE
    assert again(first).state == State.TALKING


def test_an_interpreter_who_is_lost_in_the_middle_is_replaced_by_the_next(team, town, clock) -> None:
    call = ask(town)
    actions.answer(team.park, again(call))
    actions.signal(again(call), {"sdp": "x"}, to_asker=True)
    later(clock, 5, call)
    actions.seen(again(call), asker=False)
    later(clock, 7, call)
    assert again(call).state == State.TALKING
    later(clock, 2, call)  # nine seconds without a sign of life
    assert story(call)[-2:] == ["talking", "ringing kim"]
    actions.answer(team.kim, again(call))
    answer = exchange(InterpretingQuestion(call=call.pk), town.estate, device="dev-1")
    assert (answer.name, answer.said) == ("Kim", [])  # what was meant for Park is gone
    clock.shift(timedelta(seconds=1))
    exchange(InterpretingQuestion(call=call.pk, act="lost"), town.estate, device="dev-1")
    assert story(call)[-1] == "ringing sato"


def test_an_asker_who_goes_away_ends_the_call_and_its_signals_go(team, town, clock) -> None:
    call = ask(town)
    actions.answer(team.park, again(call))
    actions.signal(again(call), {"candidate": "x"}, to_asker=False)
    for _ in range(2):
        clock.shift(timedelta(seconds=8))
        actions.seen(again(call), asker=False)
        actions.advance_all(datetime.now(tz=NOON.tzinfo))
    assert again(call).state == State.ENDED
    assert not Signal.objects.exists()
    with refused():
        actions.signal(again(call), {}, to_asker=True)


def test_nobody_takes_part_in_the_call_of_another_gate_or_phone(team, town, applicant) -> None:
    call = ask(town)
    for whose in ({"device": "dev-2"}, {"applicant": applicant()}, {"device": ""}):
        with refused():
            exchange(InterpretingQuestion(call=call.pk, act="end"), town.estate, **whose)
    assert again(call).state == State.RINGING


def test_asking_again_ends_the_call_before(team, town) -> None:
    first = ask(town)
    second = ask(town)
    assert again(first).state == State.ENDED
    assert second.interpreter == team.park


def test_what_came_of_it_is_noted_by_whoever_talked(team, town) -> None:
    call = ask(town)
    with refused():
        actions.conclude(team.park, again(call), Outcome.HELPED, "")
    actions.answer(team.park, again(call))
    actions.hang_up(again(call), by=team.park)
    actions.conclude(team.park, again(call), Outcome.PASSED_ON, "Her son is in 302.")
    assert (again(call).outcome, again(call).notes) == ("passed_on", "Her son is in 302.")


def test_a_language_that_nobody_has_is_not_rung_elsewhere(team, town) -> None:
    interpreter("far", ("ja",), town.far_community)
    assert actions.ask("ja", Source.KIOSK, town.estate, device="d").state == State.CARD

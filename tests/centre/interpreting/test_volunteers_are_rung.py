"""Nobody on duty is left: the neighbours who take calls ring, one after the other, before the line does."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from tests.cast import LI, SUN, WANG
from tests.centre.rosters.conftest import shift
from tests.centre.rosters.things import volunteer_of

from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.interpreting import actions
from gatepass.centre.interpreting.exchange import exchange
from gatepass.centre.interpreting.models import Call, Line, Signal, Source, State
from gatepass.centre.volunteers.models import Kind, Volunteer
from gatepass.wire.interpreting import InterpretingQuestion

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
JSON = "application/json"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def han(register) -> Volunteer:
    return volunteer_of(register(WANG), "13811100001")


@pytest.fixture
def cho(register) -> Volunteer:
    return volunteer_of(register(LI), "13811100002")


def ask(town, device: str = "dev-1") -> Call:
    return actions.ask("ko", Source.KIOSK, town.estate, gate=town.east, device=device)


def again(call: Call) -> Call:
    return Call.objects.get(pk=call.pk)


def later(clock, seconds: float, *calls: Call) -> None:
    clock.shift(timedelta(seconds=seconds))
    for call in calls:
        actions.seen(again(call), asker=True)
    actions.advance_all(datetime.now(tz=NOON.tzinfo))


def phone(volunteer: Volunteer, language: str = "en") -> Client:
    with transaction.atomic():
        entrance = begin_visit(volunteer.applicant, "Chrome · Android")
    client = Client(headers={"Accept-Language": language})
    client.cookies[COOKIE] = entrance.token
    return client


def test_volunteers_ring_one_after_the_other_and_then_comes_the_line(town, han, cho, clock) -> None:
    Line.objects.create(language="ko", number="96391")
    call = ask(town)
    assert (again(call).volunteer, again(call).interpreter) == (han, None)
    for _ in range(2):
        later(clock, 10.1, call)
    assert again(call).volunteer == cho
    actions.decline(cho, again(call))
    assert (again(call).state, again(call).volunteer) == (State.LINE, None)
    assert list(call.moves.exclude(volunteer=None).values_list("volunteer", flat=True)) == [han.pk, cho.pk]


def test_whoever_is_on_duty_rings_before_any_volunteer(town, interpreters, han) -> None:
    shift(interpreters.park, site=town.estate)
    call = ask(town)
    assert (call.interpreter, call.volunteer) == (interpreters.park, None)
    actions.decline(interpreters.park, again(call))
    assert (again(call).interpreter, again(call).volunteer) == (None, han)


def test_only_who_offered_calls_has_time_lives_near_and_is_free_is_rung(town, register, han, cho, clock) -> None:
    han.kinds = [Kind.PHONE]
    han.save(update_fields=["kinds"])
    volunteer_of(register(SUN, site=town.far_site), "13811100003")
    first = ask(town)
    assert first.volunteer == cho
    assert ask(town, "dev-2").state == State.CARD, "she is rung by the first, and the far one is of another community"
    actions.hang_up(again(first))
    cho.hours.all().delete()
    assert ask(town, "dev-3").state == State.CARD


def test_nobody_is_rung_by_their_own_call(town, han) -> None:
    assert actions.ask("ko", Source.PHONE, town.estate, applicant=han.applicant).state == State.CARD


def test_who_waited_for_a_minute_and_reached_no_volunteer_waits_no_second_time(town, interpreters, han, clock) -> None:
    Line.objects.create(language="ko", number="96391")
    shift(interpreters.park, site=town.estate)
    first = ask(town)
    actions.answer(interpreters.park, again(first))
    second = ask(town, "dev-2")
    assert second.state == State.WAITING
    for _ in range(13):
        actions.seen(again(first), asker=False)
        later(clock, 5, first, second)
    assert again(second).volunteer == han
    for _ in range(4):
        actions.seen(again(first), asker=False)
        later(clock, 5, first, second)
    assert again(second).state == State.LINE


def test_a_volunteer_answers_on_her_phone_and_talks_and_no_name_of_hers_is_shown(town, han, cho) -> None:
    call = ask(town)
    mine, other = phone(han), phone(cho)
    assert "Answer" in mine.get("/my/calls/").content.decode()
    assert "No call rings" in other.get("/my/calls/").content.decode()
    other.post("/my/calls/", {"call": call.pk, "answer": "yes"})
    assert again(call).state == State.RINGING, "nobody answers for somebody else"
    answer = mine.post("/my/calls/", {"call": call.pk, "answer": "yes"})
    assert answer.headers["location"] == "/my/calls/talk/"
    page = mine.get("/my/calls/talk/")
    assert page.headers["Permissions-Policy"] == "camera=(self), microphone=(self), geolocation=()"
    seen = exchange(InterpretingQuestion(call=call.pk, say=['{"sdp":"offer"}']), town.estate, device="dev-1")
    assert seen.name == "자원봉사자"
    assert WANG.name not in repr(seen)
    heard = mine.post("/my/calls/exchange/", json.dumps({"say": ['{"sdp":"answer"}']}), content_type=JSON).json()
    assert [body for _number, body in heard["said"]] == ['{"sdp":"offer"}']
    back = exchange(InterpretingQuestion(call=call.pk), town.estate, device="dev-1").said
    assert [body for _number, body in back] == ['{"sdp":"answer"}']
    assert other.post("/my/calls/exchange/", "{}", content_type=JSON).json()["state"] == State.ENDED
    assert mine.post("/my/calls/exchange/", '{"say": ["{"]}', content_type=JSON).status_code == 400
    mine.post("/my/calls/exchange/", '{"act": "end"}', content_type=JSON)
    assert again(call).state == State.ENDED
    assert not Signal.objects.exists()
    verbs = Entry.objects.filter(verb__startswith="interpreting:", actor=f"applicant:{han.applicant_id}")
    assert set(verbs.values_list("verb", flat=True)) == {"interpreting:answer", "interpreting:end"}
    assert mine.get("/my/calls/talk/").headers["location"] == "/my/calls/"


def test_a_volunteer_who_is_lost_in_the_middle_is_replaced_by_the_next(town, han, cho, clock) -> None:
    call = ask(town)
    actions.answer(han, again(call))
    actions.signal(again(call), {"sdp": "x"}, to_asker=False)
    later(clock, 9, call)
    assert (again(call).state, again(call).volunteer) == (State.RINGING, cho)
    assert not Signal.objects.exists()
    with pytest.raises(RefusedError, match=r"^call_not_now$"):
        actions.answer(han, again(call))


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en", "ko", "ja"])
def test_both_pages_open_in_every_language(town, han, language: str) -> None:
    client = phone(han, language)
    for page in ("/my/calls/", "/my/helping/"):
        assert f'lang="{language}"' in client.get(page).content.decode()
    call = ask(town)
    client.post("/my/calls/", {"call": call.pk, "answer": "yes"})
    assert f'lang="{language}"' in client.get("/my/calls/talk/").content.decode()


def test_the_office_sees_that_a_volunteer_was_rung_and_answered(town, han, employ, log_in) -> None:
    call = ask(town)
    actions.answer(han, again(call))
    office = log_in(employ(Role.OFFICE))
    page = office.get(f"/calls/list/{call.pk}/", headers={"Accept-Language": "en"}).content.decode()
    assert "a volunteer" in page or "志愿者" in page
    assert WANG.name not in page
    rows = office.get("/calls/list/export/", headers={"Accept-Language": "en"}).content.decode("utf-8-sig")
    assert "a volunteer" in rows or "志愿者" in rows

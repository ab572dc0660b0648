"""The interpreter's pages, the office's list and the resident's button."""

from __future__ import annotations

import json
import re

import pytest
from django.db import transaction
from django.test import Client
from tests.cast import WANG
from tests.centre.rosters.conftest import shift

from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.audit.models import Entry
from gatepass.centre.interpreting import actions
from gatepass.centre.interpreting.models import Call, Line, Source, State
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.actions import protect
from gatepass.speech import calling

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "zh-hant", "en", "ko", "ja")
MEDIA = "camera=(self), microphone=(self), geolocation=()"


@pytest.fixture
def call(town, interpreters) -> Call:
    shift(interpreters.park, site=town.estate)
    shift(interpreters.kim, community=town.community)
    return actions.ask("ko", Source.KIOSK, town.estate, gate=town.east, device="dev-1")


def test_an_interpreter_answers_registers_the_person_and_notes_what_came_of_it(
    call, town, interpreters, log_in
) -> None:
    park = log_in(interpreters.park)
    assert "柳浪新苑 · 东门" in park.get("/calls/").content.decode()
    answer = park.post(f"/calls/{call.pk}/answer/", {"answer": "yes"})
    assert answer.headers["location"] == f"/calls/{call.pk}/"
    page = park.get(f"/calls/{call.pk}/")
    assert page.headers["Permissions-Policy"] == MEDIA
    assert "microphone=(self)" not in park.get("/calls/").headers.get("Permissions-Policy", "")
    who = {
        "full_name": "한서연",
        "latin_name": "HAN SEOYEON",
        "kind": "passport",
        "number": "M12345678",
        "issuer": "KOR",
    }
    refused = park.post(f"/calls/{call.pk}/register/", who)
    assert refused.status_code == 400  # the person has not agreed
    done = park.post(f"/calls/{call.pk}/register/", {**who, "agrees": "on"})
    assert done.status_code == 200
    (resident,) = Resident.objects.all()
    assert (resident.site, resident.language) == (town.estate, "ko")
    assert Call.objects.get().resident == resident
    assert Entry.objects.get(verb="resident:register").actor == f"user:{interpreters.park.pk}"
    exchanged = park.post(f"/calls/{call.pk}/exchange/", json.dumps({"act": "end"}), content_type="application/json")
    assert exchanged.json()["state"] == "ended"
    assert park.post(f"/calls/{call.pk}/register/", {**who, "agrees": "on"}).status_code == 409
    park.post(f"/calls/{call.pk}/conclude/", {"outcome": "registered", "notes": "Her son lives in 302."})
    assert Call.objects.get().outcome == "registered"


def test_nobody_opens_the_call_of_a_colleague(call, interpreters, log_in) -> None:
    kim = log_in(interpreters.kim)
    for page in ("", "answer/", "exchange/", "conclude/", "register/"):
        ask = kim.get if not page else kim.post
        assert ask(f"/calls/{call.pk}/{page}").status_code == 404, page
    log_in(interpreters.park).post(f"/calls/{call.pk}/answer/", {"decline": "yes"})
    assert Call.objects.get().interpreter == interpreters.kim
    assert kim.post(f"/calls/{call.pk}/answer/", {"answer": "yes"}).status_code == 302
    assert log_in(interpreters.park).post(f"/calls/{call.pk}/exchange/").status_code == 404


@pytest.mark.parametrize("said", ["", "[]", '{"say": ["not json"]}', '{"after": "x"}'])
def test_nonsense_in_an_exchange_is_refused(call, interpreters, log_in, said: str) -> None:
    actions.answer(interpreters.park, call)
    answer = log_in(interpreters.park).post(f"/calls/{call.pk}/exchange/", said, content_type="application/json")
    assert answer.status_code == 400


def test_the_office_sees_its_own_calls_and_sets_lines_for_its_own_sites(call, town, employ, log_in) -> None:
    office = log_in(employ(Role.OFFICE, community=town.community))
    page = office.get("/calls/list/?language=ko").content.decode()
    assert "柳浪新苑" in page
    assert office.get(f"/calls/list/{call.pk}/").status_code == 200
    assert Entry.objects.filter(verb="interpreting:open").count() == 1
    office.post("/calls/list/lines/", {"language": "ko", "site": town.estate.pk, "number": "8888 0001"})
    for site in ("", town.far_site.pk):
        office.post("/calls/list/lines/", {"language": "ko", "site": site, "number": "110"})
    assert list(Line.objects.values_list("site", "number")) == [(town.estate.pk, "8888 0001")]
    assert "Seconds until answered" in office.get("/calls/list/export/").content.decode()
    far = log_in(employ(Role.OFFICE, community=town.far_community))
    assert far.get(f"/calls/list/{call.pk}/").status_code == 404


def test_a_call_in_which_a_protected_person_was_registered_is_met_by_those_who_are_entrusted_with_them(
    call, town, employ, register, log_in
) -> None:
    trusted, other = (employ(Role.OFFICE, community=town.community) for _ in range(2))
    person = register(WANG)
    Call.objects.filter(pk=call.pk).update(resident=person)
    protect(None, person, [trusted])
    for user, status in ((trusted, 200), (other, 404)):
        client = log_in(user)
        assert client.get(f"/calls/list/{call.pk}/").status_code == status
        assert (f"/calls/list/{call.pk}/" in client.get("/calls/list/").content.decode()) is (status == 200)


def test_only_a_call_that_had_to_wait_says_that_all_were_talking(call, town, employ, log_in) -> None:
    second, third = (actions.ask("ko", Source.KIOSK, town.estate, device=device) for device in ("dev-2", "dev-3"))
    office = log_in(employ(Role.OFFICE, community=town.community))
    said = [office.get(f"/calls/list/{one.pk}/").content.decode() for one in (call, second, third)]
    assert ["Ringing" in page for page in said] == [True, True, False]
    assert ["All are talking" in page for page in said] == [False, False, True]


def phone(holder, language: str) -> Client:
    with transaction.atomic():
        entrance = begin_visit(holder, "Chrome · Android")
    client = Client(headers={"Accept-Language": language})
    client.cookies[COOKIE] = entrance.token
    return client


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_resident_touches_a_language_and_the_interpreter_of_their_site_is_rung(
    town, interpreters, register, applicant, language: str
) -> None:
    shift(interpreters.park, site=town.estate)
    daughter = applicant()
    entrust(None, register(WANG), daughter, Relation.CHILD, Consent.TOLD_STAFF)
    client = phone(daughter, language)
    choose = client.get("/my/interpreter/").content.decode()
    assert all(name in choose for name in ("简体中文", "繁體中文", "English", "한국어", "日本語"))
    page = client.get("/my/interpreter/?language=ko")
    assert page.headers["Permissions-Policy"] == MEDIA
    assert calling.texts("ko")["words"]["ringing"] in page.content.decode()
    asked = {"act": "ask", "language": "ko"}
    answer = client.post("/my/interpreter/exchange/", json.dumps(asked), content_type="application/json").json()
    assert answer["state"] == "ringing"
    call = Call.objects.get()
    assert (call.source, call.site, call.interpreter) == (Source.PHONE, town.estate, interpreters.park)
    ended = {"call": answer["call"], "act": "end"}
    client.post("/my/interpreter/exchange/", json.dumps(ended), content_type="application/json")
    assert Call.objects.get().state == State.ENDED


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_every_language(call, interpreters, employ, log_in, language: str) -> None:
    actions.answer(interpreters.park, call)
    office = employ(Role.OFFICE)
    for user, pages in (
        (interpreters.park, ("/calls/", f"/calls/{call.pk}/")),
        (office, ("/calls/list/", f"/calls/list/{call.pk}/")),
    ):
        user.language = language
        user.save()
        for page in pages:
            answer = log_in(user).get(page)
            assert answer.status_code == 200, page
            assert f'lang="{language}"' in answer.content.decode()


def test_the_page_of_a_call_and_its_card_have_every_sentence_in_five_languages() -> None:
    assert calling.incomplete() == []
    script = (calling.STATIC / "asker.js").read_text("utf-8")
    said = set(re.findall(r'say\("(\w+)"', script)) | {"ringing", "waiting", "talking", "line", "card", "offline"}
    assert said <= set(calling.texts("en")["words"])

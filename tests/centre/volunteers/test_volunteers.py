"""The Korean neighbour who becomes a volunteer: offers, is confirmed, is asked, says yes, and her time is counted."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.cast import LI, SUN, WANG
from tests.centre.rosters.things import volunteer_of

from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.sending.models import Message
from gatepass.centre.volunteers import actions
from gatepass.centre.volunteers.access import available, minutes_of
from gatepass.centre.volunteers.actions import Offer, TaskFacts
from gatepass.centre.volunteers.models import Ask, Kind, Task, Volunteer

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def phone(holder: Applicant, language: str = "en") -> Client:
    with transaction.atomic():
        entrance = begin_visit(holder, "Chrome · Android")
    client = Client(headers={"Accept-Language": language})
    client.cookies[COOKIE] = entrance.token
    return client


def refused(code: str):
    return pytest.raises(RefusedError, match=f"^{code}$")


def task_of(site, *volunteers: Volunteer, words: str = "Call Ms Han, 138.") -> Task:
    now = timezone.now()
    return actions.ask(None, TaskFacts(Kind.VISIT, "ko", site, now + HOUR, now + 3 * HOUR, words), volunteers)


def test_the_korean_neighbour_becomes_a_volunteer(town, register, applicant, employ, log_in) -> None:
    neighbour = applicant(language="ko")
    entrust(neighbour, register(WANG), neighbour, Relation.SELF, Consent.OWN)
    hers = phone(neighbour, "ko")
    assert "도움이 됩니다" in hers.get("/my/helping/").content.decode()
    offer = {"languages": ["ko", "zh-hans"], "kinds": ["visit", "phone"], "words": "", "time": ["0-morning", "0-night"]}
    assert hers.post("/my/helping/offer/", {**offer, "time": []}).status_code == 200  # no hours: said, nothing kept
    assert hers.post("/my/helping/offer/", offer).status_code == 302
    office = log_in(employ(Role.OFFICE, community=town.community))
    (volunteer,) = Volunteer.objects.all()
    assert "王秀英" in office.get("/volunteers/?state=applied&language=ko").content.decode()
    assert available("ko", datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Asia/Shanghai"))) == []
    office.post(f"/volunteers/{volunteer.pk}/decide/", {"taken": "yes"})
    (answer,) = Message.objects.filter(kind="volunteer_answer")
    assert "자원봉사자" in str(answer.text)
    # A Monday morning's visit, asked for by the office: she is the one who fits.
    monday = timezone.localtime() + timedelta(days=(7 - timezone.localtime().weekday()))
    at = monday.replace(hour=9, minute=0)
    task = {"kind": "visit", "language": "ko", "site": town.estate.pk, "words": "Ms Han, 302, at nine.",
            "begins": f"{at:%Y-%m-%dT%H:%M}", "ends": f"{at + HOUR:%Y-%m-%dT%H:%M}"}  # fmt: skip
    nobody = office.post("/volunteers/tasks/new/", {**task, "begins": f"{at + 5 * HOUR:%Y-%m-%dT%H:%M}",
                                                    "ends": f"{at + 6 * HOUR:%Y-%m-%dT%H:%M}"})  # fmt: skip
    assert "has time then" in nobody.content.decode()
    assert office.post("/volunteers/tasks/new/", task).status_code == 302
    assert "Han" not in str(Message.objects.get(kind="volunteer_asked").text)
    page = hers.get("/my/helping/").content.decode()
    assert "Ms Han" not in page  # before she says yes she reads what and when, not who
    ask = Ask.objects.get()
    hers.post(f"/my/helping/{ask.pk}/", {"yes": "yes"})
    assert "Ms Han, 302" in hers.get("/my/helping/").content.decode()
    hers.post(f"/my/helping/{ask.pk}/", {"minutes": "75"})
    assert minutes_of(volunteer) == 75
    assert "75" in hers.get("/my/helping/").content.decode()
    assert "75" in office.get("/volunteers/export/").content.decode()
    listed = office.get("/volunteers/tasks/export/").content.decode()
    assert "75" in listed
    assert "Ms Han" not in listed


def test_of_two_who_say_yes_one_has_it(town, register) -> None:
    one, other = volunteer_of(register(WANG), "13811100001"), volunteer_of(register(LI), "13811100002")
    task = task_of(town.estate, one, other)
    first, second = task.asks.order_by("id")
    actions.accept_task(one.applicant, first)
    with refused("volunteer_not_now"):
        actions.accept_task(other.applicant, second)
    actions.decline_task(one.applicant, Ask.objects.get(pk=first.pk))  # cannot after all: open again
    assert Task.objects.get().state == Task.State.OPEN


def test_hours_are_those_of_the_site_and_midnight_ends_the_day(town, register) -> None:
    volunteer = volunteer_of(register(WANG), "13811100001")
    actions.offer_help(volunteer.applicant, Offer(["ko"], ["phone"], [(0, time(22), time(0)), (1, time(8), time(12))]))
    zone = ZoneInfo("Asia/Shanghai")
    monday = datetime(2026, 11, 30, tzinfo=zone)
    free = [hour for hour in range(48) if available("ko", monday + hour * HOUR)]
    assert free == [22, 23, 32, 33, 34, 35]
    town.estate.time_zone = "Asia/Tokyo"
    town.estate.save()
    assert [hour for hour in range(48) if available("ko", monday + hour * HOUR)] == [21, 22, 31, 32, 33, 34]


def test_who_fits_speaks_the_language_does_this_kind_and_lives_in_the_community(town, register) -> None:
    near = volunteer_of(register(WANG), "13811100001")
    beside = volunteer_of(register(LI, town.hospital), "13811100002", ("ko", "ja"))
    volunteer_of(register(SUN, town.far_site), "13811100003")
    assert available("ko", site=town.hospital) == [beside, near]
    assert available("ja") == [beside]
    assert available("zh-Hans") == []
    actions.offer_help(near.applicant, Offer(["ko"], ["visit"], [(day, time(0), time(0)) for day in range(7)]))
    assert available("KO", site=town.estate, kind="phone") == [beside]


def test_whoever_waits_for_an_answer_stands_first_in_the_list_then_it_goes_by_name(register, employ, log_in) -> None:
    rows = [volunteer_of(register(one), f"1381110000{n}", ("zh-hans",)) for n, one in enumerate((WANG, LI, SUN))]
    Volunteer.objects.filter(pk=rows[0].pk).update(state=Volunteer.State.APPLIED, languages=["ko", "zh-hant"])
    confirmed = sorted(row.resident.full_name for row in rows[1:])
    client = log_in(employ(Role.OFFICE))
    page = client.get("/volunteers/").context["page"]
    assert [row.resident.full_name for row in page] == [rows[0].resident.full_name, *confirmed]
    chosen = client.get("/volunteers/?language=zh-hans").context["page"]
    assert [row.resident.full_name for row in chosen] == confirmed


def test_only_a_resident_whom_the_community_knows_offers_help(applicant, register) -> None:
    daughter = applicant()
    offer = Offer(["ko"], ["phone"], [(0, time(8), time(12))])
    with refused("volunteer_not_resident"):
        actions.offer_help(daughter, offer)
    entrust(None, register(), daughter, Relation.CHILD, Consent.TOLD_STAFF)
    with refused("volunteer_not_resident"):
        actions.offer_help(daughter, offer)


def test_whoever_stops_is_asked_no_more_and_gives_back_what_they_had(town, register) -> None:
    volunteer = volunteer_of(register(), "13811100001")
    task = task_of(town.estate, volunteer)
    actions.accept_task(volunteer.applicant, task.asks.get())
    actions.leave(volunteer.applicant, volunteer)
    assert Task.objects.get().state == Task.State.OPEN
    assert available("ko") == []
    actions.offer_help(volunteer.applicant, Offer(["ko"], ["phone"], [(0, time(0), time(0))]))
    assert Volunteer.objects.get().state == Volunteer.State.APPLIED  # asked and confirmed anew


def test_what_is_called_off_is_told_to_whoever_had_taken_it_on(town, register) -> None:
    volunteer = volunteer_of(register(), "13811100001")
    task = task_of(town.estate, volunteer)
    actions.accept_task(volunteer.applicant, task.asks.get())
    Message.objects.all().delete()
    actions.call_off(None, Task.objects.get(pk=task.pk))
    assert "no longer needed" in str(Message.objects.get().text)
    with refused("volunteer_not_now"):
        actions.finish_task(volunteer.applicant, task, 5)


def test_nobody_answers_for_somebody_else(town, register, applicant) -> None:
    volunteer = volunteer_of(register(), "13811100001")
    ask = task_of(town.estate, volunteer).asks.get()
    assert phone(applicant("13900012345")).post(f"/my/helping/{ask.pk}/", {"yes": "yes"}).status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en", "ko", "ja"])
def test_the_residents_pages_open_in_every_language(register, language: str) -> None:
    client = phone(volunteer_of(register(), "13811100001").applicant, language)
    for page in ("/my/helping/", "/my/helping/offer/"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.content.decode()

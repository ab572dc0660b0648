"""The pages of the roster: what they show, and the buttons of whoever is on it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.centre.rosters.conftest import shift

from gatepass.centre.accounts.roles import Role
from gatepass.centre.rosters.access import on_duty
from gatepass.centre.rosters.calendar import Event, calendar, escaped, folded
from gatepass.centre.rosters.models import Change, HandOver, Need, Shift, Swap

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "zh-hant", "en", "ko", "ja")
SHIFT = {
    "languages": ["ko"], "channels": ["call"], "weekdays": ["0", "1", "2", "3", "4", "5", "6"], "starts": "00:00",
    "ends": "00:00", "first_day": "2026-01-01", "every_weeks": "1",
}  # fmt: skip


@pytest.fixture
def office(town, employ, log_in) -> Client:
    return log_in(employ(Role.OFFICE, community=town.community))


def test_the_office_says_what_is_needed_and_enters_shifts_until_the_page_shows_no_gap(
    town, interpreters, office
) -> None:
    place = f"community:{town.community.pk}"
    assert "No roster yet" in office.get("/roster/").content.decode()
    need = {**SHIFT, "place": place, "language": "ko", "channel": "call", "least": "1", "lead_hours": "72"}
    assert office.post("/roster/needs/new/", need).status_code == 302
    page = office.get("/roster/?language=ko").content.decode()
    assert page.count('class="gap"') == 14 * 24 + 1  # and the key
    answer = office.post("/roster/shifts/new/", {**SHIFT, "place": place, "user": interpreters.kim.pk})
    assert answer.status_code == 302
    page = office.get("/roster/?language=ko").content.decode()
    assert page.count('class="gap"') == 1
    assert page.count('class="held"') == 14 * 24 + 1
    assert "Cannot be reached" in page  # nobody has named a telephone yet
    assert office.get("/roster/export/").content.decode().count("\r\n") >= 15
    end = office.post(f"/roster/shifts/{Shift.objects.get().pk}/end/", {"last_day": "2026-01-01"})
    assert end.status_code == 302
    assert 'class="gap"' in office.get("/roster/?language=ko").content.decode()
    office.post(f"/roster/needs/{Need.objects.get().pk}/end/")
    assert not Need.objects.exists()


def test_the_office_of_one_community_sets_nothing_for_the_town_or_another_one(town, interpreters, office) -> None:
    for place in ("town", f"community:{town.far_community.pk}", f"site:{town.far_site.pk}"):
        answer = office.post("/roster/shifts/new/", {**SHIFT, "place": place, "user": interpreters.sato.pk})
        assert answer.status_code == 200
    whole_town = shift(interpreters.sato)
    assert "Sato" in office.get("/roster/").content.decode()  # reaches into the community
    assert office.post(f"/roster/shifts/{whole_town.pk}/end/").status_code == 404
    assert Shift.objects.count() == 1


def test_an_interpreter_gives_takes_is_away_and_leaves_a_note(town, interpreters, log_in) -> None:
    duty = shift(interpreters.kim, community=town.community)
    kim, park, sato = (log_in(one) for one in (interpreters.kim, interpreters.park, interpreters.sato))
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "No message reaches you" in kim.get("/duty/").content.decode()
    kim.post("/duty/act/", {"do": "offer", "shift": duty.pk, "day": tomorrow.isoformat(), "asked": ""})
    swap = Swap.objects.get()
    assert "Offered to you" in sato.get("/duty/").content.decode()
    sato.post("/duty/act/", {"do": "accept", "swap": swap.pk})
    assert [one.user for one in on_duty("ko", timezone.now() + timedelta(days=1))] == [interpreters.sato]
    sato.post("/duty/act/", {"do": "take", "shift": duty.pk, "day": timezone.localdate().isoformat()})
    assert [one.user for one in on_duty("ko")] == [interpreters.sato]
    page = park.post("/duty/act/", {"do": "take", "shift": duty.pk, "day": tomorrow.isoformat()}, follow=True)
    assert "no interpreter for any of these languages there" in page.content.decode()  # the estate alone
    kim.post("/duty/act/", {"do": "note", "place": f"community:{town.community.pk}", "text": "302 waits."})
    assert "302 waits." in sato.get("/duty/").content.decode()
    assert "302 waits." in park.get("/duty/").content.decode()
    kim.post("/duty/act/", {"do": "away", "begins": "2030-01-01T08:00", "ends": "2030-01-02T08:00"})
    away = Change.objects.get(kind="away")
    sato.post("/duty/act/", {"do": "back", "change": away.pk})
    assert Change.objects.get(pk=away.pk).cancelled_at is None
    kim.post("/duty/act/", {"do": "back", "change": away.pk})
    assert Change.objects.get(pk=away.pk).cancelled_at is not None
    assert HandOver.objects.count() == 1


def test_the_calendar_is_read_by_whoever_has_the_address_until_it_is_revoked(town, interpreters, log_in) -> None:
    shift(interpreters.kim, starts="22:00", ends="06:00", community=town.community)
    kim = log_in(interpreters.kim)
    page = kim.post("/duty/act/", {"do": "calendar"}, follow=True).content.decode()
    address = re.search(r"/calendar/[\w-]+\.ics", page)
    assert address is not None
    assert "/calendar/" not in kim.get("/duty/").content.decode()  # shown once
    answer = Client().get(address[0])
    text = answer.content.decode()
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert text.count("BEGIN:VEVENT") == text.count("T140000Z\r\nDTEND") in range(70, 76)
    assert "SUMMARY:On duty: 한국어 (Call at the screen\\, Telephone)" in text
    assert len(set(re.findall("UID:(.*)\r\n", text))) == text.count("BEGIN:VEVENT")
    kim.post("/duty/act/", {"do": "calendar"})
    assert Client().get(address[0]).status_code == 404
    kim.post("/duty/act/", {"do": "no_calendar"})
    assert Client().get("/calendar/unknown.ics").status_code == 404


def test_a_calendar_is_folded_at_75_octets_and_never_within_a_character() -> None:
    line = folded("SUMMARY:" + "통역 " * 40)
    pieces = line[:-2].split(b"\r\n ")
    assert all(len(piece) <= 75 for piece in (pieces[0], *(b" " + piece for piece in pieces[1:])))
    assert b"".join(piece.decode().encode() for piece in pieces).decode() == "SUMMARY:" + "통역 " * 40
    assert escaped("a;b,c\\d\ne") == "a\\;b\\,c\\\\d\\ne"
    now = timezone.now()
    assert calendar("x", [Event("1", now, now, "y")], now).endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_every_language(town, interpreters, employ, log_in, language: str) -> None:
    shift(interpreters.kim, community=town.community)
    office = employ(Role.OFFICE)
    for user, pages in ((office, ("/roster/", "/roster/shifts/", "/roster/shifts/new/", "/roster/changes/new/",
                                  "/roster/needs/new/", "/volunteers/",
                                  "/volunteers/tasks/", "/volunteers/tasks/new/")),
                        (interpreters.kim, ("/duty/", "/roster/"))):  # fmt: skip
        user.language = language
        user.save()
        for page in pages:
            answer = log_in(user).get(page)
            assert answer.status_code == 200, page
            assert f'lang="{language}"' in answer.content.decode()

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from gatepass.centre.accounts.actions import set_active
from gatepass.centre.accounts.models import StaffSession
from gatepass.centre.accounts.roles import Role
from gatepass.centre.accounts.sessions import NOTED_AGAIN_AFTER, forget_sessions, sessions_of
from gatepass.centre.audit.models import Entry

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"


@pytest.fixture
def office(employ):
    return employ(Role.OFFICE)


def come_in(user, device: str) -> Client:
    client = Client(headers={"user-agent": device})
    client.force_login(user)
    assert client.get("/gates/").status_code == 200
    return client


def test_the_own_page_lists_devices_and_marks_this_one(office) -> None:
    desk = come_in(office, DESK)
    come_in(office, PHONE)
    page = desk.get("/account/").content.decode()
    assert "Firefox · Windows" in page
    assert "Chrome · Android" in page
    assert page.count("this one") == 1


def test_one_is_ended_and_out_at_its_next_click(office) -> None:
    desk, phone = come_in(office, DESK), come_in(office, PHONE)
    lost = StaffSession.objects.get(device="Chrome · Android")
    desk.post("/account/sessions/end/", {"session": lost.pk})
    assert phone.get("/gates/").status_code == 302
    assert desk.get("/gates/").status_code == 200
    assert Entry.objects.get(verb="session:end").fields == {"session": lost.pk}


def test_all_others_end_or_all_of_them(office) -> None:
    desk, phone, third = come_in(office, DESK), come_in(office, PHONE), come_in(office, PHONE)
    desk.post("/account/sessions/end/", {"session": "others"})
    assert [client.get("/gates/").status_code for client in (desk, phone, third)] == [200, 302, 302]
    assert Entry.objects.get(verb="session:end_all").fields == {"count": 2}
    assert desk.post("/account/sessions/end/", {"session": "all"}).headers["location"] == "/login/"
    assert desk.get("/gates/").status_code == 302
    assert not sessions_of(office).exists()


def test_nobody_ends_a_session_of_somebody_else_by_its_number(office, employ) -> None:
    mine, theirs = come_in(office, DESK), come_in(employ(Role.OFFICE), PHONE)
    other = StaffSession.objects.get(device="Chrome · Android")
    mine.post("/account/sessions/end/", {"session": other.pk})
    assert theirs.get("/gates/").status_code == 200


def test_an_administrator_ends_a_colleagues(office, employ, log_in) -> None:
    theirs, client = come_in(office, PHONE), log_in(employ(Role.ADMINISTRATOR))
    page = client.get(f"/staff/{office.pk}/").content.decode()
    assert "Chrome · Android" in page
    one = StaffSession.objects.get(user=office)
    client.post(f"/staff/{office.pk}/sessions/end/", {"session": one.pk})
    assert theirs.get("/gates/").status_code == 302
    again = come_in(office, PHONE)
    client.post(f"/staff/{office.pk}/sessions/end/", {"session": "all"})
    assert again.get("/gates/").status_code == 302


def test_a_deactivated_account_is_logged_in_nowhere(office, employ) -> None:
    come_in(office, DESK)
    set_active(employ(Role.ADMINISTRATOR), office, active=False)
    assert not sessions_of(office).exists()


def test_last_use_is_noted_every_some_minutes_and_not_at_every_page(office, django_assert_num_queries) -> None:
    client = come_in(office, DESK)
    first = StaffSession.objects.get().seen_at
    client.get("/gates/")
    assert StaffSession.objects.get().seen_at == first
    with time_machine.travel(timezone.now() + NOTED_AGAIN_AFTER + timedelta(seconds=1)):
        client.get("/gates/")
    assert StaffSession.objects.get().seen_at > first


def test_a_changed_password_keeps_this_session_in_the_list_once(office) -> None:
    from tests.centre.conftest import PASSWORD

    desk, phone = come_in(office, DESK), come_in(office, PHONE)
    desk.post("/password/", {"current": PASSWORD, "new": "three other words", "again": "three other words"})
    assert phone.get("/gates/").status_code == 302
    assert desk.get("/gates/").status_code == 200
    assert sessions_of(office).count() == 1


def test_what_is_over_is_forgotten(office) -> None:
    come_in(office, DESK)
    with time_machine.travel(timezone.now() + timedelta(hours=12, seconds=1)):
        assert not sessions_of(office).exists()
        assert forget_sessions() == 1
    assert not StaffSession.objects.exists()

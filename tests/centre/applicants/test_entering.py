from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import CODE_LIVES, MOST_TRIES, VISIT_LIVES
from gatepass.centre.applicants.models import Applicant, OneTimeCode, Visit
from gatepass.centre.audit.models import Entry
from gatepass.centre.limits.models import Attempt
from gatepass.centre.sending.models import Message

pytestmark = pytest.mark.django_db
PHONE = "13800012345"


def digits() -> str:
    """What the newest message says."""
    message = Message.objects.order_by("-id")[0]
    found = re.search(r"\d{6}", message.text)
    assert found
    return found.group()


def ask(client: Client, contact: str = PHONE, **headers: str):
    return client.post("/my/enter/", {"contact": contact}, headers=headers)


def come_in(client: Client, contact: str = PHONE) -> Applicant:
    assert ask(client, contact).status_code == 302
    answer = client.post("/my/enter/code/", {"code": digits()})
    assert answer.status_code == 302
    return Applicant.objects.order_by("-id")[0]


def test_a_telephone_number_and_six_digits_open_the_own_pages() -> None:
    client = Client()
    assert client.get("/my/account/").headers["location"].startswith("/my/enter/")
    come_in(client)
    assert client.get("/my/account/").status_code == 200
    assert client.cookies[COOKIE]["httponly"]


def test_the_same_telephone_is_the_same_applicant_in_every_browser() -> None:
    first = come_in(Client())
    OneTimeCode.objects.all().delete()
    assert come_in(Client(), "+86 138-0001-2345") == first
    assert Visit.objects.count() == 2


def test_the_message_comes_in_the_language_of_the_page() -> None:
    ask(Client(), **{"Accept-Language": "ko"})
    assert "인증번호" in Message.objects.get().text


def test_the_digits_open_once() -> None:
    client = Client()
    ask(client)
    code = digits()
    assert client.post("/my/enter/code/", {"code": code}).status_code == 302
    other = Client()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        ask(other)
        assert other.post("/my/enter/code/", {"code": code}).status_code == 200


def test_wrong_digits_a_few_times_void_the_right_ones() -> None:
    client = Client()
    ask(client)
    code = digits()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(MOST_TRIES):
        assert client.post("/my/enter/code/", {"code": wrong}).status_code == 200
    assert client.post("/my/enter/code/", {"code": code}).status_code == 200
    assert not Visit.objects.exists()


def test_digits_that_have_run_out_do_not_open() -> None:
    client = Client()
    ask(client)
    code = digits()
    with time_machine.travel(timezone.now() + CODE_LIVES + timedelta(seconds=1)):
        assert client.post("/my/enter/code/", {"code": code}).status_code == 200


def test_digits_of_one_telephone_do_not_open_another() -> None:
    hers, his = Client(), Client()
    ask(hers)
    code = digits()
    ask(his, "13900012345")
    assert his.post("/my/enter/code/", {"code": code}).status_code == 200


def test_new_digits_are_not_sent_again_and_again() -> None:
    client = Client()
    ask(client)
    assert "half a minute" in ask(client, **{"Accept-Language": "en"}).content.decode()
    for minute in range(1, 7):
        with time_machine.travel(timezone.now() + timedelta(minutes=minute)):
            last = ask(client, **{"Accept-Language": "en"})
    assert "too often" in last.content.decode()
    assert Message.objects.count() == 5


def test_the_page_does_not_tell_whether_a_telephone_is_known() -> None:
    come_in(Client())
    OneTimeCode.objects.all().delete()
    Attempt.objects.all().delete()
    known, unknown = Client(), Client()
    assert ask(known).status_code == ask(unknown, "13900012345").status_code == 302
    said = [re.sub(r"\+86\S+|value=\"[^\"]+\"", "", client.get("/my/enter/code/").content.decode())
            for client in (known, unknown)]  # fmt: skip
    assert said[0] == said[1]


def test_somebody_who_leaves_is_out_and_the_phone_forgets_what_it_held() -> None:
    client = Client()
    come_in(client)
    answer = client.post("/my/leave/")
    assert "storage" in answer.headers["clear-site-data"]
    assert client.get("/my/account/").status_code == 302
    assert not Visit.objects.exists()


def test_an_owner_ends_a_visit_on_a_lost_phone_and_nobody_else_can() -> None:
    lost, own, stranger = Client(), Client(), Client()
    come_in(lost)
    OneTimeCode.objects.all().delete()
    come_in(own)
    come_in(stranger, "13900012345")
    visit = Visit.objects.order_by("id")[0]
    stranger.post("/my/account/", {"visit": visit.pk})
    assert lost.get("/my/account/").status_code == 200
    own.post("/my/account/", {"visit": visit.pk})
    assert lost.get("/my/account/").status_code == 302
    assert own.get("/my/account/").status_code == 200


def test_a_visit_ends_by_itself_when_nobody_comes_for_a_season() -> None:
    client = Client()
    come_in(client)
    with time_machine.travel(timezone.now() + VISIT_LIVES + timedelta(days=1)):
        assert client.get("/my/account/").status_code == 302


def test_a_resident_opens_no_staff_page_and_staff_no_residents_page(employ, log_in) -> None:
    resident = Client()
    come_in(resident)
    assert resident.get("/residents/").headers["location"].startswith("/login/")
    assert log_in(employ(Role.OFFICE)).get("/my/account/").headers["location"].startswith("/my/enter/")


def test_a_made_up_cookie_is_nobody() -> None:
    client = Client()
    for made_up in ("", "x", "\udcff", "a" * 5000):
        client.cookies[COOKIE] = made_up.encode("utf-8", "replace").decode("latin-1")
        assert client.get("/my/account/").status_code == 302


def test_whatever_happens_is_on_record_without_a_telephone_number() -> None:
    client = Client()
    come_in(client)
    client.post("/my/account/", {"full_name": "王芳", "language": "ko"})
    assert Applicant.objects.get().language == "ko"
    assert client.post("/my/account/", {"full_name": "王芳", "language": "xx"}).status_code == 200
    client.post("/my/leave/")
    entries = list(Entry.objects.order_by("id"))
    assert [entry.verb for entry in entries] == ["applicant:create", "visit:begin", "applicant:change", "visit:end"]
    assert not any(PHONE in str(entry.__dict__) or "王芳" in str(entry.__dict__) for entry in entries)


@pytest.mark.parametrize("wanted", ["https://evil.example/my/", "//evil.example/my/", "/staff/", "/my/../staff/"])
def test_after_coming_in_nobody_is_led_to_another_site(wanted: str) -> None:
    client = Client()
    client.post("/my/enter/", {"contact": PHONE, "next": wanted})
    answer = client.post("/my/enter/code/", {"code": digits(), "next": wanted})
    assert answer.headers["location"].startswith("/my/")
    assert ".." not in answer.headers["location"]

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from tests.centre.conftest import PASSWORD

from gatepass.centre.accounts.actions import set_active
from gatepass.centre.accounts.invitations import INVITATION_LIVES, invite
from gatepass.centre.accounts.models import StaffInvitation, User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.sending.models import Message

pytestmark = pytest.mark.django_db

NEW = {"new": "three other words", "again": "three other words"}
CHEN = {"username": "chen.jing", "full_name": "陈静", "language": "zh-hans"}


@pytest.fixture
def administrator(employ):
    return employ(Role.ADMINISTRATOR)


def path_of(link: str) -> str:
    return "/invitation/" + link.rpartition("/invitation/")[2]


def test_a_new_colleague_chooses_a_password_by_the_link_and_logs_in(administrator, log_in, town) -> None:
    page = log_in(administrator).post(
        "/staff/new/", {**CHEN, "way": "link", "role_office": [f"community:{town.community.pk}"]}
    )
    shown = re.search(r'<pre id="link">(.*?)</pre>', page.content.decode())
    assert shown
    user = User.objects.get(username="chen.jing")
    assert not user.has_usable_password()
    theirs = Client()
    assert "陈静" in theirs.get(path_of(shown[1])).content.decode()
    assert theirs.post(path_of(shown[1]), NEW).headers["location"] == "/login/"
    assert "chen.jing" in theirs.get("/login/").content.decode()
    theirs.post("/login/", {"username": "chen.jing", "password": NEW["new"]})
    assert theirs.get("/residents/").status_code == 200
    assert Entry.objects.filter(verb="staff:accept_invitation", object=f"user:{user.pk}").exists()


def test_the_link_is_used_up_by_the_password_and_not_by_being_opened(administrator) -> None:
    link, client = path_of(invite(administrator, administrator)), Client()
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert client.post(link, NEW).status_code == 302
    assert client.get(link).status_code == 400
    assert client.post(link, NEW).status_code == 400


def test_a_weak_password_leaves_the_link_as_it_was(administrator) -> None:
    link, client = path_of(invite(administrator, administrator)), Client()
    client.cookies["django_language"] = "en"
    assert "too short" in client.post(link, {"new": "short", "again": "short"}).content.decode()
    assert "differ" in client.post(link, {"new": NEW["new"], "again": "something else"}).content.decode()
    assert client.get(link).status_code == 200


def test_the_link_lives_three_days(administrator) -> None:
    link = path_of(invite(administrator, administrator))
    with time_machine.travel(timezone.now() + INVITATION_LIVES - timedelta(minutes=1)):
        assert Client().get(link).status_code == 200
    with time_machine.travel(timezone.now() + INVITATION_LIVES + timedelta(seconds=1)):
        page = Client().get(link, headers={"accept-language": "ja"})
    assert page.status_code == 400
    assert "三日を過ぎた" in page.content.decode()


def test_a_new_link_makes_the_earlier_one_void(administrator) -> None:
    first, second = path_of(invite(administrator, administrator)), path_of(invite(administrator, administrator))
    assert (Client().get(first).status_code, Client().get(second).status_code) == (400, 200)


def test_neither_the_link_nor_its_token_is_in_the_database(administrator) -> None:
    token = path_of(invite(administrator, administrator)).split("/")[2]
    assert token.encode() not in bytes(StaffInvitation.objects.get().token_hash)
    assert token not in str(list(Entry.objects.values()))


def test_a_link_by_mail_waits_in_the_queue_and_is_not_shown(administrator, log_in) -> None:
    client = log_in(administrator)
    answer = client.post("/staff/new/", {**CHEN, "way": "mail", "mail_to": "chen.jing@example.org"})
    assert answer.headers["location"] == "/staff/"
    message = Message.objects.get(kind="staff_invitation")
    assert (message.address, message.language) == ("chen.jing@example.org", "zh-hans")
    link = re.search(r"https?://\S+", str(message.text))
    assert link
    assert Client().get(path_of(link[0])).status_code == 200
    assert message.not_after is not None


def test_a_link_by_mail_needs_an_address(administrator, log_in) -> None:
    page = log_in(administrator).post("/staff/new/", {**CHEN, "way": "mail"})
    assert "Write the address" in page.content.decode()
    assert not User.objects.filter(username="chen.jing").exists()
    page = log_in(administrator).post("/staff/new/", {**CHEN, "way": "mail", "mail_to": "no address"})
    assert "errorlist" in page.content.decode()


def test_somebody_who_forgot_the_password_gets_a_link_and_the_old_one_holds_until_then(
    administrator, employ, log_in
) -> None:
    member = employ(Role.OFFICE)
    theirs = log_in(member)
    page = log_in(administrator).post(f"/staff/{member.pk}/invitation/", {"way": "link"}).content.decode()
    link = path_of(re.search(r'<pre id="link">(.*?)</pre>', page)[1])  # type: ignore[index]
    assert theirs.get("/residents/").status_code == 200
    Client().post(link, NEW)
    assert theirs.get("/residents/").status_code == 302
    member.refresh_from_db()
    assert member.check_password(NEW["new"])
    assert not member.check_password(PASSWORD)


def test_a_deactivated_account_is_not_invited_and_its_link_is_void(administrator, employ, log_in) -> None:
    member = employ(Role.OFFICE)
    link = path_of(invite(administrator, member))
    set_active(administrator, member, active=False)
    assert Client().get(link).status_code == 400
    with pytest.raises(RefusedError, match="account_inactive"):
        invite(administrator, member)
    answer = log_in(administrator).post(f"/staff/{member.pk}/invitation/", {"way": "link"}, follow=True)
    assert "deactivated" in answer.content.decode()


def test_who_guesses_links_waits(administrator) -> None:
    client = Client(headers={"accept-language": "en"})
    pages = [client.get(f"/invitation/guess{number}/").content.decode() for number in range(31)]
    assert "not known" in pages[0]
    assert "too often" in pages[-1]


def test_the_list_says_who_has_not_come_yet(administrator, employ, log_in) -> None:
    client = log_in(administrator)
    invite(administrator, employ(Role.OFFICE))
    assert "invited until" in client.get("/staff/").content.decode()
    with time_machine.travel(timezone.now() + INVITATION_LIVES + timedelta(seconds=1)):
        assert "has run out" in log_in(administrator).get("/staff/").content.decode()

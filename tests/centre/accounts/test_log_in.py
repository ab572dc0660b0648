from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from tests.centre.conftest import PASSWORD

from gatepass.centre.accounts.models import LoginFailure
from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry

pytestmark = pytest.mark.django_db


def try_log_in(client: Client, username: str, password: str = PASSWORD, next_page: str = ""):
    return client.post("/login/", {"username": username, "password": password, "next": next_page})


@pytest.fixture
def office(employ):
    return employ(Role.OFFICE)


def test_the_right_password_opens_the_first_page_and_is_on_record(client: Client, office) -> None:
    assert try_log_in(client, office.username).headers["location"] == "/"
    assert client.get("/").status_code == 302
    entry = Entry.objects.get(verb="session:log_in")
    assert (entry.actor, entry.actor_name) == (f"user:{office.pk}", office.full_name)


def test_a_wrong_password_and_a_wrong_name_give_the_same_sentence(client: Client, office) -> None:
    sentence = "do not belong together"
    client.cookies["django_language"] = "en"
    assert sentence in try_log_in(client, office.username, "wrong").content.decode()
    assert sentence in try_log_in(client, "nobody").content.decode()


def test_after_five_wrong_passwords_the_name_waits_ten_minutes_even_with_the_right_one(client: Client, office) -> None:
    client.cookies["django_language"] = "en"
    for _ in range(5):
        try_log_in(client, office.username, "wrong")
    assert "Try again in 10 minutes" in try_log_in(client, office.username).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=9, seconds=30)):
        assert "Try again in 1 minute," in try_log_in(client, office.username).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert try_log_in(client, office.username).status_code == 302


def test_another_name_does_not_wait(client: Client, office, employ) -> None:
    for _ in range(5):
        try_log_in(client, office.username, "wrong")
    assert try_log_in(client, employ(Role.GUARD_LEAD).username).status_code == 302


def test_an_address_that_tries_many_names_waits(client: Client, office) -> None:
    for number in range(50):
        try_log_in(client, f"name{number}", "wrong")
    assert try_log_in(client, office.username).status_code == 200


def test_a_success_forgets_the_failures_before(client: Client, office) -> None:
    for _ in range(4):
        try_log_in(client, office.username, "wrong")
    try_log_in(client, office.username)
    assert not LoginFailure.objects.exists()


def test_the_waiting_sentence_is_in_the_readers_language(client: Client, office) -> None:
    for _ in range(5):
        try_log_in(client, office.username, "wrong")
    for language, word in {
        "zh-hans": "10 分钟后再试",
        "zh-hant": "10 分鐘後再試",
        "ko": "10분 뒤",
        "ja": "10 分後",
    }.items():
        client.cookies["django_language"] = language
        assert word in try_log_in(client, office.username).content.decode()


def test_next_leads_only_to_this_site(client: Client, office) -> None:
    assert try_log_in(client, office.username, next_page="/gates/").headers["location"] == "/gates/"
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"):
        assert try_log_in(client, office.username, next_page=elsewhere).headers["location"] == "/"


def test_log_out_ends_the_session(log_in, office) -> None:
    client = log_in(office)
    client.post("/logout/")
    assert client.get("/gates/").status_code == 302


def test_a_deactivated_account_cannot_log_in(client: Client, office) -> None:
    office.is_active = False
    office.save()
    assert try_log_in(client, office.username).status_code == 200


def test_the_language_is_kept_in_the_account(log_in, office) -> None:
    client = log_in(office)
    client.post("/language/", {"language": "ko", "next": "/gates/"})
    office.refresh_from_db()
    assert office.language == "ko"
    page = client.get("/gates/")
    assert 'lang="ko"' in page.content.decode()
    assert page.headers["content-language"] == "ko"


def test_a_language_that_we_do_not_speak_changes_nothing(log_in, office) -> None:
    log_in(office).post("/language/", {"language": "xx"})
    office.refresh_from_db()
    assert office.language == "en"


def test_every_page_carries_the_strict_headers(log_in, office) -> None:
    headers = log_in(office).get("/gates/").headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_error_pages_name_the_next_step_in_the_readers_language(client: Client, office, code: int) -> None:
    from django.views import defaults

    client.raise_request_exception = False
    client.force_login(office)
    client.post("/language/", {"language": "ja"})
    if code == 404:
        page = client.get("/nowhere/")
    elif code == 403:
        page = client.get("/staff/")
    else:
        view = {400: defaults.bad_request, 500: defaults.server_error}[code]
        with pytest.MonkeyPatch.context() as patch:

            def fail(*_words, **_facts):
                if code == 500:
                    raise ZeroDivisionError
                from django.core.exceptions import BadRequest

                raise BadRequest

            patch.setattr("gatepass.centre.sites.views.access_gates", fail)
            page = client.get("/gates/")
        assert view
    assert page.status_code == code
    words = {
        400: "要求を読み取れませんでした",
        403: "権限がありません",
        404: "ここには何もありません",
        500: "システム側で問題が起きました",
    }
    assert words[code] in page.content.decode()
    assert "最初のページへ" in page.content.decode()


@pytest.mark.django_db
def test_an_address_that_a_form_sends_to_leads_to_the_page_with_the_form(town, employ, log_in) -> None:
    client = log_in(employ(Role.ADMINISTRATOR))
    answer = client.get(f"/gates/{town.east.pk}/rules/")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/gates/{town.east.pk}/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/calls/list/lines/", "/calls/list/"),
        ("/residents/filters/1/drop/", "/residents/"),
        ("/roster/shifts/1/end/", "/roster/shifts/"),
    ],
)
def test_where_no_page_lies_right_above_a_form_the_next_one_that_is_open_is_shown(
    town, employ, log_in, form: str, page: str
) -> None:
    client = log_in(employ(Role.OFFICE, town.community))
    answer = client.get(form)
    assert (answer.status_code, answer.headers["location"]) == (302, page)
    assert client.get(page).status_code == 200

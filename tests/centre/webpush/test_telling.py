"""From a verb to the screen of a phone: what is pushed to whom, what it says, and what ends a subscription."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.cast import WANG
from tests.centre.phone.test_pages import phone  # noqa: F401
from tests.centre.rosters.conftest import shift

from gatepass.centre import keys
from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.actions import raise_now
from gatepass.centre.applicants.actions import end_visit
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.interpreting import actions as calls
from gatepass.centre.interpreting.models import Source
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.passages.storage import now_ms
from gatepass.centre.phone.telling import tell_changes
from gatepass.centre.sending.actions import queue, send_due
from gatepass.centre.sending.models import PUSH, Channel, Message, State
from gatepass.centre.visitors.intake import ASKING_LASTS, take
from gatepass.centre.webpush.actions import Browser, read_browser, subscribe
from gatepass.centre.webpush.encryption import base64url, public_bytes
from gatepass.centre.webpush.models import Subscription
from gatepass.policy import Colour
from gatepass.wire.visitors import ASKS, VisitBatch, VisitEvent, WalkIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(applicant, browser, phone) -> Client:  # noqa: F811
    """Somebody's phone, subscribed by its page."""
    client = phone(applicant(language="zh-hans"))
    answer = client.post("/my/told/subscribe/", json.dumps(browser.told), content_type="application/json")
    assert answer.status_code == 200
    return client


def pushed() -> int:
    return send_due(timezone.now(), pushes=True)


def test_a_changed_colour_is_pushed_without_a_name_a_number_or_the_colour(
    client, browser, push_service, register, settings
) -> None:
    mother = register()
    entrust(None, mother, Subscription.objects.get().applicant, Relation.CHILD, Consent.TOLD_STAFF)
    tell_changes()
    set_colour(None, mother, Colour.RED, "A1")
    tell_changes()
    assert set(Message.objects.values_list("channel", flat=True)) == {Channel.SMS, PUSH}
    assert pushed() == 1
    headers, body = push_service.got[0]
    text = browser.opened(body).decode()
    said = json.loads(text)
    assert said["page"] == "/my/"
    assert said["body"] == "您有新消息。请打开页面阅读。"
    for secret in (WANG.name, WANG.number, mother.full_name[0], "红", "red", "13800012345"):
        assert secret not in text.lower()
    assert headers["content-encoding"] == "aes128gcm"
    assert 86_000 < int(headers["ttl"]) <= 86_400
    assert headers["urgency"] == "normal"
    claims = push_service.claims()
    assert claims["aud"] == push_service.address
    assert 0 < claims["exp"] - timezone.now().timestamp() <= 86_400
    assert claims["sub"].startswith(("https:", "mailto:"))
    assert claims["k"] == base64url(public_bytes(keys.vapid_key(settings.KEYS_DIR)))
    assert Message.objects.get(channel=PUSH).text is None, "what was said goes as soon as it is sent"
    assert Subscription.objects.get().told_at


def test_digits_of_a_log_in_are_never_pushed(client, push_service) -> None:
    with transaction.atomic():
        queue(Channel.SMS, "+8613800012345", kind="one_time_code", language="en", text="123456")
    assert pushed() == 0


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_has_gone_is_told_no_more(client, push_service, status: int) -> None:
    push_service.answers = [status]
    with transaction.atomic():
        queue(Channel.SMS, "+8613800012345", kind="survey", language="en", text="x")
        queue(Channel.SMS, "+8613800012345", kind="survey", language="en", text="x")
    pushed()
    assert not Subscription.objects.exists()
    assert set(Message.objects.filter(channel=PUSH).values_list("state", "detail")) == {(State.FAILED, "push_gone")}
    assert len(push_service.got) == 1


def test_a_push_service_that_is_busy_is_tried_again_and_a_refusal_is_not(client, push_service) -> None:
    push_service.answers = [429, 413]
    for _each in range(2):
        with transaction.atomic():
            queue(Channel.SMS, "+8613800012345", kind="survey", language="en", text="x")
    pushed()
    assert sorted(Message.objects.filter(channel=PUSH).values_list("state", flat=True)) == [State.FAILED, State.QUEUED]
    assert Subscription.objects.exists()


def test_whoever_logs_a_phone_out_from_elsewhere_silences_it(client, push_service) -> None:
    subscription = Subscription.objects.get()
    end_visit(subscription.applicant, subscription.visit_id)
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"endpoint": "https://example.com/push"}, "push_service"),
        ({"endpoint": "https://fcm.googleapis.com.evil.example/x"}, "push_service"),
        ({"endpoint": "https://evilpush.apple.com@10.0.0.1/x"}, "push_service"),
        ({"endpoint": "http://127.0.0.1:1/" + "x" * 1000}, "push_subscription"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "push_subscription"),
        ({"keys": {}}, "push_subscription"),
        ({"keys": None}, "push_subscription"),
    ],
)
def test_another_place_or_nonsense_is_refused_with_a_reason(client, browser, changes, code: str) -> None:
    answer = client.post(
        "/my/told/subscribe/", json.dumps({**browser.told, **changes}), content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize("body", ["", "[]", "null", "7", "{", '"x"', "\ud800".encode("utf-8", "surrogatepass")])
def test_a_body_that_is_no_subscription_is_refused(client, body) -> None:
    assert client.post("/my/told/subscribe/", body, content_type="application/json").status_code == 400


def test_a_place_behind_the_towns_wall_is_not_knocked_at(applicant, push_service, browser, settings) -> None:
    """A name that is allowed today may point inside tomorrow: the number that is reached is checked each time."""
    subscribe(applicant(), read_browser(browser.told), "x")
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"push_networks": ""})
    with transaction.atomic():
        queue(Channel.SMS, "+8613800012345", kind="survey", language="en", text="x")
    pushed()
    assert push_service.got == []
    assert Message.objects.get(channel=PUSH).detail == "push_address_plain"


def test_one_browser_is_of_whoever_came_last_and_ten_are_enough(applicant, browser, employ) -> None:
    daughter, office = applicant(), employ(Role.OFFICE)
    told = read_browser(browser.told)
    for _twice in range(2):
        subscribe(daughter, told, "x")
    assert Subscription.objects.count() == 1
    subscribe(office, told, "x")
    assert Subscription.objects.get().user == office
    for number in range(12):
        subscribe(daughter, Browser(f"{told.endpoint}{number}", told.key, told.secret), "x")
    assert Subscription.objects.filter(applicant=daughter).count() == 10


def test_a_call_rings_the_interpreters_device_only_as_long_as_it_rings(
    town, interpreters, browser, push_service
) -> None:
    shift(interpreters.park, site=town.estate)
    subscribe(interpreters.park, read_browser(browser.told), "x")
    call = calls.ask("ko", Source.KIOSK, town.estate, gate=town.east, device="dev-1")
    assert pushed() == 1
    headers, body = push_service.got[0]
    said = json.loads(browser.opened(body))
    assert (said["page"], said["tag"]) == ("/calls/", f"call-{call.pk}")
    assert headers["urgency"] == "high"
    assert int(headers["ttl"]) <= 20
    assert town.estate.name not in browser.opened(body).decode()
    calls.ask("ko", Source.KIOSK, town.estate, gate=town.east, device="dev-1")
    send_due(timezone.now() + timedelta(seconds=21), pushes=True)
    assert len(push_service.got) == 1, "what rings no more is not sent"


def test_an_alarm_reaches_the_devices_of_those_on_whom_it_falls(town, employ, browser, push_service) -> None:
    office = employ(Role.OFFICE, community=town.community)
    employ(Role.OFFICE, community=town.far_community)
    subscribe(office, read_browser(browser.told), "x")
    raise_now("quarantine_symptom", "quarantine:1", site=town.estate, facts={"case": 1})
    pushed()
    ((_headers, body),) = push_service.got
    assert json.loads(browser.opened(body))["page"] == "/alarms/"


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en", "ko", "ja"])
def test_both_pages_say_in_every_language_where_one_is_told(
    client, employ, log_in, browser, push_service, language: str
) -> None:
    client.cookies["django_language"] = language
    page = client.get("/my/told/").content.decode()
    assert f'lang="{language}"' in page
    assert "data-key" in page
    subscription = Subscription.objects.get()
    stranger = log_in(employ(Role.OFFICE))
    stranger.post("/told/", {"drop": subscription.pk})
    assert Subscription.objects.exists(), "nobody takes out somebody else's"
    user = employ(Role.INTERPRETER)
    user.language = language
    user.save()
    assert f'lang="{language}"' in log_in(user).get("/told/").content.decode()
    assert "importScripts" in Client().get("/told/worker.js").content.decode()
    client.post("/my/told/", {"drop": subscription.pk})
    assert not Subscription.objects.exists()


def test_a_host_is_asked_on_the_screen_for_as_long_as_the_guard_waits(client, browser, push_service, register, town):
    host = register()
    entrust(None, host, Subscription.objects.get().applicant, Relation.SELF, Consent.OWN)
    walk_in = WalkIn("Zhou Ping", WANG.name, "repair")
    take(VisitBatch([VisitEvent(b"1" * 16, now_ms(), ASKS, visit=b"w" * 16, walk_in=walk_in)]), town.east)
    assert pushed() == 1
    said = json.loads(browser.opened(push_service.got[0][1]))
    assert said["page"] == "/my/visitors/"
    assert said["body"].startswith("门口有人找您")
    assert "Zhou" not in str(said)
    assert timedelta(milliseconds=said["until"] - now_ms()) < ASKING_LASTS

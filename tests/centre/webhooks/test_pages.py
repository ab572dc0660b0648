"""Administrators enter addresses, see what was sent, change the secret, pause, and send again."""

from __future__ import annotations

import re

import pytest
from tests.centre.webhooks.test_deliveries import go, silence

from gatepass.centre.accounts.roles import Role
from gatepass.centre.api.models import Token
from gatepass.centre.audit.models import Entry
from gatepass.centre.webhooks.models import Delivery, Subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(employ, log_in):
    return log_in(employ(Role.ADMINISTRATOR))


def text(answer) -> str:
    return answer.content.decode()


def test_without_a_token_the_page_says_what_to_do_first(admin) -> None:
    assert "First issue a token" in text(admin.get("/webhooks/"))


def test_an_address_is_entered_and_its_secret_shown_once(admin, subscribe, there) -> None:
    subscribe(there.url)
    token = Token.objects.get()
    made = text(admin.post("/webhooks/", {"token": token.pk, "url": there.url + "/2", "events": ["alarm.raised"]}))
    secret = re.search(r"whsec_[\w+/=]{44}", made)
    assert secret
    assert Subscription.objects.get(url__endswith="/2").events == ["alarm.raised"]
    for page in ("/webhooks/", f"/webhooks/{Subscription.objects.get(url__endswith='/2').pk}/", "/webhooks/export.csv"):
        assert "whsec_" not in text(admin.get(page))


@pytest.mark.parametrize("url", ["http://192.168.1.1/", "https://10.0.0.1/x", "https://user:pw@127.0.0.1/"])
def test_an_address_behind_the_wall_is_refused_with_a_sentence(admin, subscribe, there, url: str) -> None:
    subscribe(there.url)
    answer = text(admin.post("/webhooks/", {"token": Token.objects.get().pk, "url": url, "events": ["alarm.raised"]}))
    assert "errorlist" in answer or "error" in answer
    assert Subscription.objects.count() == 1


def test_the_log_shows_what_came_back_and_sends_again(admin, subscribe, there, town) -> None:
    webhook, _secret = subscribe(there.url)
    there.says = "500"
    silence(town.east)
    go()
    page = text(admin.get(f"/webhooks/{webhook.pk}/"))
    assert "An alarm of a gate was raised" in page
    assert "Nothing was taken since" in page
    Delivery.objects.update(state="dead")
    assert "given up" in text(admin.get("/webhooks/")).lower()
    there.says = "take"
    admin.post(f"/webhooks/{webhook.pk}/replay/")
    go()
    assert webhook.deliveries.get().state == "taken"
    admin.post(f"/webhooks/{webhook.pk}/replay/", {"delivery": webhook.deliveries.get().pk})
    assert webhook.deliveries.get().state == "queued"
    assert there.got[0][0]["webhook-id"] in text(admin.get(f"/webhooks/{webhook.pk}/export.csv"))


def test_every_step_does_what_it_says_and_is_on_record(admin, subscribe, there, town) -> None:
    webhook, _secret = subscribe(there.url)
    address = f"/webhooks/{webhook.pk}/step/"
    admin.post(address, {"step": "test"})
    go()
    assert b'"webhook.test"' in there.got[0][1]
    admin.post(address, {"step": "pause"})
    silence(town.east)
    go()
    assert len(there.got) == 1
    admin.post(address, {"step": "resume"})
    go()
    assert len(there.got) == 2
    assert "whsec_" in text(admin.post(address, {"step": "rotate"}))
    admin.post(f"/webhooks/{webhook.pk}/change/", {"url": there.url + "/new", "events": ["alarm.cleared"]})
    webhook.refresh_from_db()
    assert (webhook.url, webhook.events) == (there.url + "/new", ["alarm.cleared"])
    admin.post(address, {"step": "drop"})
    assert not Subscription.objects.exists()
    verbs = list(Entry.objects.filter(verb__startswith="webhook:").order_by("id").values_list("verb", flat=True))
    steps = ("subscribe", "test", "pause", "resume", "rotate_secret", "change", "drop")
    assert verbs == [f"webhook:{step}" for step in steps]
    said = " ".join(str(entry.fields) for entry in Entry.objects.all())
    assert "whsec_" not in said


def test_the_pages_are_there_in_five_languages(admin, subscribe, there, settings) -> None:
    webhook, _secret = subscribe(there.url)
    seen = set()
    for code, _name in settings.LANGUAGES:
        admin.post("/language/", {"language": code})
        page = text(admin.get(f"/webhooks/{webhook.pk}/"))
        seen.update(re.findall(r"<h2>(What was sent|发送记录|傳送紀錄|보낸 기록|送信の記録)</h2>", page))
    assert len(seen) == 5

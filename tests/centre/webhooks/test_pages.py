"""Administrators enter addresses, see what was sent, change the secret, pause, and send again."""

from __future__ import annotations

import re

import pytest
from tests.centre.api.conftest import connect
from tests.centre.webhooks.test_deliveries import go, silence

from gatepass.centre.accounts.roles import Role
from gatepass.centre.api.models import Scope, Token
from gatepass.centre.audit.models import Entry
from gatepass.centre.webhooks import actions
from gatepass.centre.webhooks.models import Delivery, Subscription
from gatepass.client import ConflictError, NotFoundError, read_webhook

pytestmark = pytest.mark.django_db
__all__ = ["connect"]


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


def test_a_program_enters_changes_tries_and_removes_its_own_address_and_no_other(
    connect, there, subscribe, town
) -> None:
    foreign, _secret = subscribe(there.url + "/other", "passages.counted")
    client = connect(Scope.WEBHOOKS, Scope.ALARMS, tries=1)
    made = client.subscribe(there.url, ["alarm.raised"])
    assert [one.id for one in client.webhooks()] == [made.id]
    client.test_webhook(made.id)
    silence(town.east)
    go()
    assert [read_webhook(made.secret, headers, body).type for headers, body in there.got] == [
        *("webhook.test", "alarm.raised")
    ]
    assert client.change_webhook(made.id, there.url, ["alarm.cleared"], state="paused").state == "paused"
    assert client.rotate_webhook_secret(made.id).secret != made.secret
    Delivery.objects.filter(subscription=made.id).update(state="dead")
    assert client.webhook(made.id).dead == 2
    assert client.replay_webhook(made.id).replayed == 2
    for ask in (client.webhook, client.test_webhook, client.drop_webhook, client.replay_webhook):
        with pytest.raises(NotFoundError):
            ask(foreign.pk)
    assert client.drop_webhook(made.id).dropped == made.id
    assert list(Subscription.objects.all()) == [foreign]
    done = [
        entry.verb
        for entry in Entry.objects.filter(actor__startswith="token:", verb__startswith="webhook:").order_by("id")
    ]
    assert done == [
        f"webhook:{verb}" for verb in ("subscribe", "test", "change", "pause", "rotate_secret", "replay", "drop")
    ]
    assert "whsec_" not in " ".join(str(entry.fields) for entry in Entry.objects.all())


@pytest.mark.parametrize(
    ("url", "code"),
    [("https://10.0.0.1/x", "closed"), ("https://[::1]/x", "closed"), ("http://192.0.2.1/", "closed"),
     ("https://router.lan.invalid/", "closed"), ("https://user:pw@9.9.9.9/", "url"), ("file:///etc/passwd", "url")],
)  # fmt: skip
def test_a_program_learns_nothing_of_what_is_behind_the_wall(connect, url: str, code: str) -> None:
    """The same answer for a number that is not public and for a name that nobody knows."""
    client = connect(Scope.WEBHOOKS, Scope.ALARMS)
    with pytest.raises(ConflictError) as refused:
        client.subscribe(url, ["alarm.raised"])
    assert refused.value.code == f"webhook_address_{code}"
    assert not Subscription.objects.exists()


def test_a_program_hears_of_nothing_that_its_token_may_not_read_and_has_ten_addresses_at_most(connect, there) -> None:
    client = connect(Scope.WEBHOOKS, Scope.ALARMS)
    for events in (["resident.registered"], ["webhook.test"], ["no.such"]):
        with pytest.raises(ConflictError) as refused:
            client.subscribe(there.url, events)
        assert refused.value.code == "webhook_events"
    for number in range(actions.MOST):
        client.subscribe(f"{there.url}/{number}", ["alarm.raised"])
    with pytest.raises(ConflictError) as refused:
        client.subscribe(there.url, ["alarm.raised"])
    assert refused.value.code == "webhook_many"

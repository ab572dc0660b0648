"""From a verb to the receiver: queued with it, signed, tried again, given up with an alarm, sent again by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from tests.cast import LI, WANG
from tests.centre.passages.conftest import keep
from tests.centre.passages.contract import TUESDAY, at, record

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.actions import cure, raise_now
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.alarms.models import State as AlarmState
from gatepass.centre.api.actions import revoke_token
from gatepass.centre.api.models import Scope
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.people.protection.actions import protect
from gatepass.centre.webhooks import actions
from gatepass.centre.webhooks.deliveries import FIRST_S, GIVE_UP, LONGEST_S, deliver, fan_out, pause_s
from gatepass.centre.webhooks.models import Delivery, Event, Subscription
from gatepass.centre.webhooks.reaching import Answer
from gatepass.centre.webhooks.watching import note_changed_colours, note_hours
from gatepass.centre.webhooks.worker import WebhookThread
from gatepass.client import read_webhook
from gatepass.policy import Colour

pytestmark = pytest.mark.django_db
__all__ = ["keep"]
SILENT = "gate_silent"


def silence(gate) -> None:
    raise_now(SILENT, f"gate:{gate.pk}", site=gate.site, facts={"site": "x", "gate": "x", "since": "x"})


def go(now: datetime | None = None) -> None:
    """One round of the worker."""
    now = now or timezone.now()
    note_changed_colours(now)
    fan_out(now)
    deliver(now)


def test_an_alarm_reaches_the_receiver_signed_and_read_by_the_client(town, there, subscribe) -> None:
    webhook, secret = subscribe(there.url)
    silence(town.east)
    cure(SILENT, [f"gate:{town.east.pk}"])
    go()
    events = [read_webhook(secret, headers, body) for headers, body in there.got]
    assert [event.type for event in events] == ["alarm.raised", "alarm.cleared"]
    assert events[0].sequence < events[1].sequence
    assert events[0].data == {"alarm": Alarm.objects.get().pk, "kind": SILENT, "gate": town.east.pk}
    assert set(webhook.deliveries.values_list("state", "detail", "attempts")) == {("taken", "200", 1)}


def test_what_is_taken_back_was_never_told(town, there, subscribe) -> None:
    subscribe(there.url)

    def raise_and_fail() -> None:
        with transaction.atomic():
            silence(town.east)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        raise_and_fail()
    assert not Event.objects.exists()


def test_each_verb_tells_what_it_did_and_no_name_no_colour(town, there, subscribe, register, employ, keep) -> None:
    _webhook, secret = subscribe(there.url)
    go()
    wang = register(WANG)
    set_colour(None, wang, Colour.RED)
    set_colour(None, wang, Colour.RED)
    keep(town.east, *(record(n, at(12, n, day=TUESDAY)) for n in range(1, 8)))
    with time_machine.travel(timezone.now() + timedelta(minutes=70), tick=False):
        while note_hours(timezone.now()):
            pass
        go()
        events = [read_webhook(secret, headers, body) for headers, body in there.got]
    assert [event.type for event in events] == ["resident.registered", "passages.counted", "code.changed"]
    assert events[0].data == events[2].data == {"resident": wang.pk, "site": town.estate.pk}
    assert (events[1].data["entered"], events[1].data["left"], events[1].data["hour"]) == (7, 0, 12)
    said = b" ".join(body for _headers, body in there.got).decode()
    assert all(word not in said for word in (WANG.name, WANG.number, '"red"', "柳浪"))


def test_a_program_hears_of_its_own_place_and_of_what_it_may_read(town, there, subscribe, register, employ) -> None:
    subscribe(f"{there.url}/near", place=town.community)
    subscribe(f"{there.url}/gates", "alarm.raised", scopes=(Scope.ALARMS,), place=town.estate)
    for gate in (town.east, town.far_gate):
        silence(gate)
    register(WANG)
    register(LI, town.far_site)
    go()
    told = {(delivery.subscription.url[-5:], delivery.event.type, delivery.event.site_id)
            for delivery in Delivery.objects.all()}  # fmt: skip
    assert told == {
        ("/near", "alarm.raised", town.estate.pk),
        ("/near", "resident.registered", town.estate.pk),
        ("gates", "alarm.raised", town.estate.pk),
    }


def test_nobody_is_told_of_a_protected_person(town, there, subscribe, register, employ) -> None:
    subscribe(there.url)
    protect(None, register(WANG), [employ(Role.OFFICE)])
    go()
    assert there.got == []


def test_a_token_that_ends_ends_its_webhook(town, there, subscribe, employ) -> None:
    webhook, _secret = subscribe(there.url)
    silence(town.east)
    revoke_token(employ(Role.ADMINISTRATOR), webhook.token)
    go()
    assert there.got == []


def test_where_nobody_listens_nothing_is_written(town, there, subscribe, register) -> None:
    silence(town.east)
    register(WANG)
    subscribe(there.url, "alarm.raised", scopes=(Scope.ALARMS,))
    register(LI)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("says", "detail"),
    [
        ("500", "500"),
        ("302 Location=http://127.0.0.1:1/", "302"),
        ("nonsense", "RemoteProtocolError"),
        ("hang up", None),
        ("404", "404"),
    ],
)
def test_whatever_is_no_2xx_is_tried_again(town, there, subscribe, says: str, detail: str | None) -> None:
    webhook, _secret = subscribe(there.url)
    there.says = says
    silence(town.east)
    now = timezone.now()
    go(now)
    delivery = webhook.deliveries.get()
    assert (delivery.state, delivery.attempts) == ("queued", 1)
    assert detail is None or delivery.detail == detail
    assert (
        now + timedelta(seconds=0.8 * FIRST_S) <= delivery.due_at <= timezone.now() + timedelta(seconds=1.3 * FIRST_S)
    )
    go(now)
    assert len(there.got) == 1, "it is left alone for a while"
    there.says = "take"
    with time_machine.travel(now + timedelta(seconds=10)):
        go()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, len(there.got)) == ("taken", 2, 2)
    assert there.got[0][1] == there.got[1][1]
    assert there.got[0][0]["webhook-id"] == there.got[1][0]["webhook-id"]


@pytest.mark.parametrize("says", ["lie", "chatter"])
def test_of_an_answer_only_the_first_line_counts(town, there, subscribe, says: str) -> None:
    webhook, _secret = subscribe(there.url)
    there.says = says
    silence(town.east)
    go()
    assert webhook.deliveries.get().state == "taken"


def test_a_receiver_that_drips_its_answer_is_left_after_the_deadline(town, there, subscribe, monkeypatch) -> None:
    monkeypatch.setattr("gatepass.centre.webhooks.reaching.DEADLINE_S", 0.4)
    webhook, _secret = subscribe(there.url)
    there.says = "slow"
    silence(town.east)
    go()
    delivery = webhook.deliveries.get()
    assert (delivery.state, delivery.detail) == ("queued", "too_slow")
    assert delivery.took_ms is not None
    assert delivery.took_ms < 2000


def test_waits_grow_up_to_four_hours_and_as_long_as_the_receiver_asks() -> None:
    bases = [5, 20, 80, 320, 1280, 5120, LONGEST_S, LONGEST_S]
    for tried, base in enumerate(bases, 1):
        assert {0.8 * base <= pause_s(tried) <= 1.2 * base for _ in range(50)} == {True}
    assert pause_s(1, 100.0) == 100.0
    assert pause_s(1, 10**6) == 3600.0
    assert len({pause_s(3) for _ in range(20)}) > 1


def test_after_two_days_it_is_given_up_with_an_alarm_and_sent_again_by_hand(town, there, subscribe, employ) -> None:
    webhook, _secret = subscribe(there.url)
    admin, begin = employ(Role.ADMINISTRATOR), timezone.now()
    there.says = "500"
    silence(town.east)
    go(begin)
    with time_machine.travel(begin + GIVE_UP + timedelta(hours=5)):
        go()
        assert webhook.deliveries.get().state == "dead"
        alarm = Alarm.objects.get(kind="webhook_failing")
        assert (alarm.state, alarm.facts["host"]) == (AlarmState.RAISED, "127.0.0.1")
        there.says = "take"
        assert actions.replay(admin, Subscription.objects.get()) == 1
        go()
        assert webhook.deliveries.get().state == "taken"
        alarm.refresh_from_db()
        assert alarm.state == AlarmState.CLEARED
        assert actions.replay(admin, webhook, [webhook.deliveries.get().pk]) == 1
    assert Entry.objects.filter(verb="webhook:replay").count() == 2


def test_half_an_hour_without_an_answer_is_an_alarm_that_goes_by_itself(town, there, subscribe) -> None:
    from gatepass.centre.alarms.actions import raise_due

    subscribe(there.url)
    there.says = "500"
    silence(town.east)
    begin = timezone.now()
    go(begin)
    raise_due(begin + timedelta(minutes=29))
    assert Alarm.objects.get(kind="webhook_failing").state == AlarmState.ARMED
    raise_due(begin + timedelta(minutes=31))
    assert Alarm.objects.get(kind="webhook_failing").state == AlarmState.RAISED


def test_410_stops_it_and_resuming_sends_what_waited(town, there, subscribe, employ) -> None:
    webhook, _secret = subscribe(there.url)
    there.says = "410"
    silence(town.east)
    go()
    webhook.refresh_from_db()
    assert webhook.state == Subscription.State.STOPPED
    assert Alarm.objects.get(kind="webhook_failing").state == AlarmState.RAISED
    there.says = "take"
    actions.resume(employ(Role.ADMINISTRATOR), webhook)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        go()
    assert webhook.deliveries.get().state == "taken"


def test_a_failing_address_holds_up_no_other_and_one_event_no_other(town, there, subscribe) -> None:
    good, _secret = subscribe(there.url)
    bad, _secret = subscribe("http://127.0.0.1:1/nobody")
    silence(town.east)
    silence(town.far_gate)
    go()
    assert set(good.deliveries.values_list("state", flat=True)) == {"taken"}
    assert sorted(bad.deliveries.values_list("attempts", flat=True)) == [0, 1], "not asked for each event anew"


def test_both_secrets_sign_for_a_day_after_a_change(town, there, subscribe, employ) -> None:
    webhook, old = subscribe(there.url)
    new = actions.rotate_secret(employ(Role.ADMINISTRATOR), webhook)
    silence(town.east)
    go()
    for secret in (old, new):
        read_webhook(secret, *there.got[0])
    with time_machine.travel(timezone.now() + actions.BOTH_HOLD + timedelta(minutes=1)):
        silence(town.far_gate)
        go()
        read_webhook(new, *there.got[1])
        with pytest.raises(Exception, match="wrong"):
            read_webhook(old, *there.got[1])


def test_a_crash_before_the_note_sends_once_more_rather_than_never(town, there, subscribe, monkeypatch) -> None:
    webhook, secret = subscribe(there.url)
    silence(town.east)
    fan_out(timezone.now())
    monkeypatch.setattr("gatepass.centre.webhooks.deliveries._note", lambda *_a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        deliver(timezone.now())
    monkeypatch.undo()
    deliver(timezone.now(), lambda *_a: Answer(200, "200", 1))
    assert webhook.deliveries.get().state == "taken"
    assert len({read_webhook(secret, headers, body).id for headers, body in there.got}) == 1


def test_the_worker_has_words_for_each_of_its_tasks() -> None:
    from gatepass.centre.alarms.kinds import TASKS

    assert {task.name for task in WebhookThread().tasks} <= set(TASKS)

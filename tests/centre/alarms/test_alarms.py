from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from tests.centre.conftest import Town

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import ALLOWED, Role
from gatepass.centre.alarms import actions
from gatepass.centre.alarms.actions import acknowledge, arm, close, cure, raise_due, raise_now, reach_at
from gatepass.centre.alarms.kinds import KINDS, sentence_of
from gatepass.centre.alarms.models import Alarm, Delivery, Flip, State
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.sending.models import Message

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def silent(town: Town) -> Callable[..., None]:
    """`silent(minutes)`: the east gate is armed to be raised so many minutes from now."""

    def silent(minutes: int = 0) -> None:
        facts = {"site": "柳浪新苑", "gate": "东门", "since": "08:00"}
        at = timezone.now() + minutes * MINUTE
        arm("gate_silent", f"gate:{town.east.pk}", at, site=town.estate, facts=facts)

    return silent


def messages(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("id"))


@pytest.fixture
def told(town: Town, employ) -> User:
    """A lead guard of the estate with a mailbox for alarms."""
    user = employ(Role.GUARD_LEAD, site=town.estate)
    reach_at(user, "lead@example.org")
    Message.objects.all().delete()
    return user


def test_what_is_armed_is_raised_at_its_time_and_not_before(silent) -> None:
    silent(5)
    assert raise_due(timezone.now()) == 0
    assert raise_due(timezone.now() + 6 * MINUTE) == 1
    alarm = Alarm.objects.get()
    assert (alarm.state, [(flip.old, flip.new) for flip in alarm.flips.all()]) == ("raised", [("armed", "raised")])
    assert Entry.objects.filter(verb="alarm:raise", object=f"alarm:{alarm.pk}").count() == 1


def test_what_is_cured_in_time_never_was(silent, town, told) -> None:
    silent(5)
    assert cure("gate_silent", [f"gate:{town.east.pk}"]) == 0
    assert not Alarm.objects.exists()
    assert raise_due(timezone.now() + 6 * MINUTE) == 0
    assert not messages("alarm")


def test_arming_again_moves_the_time_of_what_is_armed_and_leaves_what_is_raised(silent) -> None:
    silent(5)
    silent(10)
    assert raise_due(timezone.now() + 6 * MINUTE) == 0
    assert raise_due(timezone.now() + 11 * MINUTE) == 1
    silent(20)
    assert Alarm.objects.get().state == State.RAISED


def test_of_two_workers_that_see_the_same_alarm_due_one_raises_it_and_tells(silent, told) -> None:
    silent()
    first, second = Alarm.objects.get(), Alarm.objects.get()
    assert actions._raised([first], timezone.now()) == 1
    assert actions._raised([second], timezone.now()) == 0
    assert len(messages("alarm")) == 1
    assert Flip.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_four_workers_at_once_raise_each_of_twenty_once(town, told) -> None:
    for number in range(20):
        arm("gate_silent", f"gate:{number}", timezone.now(), site=town.estate)
    together, raised = threading.Barrier(4), []

    def work() -> None:
        together.wait(timeout=30)
        raised.append(raise_due(timezone.now()))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sum(raised) == 20
    assert Flip.objects.count() == Delivery.objects.count() == 20


def test_whoever_it_falls_on_is_told_once_in_their_language_and_hears_the_end(silent, town, told, employ) -> None:
    told.language = "ja"
    told.save()
    for role, where in ((Role.GUARD_LEAD, {"site": town.far_site}), (Role.OFFICE, {}), (Role.INTERPRETER, {})):
        reach_at(employ(role, **where), f"{role}@example.org")
    silent()
    raise_due(timezone.now())
    (message,) = messages("alarm")
    assert (message.address, message.language) == ("lead@example.org", "ja")
    assert "柳浪新苑、东门" in str(message.text)
    assert f"/alarms/{Alarm.objects.get().pk}/" in str(message.text)
    cure("gate_silent", [f"gate:{town.east.pk}"])
    (over,) = messages("alarm_over")
    assert str(over.text).startswith("gatepass: 解決")
    assert Alarm.objects.get().state == State.CLEARED


def test_many_at_once_are_one_message(town, told) -> None:
    for number in range(7):
        arm("gate_silent", f"gate:{number}", timezone.now(), site=town.estate, facts={"gate": f"G{number}"})
    assert raise_due(timezone.now()) == 7
    (message,) = messages("alarm")
    assert str(message.text).count("Gate silent") == 3
    assert "And 4 more." in str(message.text)
    assert Delivery.objects.count() == 7


def test_a_town_that_falls_silent_and_comes_back_is_no_more_questions_than_a_few_gates(town, told) -> None:
    def questions(gates: range) -> tuple[int, int]:
        subjects = [f"gate:{number}" for number in gates]
        for subject in subjects:
            arm("gate_silent", subject, timezone.now(), site=town.estate)
        with CaptureQueriesContext(connection) as raised:
            assert raise_due(timezone.now()) == len(subjects)
        with CaptureQueriesContext(connection) as cured:
            assert cure("gate_silent", subjects) == len(subjects)
        return len(raised), len(cured)

    assert questions(range(2, 5)) == questions(range(100, 140))


def test_raising_again_counts_and_tells_nobody_twice(employ) -> None:
    reach_at(employ(Role.ADMINISTRATOR), "+8613800012345")
    for _ in range(3):
        raise_now("tried_too_often", "number_from_address x", facts={"limit": "number_from_address", "address": "::1"})
    alarm = Alarm.objects.get()
    assert (alarm.state, alarm.count, alarm.site) == (State.RAISED, 3, None)
    assert [message.channel for message in messages("alarm")] == ["sms"]


def test_one_takes_it_on_and_it_stays_theirs(silent, employ) -> None:
    silent()
    raise_due(timezone.now())
    one, other = employ(Role.ADMINISTRATOR), employ(Role.ADMINISTRATOR)
    seen_by_both = Alarm.objects.get(), Alarm.objects.get()
    acknowledge(one, seen_by_both[0])
    acknowledge(other, seen_by_both[1])
    assert [flip.by for flip in Flip.objects.filter(new=State.ACKNOWLEDGED)] == [one]


def test_what_a_machine_sees_cured_nobody_closes_by_hand(silent, employ) -> None:
    silent()
    raise_due(timezone.now())
    with pytest.raises(RefusedError) as refused:
        close(employ(Role.ADMINISTRATOR), Alarm.objects.get())
    assert refused.value.code == "alarm_cures_itself"


def test_what_was_lost_for_good_is_not_raised_again_after_it_was_closed(town, employ) -> None:
    for _ in range(2):
        arm("sequence_gap", "gate:1 dev-1 5-9", timezone.now(), site=town.estate)
        raise_due(timezone.now())
        if alarm := Alarm.objects.filter(state=State.RAISED).first():
            close(employ(Role.ADMINISTRATOR), alarm)
    assert Alarm.objects.count() == 1


def test_a_cured_one_that_begins_again_is_a_new_one(silent, town) -> None:
    for _ in range(2):
        silent()
        raise_due(timezone.now())
        cure("gate_silent", [f"gate:{town.east.pk}"])
    assert Alarm.objects.count() == 2


def test_every_kind_says_its_sentence_in_every_language() -> None:
    for kind in KINDS:
        with translation.override("en"):
            facts = dict.fromkeys(re.findall(r"%\((\w+)\)", str(KINDS[kind].sentence)), "1")
        for language in ("zh-hans", "zh-hant", "en", "ko", "ja"):
            with translation.override(language):
                assert "—" not in sentence_of(kind, facts), (kind, language)
    assert sentence_of("gate_silent", {})
    assert sentence_of("of_a_later_release", {}) == "of_a_later_release"


def test_whoever_an_alarm_falls_on_may_open_it() -> None:
    for name, kind in KINDS.items():
        for role in kind.roles:
            pages = {"alarms", "alarm"} | (set() if role is Role.AUDITOR else {"alarm_acknowledge", "alarm_clear"})
            assert pages <= set(ALLOWED[role]), (name, role)


def test_a_wrong_address_is_refused_and_a_right_one_gets_a_first_message(employ, log_in) -> None:
    user = employ(Role.GUARD_LEAD)
    client = log_in(user)
    assert "neither a telephone number" in client.post("/alarms/mine/", {"address": "nowhere"}).content.decode()
    client.post("/alarms/mine/", {"address": "lead@example.org"})
    assert [message.address for message in messages("alarm_contact")] == ["lead@example.org"]
    page = client.get("/alarms/mine/").content.decode()
    assert "l****@example.org" in page
    assert "lead@example.org" not in page
    client.post("/alarms/mine/", {"address": ""})
    assert "At present no message reaches you" in client.get("/alarms/mine/").content.decode()


def test_the_list_is_filtered_exported_and_counted_in_the_menu(silent, town, employ, log_in) -> None:
    silent()
    raise_due(timezone.now())
    raise_now("tried_too_often", "x", facts={"limit": "number_from_address", "address": "203.0.113.9"})
    client = log_in(employ(Role.ADMINISTRATOR))
    page = client.get("/alarms/").content.decode()
    assert '<span class="count">2</span>' in page
    assert "203.0.113.9" in page
    only = client.get(f"/alarms/?kind=gate_silent&site={town.estate.pk}").content.decode()
    assert "203.0.113.9" not in only
    assert "东门" in only
    assert "No alarm fits" in client.get("/alarms/?which=cleared").content.decode()
    assert "东门" in client.get("/alarms/export/?kind=gate_silent").content.decode()
    assert client.get("/alarms/export/?as=xlsx").content.startswith(b"PK")
    guard = log_in(employ(Role.GUARD_LEAD, site=town.estate)).get("/alarms/").content.decode()
    assert "东门" in guard
    assert "203.0.113.9" not in guard


def test_a_page_says_who_was_told_who_was_not_and_what_became_of_it(silent, told, employ, log_in) -> None:
    silent()
    raise_due(timezone.now())
    administrator = employ(Role.ADMINISTRATOR)
    client, alarm = log_in(administrator), Alarm.objects.get()
    page = client.get(f"/alarms/{alarm.pk}/").content.decode()
    assert "guard_lead person" in page
    assert "has named no telephone or mailbox" in page
    assert client.post(f"/alarms/{alarm.pk}/acknowledge/").status_code == 302
    page = client.get(f"/alarms/{alarm.pk}/").content.decode()
    assert "Somebody is on it" in page
    assert "administrator person" in page
    assert "goes by itself" in client.post(f"/alarms/{alarm.pk}/clear/", follow=True).content.decode()

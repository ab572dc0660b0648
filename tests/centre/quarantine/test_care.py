"""Looking after somebody: samples, needs, trips; and who is seen at a gate though in quarantine."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.centre.passages.conftest import keep  # noqa: F401
from tests.centre.quarantine.test_cases import refusal
from tests.centre.quarantine.things import quarantined

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.facts.models import Fact
from gatepass.centre.passages.log import Batch
from gatepass.centre.quarantine import care, leaving
from gatepass.centre.quarantine.models import Breach, Need, Quarantine, Trip
from gatepass.policy import Method, Outcome
from gatepass.wire.ids import uuid7
from gatepass.wire.messages import Record

pytestmark = pytest.mark.django_db


def seen(person: bytes | None, at: int, direction: str = "out", seq: int = 1) -> Record:
    return Record(
        seq=seq, id=uuid7(at), at=at, person=person, direction=direction, outcome=Outcome.REFUSE, reasons=("red",),
        method=Method.CARD, document="resident_card", knowledge=1,
    )  # fmt: skip


def key_of(case: Quarantine) -> bytes:
    return bytes(case.resident.documents.get().person_key)


def ms(moment) -> int:
    return int(moment.timestamp() * 1000)


def test_a_result_is_a_fact_once_and_a_positive_one_an_alarm(register, employ) -> None:
    case, worker = quarantined(register()), employ(Role.SOCIAL_WORKER)
    sample = care.take_sample(worker, case, "pcr")
    assert not Fact.objects.filter(kind="test").exists()
    care.note_result(worker, sample, "positive")
    fact = Fact.objects.get(kind="test")
    assert (fact.data["result"], fact.at) == ("positive", sample.taken_at)
    assert Alarm.objects.get(kind="quarantine_positive").state == "raised"
    assert refusal(care.note_result, worker, sample, "negative") == "care_done"


def test_of_two_who_take_on_a_need_one_has_it(register, employ) -> None:
    case, one, other = quarantined(register()), employ(Role.SOCIAL_WORKER), employ(Role.OFFICE)
    need = care.ask_for(one, case, Need.What.MEDICINE, "insulin")
    care.move_need(one, need, Need.State.TAKEN)
    assert refusal(care.move_need, other, need, Need.State.TAKEN) == "care_done"
    care.move_need(one, need, Need.State.DONE)
    need.refresh_from_db()
    assert (need.state, need.assignee) == ("done", one)
    assert refusal(care.move_need, one, need, Need.State.DROPPED) == "care_done"


def test_who_is_seen_at_any_gate_is_a_breach_for_staff_once(register, town) -> None:
    case = quarantined(register())
    Quarantine.objects.filter(pk=case.pk).update(opened_at=timezone.now() - timedelta(hours=5))
    at = ms(timezone.now() - timedelta(hours=1))
    batch = Batch(str(town.far_gate.pk), "dev", [seen(key_of(case), at), seen(b"x" * 16, at), seen(None, at)])
    leaving.heard([batch, batch])
    assert leaving.note_heard(timezone.now()) == 1
    breach = Breach.objects.get()
    assert (breach.quarantine, breach.gate, ms(breach.at)) == (case, town.far_gate, at)
    alarm = Alarm.objects.get(kind="quarantine_breach")
    assert (alarm.state, alarm.site) == ("raised", case.resident.site)
    assert leaving.note_heard(timezone.now()) == 0


def test_what_a_crash_left_out_is_found_in_the_log(register, town, keep) -> None:  # noqa: F811
    case = quarantined(register())
    Quarantine.objects.filter(pk=case.pk).update(opened_at=timezone.now() - timedelta(hours=5))
    keep(town.east, seen(key_of(case), int(time.time() * 1000) - 60_000))
    assert leaving.look_back(timezone.now()) == 1
    assert leaving.look_back(timezone.now()) == 0
    assert Breach.objects.count() == 1


@pytest.mark.parametrize("why", ["trip", "way home", "before the order", "monitoring", "over"])
def test_what_is_no_breach(register, town, employ, why: str) -> None:
    case = quarantined(register(), kind="monitoring" if why == "monitoring" else "home")
    now = timezone.now()
    at = now - timedelta(hours=1)
    opened = {"opened_at": now - timedelta(hours=5)}
    if why == "trip":
        care.allow_trip(employ(Role.OFFICE), case, Trip.Why.TEST, at + timedelta(minutes=20), at + timedelta(hours=2))
    elif why == "way home":
        opened["started_at"] = at - timedelta(hours=2)
    elif why == "before the order":
        opened["opened_at"] = at + timedelta(minutes=1)
    elif why == "over":
        opened["ends_at"] = at - timedelta(minutes=1)
    Quarantine.objects.filter(pk=case.pk).update(**opened)
    leaving.heard([Batch(str(town.east.pk), "dev", [seen(key_of(case), ms(at))])])
    assert leaving.note_heard(now) == 0
    assert not Alarm.objects.filter(kind="quarantine_breach").exists()


def test_the_alarm_is_over_when_every_breach_has_its_answer(register, town, employ) -> None:
    case, worker = quarantined(register()), employ(Role.SOCIAL_WORKER)
    Quarantine.objects.filter(pk=case.pk).update(opened_at=timezone.now() - timedelta(hours=5))
    at = ms(timezone.now() - timedelta(hours=1))
    batch = Batch(str(town.east.pk), "dev", [seen(key_of(case), at), seen(key_of(case), at + 600_000, "in", 2)])
    leaving.heard([batch])
    assert leaving.note_heard(timezone.now()) == 2
    first, second = case.breaches.all()
    assert refusal(care.answer_breach, worker, first, explained=True, words=" ") == "quarantine_needs_words"
    care.answer_breach(worker, first, explained=True, words="the fire alarm")
    assert Alarm.objects.get(kind="quarantine_breach").state == "raised"
    care.answer_breach(worker, second, explained=False, words="went shopping")
    assert Alarm.objects.get(kind="quarantine_breach").state == "cleared"

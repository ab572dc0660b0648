"""Opening, explaining, amending, giving up: one case, one period, and nothing that silence could end."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone, translation
from tests.centre.quarantine.things import quarantined

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.models import Fact
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.actions import (
    Explained,
    amend,
    explain,
    find_again,
    give_up,
    open_case,
    withdraw_case,
)
from gatepass.centre.quarantine.models import Explanation, Quarantine
from gatepass.centre.quarantine.words import clocks_words, counted_words, day_words, end_words
from gatepass.centre.sending.models import Message

pytestmark = pytest.mark.django_db


def refusal(verb, *args, **said) -> str:
    with pytest.raises(RefusedError) as refused:
        verb(*args, **said)
    return refused.value.code


def test_a_case_has_one_period_a_fact_without_an_end_and_an_alarm_for_a_forgotten_release(register) -> None:
    case = quarantined(register(), days_ago=4)
    assert case.ends_at - case.started_at == timedelta(days=14)
    fact = Fact.objects.get(pk=case.fact_id)
    assert (fact.kind, fact.data, fact.until) == ("quarantine", {"form": "home"}, None)
    assert [one.reason for one in case.amendments.all()] == [""]
    alarm = Alarm.objects.get(kind="quarantine_overdue")
    assert alarm.alert_after == case.ends_at + timedelta(hours=12)
    assert case.awaited is not None
    assert case.awaited > timezone.now()


def test_only_one_case_is_under_way_for_a_person_and_only_kinds_of_the_rules(register) -> None:
    person = register()
    quarantined(person)
    now = timezone.now()
    assert refusal(open_case, None, person, kind="home", started_at=now) == "quarantine_open"
    assert refusal(open_case, None, person, kind="dungeon", started_at=now) == "quarantine_kind"
    assert refusal(open_case, None, person, kind="home", started_at=now - timedelta(days=20)) == "quarantine_times"


def test_the_period_is_said_in_words_with_its_way_of_counting(register) -> None:
    case = quarantined(register(), kind="monitoring")
    with translation.override("en"):
        assert end_words(case.ends_at, case.civil).endswith(", 24:00, China Standard Time")
        assert counted_words(case) == "14 calendar days after the day of the beginning, until midnight"
        assert day_words(case, timezone.now()) == "Day 4 of 14"
        case.kind = "home"
        case.ends_at = case.started_at + timedelta(days=14)
        assert counted_words(case) == "14 × 24 hours from the beginning, to the minute"
        assert day_words(case, timezone.now()) == "Day 5 of 14"


@pytest.mark.parametrize(("kind", "said"), [("home", "the clock shows another hour"), ("monitoring", "at midnight")])
def test_where_clocks_are_changed_meanwhile_people_read_what_becomes_of_the_end(register, kind: str, said: str) -> None:
    case = quarantined(register(), kind=kind)
    assert clocks_words(case) == ""
    zone = ZoneInfo("Europe/Amsterdam")
    case.zone, case.started_at = zone.key, datetime(2026, 10, 20, 9, tzinfo=zone)
    case.ends_at = calendar.ends_at(case.started_at, 14, case.rule.counted, zone)
    with translation.override("en"):
        assert said in clocks_words(case)
        hour = "08:00" if kind == "home" else "24:00"
        assert end_words(case.ends_at, case.civil) == f"Nov. 3, 2026, {hour}, UTC+0100"
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            assert code == "en" or said not in clocks_words(case)


def test_an_amendment_is_added_with_its_reason_and_moves_the_one_end(register, employ) -> None:
    case, worker = quarantined(register()), employ(Role.SOCIAL_WORKER)
    later = case.ends_at + timedelta(days=3)
    amend(worker, case, reason="prolonged_test", words="a weak positive", ends_at=later)
    case.refresh_from_db()
    assert case.ends_at == later
    assert [(one.reason, one.by) for one in case.amendments.all()] == [("", None), ("prolonged_test", worker)]
    assert Alarm.objects.get(kind="quarantine_overdue").alert_after == later + timedelta(hours=12)
    begun = case.started_at - timedelta(days=1)
    amend(worker, case, reason="beginning_corrected", started_at=begun)
    case.refresh_from_db()
    assert case.ends_at == begun + timedelta(days=14)
    assert case.amendments.count() == 3


def test_what_cannot_be_amended(register, employ) -> None:
    case, worker = quarantined(register()), employ(Role.SOCIAL_WORKER)
    assert refusal(amend, worker, case, reason="because", ends_at=case.ends_at) == "quarantine_reason"
    assert refusal(amend, worker, case, reason="new_contact", ends_at=case.ends_at) == "quarantine_same"
    past = timezone.now() - timedelta(hours=1)
    assert refusal(amend, worker, case, reason="new_contact", ends_at=past) == "quarantine_times"
    far = case.started_at + timedelta(days=91)
    assert refusal(amend, worker, case, reason="new_contact", ends_at=far) == "quarantine_times"


def test_the_order_is_explained_by_somebody_in_a_language_through_somebody(register, employ) -> None:
    case, worker = quarantined(register()), employ(Role.SOCIAL_WORKER)
    told = Explained(Explanation.Manner.BY_PHONE, "ko", "Kim, hotline", supplies=True, help_needed="insulin")
    explain(worker, case, told)
    row = case.explanations.get()
    assert (row.by, row.language, row.interpreter, row.supplies, row.help_needed) == (
        worker, "ko", "Kim, hotline", True, "insulin",
    )  # fmt: skip


def test_giving_up_is_a_decision_with_a_reason_and_frees_nobody(register, employ) -> None:
    case, worker = quarantined(register()), employ(Role.SOCIAL_WORKER)
    assert refusal(give_up, worker, case, "not_found", "") == "quarantine_needs_words"
    assert refusal(give_up, worker, case, "result_awaited", "x") == "quarantine_reason"
    give_up(worker, case, "not_found", "called for three days, the neighbours know nothing")
    case.refresh_from_db()
    assert (case.state, case.closed_for, case.alert_after) == ("lost", "not_found", None)
    assert Fact.objects.get(pk=case.fact_id).until is None
    assert not Alarm.objects.exclude(state="cleared").exists()
    find_again(worker, case)
    case.refresh_from_db()
    assert case.is_open
    assert case.alert_after is not None


def test_a_mistake_is_withdrawn_with_its_fact(register, employ) -> None:
    case, worker = quarantined(register()), employ(Role.SOCIAL_WORKER)
    withdraw_case(worker, case, "namesake")
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert Fact.objects.get(pk=case.fact_id).withdrawn_at is not None
    assert refusal(find_again, worker, case) == "quarantine_over"
    assert refusal(give_up, worker, case, "not_found", "x") == "quarantine_over"


def test_no_clock_ends_a_case(register) -> None:
    case = quarantined(register(), days_ago=13.99)
    Quarantine.objects.filter(pk=case.pk).update(
        started_at=timezone.now() - timedelta(days=400), ends_at=timezone.now() - timedelta(days=386)
    )
    from gatepass.centre.privacy.purge import purge_round
    from gatepass.centre.quarantine.ladder import move_due

    now = timezone.now() + timedelta(days=100)
    while move_due(now):
        pass
    purge_round(now)
    case.refresh_from_db()
    assert case.is_open


def test_names_stand_in_no_message_whole_and_in_no_audit_entry(register) -> None:
    person = register()
    from gatepass.centre.people.actions import PhoneFacts, set_phones

    set_phones(None, person, [PhoneFacts("13800012345", "own")])
    quarantined(person)
    said = str(Message.objects.get(kind="quarantine_opened").text)
    assert person.full_name not in said
    assert all(person.full_name not in str(entry.fields) for entry in Entry.objects.all())

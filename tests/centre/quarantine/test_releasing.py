"""Release is one act: criteria, reason, second person, and then everything or nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.centre.quarantine.things import quarantined, reported_well, ruling

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.codes.models import Code, CodeChange, DirectoryChange
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.actions import record_fact
from gatepass.centre.facts.models import Fact
from gatepass.centre.people.actions import PhoneFacts, set_phones
from gatepass.centre.quarantine import releasing
from gatepass.centre.quarantine.criteria import findings
from gatepass.centre.quarantine.models import Breach, Notice, Quarantine, Release
from gatepass.centre.sending.models import Message
from gatepass.policy import Colour
from gatepass.policy.colours.facts import FactKind

pytestmark = pytest.mark.django_db


def refusal(verb: Any, *args: Any, **said: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        verb(*args, **said)
    return refused.value.code


def over(register: Any, kind: str = "home") -> Quarantine:
    """A case whose period ended four hours ago, reported well all the time."""
    case = quarantined(register(), kind=kind, days_ago=13.5)
    moved = timedelta(hours=16)
    case.started_at, case.ends_at = case.started_at - moved, case.ends_at - moved
    case.save()
    Fact.objects.filter(pk=case.fact_id).update(at=case.started_at)
    reported_well(case)
    return case


def test_in_time_one_person_releases_and_everything_follows_in_the_same_moment(register, employ) -> None:
    case, worker = over(register), employ(Role.SOCIAL_WORKER)
    set_phones(None, case.resident, [PhoneFacts("13800012345", "own")])
    release = releasing.ask_for_release(worker, case)
    case.refresh_from_db()
    assert (release.state, release.timing, release.reason) == ("done", "in_time", "")
    assert case.state == "released"
    assert all(one["holds"] for one in release.evidence)
    assert Fact.objects.get(pk=case.fact_id).until is not None
    code = Code.objects.get(pk=case.resident_id)
    assert code.colour == Colour.GREEN
    assert DirectoryChange.objects.exists()
    assert releasing.notice_of(release) is not None
    assert Message.objects.filter(kind="quarantine_released").count() == 1
    assert not Alarm.objects.exclude(state="cleared").exists()
    assert Entry.objects.filter(verb="quarantine:release").count() == 1


def test_with_a_policy_the_colour_is_the_policys(register, employ, town) -> None:
    ruling()
    case, worker = over(register), employ(Role.SOCIAL_WORKER)
    assert Code.objects.get(pk=case.resident_id).colour == Colour.RED
    releasing.ask_for_release(worker, case)
    code = Code.objects.get(pk=case.resident_id)
    assert code.policy_id is not None
    assert code.colour != Colour.RED


def test_a_colour_that_was_set_by_hand_does_not_stay(register, employ, town) -> None:
    ruling()
    case, worker = over(register), employ(Role.OFFICE)
    set_colour(worker, case.resident, Colour.RED, "A7")
    releasing.ask_for_release(worker, case)
    code = Code.objects.get(pk=case.resident_id)
    assert not code.by_hand
    assert code.colour != Colour.RED


def test_before_the_end_a_reason_of_the_list_and_a_second_person_are_needed(register, employ) -> None:
    case = quarantined(register(), days_ago=6)
    reported_well(case)
    worker, other = employ(Role.SOCIAL_WORKER), employ(Role.OFFICE)
    assert refusal(releasing.ask_for_release, worker, case) == "quarantine_reason"
    assert refusal(releasing.ask_for_release, worker, case, reason="was_ill") == "quarantine_reason"
    assert refusal(releasing.ask_for_release, worker, case, reason="leaves_town") == "quarantine_reason"  # withdrawn
    release = releasing.ask_for_release(worker, case, reason="rule_shortened")
    case.refresh_from_db()
    assert (release.state, case.state) == ("asked", "open")
    assert not Notice.objects.exists()
    assert refusal(releasing.ask_for_release, other, case, reason="rule_shortened") == "release_asked"
    assert refusal(releasing.confirm_release, worker, release) == "second_person"
    done = releasing.confirm_release(other, release)
    case.refresh_from_db()
    assert (done.state, done.second, case.state) == ("done", other, "released")
    assert refusal(releasing.confirm_release, other, release) == "release_over"


def test_what_changes_between_the_first_and_the_second_word_counts(register, employ) -> None:
    case = quarantined(register(), days_ago=6)
    reported_well(case)
    worker, other = employ(Role.SOCIAL_WORKER), employ(Role.OFFICE)
    release = releasing.ask_for_release(worker, case, reason="rule_shortened")
    record_fact(None, case.resident, FactKind.TEST, timezone.now(), data={"method": "pcr", "result": "positive"})
    assert refusal(releasing.confirm_release, other, release) == "release_criteria"
    case.refresh_from_db()
    assert case.is_open


def test_in_central_quarantine_two_people_always_release_and_two_tests_lie_a_day_apart(register, employ) -> None:
    case = over(register, "central")
    worker, other = employ(Role.SOCIAL_WORKER), employ(Role.OFFICE)
    now = timezone.now()
    for hours in (30, 10):
        taken = now - timedelta(hours=hours)
        record_fact(None, case.resident, FactKind.TEST, taken, data={"method": "pcr", "result": "negative"})
    assert refusal(releasing.ask_for_release, worker, case, now=now) == "release_criteria"
    by_code = {one.code: one for one in findings(case, now)}
    assert by_code["negative_tests"].evidence["count"] == 1
    earlier = now - timedelta(hours=60)
    record_fact(None, case.resident, FactKind.TEST, earlier, data={"method": "pcr", "result": "negative"})
    release = releasing.ask_for_release(worker, case, now=now)
    assert release.state == "asked"
    assert releasing.confirm_release(other, release, now=now).state == "done"


def test_a_late_release_says_why(register, employ) -> None:
    case, worker = over(register), employ(Role.SOCIAL_WORKER)
    later = timezone.now() + timedelta(days=2)
    assert refusal(releasing.ask_for_release, worker, case, now=later) == "quarantine_reason"
    release = releasing.ask_for_release(worker, case, reason="office_late", now=later)
    assert (release.timing, release.state) == ("late", "done")


def test_no_release_without_criteria_and_an_open_breach_is_one(register, employ) -> None:
    case, worker = over(register), employ(Role.SOCIAL_WORKER)
    Breach.objects.create(quarantine=case, at=timezone.now(), direction="out", noticed_at=timezone.now())
    assert refusal(releasing.ask_for_release, worker, case) == "release_criteria"
    silent = quarantined(register(*_other()), days_ago=13.5)
    assert refusal(releasing.ask_for_release, worker, silent, reason="rule_shortened") == "release_criteria"
    assert not Notice.objects.exists()


def _other() -> tuple[Any, ...]:
    from tests.cast import LI

    return (LI,)


@pytest.mark.parametrize(
    "part",
    [
        "end_the_fact", "close", "_change_the_colour", "_issue", "record", "_tell",
        "gatepass.centre.codes.actions.record", "gatepass.centre.codes.actions.queue_for_directory",
        "gatepass.centre.alarms.actions.record_all",
    ],
)  # fmt: skip
def test_whatever_fails_nothing_has_happened(register, employ, monkeypatch, part: str) -> None:
    case, worker = over(register), employ(Role.SOCIAL_WORKER)
    set_phones(None, case.resident, [PhoneFacts("13800012345", "own")])
    Alarm.objects.filter(kind="quarantine_overdue").update(state="raised", raised_at=timezone.now())
    set_colour(None, case.resident, Colour.RED)

    def everything() -> list[Any]:
        tables = (Quarantine, Release, Notice, Fact, Code, CodeChange, DirectoryChange, Message, Alarm, Entry)
        return [list(table.objects.order_by("pk").values()) for table in tables]

    before = everything()

    def fails(*_args: Any, **_said: Any) -> None:
        raise OSError("the disk is full")

    name = part if "." in part else f"gatepass.centre.quarantine.releasing.{part}"
    monkeypatch.setattr(name, fails)
    with pytest.raises(OSError, match="full"):
        releasing.ask_for_release(worker, case)
    assert everything() == before


def test_a_release_is_taken_back_and_a_lost_notice_issued_anew(register, employ) -> None:
    case, worker = over(register), employ(Role.SOCIAL_WORKER)
    now = timezone.now()
    release = releasing.ask_for_release(worker, case, now=now)
    first = releasing.notice_of(release)
    second = releasing.issue_anew(worker, release, "notice_misused", now=now)
    assert first is not None
    first.refresh_from_db()
    assert (first.revoked_at, first.revoked_for) == (now, "notice_misused")
    assert bytes(second.serial) != bytes(first.serial)
    releasing.take_back(worker, release, "positive_after", now=now)
    second.refresh_from_db()
    case.refresh_from_db()
    assert second.revoked_for == "positive_after"
    assert case.is_open
    assert Fact.objects.get(pk=case.fact_id).until is None
    assert refusal(releasing.take_back, worker, release, "positive_after") == "release_over"
    assert Code.objects.get(pk=case.resident_id)

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import forget_tries, forgive, spend
from gatepass.centre.limits.limits import LIMITS
from gatepass.centre.limits.models import Attempt

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 2, 3, 4, 0, tzinfo=UTC)


def use_up(limit: str, subject: str = "one") -> None:
    for _ in range(LIMITS[limit].most):
        spend(limit, subject)


def test_what_is_within_the_limit_is_let_through_and_the_next_try_is_told_how_long_to_wait() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        use_up("number_of_applicant")
        clock.shift(timedelta(minutes=20))
        with pytest.raises(RefusedError) as refused:
            spend("number_of_applicant", "one")
        assert refused.value.code == "too_many"
        assert refused.value.fields == {"minutes": 40}
        assert "40" in refused.value.sentence
        clock.shift(timedelta(minutes=41))
        spend("number_of_applicant", "one")


def test_the_limit_of_one_is_not_the_limit_of_another() -> None:
    use_up("number_of_applicant")
    spend("number_of_applicant", "two")
    spend("number_from_address", "one")


def test_a_refused_try_does_not_put_the_end_of_the_wait_off() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        use_up("number_of_applicant")
        for _ in range(5):
            clock.shift(timedelta(minutes=10))
            with pytest.raises(RefusedError):
                spend("number_of_applicant", "one")
        clock.shift(timedelta(minutes=11))
        spend("number_of_applicant", "one")


def test_whoever_goes_on_raises_one_alarm_that_counts_and_is_on_record() -> None:
    use_up("number_from_address", "203.0.113.9")
    for _ in range(3):
        with pytest.raises(RefusedError):
            spend("number_from_address", "203.0.113.9", "203.0.113.9")
    alarm = Alarm.objects.get()
    assert (alarm.count, alarm.facts["address"]) == (3, "203.0.113.9")
    assert Entry.objects.filter(verb="alarm:raise").count() == 1


def test_clumsy_fingers_raise_no_alarm() -> None:
    use_up("code_to_contact")
    with pytest.raises(RefusedError):
        spend("code_to_contact", "one")
    assert not Alarm.objects.exists()


def test_who_has_proved_who_they_are_begins_anew() -> None:
    use_up("entry_of_contact")
    forgive("entry_of_contact", "one")
    spend("entry_of_contact", "one")


def test_no_subject_stands_in_the_database_as_it_is() -> None:
    spend("code_to_contact", "+8613800012345")
    assert b"13800012345" not in b"".join(bytes(each.subject) for each in Attempt.objects.all())


def test_old_tries_are_forgotten() -> None:
    with time_machine.travel(NOON, tick=False):
        spend("number_of_applicant", "one")
    assert forget_tries(NOON + timedelta(days=1)) == 0
    assert forget_tries(NOON + timedelta(days=3)) == 1


def test_an_administrator_sees_the_alarm_and_clears_it_once(employ, log_in) -> None:
    use_up("number_from_address")
    with pytest.raises(RefusedError):
        spend("number_from_address", "one", "203.0.113.9")
    client: Client = log_in(employ(Role.ADMINISTRATOR))
    page = client.get("/alarms/").content.decode()
    assert "203.0.113.9" in page
    assert "Document numbers tried from one network address" in page
    alarm = Alarm.objects.get()
    for _ in range(2):
        assert client.post(f"/alarms/{alarm.pk}/clear/").status_code == 302
    assert Entry.objects.filter(verb="alarm:clear").count() == 1
    assert "No alarm" in client.get("/alarms/").content.decode()
    assert "administrator person" in client.get(f"/alarms/{alarm.pk}/").content.decode()
    assert "203.0.113.9" in client.get("/alarms/export/?which=all").content.decode()


def test_a_cleared_alarm_that_begins_again_is_a_new_one(employ) -> None:
    use_up("number_from_address")
    with pytest.raises(RefusedError):
        spend("number_from_address", "one")
    Alarm.objects.update(state=State.CLEARED, cleared_at=NOON)
    with pytest.raises(RefusedError):
        spend("number_from_address", "one")
    assert Alarm.objects.count() == 2

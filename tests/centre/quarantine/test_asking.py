"""Who is asked for a missing report, by which channel, in which language; and that nobody reads more than they need."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import LI, WANG
from tests.centre.quarantine.things import quarantined
from tests.centre.rosters.conftest import interpreter, shift
from tests.centre.rosters.things import volunteer_of

from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.actions import reach_at
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.people.actions import PhoneFacts, set_phones
from gatepass.centre.people.models import Resident
from gatepass.centre.quarantine.ladder import move_due
from gatepass.centre.quarantine.models import Quarantine, Rung
from gatepass.centre.sending.models import Message
from gatepass.centre.volunteers.models import Ask, Task

pytestmark = pytest.mark.django_db
SAID_BY_NOBODY = ("quarantine of", "fever", "symptom", "发热", "隔离", "격리", "발열", "隔離", "発熱")


@pytest.fixture
def case(register) -> Quarantine:
    """A Korean resident who has not reported; the next rung is due now."""
    person = register(WANG)
    Resident.objects.filter(pk=person.pk).update(language="ko")
    person.refresh_from_db()
    set_phones(None, person, [PhoneFacts("13800012345", "own")])
    return quarantined(person)


def climb_from(case: Quarantine, rung: Rung) -> None:
    """As if everybody before had been asked in vain."""
    Quarantine.objects.filter(pk=case.pk).update(rung=rung, alert_after=timezone.now() - timedelta(minutes=1))
    Message.objects.all().delete()
    move_due(timezone.now())


def test_a_volunteer_is_asked_in_their_own_language_and_learns_for_whom_only_after_a_yes(case, register) -> None:
    helper = volunteer_of(register(LI), "helper@example.org")
    Applicant.objects.filter(pk=helper.applicant_id).update(language="ja")
    climb_from(case, Rung.HOUSEHOLD)
    step = case.steps.get()
    assert (step.rung, step.outcome) == ("volunteer", "told")
    (message,) = Message.objects.all()
    assert (message.channel, message.address, message.language) == ("email", "helper@example.org", "ja")
    text = str(message.text)
    assert "/my/helping/" in text
    assert "한국어" in text, "in which language help is needed"
    assert "お願い" in text or "手伝" in text or "ご協力" in text or "依頼" in text, text
    for more in (WANG.name, "王", "13800012345", *SAID_BY_NOBODY):
        assert more not in text
    task = Task.objects.get()
    assert (task.resident_id, task.language, task.kind) == (case.resident_id, "ko", "phone")
    words = str(task.words)
    assert WANG.name in words, "whoever has said yes must know whom to telephone"
    assert not any(word in words for word in SAID_BY_NOBODY), "and not why"
    assert Ask.objects.get().volunteer == helper


def test_a_name_and_a_town_arrive_as_they_are_written(case, settings) -> None:
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"town": "100%(name)s"})
    climb_from(case, Rung.WAITING)
    assert str(Message.objects.get().text).startswith("100%(name)s: 王*")


def test_a_volunteer_of_another_language_is_not_asked(case, register) -> None:
    volunteer_of(register(LI), "helper@example.org", ("ja",))
    climb_from(case, Rung.HOUSEHOLD)
    assert next((one.rung, one.why) for one in case.steps.all()) == ("volunteer", "no_volunteer")
    assert not Task.objects.exists()


def test_whoever_is_on_duty_hears_that_a_language_is_needed_and_not_whose(case, town) -> None:
    user = interpreter("kim", ("ko",), town.community)
    shift(user, community=town.community)
    User.objects.filter(pk=user.pk).update(language="zh-hans")
    user.refresh_from_db()
    reach_at(user, "13911112222")
    climb_from(case, Rung.VOLUNTEER)
    step = case.steps.get()
    assert (step.rung, step.outcome) == ("roster", "told")
    (message,) = Message.objects.all()
    assert (message.channel, message.language) == ("sms", "zh-hans")
    assert message.address.endswith("13911112222")
    text = str(message.text)
    assert "한국어" in text
    assert f"{case.pk}" in text
    for more in (WANG.name, "王", "13800012345", "发热", "37"):
        assert more not in text


def test_of_many_missing_reports_the_desk_gets_one_message_and_an_alarm_for_each(register, employ, town) -> None:
    from gatepass.centre.accounts.roles import Role

    worker = employ(Role.SOCIAL_WORKER)
    reach_at(worker, "worker@example.org")
    cases = [quarantined(register(who)) for who in (WANG, LI)]
    now = timezone.now()
    Quarantine.objects.update(rung=Rung.ROSTER, alert_after=now - timedelta(minutes=1))
    Message.objects.all().delete()
    assert move_due(now) == 2
    assert Alarm.objects.filter(kind="quarantine_report_missed", state="raised").count() == 2
    (message,) = Message.objects.all()
    assert message.address == "worker@example.org"
    for case in cases:
        assert case.resident.full_name not in str(message.text)
    # Missed again before anybody came: counted up, and nobody is told a second time.
    Quarantine.objects.update(rung=Rung.ROSTER, alert_after=now - timedelta(minutes=1))
    cases[0].steps.all().delete()
    cases[1].steps.all().delete()
    move_due(now)
    assert set(Alarm.objects.values_list("count", flat=True).filter(kind="quarantine_report_missed")) == {2}
    assert Message.objects.count() == 1

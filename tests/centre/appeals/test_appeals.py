from __future__ import annotations

from datetime import timedelta

import pytest

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.actions import raise_due
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.alarms.telling import falls_on
from gatepass.centre.appeals.access import access_appeals
from gatepass.centre.appeals.actions import answer_appeal, send_appeal, withdraw_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.appeals.watch import LateObjections
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.errors import RefusedError
from gatepass.centre.sending.models import Message
from gatepass.policy import Colour

pytestmark = pytest.mark.django_db


@pytest.fixture
def yellow(register):
    resident = register()
    set_colour(None, resident, Colour.YELLOW)
    resident.refresh_from_db()
    return resident


@pytest.mark.parametrize(("colour", "hours"), [(Colour.RED, 24), (Colour.YELLOW, 72)])
def test_the_clock_of_a_red_colour_runs_faster(register, applicant, colour: Colour, hours: int) -> None:
    resident = register()
    set_colour(None, resident, colour)
    appeal = send_appeal(applicant(), resident, Appeal.About.NOT_ME, "我没有去过那里")
    assert appeal.due_at - appeal.sent_at == timedelta(hours=hours)
    assert appeal.colour == colour


def test_one_objection_at_a_time_and_none_to_green(yellow, register, applicant) -> None:
    daughter = applicant()
    send_appeal(daughter, yellow, Appeal.About.OVER, "x")
    for words, code in (("y", "appeal_open"), ("  ", "appeal_needs_words")):
        with pytest.raises(RefusedError) as refused:
            send_appeal(daughter, yellow, Appeal.About.OVER, words)
        assert refused.value.code == code
    set_colour(None, yellow, Colour.GREEN)
    yellow.refresh_from_db()
    with pytest.raises(RefusedError) as refused:
        send_appeal(daughter, yellow, Appeal.About.OVER, "x")
    assert refused.value.code == "appeal_nothing"


def test_an_answer_is_given_once_and_told_to_whoever_asked(yellow, applicant, employ) -> None:
    appeal = send_appeal(applicant(), yellow, Appeal.About.OVER, "x")
    officer = employ(Role.OFFICE)
    answer_appeal(officer, appeal, granted=True, answer="The test was another person's.")
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answered_by) == (Appeal.State.GRANTED, officer)
    assert "/my/" in Message.objects.get().text
    assert "another person" not in Message.objects.get().text
    for again in (lambda: answer_appeal(officer, appeal, granted=False, answer="x"),
                  lambda: withdraw_appeal(officer, appeal)):  # fmt: skip
        with pytest.raises(RefusedError) as refused:
            again()
        assert refused.value.code == "appeal_answered"


def test_an_open_appeal_is_never_answered_by_time(yellow, applicant, employ, town) -> None:
    appeal = send_appeal(applicant(), yellow, Appeal.About.OVER, "x")
    Appeal.objects.update(due_at=appeal.due_at - timedelta(days=30))
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OPEN


def test_appeals_are_seen_in_scope_only(yellow, applicant, employ, town) -> None:
    send_appeal(applicant(), yellow, Appeal.About.OVER, "x")
    near, far = employ(Role.OFFICE, community=town.community), employ(Role.OFFICE, community=town.far_community)
    assert access_appeals(near, "resident_colour").count() == 1
    assert access_appeals(far, "resident_colour").count() == 0


def test_an_objection_that_is_late_is_an_alarm_of_the_office_until_it_is_answered(yellow, applicant, employ) -> None:
    near, far = employ(Role.OFFICE, community=yellow.site.community), employ(Role.OFFICE, community=None)
    appeal = send_appeal(applicant(), yellow, Appeal.About.OVER, "words of hers")
    LateObjections()(appeal.due_at - timedelta(seconds=1))
    assert not Alarm.objects.exists()
    LateObjections()(appeal.due_at)
    LateObjections()(appeal.due_at)
    assert raise_due(appeal.due_at) == 1
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.subject, alarm.site) == ("objection_late", f"appeal:{appeal.pk}", yellow.site)
    assert {near, far} == set(falls_on(alarm))
    assert "words" not in str(alarm.facts)
    answer_appeal(near, appeal, granted=False, answer="It is right.")
    LateObjections()(appeal.due_at + timedelta(minutes=1))
    alarm.refresh_from_db()
    assert alarm.state == "cleared"


def test_the_alarm_of_an_objection_that_is_gone_with_its_resident_ends(yellow, applicant) -> None:
    appeal = send_appeal(applicant(), yellow, Appeal.About.OVER, "x")
    due_at = appeal.due_at
    LateObjections()(due_at)
    raise_due(due_at)
    appeal.delete()
    LateObjections()(due_at)
    assert Alarm.objects.get().state == "cleared"

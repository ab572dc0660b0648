"""One administrator is not two people: whose account the other last opened, or anybody within a day, is no second."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from gatepass.centre.accounts import actions, factors, invitations
from gatepass.centre.accounts.actions import GrantWish, create_staff
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.accounts.two_people import require_second
from gatepass.centre.alarms.kinds import sentence_of
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.alarms.telling import falls_on
from gatepass.centre.errors import RefusedError

pytestmark = pytest.mark.django_db
TRACER = [GrantWish(Role.TRACER)]
LATER = timedelta(days=3)


@pytest.fixture
def boss(db) -> User:
    return create_staff(None, "boss", "陈", [GrantWish(Role.ADMINISTRATOR), *TRACER], password="x")[0]


def made_by(by: User | None) -> User:
    return create_staff(by, f"tracer{User.objects.count()}", "李敏", TRACER, password="x")[0]


def refusal(second: User, first: User) -> str:
    try:
        require_second(User.objects.get(pk=second.pk), first.pk, "case")
    except RefusedError as refused:
        return refused.code
    return ""


def in_some_days(second: User, first: User) -> str:
    with time_machine.travel(timezone.now() + LATER, tick=False):
        return refusal(second, first)


def test_whoever_made_an_account_and_the_account_are_one_person_for_ever_and_both_ways(boss, employ) -> None:
    puppet = made_by(boss)
    assert refusal(puppet, boss) == "second_not_apart"
    assert in_some_days(puppet, boss) == "second_not_apart"
    assert in_some_days(boss, puppet) == "second_not_apart"
    colleague = employ(Role.TRACER)
    assert refusal(puppet, colleague) == "second_too_new"
    assert in_some_days(puppet, colleague) == ""
    assert refusal(colleague, puppet) == ""


@pytest.mark.parametrize(
    "opens",
    [
        actions.reset_password,
        invitations.invite,
        factors.drop_factors,
        lambda boss, who: actions.change_staff(
            boss, who, full_name="李敏", language="en", grants=[*TRACER, GrantWish(Role.OFFICE)]
        ),
        lambda boss, who: actions.set_active(boss, who, active=True),
    ],
    ids=["password", "invitation", "factors", "role", "activated"],
)
def test_every_way_into_an_account_counts_and_its_owners_own_password_mends_nothing(boss, employ, opens) -> None:
    who, colleague = made_by(None), employ(Role.TRACER)
    assert refusal(who, boss) == ""
    opens(boss, who)
    actions.set_own_password(who, "three words together")
    assert in_some_days(who, boss) == "second_not_apart"
    assert refusal(who, colleague) == "second_too_new"
    assert in_some_days(who, colleague) == ""


def test_another_name_or_language_opens_nothing(boss) -> None:
    who = made_by(None)
    actions.change_staff(boss, who, full_name="李敏敏", language="ja", grants=TRACER)
    assert refusal(who, boss) == ""


def test_another_administrator_or_the_machine_itself_sets_two_people_apart(boss, employ) -> None:
    other, who = employ(Role.ADMINISTRATOR), made_by(boss)
    actions.reset_password(other, who)
    assert in_some_days(who, boss) == "second_not_apart"  # the role is still the first one's
    actions.set_active(other, who, active=True)
    assert in_some_days(who, boss) == ""
    second = made_by(boss)
    actions.renew(second)
    assert refusal(second, boss) == ""


def test_the_refusal_says_until_when(boss, employ) -> None:
    with pytest.raises(RefusedError) as refused:
        require_second(made_by(boss), employ(Role.TRACER).pk, "case")
    tomorrow = timezone.localtime(timezone.now() + timedelta(hours=24))
    assert f"{tomorrow:%Y-%m-%d %H}" in refused.value.sentence


def test_whoever_administers_or_audits_hears_of_a_new_administrator_or_tracer(boss, employ) -> None:
    auditor, other = employ(Role.AUDITOR), employ(Role.ADMINISTRATOR)
    who = made_by(boss)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.state, alarm.subject) == ("powerful_account", "raised", f"user:{who.pk} tracer")
    assert set(falls_on(alarm)) == {boss, auditor, other}
    assert "李敏" not in sentence_of(alarm.kind, alarm.facts)
    grants = [*TRACER, GrantWish(Role.OFFICE)]
    actions.change_staff(boss, who, full_name="李敏", language="en", grants=grants)
    assert Alarm.objects.count() == 1
    actions.change_staff(boss, who, full_name="李敏", language="en", grants=[*grants, GrantWish(Role.ADMINISTRATOR)])
    assert Alarm.objects.filter(subject=f"user:{who.pk} administrator").exists()
    made_by(None)  # at the machine itself, where alarms could be switched off as well
    assert Alarm.objects.count() == 2

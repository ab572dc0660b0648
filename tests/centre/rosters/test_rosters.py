"""Shifts, swaps, taking over, gaps that are told before they come: the verbs and what they leave behind."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from tests.centre.rosters.conftest import ALL_WEEK, LONG_AGO, shift

from gatepass.centre.accounts.models import Grant, User
from gatepass.centre.alarms.actions import raise_due, reach_at
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.rosters import actions
from gatepass.centre.rosters.access import on_duty
from gatepass.centre.rosters.actions import Hours, Serves, Where
from gatepass.centre.rosters.models import Need, Swap
from gatepass.centre.rosters.watch import look
from gatepass.centre.sending.models import Message

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NOON = datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Tuesday."""


@pytest.fixture(autouse=True)
def _tuesday_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def refused(code: str):
    return pytest.raises(RefusedError, match=f"^{code}$")


def names(language: str = "ko", **where) -> list[str]:
    return [one.user.username for one in on_duty(language, **where)]


def test_the_nearest_comes_first_and_nobody_from_elsewhere(town, interpreters) -> None:
    shift(interpreters.sato, ("ko", "ja"))
    shift(interpreters.kim, community=town.community)
    shift(interpreters.park, site=town.estate)
    assert names(site=town.estate) == ["park", "kim", "sato"]
    assert names(site=town.hospital) == ["kim", "sato"]
    assert names(site=town.far_site) == ["sato"]
    assert names("zh-Hans") == []
    assert sorted(names("ko")) == ["kim", "park", "sato"]
    assert names("ko", channel="visit") == []


def test_whoever_loses_the_role_is_on_no_duty_from_that_moment(town, interpreters) -> None:
    shift(interpreters.kim, community=town.community)
    Grant.objects.filter(user=interpreters.kim).update(languages=["ja"])
    assert names() == []
    with refused("roster_cannot"):
        shift(interpreters.kim, community=town.community)


def test_nobody_is_put_on_duty_where_or_in_what_they_do_not_interpret(town, interpreters) -> None:
    with refused("roster_cannot"):
        shift(interpreters.park, community=town.community)
    with refused("roster_cannot"):
        shift(interpreters.kim, ("ja",), community=town.community)
    with refused("roster_times"):
        shift(interpreters.kim, community=town.community, weekdays=())


def test_a_colleague_takes_over_at_once_and_whoever_had_it_is_told(town, interpreters) -> None:
    reach_at(interpreters.kim, "kim@example.org")
    Message.objects.all().delete()
    duty = shift(interpreters.kim, starts="08:00", ends="16:00", community=town.community)
    actions.take_over(interpreters.sato, duty, NOON.date())
    assert names(site=town.estate) == ["sato"]
    assert [one.user for one in on_duty("ko", NOON - HOUR)] == [interpreters.kim]
    assert [one.user for one in on_duty("ko", NOON + 24 * HOUR)] == [interpreters.kim]
    (message,) = Message.objects.all()
    assert message.kind == "duty_taken"
    assert "2026-12-01 08:00–16:00, China Standard Time" in str(message.text)
    with refused("roster_not_now"):
        actions.take_over(interpreters.sato, duty, NOON.date())


def test_an_absence_leaves_a_gap_that_a_colleague_fills(town, interpreters) -> None:
    duty = shift(interpreters.kim, starts="08:00", ends="16:00", community=town.community)
    away = actions.set_away(None, interpreters.kim, NOON, NOON + 72 * HOUR)
    assert names() == []
    actions.take_over(interpreters.sato, duty, NOON.date())
    assert names() == ["sato"]
    tomorrow = NOON.date() + timedelta(days=1)
    swap = actions.offer_swap(interpreters.kim, duty, tomorrow)
    with refused("roster_away"):
        actions.set_away(None, interpreters.sato, NOON + 20 * HOUR, NOON + 30 * HOUR)
        actions.accept_swap(interpreters.sato, swap)
    actions.cancel_change(None, away)
    assert [one.user for one in on_duty("ko", NOON + 24 * HOUR)] == [interpreters.kim]


def test_of_two_who_accept_an_offered_duty_one_has_it(town, interpreters) -> None:
    duty = shift(interpreters.kim, starts="08:00", ends="16:00", site=town.estate)
    tomorrow = NOON.date() + timedelta(days=1)
    swap = actions.offer_swap(interpreters.kim, duty, tomorrow)
    with refused("roster_not_now"):
        actions.offer_swap(interpreters.kim, duty, tomorrow)
    with refused("roster_not_theirs"):
        actions.offer_swap(interpreters.park, duty, tomorrow)
    seen_by_both = Swap.objects.get(pk=swap.pk), Swap.objects.get(pk=swap.pk)
    assert [one.user for one in on_duty("ko", NOON + 24 * HOUR)] == [interpreters.kim]
    actions.accept_swap(interpreters.park, seen_by_both[0])
    with refused("roster_not_now"):
        actions.accept_swap(interpreters.sato, seen_by_both[1])
    assert [one.user for one in on_duty("ko", NOON + 24 * HOUR)] == [interpreters.park]
    assert Entry.objects.filter(verb="roster:take_over").count() == 1


def test_an_offer_to_one_colleague_is_for_nobody_else_and_can_be_withdrawn(town, interpreters) -> None:
    duty = shift(interpreters.kim, starts="08:00", ends="16:00", site=town.estate)
    swap = actions.offer_swap(interpreters.kim, duty, NOON.date(), interpreters.park)
    with refused("roster_not_theirs"):
        actions.accept_swap(interpreters.sato, swap)
    actions.withdraw_swap(interpreters.kim, swap)
    with refused("roster_not_now"):
        actions.accept_swap(interpreters.park, swap)


def around_the_clock(town, lead: int = 72) -> Need:
    hours = Hours(ALL_WEEK, time(0), time(0), LONG_AGO, community=town.community)
    return actions.set_need(None, "ko", "call", hours, lead_hours=lead)


def alarms() -> dict[str, str]:
    return {alarm.subject.split()[1]: alarm.facts["hours"] for alarm in Alarm.objects.exclude(state=State.CLEARED)}


def test_a_gap_is_an_alarm_before_it_comes_and_over_when_it_is_filled(town, interpreters) -> None:
    need = around_the_clock(town)
    shift(interpreters.sato, ("ko",), "08:00", "00:00")
    night = shift(interpreters.kim, starts="00:00", ends="08:00", community=town.community)
    look(timezone.now())
    assert alarms() == {}
    friday = datetime(2026, 12, 4, tzinfo=NOON.tzinfo)
    away = actions.set_away(None, interpreters.kim, friday, friday + 30 * HOUR)
    look(timezone.now())
    assert alarms() == {"2026-12-04": "00:00–08:00", "2026-12-05": "00:00–06:00"}
    assert raise_due(timezone.now()) == 1  # 60 hours ahead: within the 72 of warning; the next day is not yet
    assert raise_due(timezone.now() + 24 * HOUR) == 1
    assert Alarm.objects.filter(state=State.RAISED).count() == 2
    actions.take_over(interpreters.sato, night, friday.date())
    look(timezone.now())
    assert alarms() == {"2026-12-05": "00:00–06:00"}
    actions.cancel_change(None, away)
    look(timezone.now())
    assert alarms() == {}
    actions.end_need(None, need)
    look(timezone.now())
    assert alarms() == {}


def test_looking_again_changes_nothing_and_a_gap_under_way_stays_one_alarm(town) -> None:
    around_the_clock(town, lead=24)
    look(timezone.now())
    first = set(Alarm.objects.values_list("pk", "last_at"))
    assert len(first) == 15  # fourteen times 24 hours, from noon to noon, touch fifteen days
    look(timezone.now())
    assert set(Alarm.objects.values_list("pk", "last_at")) == first
    raise_due(timezone.now())
    with time_machine.travel(NOON + 6 * HOUR, tick=False):
        look(timezone.now())
    assert Alarm.objects.filter(subject__endswith="2026-12-01").count() == 1


def test_a_site_is_served_by_its_community_and_not_the_other_way_round(town, interpreters) -> None:
    hours = Hours(ALL_WEEK, time(0), time(0), LONG_AGO, site=town.estate)
    actions.set_need(None, "ko", "call", hours)
    around_the_clock(town)
    shift(interpreters.park, site=town.estate)
    look(timezone.now())
    assert {alarm.site for alarm in Alarm.objects.all()} == {None}
    shift(interpreters.kim, community=town.community)
    look(timezone.now())
    assert alarms() == {}


def test_an_extra_duty_is_once(town, interpreters) -> None:
    actions.add_extra(
        None, interpreters.park, Where(site=town.estate), Serves(("ko",), ("visit",)), NOON - HOUR, NOON + HOUR
    )
    assert names(channel="visit") == ["park"]
    assert names(channel="call") == []
    assert on_duty("ko", NOON + 24 * HOUR) == []
    assert [one.reachable for one in on_duty("ko")] == [False]
    reach_at(User.objects.get(username="park"), "13800012345")
    assert [one.reachable for one in on_duty("ko")] == [True]

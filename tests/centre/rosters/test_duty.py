"""Who is on duty at an instant: overrides, overlaps, midnight, and the two nights a year when clocks are changed."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepass.centre.rosters.duty import (
    DAY,
    Away,
    Extra,
    Instead,
    Pattern,
    Roster,
    fewest,
    gaps,
    hours_of,
    instant,
    occurrence,
    on_duty,
    spans,
)

SHANGHAI, BERLIN, LORD_HOWE = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
ZONES = (SHANGHAI, BERLIN, LORD_HOWE, ZoneInfo("America/Santiago"), ZoneInfo("Africa/Cairo"), ZoneInfo("Asia/Seoul"))
ALL_WEEK = frozenset(range(7))
KO = frozenset({"ko"})
CALL = frozenset({"call"})
MONDAY = date(2026, 11, 30)


def pattern(member: int = 1, starts: str = "08:00", ends: str = "16:00", **changes) -> Pattern:
    base = Pattern(
        changes.pop("id", member), member, KO, CALL, ALL_WEEK, time.fromisoformat(starts), time.fromisoformat(ends),
        first_day=date(2026, 1, 1), zone=SHANGHAI,
    )  # fmt: skip
    return replace(base, **changes)


def at(day: date, clock: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return instant(day, time.fromisoformat(clock), zone)


def who(roster: Roster, day: date, clock: str) -> set[int]:
    return {span.member for span in on_duty(roster, at(day, clock), "ko", "call")}


def test_a_shift_begins_at_its_minute_and_has_ended_at_its_end() -> None:
    roster = Roster((pattern(),))
    assert who(roster, MONDAY, "07:59") == set()
    assert who(roster, MONDAY, "08:00") == who(roster, MONDAY, "15:59") == {1}
    assert who(roster, MONDAY, "16:00") == set()


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    roster = Roster((pattern(starts="22:00", ends="06:00", weekdays=frozenset({0})),))
    assert who(roster, MONDAY, "03:00") == set()
    assert (
        who(roster, MONDAY, "23:59") == who(roster, MONDAY + DAY, "00:00") == who(roster, MONDAY + DAY, "05:59") == {1}
    )
    assert who(roster, MONDAY + DAY, "22:30") == set()


def test_the_same_time_twice_is_a_whole_day() -> None:
    roster = Roster((pattern(starts="00:00", ends="00:00", weekdays=frozenset({0})),))
    assert who(roster, MONDAY, "00:00") == who(roster, MONDAY, "23:59") == {1}
    assert who(roster, MONDAY + DAY, "00:00") == set()


def test_every_other_week_is_counted_from_the_week_of_the_first_day() -> None:
    shift = pattern(first_day=MONDAY + 2 * DAY, every_weeks=2, weekdays=frozenset({0, 4}))
    days = [MONDAY + number * DAY for number in range(21)]
    assert [day for day in days if occurrence(shift, day)] == [MONDAY + 4 * DAY, MONDAY + 14 * DAY, MONDAY + 18 * DAY]


def test_whoever_takes_over_has_the_rest_and_the_later_row_counts() -> None:
    given = lambda member, begin, end: Instead(1, MONDAY, member, at(MONDAY, begin), at(MONDAY, end), KO)  # noqa: E731
    roster = Roster((pattern(),), (given(2, "10:00", "16:00"), given(3, "12:00", "14:00")))
    assert [who(roster, MONDAY, clock) for clock in ("09:00", "11:00", "13:00", "15:00")] == [{1}, {2}, {3}, {2}]
    taken = next(span for span in spans(roster, at(MONDAY, "12:00"), at(MONDAY, "12:01")) if span.member == 3)
    assert (taken.instead_of, taken.pattern, taken.day) == (1, 1, MONDAY)


def test_whoever_takes_over_serves_only_the_languages_they_speak() -> None:
    both = pattern(languages=frozenset({"ko", "ja"}))
    roster = Roster((both,), (Instead(1, MONDAY, 2, at(MONDAY, "08:00"), at(MONDAY, "16:00"), KO),))
    assert who(roster, MONDAY, "09:00") == {2}
    assert on_duty(roster, at(MONDAY, "09:00"), "ja") == []


def test_away_is_stronger_than_anything_else_that_was_written_down() -> None:
    roster = Roster(
        (pattern(),),
        (),
        (Extra(1, 1, at(MONDAY, "17:00"), at(MONDAY, "19:00"), KO, CALL),),
        (Away(1, at(MONDAY, "09:00"), at(MONDAY, "18:00")),),
    )
    assert [who(roster, MONDAY, clock) for clock in ("08:30", "09:00", "17:30", "18:30")] == [{1}, set(), set(), {1}]


def test_a_gap_is_named_from_its_first_minute_to_its_last() -> None:
    duty = spans(
        Roster((pattern(1, "00:00", "08:00"), pattern(2, "09:00", "00:00"))), at(MONDAY, "00:00"), at(MONDAY, "23:00")
    )
    whole = (at(MONDAY, "00:00"), at(MONDAY + DAY, "00:00"))
    assert gaps(duty, [whole]) == [(at(MONDAY, "08:00"), at(MONDAY, "09:00"))]
    assert gaps(duty, [whole], least=2) == [whole]
    assert fewest(duty, at(MONDAY, "07:30"), at(MONDAY, "08:30")) == (0, 1)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), BERLIN, 23),
        (date(2026, 10, 25), BERLIN, 25),
        (date(2026, 11, 30), BERLIN, 24),
        (date(2026, 4, 5), LORD_HOWE, 25),  # half an hour: the last one is short
        (date(2026, 11, 30), SHANGHAI, 24),
    ],
)
def test_a_day_has_as_many_hours_as_its_clock_shows(day: date, zone: ZoneInfo, hours: int) -> None:
    found = hours_of(day, zone)
    assert len(found) == hours
    assert found[0][0] == at(day, "00:00", zone)
    assert found[-1][1] == at(day + DAY, "00:00", zone)


def test_a_time_that_the_clock_leaps_over_is_the_moment_of_the_leap() -> None:
    spring = date(2026, 3, 29)
    assert at(spring, "02:30", BERLIN) == at(spring, "03:00", BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    night = pattern(starts="22:00", ends="06:00", zone=BERLIN)
    begins, ends = occurrence(night, spring - DAY) or (None, None)
    assert ends
    assert begins
    assert ends - begins == timedelta(hours=7)
    begins, ends = occurrence(night, date(2026, 10, 24)) or (None, None)
    assert ends
    assert begins
    assert ends - begins == timedelta(hours=9)
    assert occurrence(pattern(starts="02:15", ends="02:45", zone=BERLIN), spring) is None


minutes = st.integers(0, 24 * 60 - 1).map(lambda number: time(number // 60, number % 60))
# The patterns begin on 1 January: the night before has nobody.
some_days = st.dates(date(2026, 1, 2), date(2027, 12, 31))


@settings(max_examples=300)
@given(day=some_days, zone=st.sampled_from(ZONES), cuts=st.sets(minutes, min_size=1, max_size=6))
def test_shifts_that_meet_on_the_wall_clock_meet_in_fact_in_every_night_of_the_year(day, zone, cuts) -> None:
    """However a day is divided among people: no instant without one, none with two."""
    marks = sorted(cuts)
    team = tuple(
        pattern(number, id=number, zone=zone, starts=here.isoformat(), ends=after.isoformat())
        for number, (here, after) in enumerate(zip(marks, [*marks[1:], marks[0]], strict=True), 1)
    )
    begin, end = at(day, "00:00", zone), at(day + 2 * DAY, "00:00", zone)
    duty = spans(Roster(team), begin, end)
    assert gaps(duty, [(begin, end)]) == []
    inner = sorted((span.begins, span.ends) for span in duty)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(inner))


instants = st.integers(0, 6 * 24 * 4).map(
    lambda quarter: datetime(2026, 3, 26, tzinfo=UTC) + quarter * timedelta(minutes=15)
)
stretches = st.tuples(instants, instants).filter(lambda pair: pair[0] < pair[1])
members = st.integers(1, 3)


def _pattern(number: int, member: int, starts: time, ends: time) -> Pattern:
    return pattern(member, starts.isoformat(), ends.isoformat(), id=number, zone=BERLIN)


def _instead(number: int, day: int, member: int, pair: tuple[datetime, datetime]) -> Instead:
    return Instead(number, date(2026, 3, 26) + day * DAY, member, *pair, KO)


def _extra(member: int, pair: tuple[datetime, datetime]) -> Extra:
    return Extra(1, member, *pair, KO, CALL)


rosters = st.builds(
    Roster,
    st.lists(st.builds(_pattern, members, members, minutes, minutes), max_size=3, unique_by=lambda one: one.id).map(
        tuple
    ),
    st.lists(st.builds(_instead, members, st.integers(0, 5), members, stretches), max_size=4).map(tuple),
    st.lists(st.builds(_extra, members, stretches), max_size=2).map(tuple),
    st.lists(st.builds(lambda member, pair: Away(member, *pair), members, stretches), max_size=3).map(tuple),
)


def by_hand(roster: Roster, moment: datetime) -> set[int]:
    """The same question answered layer by layer at one instant, without any cutting of spans."""
    there: set[int] = set()
    for one in roster.patterns:
        today = moment.astimezone(one.zone).date()
        for day in (today - DAY, today):
            stretch = occurrence(one, day)
            if stretch and stretch[0] <= moment < stretch[1]:
                member = one.member
                for instead in roster.insteads:
                    if (instead.pattern, instead.day) == (one.id, day) and instead.begins <= moment < instead.ends:
                        member = instead.member
                there.add(member)
    there |= {extra.member for extra in roster.extras if extra.begins <= moment < extra.ends}
    return there - {away.member for away in roster.aways if away.begins <= moment < away.ends}


@settings(max_examples=300)
@given(roster=rosters, moment=instants)
def test_spans_say_at_every_instant_what_the_layers_say(roster: Roster, moment: datetime) -> None:
    assert {span.member for span in on_duty(roster, moment)} == by_hand(roster, moment)


@settings(max_examples=100)
@given(roster=rosters, pair=stretches, least=st.integers(1, 2))
def test_gaps_are_exactly_where_too_few_are_on_duty(roster: Roster, pair, least: int) -> None:
    begin, end = pair
    found = gaps(spans(roster, begin, end), [pair], least)
    for quarter in range(int((end - begin) / timedelta(minutes=15))):
        moment = begin + quarter * timedelta(minutes=15)
        missing = any(one <= moment < other for one, other in found)
        assert missing == (len(by_hand(roster, moment)) < least)
    assert all(one < other for one, other in found)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(found))

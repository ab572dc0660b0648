from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.policy.journeys import Gap, StayTold, covered

SHANGHAI, AMSTERDAM = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Amsterdam")
HONOLULU, AUCKLAND = ZoneInfo("Pacific/Honolulu"), ZoneInfo("Pacific/Auckland")
ANGELES, KATHMANDU = ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Kathmandu")
KIRITIMATI, PAGO = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")
DAY = timedelta(days=1)


def march(day: int) -> date:
    return date(2026, 3, 1) + (day - 1) * DAY


def stay(first: int, last: int, zone: ZoneInfo = SHANGHAI, **facts) -> StayTold:
    return StayTold(march(first), march(last), zone, **facts)


def landing(day: int, hour: int = 10, minute: int = 0, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=zone)


def gaps(stays: list[StayTold], arrival: datetime, days: int = 14) -> list[tuple[date, date]]:
    return [(gap.first, gap.last) for gap in covered(stays, arrival, SHANGHAI, days).gaps]


def test_fourteen_days_in_one_place_are_accounted_for() -> None:
    found = covered([stay(2, 16, AMSTERDAM)], landing(16), SHANGHAI, 14)
    assert (found.first, found.arrival, found.days) == (march(2), march(16), 14)
    assert found.is_whole
    assert (found.accounted, found.missing) == (14, 0)


def test_three_missing_days_are_named() -> None:
    found = covered([stay(2, 9, AMSTERDAM), stay(13, 15, AMSTERDAM)], landing(16), SHANGHAI, 14)
    assert [(gap.first, gap.last, gap.days) for gap in found.gaps] == [(march(10), march(12), 3)]
    assert (found.accounted, found.missing) == (11, 3)
    assert found.gaps[0].after == stay(2, 9, AMSTERDAM)
    assert found.gaps[0].before == stay(13, 15, AMSTERDAM)


def test_nothing_told_is_all_missing() -> None:
    assert gaps([], landing(16)) == [(march(2), march(15))]


def test_days_before_the_first_stay_and_after_the_last_are_missing() -> None:
    assert gaps([stay(5, 12)], landing(16)) == [(march(2), march(4)), (march(13), march(15))]


def test_a_stay_that_began_long_before_counts_from_the_first_day_on() -> None:
    assert gaps([StayTold(date(2025, 1, 1), march(16), AMSTERDAM)], landing(16)) == []


def test_one_single_missing_day_is_asked_for_also_where_it_has_23_hours() -> None:
    assert gaps([stay(2, 9), stay(11, 16)], landing(16)) == [(march(10), march(10))]
    # On 29 March 2026 the clocks of Amsterdam go forward.
    spring = [StayTold(march(20), march(28), AMSTERDAM), StayTold(march(30), date(2026, 4, 3), AMSTERDAM)]
    found = covered(spring, datetime(2026, 4, 3, 12, tzinfo=SHANGHAI), SHANGHAI, 14)
    assert [(gap.first, gap.last) for gap in found.gaps] == [(march(29), march(29))]


def test_whoever_lands_after_midnight_arrives_on_the_new_day_and_is_not_asked_for_the_night_in_the_air() -> None:
    left_on_the_15th = [stay(1, 15, AMSTERDAM)]
    found = covered(left_on_the_15th, landing(16, 0, 40), SHANGHAI, 14)
    assert (found.arrival, found.is_whole) == (march(16), True)


def test_a_day_that_vanishes_at_the_date_line_is_not_missing() -> None:
    # Los Angeles on the 10th at 23:00, Shanghai on the 12th at 05:00: eleven hours of flight, and no 11th of March.
    assert gaps([stay(1, 10, ANGELES), stay(12, 16)], landing(16)) == []
    # The other way round two whole days lie between them.
    assert gaps([stay(1, 10), stay(12, 16, ANGELES)], landing(16)) == [(march(11), march(11))]


def test_flying_east_over_the_date_line_one_arrives_before_one_left() -> None:
    found = covered([stay(1, 11, AUCKLAND), stay(10, 16, HONOLULU)], landing(16), SHANGHAI, 14)
    assert found.is_whole
    found = covered([stay(1, 10, KIRITIMATI), stay(9, 16, PAGO)], landing(16), SHANGHAI, 14)
    assert found.is_whole


def test_somebody_far_west_is_not_asked_for_the_hours_before_their_first_day() -> None:
    assert gaps([stay(2, 15, PAGO)], landing(16, 20)) == []


def test_neighbouring_dates_a_day_apart_name_one_day() -> None:
    assert gaps([stay(1, 10, KIRITIMATI), stay(11, 16, PAGO)], landing(16)) == [(march(10), march(10))]


def test_the_day_on_which_one_moves_on_belongs_to_both_places() -> None:
    found = covered([stay(1, 9), stay(9, 16)], landing(16), SHANGHAI, 14)
    assert found.is_whole


def test_two_places_at_once_are_named() -> None:
    seoul, tokyo = stay(1, 9, place="Seoul"), stay(7, 16, place="Tokyo")
    found = covered([tokyo, seoul], landing(16), SHANGHAI, 14)
    assert [(each.first, each.last, each.one.place, each.other.place) for each in found.overlaps] == [
        (march(7), march(9), "Seoul", "Tokyo")
    ]


def test_a_trip_within_a_longer_stay_is_an_overlap_and_a_change_of_planes_is_none() -> None:
    found = covered([stay(1, 16, AMSTERDAM), stay(5, 6, AMSTERDAM)], landing(16), SHANGHAI, 14)
    assert [(each.first, each.last) for each in found.overlaps] == [(march(5), march(6))]
    found = covered([stay(1, 16, AMSTERDAM), stay(15, 15, AMSTERDAM, transit=True)], landing(16), SHANGHAI, 14)
    assert found.is_whole


def test_a_stay_that_begins_after_the_arrival_is_not_yet_true() -> None:
    found = covered([stay(1, 16), stay(20, 25)], landing(16), SHANGHAI, 14)
    assert found.late == (stay(20, 25),)
    assert not found.is_whole


def test_a_stay_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        covered([stay(9, 5)], landing(16), SHANGHAI, 14)


ZONES = st.sampled_from([SHANGHAI, AMSTERDAM, HONOLULU, AUCKLAND, ANGELES, KIRITIMATI, PAGO, KATHMANDU])
LENGTHS = st.lists(st.integers(1, 6), min_size=2, max_size=8)


def in_a_row(lengths: list[int], zone: ZoneInfo, shared: bool) -> list[StayTold]:
    """One stay after another, from the 1st of February on; `shared`: each begins on the day on which one moves on."""
    stays, day = [], date(2026, 2, 1)
    for length in lengths:
        stays.append(StayTold(day, day + length * DAY, zone))
        day += (length + (0 if shared else 1)) * DAY
    return stays


@given(LENGTHS, ZONES, st.booleans(), st.integers(0, 23), st.integers(0, 30))
def test_stays_without_a_hole_are_whole_in_every_zone_and_order(lengths, zone, shared, hour, days) -> None:
    stays = in_a_row(lengths, zone, shared)
    arrival = datetime.combine(stays[-1].last, datetime.min.time(), zone) + timedelta(hours=hour)
    window = min(days, (arrival.astimezone(zone).date() - stays[0].first).days)
    mixed = random.Random(hour).sample(stays, len(stays))
    assert covered(stays, arrival, zone, window).is_whole
    assert covered(mixed, arrival, zone, window) == covered(stays, arrival, zone, window)


@given(LENGTHS, ZONES, st.data())
def test_a_stay_that_is_left_out_is_the_very_gap_that_is_named(lengths, zone, data) -> None:
    stays = in_a_row(lengths, zone, shared=False)
    gone = data.draw(st.integers(0, len(stays) - 2))
    arrival = datetime.combine(stays[-1].last, datetime.min.time(), zone) + timedelta(hours=12)
    days = (stays[-1].last - stays[0].first).days
    left = stays[:gone] + stays[gone + 1 :]
    found = covered(left, arrival, zone, days)
    before = stays[gone - 1] if gone else None
    assert found.gaps == (Gap(stays[gone].first, stays[gone].last, before, stays[gone + 1]),)
    assert found.accounted + found.missing == found.days


@given(
    st.lists(st.tuples(st.integers(1, 31), st.integers(0, 12), ZONES, st.booleans()), max_size=8), st.integers(0, 23)
)
def test_whatever_is_told_gaps_lie_within_the_days_and_more_stays_never_open_one(told, hour) -> None:
    stays = [
        StayTold(march(first), march(first) + more * DAY, zone, transit=transit) for first, more, zone, transit in told
    ]
    arrival = landing(20, hour)
    found = covered(stays, arrival, SHANGHAI, 14)
    for gap in found.gaps:
        assert found.first <= gap.first <= gap.last <= found.arrival
    whole = StayTold(march(1), march(20), SHANGHAI)
    assert covered([*stays, whole], arrival, SHANGHAI, 14).gaps == ()
    for overlap in found.overlaps:
        assert overlap.first <= overlap.last

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from gatepass.policy.journeys import sampled_in_time

AMSTERDAM, SEOUL = ZoneInfo("Europe/Amsterdam"), ZoneInfo("Asia/Seoul")
BOARDING = datetime(2026, 3, 16, 20, 45, tzinfo=AMSTERDAM)


def test_the_first_minute_of_the_fifth_day_before_is_in_time_and_the_minute_before_is_not() -> None:
    first = sampled_in_time(datetime(2026, 3, 11, 0, 0, tzinfo=AMSTERDAM), BOARDING, AMSTERDAM, 5)
    assert (first.in_time, first.days_before, first.first) == (True, 5, date(2026, 3, 11))
    before = sampled_in_time(datetime(2026, 3, 10, 23, 59, tzinfo=AMSTERDAM), BOARDING, AMSTERDAM, 5)
    assert (before.in_time, before.days_before) == (False, 6)


def test_the_zone_of_the_laboratory_does_not_matter_only_that_of_the_place_of_boarding() -> None:
    # Seven in the morning of the 11th in Seoul is eleven at night of the 10th in Amsterdam.
    found = sampled_in_time(datetime(2026, 3, 11, 7, 0, tzinfo=SEOUL), BOARDING, AMSTERDAM, 5)
    assert (found.in_time, found.sampled) == (False, date(2026, 3, 10))


def test_a_sample_after_boarding_is_no_test_before_boarding() -> None:
    found = sampled_in_time(datetime(2026, 3, 16, 21, 0, tzinfo=AMSTERDAM), BOARDING, AMSTERDAM, 5)
    assert (found.in_time, found.after_boarding, found.days_before) == (False, True, 0)

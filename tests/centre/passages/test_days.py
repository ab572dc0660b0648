from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from tests.centre.passages.contract import MONDAY, SHANGHAI, TUESDAY, at

from gatepass.centre.passages.days import HOUR_MS, TownDays


def test_a_day_is_the_towns_day_not_the_one_of_greenwich():
    days = TownDays(SHANGHAI)
    assert days.slot(at(0, 0)) == (MONDAY, 0)
    assert days.slot(at(7, 59, 59)) == (MONDAY, 7)
    assert days.slot(at(23, 59, 59) + 999) == (MONDAY, 23)
    assert days.bounds(MONDAY) == (at(0), at(0, day=TUESDAY))


def test_the_hours_of_a_day_fit_together_when_clocks_change():
    berlin = TownDays(ZoneInfo("Europe/Berlin"))
    for day, length in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)):
        start, end = berlin.bounds(day)
        assert end - start == length * HOUR_MS
        edge = start
        for hour in range(24):
            first, after = berlin.hour_bounds(day, hour)
            if first < after:
                assert first == edge
                assert berlin.slot(first) == (day, hour)
                edge = after
        assert edge == end

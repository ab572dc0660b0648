"""When a quarantine ends and when reports are due: two ways of counting, midnight, and days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from gatepass.centre.quarantine import calendar

SHANGHAI, BERLIN, BEIRUT = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Beirut")
TIMES = [(time(5), time(11)), (time(15), time(20))]


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_fourteen_times_24_hours_end_at_the_minute_at_which_they_began() -> None:
    assert calendar.ends_at(at("2020-03-05 15:20"), 14, "hours", SHANGHAI) == at("2020-03-19 15:20")


@pytest.mark.parametrize("begun", ["2020-03-05 00:00", "2020-03-05 15:20", "2020-03-05 23:59"])
def test_fourteen_calendar_days_end_at_the_same_midnight_whatever_the_hour_of_the_beginning(begun: str) -> None:
    ends = calendar.ends_at(at(begun), 14, "days", SHANGHAI)
    assert ends == at("2020-03-20 00:00")
    assert calendar.last_day(ends, SHANGHAI) == (date(2020, 3, 19), None)


def test_the_day_in_utc_is_not_the_day_on_the_spot() -> None:
    late = datetime(2020, 3, 5, 16, 30, tzinfo=UTC)  # 00:30 of the sixth in Hangzhou
    assert calendar.ends_at(late, 14, "days", SHANGHAI) == at("2020-03-21 00:00")


def test_where_clocks_change_hours_stay_hours_and_days_stay_days() -> None:
    begun = at("2020-03-20 15:20", BERLIN)  # summer time begins on the 29th
    by_hours = calendar.ends_at(begun, 14, "hours", BERLIN)
    assert by_hours - begun == timedelta(hours=336)
    assert by_hours.astimezone(BERLIN).strftime("%d %H:%M") == "03 16:20"
    by_days = calendar.ends_at(begun, 14, "days", BERLIN)
    assert by_days.astimezone(BERLIN).strftime("%d %H:%M") == "04 00:00"
    begun = at("2020-10-20 15:20", BERLIN)  # and ends on 25 October: one hour more
    assert calendar.ends_at(begun, 14, "hours", BERLIN).astimezone(BERLIN).strftime("%d %H:%M") == "03 14:20"


def test_a_midnight_that_is_left_out_is_the_moment_of_the_change_and_is_still_called_24() -> None:
    # In Beirut 29 March 2020 began at 01:00.
    ends = calendar.ends_at(at("2020-03-14 12:00", BEIRUT), 14, "days", BEIRUT)
    assert ends == datetime(2020, 3, 28, 22, 0, tzinfo=UTC)
    assert calendar.last_day(ends, BEIRUT) == (date(2020, 3, 28), None)


def test_days_are_counted_as_people_count_them() -> None:
    begun = at("2020-03-05 15:20")
    assert [
        calendar.day_of(at(text), begun, "hours", SHANGHAI) for text in ("2020-03-05 15:20", "2020-03-06 15:19")
    ] == [1, 1]
    assert calendar.day_of(at("2020-03-06 15:20"), begun, "hours", SHANGHAI) == 2
    assert [
        calendar.day_of(at(text), begun, "days", SHANGHAI) for text in ("2020-03-05 23:59", "2020-03-06 00:00")
    ] == [0, 1]


def test_a_report_answers_the_last_time_that_was_open_when_it_was_measured() -> None:
    due = lambda text: calendar.slot_for(at(text), TIMES, SHANGHAI).due  # noqa: E731
    assert due("2020-03-05 05:00") == at("2020-03-05 11:00")
    assert due("2020-03-05 14:59") == at("2020-03-05 11:00")  # late, but for the morning
    assert due("2020-03-05 15:00") == at("2020-03-05 20:00")
    assert due("2020-03-06 04:59") == at("2020-03-05 20:00")  # before dawn, for the evening before


def test_the_next_time_is_strictly_later_also_across_midnight() -> None:
    due = lambda text: calendar.slot_after(at(text), TIMES, SHANGHAI).due  # noqa: E731
    assert due("2020-03-05 10:59") == at("2020-03-05 11:00")
    assert due("2020-03-05 11:00") == at("2020-03-05 20:00")
    assert due("2020-03-05 20:00") == at("2020-03-06 11:00")


def test_a_time_that_comes_twice_is_asked_for_once_and_one_that_does_not_come_is_asked_for_all_the_same() -> None:
    night = [(time(1), time(2, 30))]
    autumn = calendar.slots_between(at("2020-10-23 12:00", BERLIN), at("2020-10-27 12:00", BERLIN), night, BERLIN)
    spring = calendar.slots_between(at("2020-03-27 12:00", BERLIN), at("2020-03-31 12:00", BERLIN), night, BERLIN)
    assert len(autumn) == len(spring) == 4
    assert [slot.due.astimezone(BERLIN).strftime("%H:%M") for slot in spring] == ["02:30", "03:30", "02:30", "02:30"]
    assert all(one.due < later.due for some in (autumn, spring) for one, later in pairwise(some))

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from gatepass.policy.journeys import EntryRulesError, StayTold, read_entry_rules, shipped_entry_rules

REASON = '{ zh-Hans = "甲", zh-Hant = "乙", en = "Many cases", ko = "병", ja = "丁" }'
RULES = f"""
format = 1
[[terms]]
effective_from = 2026-11-01T00:00:00+08:00
days_before_arrival = 14
[[terms]]
effective_from = 2026-11-20T00:00:00+08:00
days_before_arrival = 21
[[areas]]
region = "KOR"
names = ["Daegu", "대구"]
since = 2026-11-10
until = 2026-11-20
reason = {REASON}
[[areas]]
region = "4201"
since = 2026-11-01
reason = {REASON}
"""
SEOUL = ZoneInfo("Asia/Seoul")


def stay(first: int, last: int) -> StayTold:
    return StayTold(date(2026, 11, first), date(2026, 11, last), SEOUL)


def test_the_term_in_force_is_the_last_that_has_begun() -> None:
    rules = read_entry_rules(RULES)
    assert rules.at(datetime(2026, 11, 19, 15, 59, tzinfo=UTC)).days_before_arrival == 14
    assert rules.at(datetime(2026, 11, 19, 16, 0, tzinfo=UTC)).days_before_arrival == 21
    assert rules.at(datetime(2020, 1, 1, tzinfo=UTC)).days_before_arrival == 14


def test_an_area_counts_on_its_days_in_the_part_that_is_named() -> None:
    rules, since = read_entry_rules(RULES), date(2026, 11, 1)
    (area,) = rules.risks(stay(5, 10), "KOR", ["DAEGU "], since)
    assert (area.why("en"), area.why("ko"), area.why("zh-hans")) == ("Many cases", "병", "甲")
    assert not list(rules.risks(stay(5, 9), "KOR", ["Daegu"], since)), "the day before it was named"
    assert list(rules.risks(stay(20, 25), "KOR", ["대구"], since)), "its last day counts"
    assert not list(rules.risks(stay(21, 25), "KOR", ["Daegu"], since))
    assert not list(rules.risks(stay(10, 12), "KOR", ["Seoul"], since))
    assert not list(rules.risks(stay(10, 12), "JPN", ["Daegu"], since))
    assert not list(rules.risks(stay(10, 12), "KOR", ["Daegu"], date(2026, 11, 13))), "too long ago"


def test_a_district_lies_in_its_city() -> None:
    rules, since = read_entry_rules(RULES), date(2026, 11, 1)
    assert list(rules.risks(stay(5, 6), "420106", [], since))
    assert not list(rules.risks(stay(5, 6), "42", [], since))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("+08:00", "", "offset"),
        ('ko = "병"', 'ko = ""', "ko"),
        ("until = 2026-11-20", "until = 2026-11-02", "ends before"),
        ('region = "KOR"', 'region = "Korea"', "region"),
        ("days_before_arrival = 21", "days_before_arrival = 400", "days_before_arrival"),
        ("format = 1", "format = 2", "format"),
        ("[[terms]]", "[[terms", "line"),
    ],
)
def test_a_file_that_is_none_says_where(old: str, new: str, what: str) -> None:
    with pytest.raises(EntryRulesError, match=what):
        read_entry_rules(RULES.replace(old, new))


def test_the_shipped_file_names_no_area_of_today() -> None:
    rules = read_entry_rules(shipped_entry_rules())
    now = StayTold(date(2026, 11, 1), date(2026, 11, 2), SEOUL)
    assert not any(list(rules.risks(now, area.region, [], date(2026, 10, 1))) for area in rules.areas)
    march = StayTold(date(2020, 3, 10), date(2020, 3, 12), SEOUL)
    assert list(rules.risks(march, "KOR", [], date(2020, 3, 1)))

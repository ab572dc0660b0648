"""Rules are files: read whole or not at all, never changed under a case, reasons withdrawn and still readable."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import pytest
from django.utils import translation

from gatepass.centre.quarantine.asking import WHY_SKIPPED
from gatepass.centre.quarantine.criteria import _CHECKS
from gatepass.centre.quarantine.evidence import _SAID
from gatepass.centre.quarantine.rules import (
    CRITERIA,
    RulesError,
    every_version,
    read_rules,
    reason_words,
    rules_at,
    rules_of,
)

SHIPPED = resources.files("gatepass.centre.quarantine").joinpath("rules/2020-1.toml").read_text("utf-8")
PAGE = (Path(__file__).parents[3] / "docs" / "quarantine.md").read_text(encoding="utf-8")


def test_the_shipped_rules_are_in_force_and_a_version_that_is_gone_is_not_a_crash() -> None:
    assert rules_at(datetime(2019, 1, 1, tzinfo=UTC)).version == "2020.1"
    assert rules_at(datetime(2026, 1, 1, tzinfo=UTC)).version == rules_of("2020.1").version
    assert rules_of("1.0").version == "2020.1"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('version = "2020.1"', 'version = "2020.1"\nfevr = 373', "fevr"),
        ('[["05:00", "11:00"], ["15:00", "20:00"]]', '[["05:00", "11:00"], ["10:00", "20:00"]]', "one after the other"),
        ('[["05:00", "11:00"], ["15:00", "20:00"]]', '[["05:00", "11:00"], ["11:30", "12:00"]]', "ladder"),
        ('["period_over", "reported"]', '["period_ovr"]', "no such criterion"),
        ('code = "no_fever"', 'code = "no_fevr"', "code"),
        ("2020-02-11T00:00:00+08:00", "2020-02-11T00:00:00", "no zone"),
        ('ja = "自宅隔離"', 'ja = ""', "a language is empty"),
    ],
)
def test_a_fault_is_named_and_its_place(old: str, new: str, said: str) -> None:
    assert old in SHIPPED
    with pytest.raises(RulesError, match=said):
        read_rules(SHIPPED.replace(old, new, 1), "town.toml")


def test_a_file_of_the_town_comes_into_force_later_and_old_cases_keep_theirs(settings, tmp_path) -> None:
    settings.CENTRE_DIR = tmp_path
    (tmp_path / "quarantine-rules").mkdir()
    newer = SHIPPED.replace('"2020.1"', '"town.2"').replace("2020-02-11", "2021-01-01").replace("days = 14", "days = 7")
    (tmp_path / "quarantine-rules" / "town.toml").write_text(newer, encoding="utf-8")
    every_version.cache_clear()
    try:
        assert rules_at(datetime(2020, 6, 1, tzinfo=UTC)).kind["home"].days == 14
        assert rules_at(datetime(2021, 6, 1, tzinfo=UTC)).kind["home"].days == 7
        assert rules_of("2020.1").kind["home"].days == 14
    finally:
        every_version.cache_clear()


def test_a_withdrawn_reason_is_offered_no_more_and_read_all_the_same() -> None:
    rules = rules_of("2020.1")
    assert rules.may_give("leaves_town", "early", datetime(2020, 2, 20, tzinfo=UTC))
    assert not rules.may_give("leaves_town", "early", datetime(2020, 4, 1, tzinfo=UTC))
    with translation.override("en"):
        assert reason_words("2020.1", "leaves_town") == "Leaves town; the place of arrival goes on"
        assert reason_words("2020.1", "of_an_older_list") == "of_an_older_list"


def test_every_criterion_is_checked_said_and_documented() -> None:
    assert set(_CHECKS) == set(_SAID) == set(CRITERIA)
    table = PAGE[PAGE.index("| Criterion |") : PAGE.index("### A worked example")]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)) == set(CRITERIA)
    assert all(f"`{code}`" in PAGE for code in WHY_SKIPPED)

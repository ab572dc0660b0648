"""A small town lives through a day while its workers are killed: the same reckoning as the whole benchmark.

And that reckoning itself: what it calls forgotten, what late, and whom it would release.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest
from benchmarks.quarantine import T0, deaths, expected_steps, may_go, overtaken

from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.actions import open_case
from gatepass.centre.quarantine.ladder import move_due
from gatepass.centre.quarantine.models import Quarantine, Report
from gatepass.centre.quarantine.reports import Told, record_report

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "quarantine.py"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.slow
def test_every_step_is_taken_once_though_workers_are_killed_and_nothing_ends_by_silence() -> None:
    told = subprocess.run(
        [sys.executable, str(SCRIPT), "--cases", "30", "--days", "1", "--speed", "20000", "--patient",
         "--kill-every", "120"],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.django_db
def test_a_step_that_a_report_overtakes_is_late_and_one_that_nobody_takes_is_missing(register: Callable) -> None:
    """Of a worker that comes thirteen minutes late: nobody is asked for a report that is there meanwhile."""
    case = open_case(None, register(), kind="home", started_at=T0, now=T0)
    first, second = calendar.slots_between(T0, T0 + DAY, case.rule.times, case.civil)
    assert case.alert_after is not None
    came = case.alert_after + 6 * MINUTE
    record_report(None, case, Told(365, measured_at=came), Report.Via.OWN, now=came)
    move_due(case.alert_after + 13 * MINUTE)
    assert not case.steps.exclude(rung="waiting").exists()

    comes = {(case.pk, first.due): (came, False), (case.pk, second.due): None}
    wanted = expected_steps([case], comes, T0 + DAY)
    assert overtaken(wanted, set(), comes) == {(case.pk, first.due, "resident"): 360.0}
    forgotten = {key for key in wanted if key[1] == second.due}
    assert {rung for _case, _due, rung in forgotten} == {"resident", "household", "volunteer", "roster", "desk"}
    assert wanted.keys() - overtaken(wanted, set(), comes).keys() == forgotten

    end = T0 + DAY
    while move_due(end):
        pass
    taken = set(case.steps.exclude(rung="waiting").values_list("quarantine", "slot", "rung"))
    assert taken == forgotten
    assert Quarantine.objects.get().is_open


def test_every_second_worker_dies_while_everybodys_steps_are_taken() -> None:
    case = Quarantine(kind="home", rules="2020.1", zone="Asia/Shanghai")
    found = sorted(deaths(case, 14 * 24 * 60, 360))
    hours = [(T0 + minute * MINUTE).astimezone(case.civil).time() for minute in found]
    steps = {time(12, 5), time(12, 35), time(21, 5), time(21, 35)}
    assert len(found) == 55
    assert sum(moment in steps for moment in hours) == 27
    assert steps <= set(hours)


def test_whoever_reported_three_of_four_and_had_no_fever_lately_may_go() -> None:
    dues = [T0 + half * DAY / 2 for half in range(1, 29)]
    end = T0 + 14 * DAY
    well = {due: (due, False) for due in dues}
    assert may_go(well, end, end)
    assert not may_go(well, end, end - MINUTE)
    assert may_go(well | dict.fromkeys(dues[:7]), end, end)
    assert not may_go(well | dict.fromkeys(dues[:8]), end, end)
    assert not may_go(well | {dues[-2]: (dues[-2], True)}, end, end)
    assert may_go(well | {dues[3]: (dues[3], True)}, end, end)
    assert not may_go(well | dict.fromkeys(dues[-7:]), end, end), "nobody knows how they are"
    late = {end + DAY: None}
    assert may_go(well | late | dict.fromkeys(dues[:7]), end, end), "a report after the period is not asked for"

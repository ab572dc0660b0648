"""A report that does not come is followed up step by step, each once and in time, by however many workers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import LI, WANG, ZHAO
from tests.centre.quarantine.things import quarantined

from gatepass.centre.alarms.actions import raise_due
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.people.actions import PhoneFacts, Registration, register_resident, set_phones
from gatepass.centre.quarantine import ladder
from gatepass.centre.quarantine.asking import Asked
from gatepass.centre.quarantine.due import Due
from gatepass.centre.quarantine.ladder import move_due
from gatepass.centre.quarantine.models import Quarantine, Report, Step
from gatepass.centre.quarantine.reports import Told, record_report, record_reports
from gatepass.centre.sending.models import Message

pytestmark = pytest.mark.django_db


def climb(now: datetime) -> None:
    while move_due(now):
        pass


def steps(case: Quarantine) -> list[tuple[str, str, str]]:
    return [(one.rung, one.outcome, one.why) for one in case.steps.all()]


def start(case: Quarantine) -> datetime:
    """When the first missing report becomes an alarm."""
    case.refresh_from_db()
    assert case.alert_after is not None
    return case.alert_after


def test_five_minutes_after_the_grace_the_person_is_asked_and_not_before(register) -> None:
    case = quarantined(register())
    set_phones(None, case.resident, [PhoneFacts("13800012345", "own")])
    due = start(case)
    assert due == case.awaited + timedelta(minutes=65)
    climb(due - timedelta(seconds=1))
    assert steps(case) == []
    climb(due)
    assert steps(case) == [("resident", "told", "")]
    assert Message.objects.filter(kind="report_asked").count() == 1


def test_it_climbs_to_the_desk_and_says_who_could_not_be_asked(register) -> None:
    case = quarantined(register())
    due = start(case)
    climb(due)  # nobody is reached: the next one is asked at once, and at the desk it is an alarm
    assert steps(case) == [
        ("resident", "skipped", "nobody_reached"),
        ("household", "skipped", "lives_alone"),
        ("volunteer", "skipped", "no_volunteer"),
        ("roster", "skipped", "nobody_on_duty"),
        ("desk", "told", ""),
    ]
    assert {one.due_at for one in case.steps.all()} == {due}
    alarm = Alarm.objects.get(kind="quarantine_report_missed")
    assert (alarm.state, alarm.subject, alarm.site) == ("raised", f"quarantine:{case.pk}", case.resident.site)


def test_the_steps_are_as_far_apart_as_the_rules_say(town) -> None:
    people = [
        register_resident(
            None,
            Registration(who.document, site=town.estate.pk, phone=phone, household="H1"),
        )
        for who, phone in ((LI, "13800012345"), (ZHAO, "13900012345"))
    ]
    case = quarantined(people[0])
    due = start(case)
    climb(due)
    climb(due + timedelta(minutes=29))
    assert [one[0] for one in steps(case)] == ["resident"]
    climb(due + timedelta(minutes=30))
    assert [one[0] for one in steps(case)] == ["resident", "household", "volunteer", "roster"][:2]
    assert Message.objects.filter(kind="report_asked").count() == 2
    climb(due + timedelta(hours=2))
    assert [one[0] for one in steps(case)] == ["resident", "household", "volunteer", "roster", "desk"]


def test_a_report_ends_the_ladder_wherever_it_stands_and_the_alarm_with_it(register) -> None:
    case = quarantined(register())
    due = start(case)
    climb(due)
    record_report(None, case, Told(366, measured_at=due), Report.Via.CALL, now=due + timedelta(minutes=1))
    case.refresh_from_db()
    assert case.rung == "waiting"
    assert case.awaited > due
    assert steps(case)[-1][:2] == ("waiting", "ended")
    assert Alarm.objects.get(kind="quarantine_report_missed").state == "cleared"


def test_the_next_missing_report_is_an_alarm_of_its_own_and_the_period_ends_them(register) -> None:
    case = quarantined(register(), days_ago=12.1)
    case.refresh_from_db()
    climb(case.ends_at + timedelta(days=30))
    firsts = case.steps.filter(rung="resident")
    from gatepass.centre.quarantine import calendar

    wanted = calendar.slots_between(case.opened_at, case.ends_at, case.rule.times, case.civil)
    assert [one.slot for one in firsts] == [slot.due for slot in wanted]
    case.refresh_from_db()
    assert (case.is_open, case.alert_after) == (True, None)


def test_one_case_that_cannot_be_moved_keeps_no_other_waiting(register, monkeypatch) -> None:
    bad, good = quarantined(register()), quarantined(register(LI))
    tried = ladder.REACH[ladder.Rung.RESIDENT]

    def breaks(cases: Sequence[Due], now: datetime) -> Asked:
        if any(one.pk == bad.pk for one in cases):
            raise ZeroDivisionError
        return tried(cases, now)

    monkeypatch.setitem(ladder.REACH, ladder.Rung.RESIDENT, breaks)
    due = max(start(bad), start(good))
    climb(due)
    assert not bad.steps.exists()
    assert good.steps.filter(rung="desk").exists()
    monkeypatch.undo()
    climb(due)
    assert bad.steps.filter(rung="desk").count() == 1


def test_about_a_report_that_came_while_a_round_was_made_ready_nothing_is_said_and_the_others_go_on(
    register, monkeypatch
) -> None:
    reports, silent = quarantined(register()), quarantined(register(LI))
    for number, case in enumerate((reports, silent)):
        set_phones(None, case.resident, [PhoneFacts(f"1380001234{number}", "own")])
    due = max(start(reports), start(silent))
    tried = ladder.REACH[ladder.Rung.RESIDENT]

    def meanwhile(cases: Sequence[Due], now: datetime) -> Asked:
        asked = tried(cases, now)
        record_report(None, reports, Told(366, measured_at=due), Report.Via.CALL, now=due)
        return asked

    monkeypatch.setitem(ladder.REACH, ladder.Rung.RESIDENT, meanwhile)
    climb(due)
    assert (steps(reports), steps(silent)) == ([], [("resident", "told", "")])
    assert [str(one.address)[-4:] for one in Message.objects.filter(kind="report_asked")] == ["2341"]
    reports.refresh_from_db()
    assert (reports.rung, reports.awaited > due) == ("waiting", True)


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_each_step_is_taken_by_one(register) -> None:
    case = quarantined(register())
    due, gate = start(case), threading.Barrier(3)
    failed: list[Any] = []

    def worker() -> None:
        try:
            gate.wait()
            climb(due)
        except Exception as error:  # noqa: BLE001 - a thread's error would be lost
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [one.rung for one in Step.objects.order_by("id")] == ["resident", "household", "volunteer", "roster", "desk"]
    assert Alarm.objects.filter(kind="quarantine_report_missed").count() == 1


def test_each_of_several_workers_has_a_share_of_its_own_and_together_they_leave_nobody_out(register) -> None:
    cases = [quarantined(register(who)) for who in (WANG, LI, ZHAO)]
    due = max(start(case) for case in cases)
    shares = []
    for place in range(2):
        assert move_due(due, place=place, of=2) == len([case for case in cases if case.pk % 2 == place])
        shares.append({one.quarantine_id for one in Step.objects.all()} - set().union(*shares))
        assert move_due(due, place=place, of=2) == 0, "what is left is another's"
    assert shares == [{case.pk for case in cases if case.pk % 2 == place} for place in range(2)]


@pytest.mark.django_db(transaction=True)
def test_reports_of_a_household_and_a_worker_that_move_the_same_cases_at_once_take_turns(register) -> None:
    """Whoever comes second sees what the first one did: each case waits for its next report, and no alarm stands."""
    cases = [quarantined(register(who)) for who in (WANG, LI, ZHAO)]
    due, gate = max(start(case) for case in cases), threading.Barrier(2)
    failed: list[Any] = []

    def report() -> None:
        many = [(case, Told(366, measured_at=due), Report.Via.CALL) for case in cases]
        record_reports(None, many, now=due + timedelta(minutes=1))

    def together(work: Callable[[], object]) -> None:
        try:
            gate.wait()
            work()
        except Exception as error:  # noqa: BLE001 - a thread's error would be lost
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=together, args=(work,)) for work in (report, lambda: climb(due))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    for case in cases:
        case.refresh_from_db()
        assert (case.rung, case.awaited > due, case.reports.count()) == ("waiting", True, 1)
        taken = [one.rung for one in case.steps.order_by("id")]
        assert taken in ([], ["resident", "household", "volunteer", "roster", "desk", "waiting"])
    assert not Alarm.objects.filter(kind="quarantine_report_missed").exclude(state="cleared").exists()


def test_whoever_looks_in_vain_asks_one_question_and_takes_nobodys_write_lock(register) -> None:
    due = start(quarantined(register()))
    with CaptureQueriesContext(connection) as asked:
        assert move_due(due - timedelta(minutes=1)) == 0
    (question,) = asked
    assert question["sql"].startswith("SELECT")


def test_what_is_due_is_found_by_its_index_and_a_household_by_its_keys_however_many_cases_are_open(register) -> None:
    case = quarantined(register())
    due = start(case)
    with CaptureQueriesContext(connection) as asked:
        move_due(due)
        record_report(None, case, Told(366, measured_at=due), Report.Via.CALL, now=due)
        raise_due(due)
    every = [row for one in asked if one["sql"].startswith("SELECT") for row in explained(one["sql"])]
    assert any("quarantines_to_ask (state=? AND alert_after<?)" in row for row in every)
    assert any("alarms_to_raise (state=? AND alert_after<?)" in row for row in every)
    assert not [row for row in every if "quarantines_by_end" in row or "alarms_by_state" in row]


def explained(statement: str) -> list[str]:
    """How SQLite will find the rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}".replace("%", "%%"))
        return [row[3] for row in cursor.fetchall()]


def test_a_worker_that_dies_in_the_middle_of_a_step_has_done_nothing_of_it(register, monkeypatch) -> None:
    case = quarantined(register())
    due = start(case)

    def killed(*_args: Any, **_said: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(ladder, "record_all", killed)
    with pytest.raises(SystemExit):
        climb(due)
    case.refresh_from_db()
    assert (case.rung, case.alert_after, steps(case)) == ("waiting", due, [])
    monkeypatch.undo()
    climb(due + timedelta(seconds=5))
    assert [one[0] for one in steps(case)].count("resident") == 1

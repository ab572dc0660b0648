"""Daily reports: a fever is an alarm at once, a slip is asked again, one sent twice is one, a correction another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.cast import LI, WANG, ZHAO
from tests.centre.quarantine.test_cases import refusal
from tests.centre.quarantine.things import quarantined

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.models import Fact
from gatepass.centre.quarantine.actions import withdraw_case
from gatepass.centre.quarantine.models import Quarantine, Report
from gatepass.centre.quarantine.reports import Told, correct_report, counting, record_report, record_reports

pytestmark = pytest.mark.django_db
CALL = Report.Via.CALL


def alarms() -> list[str]:
    return list(Alarm.objects.filter(kind="quarantine_symptom").values_list("state", flat=True))


@pytest.mark.parametrize(
    ("told", "alarming"),
    [
        (Told(372), False),
        (Told(373), True),
        (Told(366, ("cough",)), True),
        (Told(None, ("breathless",)), True),
        (Told(None, note="tired of the walls"), False),
    ],
)
def test_a_fever_or_a_symptom_is_an_alarm_in_the_same_moment(register, told: Told, alarming: bool) -> None:
    case = quarantined(register())
    report = record_report(None, case, told, CALL)
    assert report.alarming == alarming
    assert alarms() == (["raised"] if alarming else [])
    feverish = told.tenths is not None and told.tenths >= 373
    assert Fact.objects.filter(kind="temperature").count() == int(feverish)


def test_what_looks_like_a_slip_is_asked_again_and_what_nobody_can_have_is_refused(register) -> None:
    case = quarantined(register())
    assert refusal(record_report, None, case, Told(410), CALL) == "report_again"
    assert refusal(record_report, None, case, Told(336), CALL) == "report_again"
    assert record_report(None, case, Told(336, confirmed=True), CALL).tenths == 336
    for impossible in (65, 299, 451, 3650):
        assert refusal(record_report, None, case, Told(impossible, confirmed=True), CALL) == "report_impossible"
    assert refusal(record_report, None, case, Told(None), CALL) == "report_empty"
    assert refusal(record_report, None, case, Told(366, ("headless",)), CALL) == "report_empty"


def test_a_phone_that_sends_twice_reports_once(register) -> None:
    case = quarantined(register())
    first = record_report(None, case, Told(380, key="a"), Report.Via.OWN)
    again = record_report(None, case, Told(380, key="a"), Report.Via.OWN)
    assert first.pk == again.pk
    assert case.reports.count() == 1
    assert Alarm.objects.get(kind="quarantine_symptom").count == 1


def test_what_was_measured_without_a_network_belongs_to_its_own_time(register) -> None:
    case, now = quarantined(register()), timezone.now()
    report = record_report(None, case, Told(366, measured_at=now - timedelta(hours=30)), Report.Via.OWN)
    assert report.slot < now - timedelta(hours=8)
    case.refresh_from_db()
    assert case.awaited > now  # today's is still waited for
    assert refusal(record_report, None, case, Told(366, measured_at=now - timedelta(hours=49)), CALL) == "report_moment"
    assert refusal(record_report, None, case, Told(366, measured_at=now + timedelta(hours=1)), CALL) == "report_moment"


def test_a_household_is_all_or_nothing(register) -> None:
    one, other = quarantined(register()), quarantined(register(LI))
    many = [(one, Told(366), CALL), (other, Told(420), CALL)]
    assert refusal(record_reports, None, many) == "report_again"
    assert Report.objects.count() == 0
    record_reports(None, [(one, Told(366), CALL), (other, Told(420, confirmed=True), CALL)])
    assert Report.objects.count() == 2


def test_one_bad_row_refuses_a_whole_household_and_says_which_and_nothing_is_left_of_it(register) -> None:
    one, other = quarantined(register()), quarantined(register(LI))
    stands = (Entry.objects.count(), one.awaited, one.last_report_at)
    with pytest.raises(RefusedError) as refused:
        record_reports(None, [(one, Told(385), CALL), (other, Told(3650), CALL)])
    assert (refused.value.code, refused.value.fields["row"]) == ("report_impossible", 2)
    one.refresh_from_db()
    assert (Entry.objects.count(), one.awaited, one.last_report_at) == stands
    assert not Report.objects.exists()
    assert not Fact.objects.filter(kind="temperature").exists()
    assert alarms() == []


def test_a_household_is_written_with_as_many_statements_as_one_person(register) -> None:
    cases = [quarantined(register(who)) for who in (WANG, LI, ZHAO)]

    def statements(*some: Quarantine) -> int:
        with CaptureQueriesContext(connection) as seen:
            record_reports(None, [(case, Told(366), CALL) for case in some], now)
        return len(seen)

    now = timezone.now()
    alone = statements(cases[0])
    assert statements(*cases) == alone
    said = Entry.objects.filter(verb="quarantine:report").order_by("id").values_list("object", "fields__report")
    assert [what for what, _report in said] == [f"quarantine:{case.pk}" for case in (cases[0], *cases)]
    assert [report for _what, report in said] == list(Report.objects.order_by("id").values_list("pk", flat=True))


def test_the_same_report_twice_in_one_batch_is_one_and_two_of_one_person_are_two(register) -> None:
    case = quarantined(register())
    twice = record_reports(None, [(case, Told(380, key="a"), CALL), (case, Told(380, key="a"), CALL)])
    assert twice[0] is twice[1]
    assert case.reports.count() == Alarm.objects.get(kind="quarantine_symptom").count == 1
    again = record_reports(None, [(case, Told(380, key=key), CALL) for key in "abc"])
    assert again[0].pk == twice[0].pk
    assert case.reports.count() == Alarm.objects.get(kind="quarantine_symptom").count == 3
    assert Entry.objects.filter(verb="quarantine:report").count() == 3


def test_what_is_known_is_answered_though_the_case_is_over_and_beside_it_nothing_new_is_taken(register, employ) -> None:
    case = quarantined(register())
    known = record_report(None, case, Told(366, key="a"), CALL)
    withdraw_case(employ(Role.SOCIAL_WORKER), case, "mistake")
    assert record_report(None, case, Told(366, key="a"), CALL).pk == known.pk
    with pytest.raises(RefusedError) as refused:
        record_reports(None, [(case, Told(366, key="a"), CALL), (case, Told(366, key="b"), CALL)])
    assert (refused.value.code, refused.value.fields["row"]) == ("quarantine_over", 2)


def test_a_correction_is_another_row_and_the_first_one_counts_no_more(register, employ) -> None:
    case, worker = quarantined(register()), employ(Role.SOCIAL_WORKER)
    wrong = record_report(worker, case, Told(396), CALL)
    right = correct_report(worker, wrong, Told(366))
    assert list(counting(case)) == [right]
    assert right.measured_at == wrong.measured_at
    wrong.refresh_from_db()
    assert wrong.tenths == 396
    assert Fact.objects.get(kind="temperature").withdrawn_at is not None
    assert alarms() == ["raised"]  # a person looks, and closes it
    assert refusal(correct_report, worker, wrong, Told(367)) == "report_corrected"

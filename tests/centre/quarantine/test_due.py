"""What a round of the ladder reads of the cases that are due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import LI, WANG, ZHAO
from tests.centre.quarantine.things import quarantined

from gatepass.centre.quarantine.due import State, course_of, read_due, state_of
from gatepass.centre.quarantine.models import Quarantine

pytestmark = pytest.mark.django_db


def test_what_is_open_and_due_is_read_with_its_people_in_two_questions(register) -> None:
    cases = [quarantined(register(who)) for who in (WANG, LI, ZHAO)]
    over, later, due = cases
    now = max(case.alert_after for case in cases)
    Quarantine.objects.filter(pk=over.pk).update(state="lost")
    Quarantine.objects.filter(pk=later.pk).update(alert_after=now + timedelta(seconds=1))
    with CaptureQueriesContext(connection) as asked:
        (read,) = read_due([case.pk for case in cases], now)
        assert read.person.site.community.name
    assert len(asked) == 2
    due.refresh_from_db()
    assert (read.pk, read.state, read.course) == (due.pk, state_of(due), course_of(due))
    assert (read.person.pk, read.person.full_name, read.person.language) == (
        due.resident.pk, due.resident.full_name, due.resident.language,
    )  # fmt: skip
    assert due.resident.full_name not in repr(read)


def test_the_next_report_is_awaited_until_its_grace_is_over_and_none_after_the_period(register) -> None:
    case = quarantined(register())
    case.refresh_from_db()
    course = course_of(case)
    awaited = course.wait_after(case.started_at).awaited
    assert awaited is not None
    wait = case.rule.grace + timedelta(minutes=case.rulebook.ladder.resident)
    assert course.wait_for(awaited) == State(awaited, "waiting", awaited + wait)
    assert course.wait_after(awaited - timedelta(seconds=1)).awaited == awaited
    assert course.wait_after(case.ends_at) == State(None, "waiting", None)


def test_a_kind_that_is_gone_from_the_rules_is_reckoned_as_the_first_of_them(register) -> None:
    case = quarantined(register())
    first, *_others = case.rulebook.kind.values()
    assert course_of(case)._replace(kind="gone").rule == first

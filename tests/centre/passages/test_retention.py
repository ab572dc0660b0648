"""What is older than the town keeps is gone, and that it went is on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.centre.passages.contract import MONDAY, TUESDAY, at, record

from gatepass.centre.audit.models import Entry
from gatepass.centre.passages.retention import forget_old_days
from gatepass.centre.passages.storage import passage_log

pytestmark = pytest.mark.django_db(transaction=True)


def test_days_before_the_kept_ones_are_erased_and_the_last_kept_day_stays(town, keep) -> None:
    keep(town.east, record(1, at(8)), record(2, at(9)), record(3, at(8, day=TUESDAY)))
    today = MONDAY + timedelta(days=28)
    assert forget_old_days(passage_log(), today, keep_days=29) == []
    assert forget_old_days(passage_log(), today, keep_days=28) == [MONDAY]
    assert passage_log().days() == [TUESDAY]
    entry = Entry.objects.get(verb="passages:forget")
    assert entry.object == f"day:{MONDAY.isoformat()}"
    assert entry.fields["count"] == 2


def test_what_was_forgotten_once_is_not_recorded_again(town, keep) -> None:
    keep(town.east, record(1, at(8)))
    forget_old_days(passage_log(), TUESDAY, keep_days=1)
    assert forget_old_days(passage_log(), TUESDAY, keep_days=1) == []
    assert Entry.objects.filter(verb="passages:forget").count() == 1


def test_a_record_that_arrives_again_after_its_day_was_forgotten_is_not_taken_twice(town, keep) -> None:
    keep(town.east, record(1, at(8)))
    forget_old_days(passage_log(), TUESDAY, keep_days=1)
    keep(town.east, record(1, at(8)))
    assert passage_log().days() == []

"""What is over goes, and nothing else; each batch has its receipt in the audit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from gatepass.centre.audit.chain import verify
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.models import CodeChange
from gatepass.centre.facts.actions import record_fact
from gatepass.centre.facts.models import Fact
from gatepass.centre.people.households.models import Household, Membership
from gatepass.centre.privacy import purge as purging
from gatepass.centre.privacy.purge import due, last_round, purge, purge_round
from gatepass.centre.privacy.worker import AT_THE_LATEST, ROUND_EVERY, is_time
from gatepass.policy.colours.facts import FactKind

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)
MINUTE = timedelta(minutes=1)


def ignore(_due, _rows) -> None:
    return None


@pytest.fixture
def facts(register):
    resident, now = register(), timezone.now()
    for age in (YEAR + MINUTE, YEAR - MINUTE):
        record_fact(None, resident, FactKind.TEMPERATURE, now - age, data={"tenths": 366}, source="staff")
    record_fact(None, resident, FactKind.EXEMPTION, now - 2 * YEAR, data={"of": "test"}, source="staff")
    return now


def test_a_row_goes_the_moment_its_time_is_over_and_one_without_an_end_stays(facts) -> None:
    assert {each.table: each.count() for each in due(facts) if each.count()} == {"facts.Fact": 1}
    assert purge(facts, on_batch=ignore) == 1
    assert sorted(Fact.objects.values_list("kind", flat=True)) == ["exemption", "temperature"]
    assert purge(facts, on_batch=ignore) == 0


def test_the_receipt_says_what_how_many_and_how_old_and_is_part_of_the_chain(facts) -> None:
    purge_round(facts)
    receipt = Entry.objects.get(verb="privacy:purge")
    assert (receipt.object, receipt.fields, receipt.actor) == ("store:facts.Fact", {"count": 1, "days": 365}, "system")
    assert Entry.objects.get(verb="privacy:purge_round").fields == {"count": 1}
    assert verify().findings == ()
    assert last_round() is not None


def test_batches_are_whole_and_an_interrupted_round_is_finished_by_the_next(
    register, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident, now = register(), timezone.now()
    CodeChange.objects.bulk_create([CodeChange(resident=resident, at=now - 2 * YEAR) for _ in range(7)])
    monkeypatch.setattr(purging, "BATCH", 3)
    gone: list[int] = []
    assert purge(now, stop=lambda: bool(gone), on_batch=lambda _due, rows: gone.append(rows)) == 3
    rounds = []
    assert purge(now, on_batch=lambda each, rows: rounds.append((each.table, rows))) == 4
    assert rounds == [("codes.CodeChange", 3), ("codes.CodeChange", 1)]
    assert Entry.objects.filter(verb="privacy:purge").count() == 3


def test_a_round_that_was_stopped_does_not_count_as_one(facts) -> None:
    purge_round(facts, stop=lambda: True)
    assert last_round() is None


def test_who_lives_somewhere_now_stays_however_long(register, town) -> None:
    household = Household.objects.create(site=town.estate, label="3-501")
    resident, now = register(), timezone.now()
    Membership.objects.create(household=household, resident=resident, since=now - 9 * YEAR)
    assert purge(now, on_batch=ignore) == 0


@pytest.mark.parametrize(
    ("hour", "since", "expected"),
    [
        (3, None, True),
        (14, ROUND_EVERY, False),
        (3, ROUND_EVERY, True),
        (3, ROUND_EVERY - MINUTE, False),
        (14, AT_THE_LATEST, True),
    ],
)
def test_the_purge_comes_by_night_and_at_any_hour_where_that_was_missed(hour, since, expected) -> None:
    now = timezone.localtime().replace(hour=hour, minute=0)
    assert is_time(now, now - since if since else None) is expected

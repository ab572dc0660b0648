"""Facts are recorded, ended and withdrawn; each time the resident waits for another look, and the audit says who."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.cast import LI, WANG

from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.actions import Knowledge, Source, end_fact, record_fact, record_facts, withdraw_fact
from gatepass.centre.facts.models import Fact, Standing
from gatepass.policy.colours.facts import FactKind

NOON = datetime(2020, 2, 3, 4, 0, tzinfo=UTC)


def waiting() -> set[int]:
    found = set(Standing.objects.filter(waiting=True).values_list("pk", flat=True))
    Standing.objects.all().delete()
    return found


def test_a_fact_is_recorded_with_its_defaults_and_the_resident_waits_for_another_look(register: Any) -> None:
    wang = register(WANG)
    fact = record_fact(
        None, wang, FactKind.TEST, NOON, data={"method": "pcr", "result": "negative"}, source=Source.LABORATORY
    )
    kept = Fact.objects.get(pk=fact.pk)
    assert kept.data == {"method": "pcr", "result": "negative", "pathogen": "sars_cov_2"}
    assert (kept.at, kept.until, kept.source) == (NOON, None, "laboratory")
    assert waiting() == {wang.pk}


def test_the_audit_says_which_kind_of_fact_and_never_what_it_says(register: Any) -> None:
    record_fact(None, register(WANG), FactKind.CASE, NOON, data={"status": "suspected"})
    entry = Entry.objects.first()
    assert (entry.verb, entry.fields["kind"]) == ("fact:record", "case")
    assert "suspected" not in str(entry.fields)
    assert "suspected" not in repr(Fact.objects.get()) + str(Fact.objects.get())


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        (FactKind.TEST, {"method": "pcr"}, "result"),
        (FactKind.TEST, {"method": "pcr", "result": "maybe"}, "result"),
        (FactKind.DECLARATION, {"symptoms": ["fever", "homesick"]}, "symptoms[1]"),
        (FactKind.DECLARATION, {"temperature": 37}, "temperature"),
        (FactKind.STAY, {"region": "Wuhan"}, "region"),
        (FactKind.STAY, {"region": "420100", "hotel": "x"}, "hotel"),
    ],
)
def test_a_fact_that_is_not_of_its_kind_is_refused_by_field(
    register: Any, kind: FactKind, data: dict[str, Any], field: str
) -> None:
    wang = register(WANG)
    with pytest.raises(RefusedError) as refused:
        record_fact(None, wang, kind, NOON, data=data)
    assert (refused.value.code, refused.value.fields) == ("fact_data", {"field": field})
    assert not Fact.objects.exists()
    assert waiting() == set()


def test_a_fact_that_ends_before_it_begins_is_refused(register: Any) -> None:
    with pytest.raises(RefusedError, match="fact_times"):
        record_fact(
            None, register(WANG), FactKind.QUARANTINE, NOON, until=NOON - timedelta(days=1), data={"form": "home"}
        )


def test_what_went_on_is_ended_and_what_was_wrong_withdrawn_once(register: Any) -> None:
    wang = register(WANG)
    fact = record_fact(None, wang, FactKind.QUARANTINE, NOON, data={"form": "home"})
    waiting()
    with pytest.raises(RefusedError, match="fact_times"):
        end_fact(None, fact, NOON - timedelta(hours=1))
    end_fact(None, fact, NOON + timedelta(days=14))
    assert Fact.objects.get().until == NOON + timedelta(days=14)
    assert waiting() == {wang.pk}
    withdraw_fact(None, fact)
    assert Fact.objects.get().withdrawn_at is not None
    assert waiting() == {wang.pk}
    for again in (lambda: withdraw_fact(None, fact), lambda: end_fact(None, fact, NOON)):
        with pytest.raises(RefusedError, match="fact_withdrawn"):
            again()


def test_a_list_is_recorded_whole_or_not_at_all(register: Any) -> None:
    wang, li = register(WANG), register(LI)
    good = Knowledge(wang, FactKind.TEMPERATURE, NOON, data={"tenths": 365}, source=Source.IMPORT)
    bad = Knowledge(li, FactKind.TEMPERATURE, NOON, data={"tenths": 36})
    with pytest.raises(RefusedError) as refused:
        record_facts(None, [good, bad])
    assert refused.value.fields == {"field": "tenths", "row": 2}
    assert not Fact.objects.exists()
    record_facts(None, [good, good, Knowledge(li, FactKind.TEMPERATURE, NOON, data={"tenths": 366})])
    assert Fact.objects.count() == 3
    assert waiting() == {wang.pk, li.pk}
    assert Entry.objects.first().fields == {"count": 3, "kinds": ["temperature"]}

"""The verbs of facts: record one, record many, end one, withdraw one. Each queues the resident for re-evaluation.

    record_fact(by, resident, FactKind.TEST, at, data={"method": "pcr", "result": "negative"}, source=Source.LABORATORY)

The colour follows within two seconds; whoever wants it at once calls `policies.actions.re_evaluate(resident)` after it.
The audit says who recorded which kind of fact for whom, never what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.models import Fact, Standing
from gatepass.centre.people.models import Resident
from gatepass.policy.colours.facts import FactError, FactKind, checked

_BATCH = 500
Source = Fact.Source


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One fact to record."""

    resident: Resident
    kind: FactKind
    at: datetime
    until: datetime | None = None
    data: Mapping[str, Any] | None = None
    source: Source = Source.STAFF


def record_fact(
    by: User | None,
    resident: Resident,
    kind: FactKind,
    at: datetime,
    *,
    until: datetime | None = None,
    data: Mapping[str, Any] | None = None,
    source: Source = Source.STAFF,
) -> Fact:
    """One fact. RefusedError `fact_data` with its `field`, `fact_times` (the end lies before the beginning)."""
    now = timezone.now()
    fact = _fact(Knowledge(resident, kind, at, until, data, source), by, now)
    with transaction.atomic():
        fact.save(force_insert=True)
        record(by, "fact:record", resident, fact=fact.pk, kind=fact.kind, source=fact.source)
        queue([resident.pk], now)
    return fact


def record_facts(by: User | None, many: Sequence[Knowledge]) -> list[Fact]:
    """A whole list in one transaction with one audit entry; all or nothing.

    RefusedError as `record_fact`, with `row` (from 1).
    """
    now = timezone.now()
    facts = []
    for row, each in enumerate(many, 1):
        try:
            facts.append(_fact(each, by, now))
        except RefusedError as refused:
            raise RefusedError(refused.code, **{**refused.fields, "row": row}) from None
    with transaction.atomic():
        facts = Fact.objects.bulk_create(facts, batch_size=_BATCH)
        kinds = sorted({str(fact.kind) for fact in facts})
        record(by, "fact:import", "fact:many", count=len(facts), kinds=kinds)
        queue({fact.resident_id for fact in facts}, now)
    return facts


def end_fact(by: User | None, fact: Fact, until: datetime) -> None:
    """What went on has ended, or ends then: a quarantine, a stay, an illness. RefusedError `fact_times`."""
    now = timezone.now()
    with transaction.atomic():
        fact = _standing(fact)
        if until < fact.at:
            raise RefusedError("fact_times", field="until")
        fact.until = until
        fact.save(update_fields=["until"])
        record(by, "fact:end", fact.resident, fact=fact.pk, kind=fact.kind)
        queue([fact.resident_id], now)


def withdraw_fact(by: User | None, fact: Fact) -> None:
    """It was not so: typed for the wrong person, a wrong result, an appeal that was right. The row stays, unused."""
    now = timezone.now()
    with transaction.atomic():
        fact = _standing(fact)
        fact.withdrawn_at, fact.withdrawn_by = now, by
        fact.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record(by, "fact:withdraw", fact.resident, fact=fact.pk, kind=fact.kind)
        queue([fact.resident_id], now)


def queue(residents: Iterable[int], now: datetime) -> None:
    """These residents (primary keys) are looked at again at once. Inside the transaction of what changed.

    For whatever else a colour depends on as well: a birth date that was corrected, a move to another site.
    """
    Standing.objects.bulk_create(
        [Standing(resident_id=resident, changed_at=now, waiting=True) for resident in residents],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["resident"],
        update_fields=["changed_at", "waiting"],
    )


def _standing(fact: Fact) -> Fact:
    """The row as it is now, locked; RefusedError `fact_withdrawn` if it counts no more."""
    fresh = Fact.objects.select_for_update().select_related("resident").get(pk=fact.pk)
    if fresh.withdrawn_at is not None:
        raise RefusedError("fact_withdrawn")
    return fresh


def _fact(each: Knowledge, by: User | None, now: datetime) -> Fact:
    try:
        fact = checked(each.kind, each.at, each.until, dict(each.data or {}))
    except FactError as error:
        raise RefusedError(error.code, field=error.field) from None
    return Fact(
        resident=each.resident,
        kind=fact.kind,
        at=fact.at,
        until=fact.until,
        data=fact.data,
        source=each.source,
        recorded_at=now,
        recorded_by=by,
    )

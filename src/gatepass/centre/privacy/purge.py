"""Forgetting what has had its time: rows go by the rules of the inventory, and each batch that went is on record.

The receipt of a batch is an entry of the audit (`privacy:purge`, which table, how many, older than how many days), made
in the transaction that deletes: the chain proves when it was, and there is no deletion without one. A round that is
interrupted has done whole batches, and the next round does the rest.

What other modules forget by themselves (`by` in the inventory: passages, messages, lists) is not done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction
from django.utils import timezone

from gatepass.centre.audit.actions import record
from gatepass.centre.audit.models import Entry
from gatepass.centre.privacy.inventory import Rule, declared_models

BATCH: Final = 500
"""Rows in one transaction: some 50 ms in which nobody else writes."""
VERBS: Final = ("privacy:purge", "passages:forget", "import:forget")
"""What the page of receipts lists."""


@dataclass(frozen=True, slots=True)
class Due:
    """Rows of one table that one rule says must go."""

    table: str
    rule: Rule
    rows: models.QuerySet[Any]

    def count(self) -> int:
        return self.rows.count()


def due(now: datetime) -> Iterator[Due]:
    """Every rule of a table of Django's for which the purge is responsible, whether there are rows or not."""
    for model, table in declared_models():
        for rule in table.rules:
            if not rule.by:
                yield Due(model._meta.label, rule, _old(model, rule, now))  # noqa: SLF001 - Django's documented `_meta`


def purge(now: datetime, *, stop: Callable[[], bool] = lambda: False, on_batch: Callable[[Due, int], None]) -> int:
    """Delete all that is due; how many rows. `on_batch(due, rows)` after each transaction; `stop` is asked before."""
    total = 0
    for each in due(now):
        while not stop():
            with transaction.atomic():
                keys = list(each.rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
                if not keys:
                    break
                each.rows.model._base_manager.filter(pk__in=keys).delete()  # noqa: SLF001 - documented as well
                record(None, "privacy:purge", f"store:{each.table}", count=len(keys), days=each.rule.period.days)
            total += len(keys)
            on_batch(each, len(keys))
    return total


def last_round() -> datetime | None:
    """When everything was looked through the last time."""
    entry = Entry.objects.filter(verb="privacy:purge_round").order_by("-id").first()
    return datetime.fromtimestamp(entry.at / 1000, timezone.get_current_timezone()) if entry else None


def purge_round(now: datetime, *, stop: Callable[[], bool] = lambda: False) -> int:
    """A whole round, with an entry that it was made, also where nothing was due."""
    total = purge(now, stop=stop, on_batch=lambda _due, _rows: None)
    if not stop():
        with transaction.atomic():
            record(None, "privacy:purge_round", "store:every", count=total)
    return total


def _old(model: type[models.Model], rule: Rule, now: datetime) -> models.QuerySet[Any]:
    field = model._meta.get_field(rule.after.split("__")[0])  # noqa: SLF001
    for step in rule.after.split("__")[1:]:
        field = field.related_model._meta.get_field(step)  # type: ignore[union-attr]  # noqa: SLF001
    before: Any = now - rule.period
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        before = timezone.localdate(before)
    manager = model._base_manager  # noqa: SLF001
    return manager.filter(**{f"{rule.after}__lt": before}, **rule.where)

"""The contract of erasing: each noun that knows people has `erasing.py` with one function.

    def erase(person: Person) -> Counts

It runs inside the one transaction of the erasure, removes or empties every row of the noun that is about the person,
and says what and how much. It must not keep a copy, and must not write a name into anything. A test finds every noun
whose inventory has fields about people, and refuses one without the function; another looks whether anything is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q

from gatepass.centre.privacy.inventory import declared_models, inventory

Counts = dict[str, int]
"""Table -> rows that went or were emptied."""


@dataclass(frozen=True, slots=True)
class Person:
    """Everything by which one person is found, whichever noun asks. Lives in memory for the time of one erasure."""

    residents: tuple[int, ...]
    """The row, and the rows that were merged into it, innermost first."""
    person_keys: frozenset[bytes] = field(repr=False)
    """Of all documents, the retired ones too."""
    applicants: frozenset[int] = frozenset()
    """The person's own log-ins, and helpers who had no other reason to have one."""
    contacts: frozenset[str] = field(default=frozenset(), repr=False)
    """Telephone numbers and mailboxes: of the registry, and of those log-ins."""
    numbers: frozenset[str] = field(default=frozenset(), repr=False)
    """Of documents and permits."""
    names: frozenset[str] = field(default=frozenset(), repr=False)

    def is_numbered_in(self, text: str) -> bool:
        """A number or an address of this person stands in the text."""
        return any(word in text for word in (*self.numbers, *self.contacts))

    def is_named_in(self, text: str) -> bool:
        """So does a name, or a number; a namesake's text says yes as well."""
        return self.is_numbered_in(text) or any(name in text for name in self.names)

    def rows_of(self, model: type[models.Model]) -> Q:
        """The rows of a table that are about this person, by the ways that the inventory names."""
        table = inventory()[model._meta.label]  # noqa: SLF001 - Django's documented `_meta`
        found = Q(pk__in=[])
        for path, values in (
            *((path, self.residents) for path in table.person),
            *((path, self.applicants) for path in table.applicant),
            *((path, self.person_keys) for path in table.person_key),
        ):
            found |= Q(**{f"{path}__in": list(values)})
        return found

    def delete(self, *tables: type[models.Model]) -> Counts:
        """Delete these tables' rows about the person, in this order."""
        counts: Counts = {}
        for model in tables:
            rows = model._base_manager.filter(self.rows_of(model))  # noqa: SLF001
            keys = list(rows.values_list("pk", flat=True))
            model._base_manager.filter(pk__in=keys).delete()  # noqa: SLF001
            counts[model._meta.label] = len(keys)  # noqa: SLF001
        return counts

    def left_over(self) -> Counts:
        """What the inventory still finds; empty when every noun has done its part."""
        found = {
            model._meta.label: model._base_manager.filter(self.rows_of(model)).count()  # noqa: SLF001
            for model, table in declared_models()
            if (table.person or table.applicant or table.person_key) and model._meta.label != "privacy.Request"  # noqa: SLF001
        }
        return {label: rows for label, rows in found.items() if rows}


def delete_where(model: type[models.Model], keys: Iterable[Any]) -> Counts:
    """Delete the rows with these primary keys."""
    chosen = list(keys)
    model._base_manager.filter(pk__in=chosen).delete()  # noqa: SLF001
    return {model._meta.label: len(chosen)}  # noqa: SLF001

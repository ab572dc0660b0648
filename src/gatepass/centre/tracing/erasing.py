from __future__ import annotations

from typing import Final

from django.db import models

from gatepass.centre.privacy.contract import Counts, Person
from gatepass.centre.tracing.models import Case, Contact, Extension, HandOver, Link, Reveal, Work

WORDS: Final[tuple[tuple[type[models.Model], str], ...]] = (
    (Case, "reason"),
    (Extension, "reason"),
    (HandOver, "note"),
    (Reveal, "words"),
    (Work, "note"),
)
"""What staff wrote in their own words, perhaps about somebody else."""


def erase(person: Person) -> Counts:
    """Every place of the person in every case, and words of others in which their name stands."""
    counts = person.delete(HandOver.contacts.through, Work, Reveal, Link, Contact)
    for model, field in WORDS:
        emptied = 0
        for row in model._base_manager.all():  # noqa: SLF001 - Django's documented `_base_manager`
            if person.is_named_in(getattr(row, field) or ""):
                setattr(row, field, "")
                row.save(update_fields=[field])
                emptied += 1
        counts[f"{model._meta.label}.{field}"] = emptied  # noqa: SLF001 - documented as well
    return counts

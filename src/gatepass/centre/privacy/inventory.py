"""What is kept, field by field: why, on which basis, for how long, and how much it hurts if it gets out.

Each noun says it of its own tables in `inventory.toml` beside its models; `privacy/inventory.toml` has the stores that
are no database of Django's. A test fails on a field that is declared nowhere, or twice.

    ["facts.Fact"]                     the table, as Django calls it; or store.table
    category = "facts"                 why and on which basis: `categories.CATEGORIES`
    person = ["resident"]              ways from a row to the resident whom it is about; applicant, person_key: likewise
    keep = [{ days = 365, from = "at" }]    rows go so many days after that date (`purge`); or a word of `words.KEPT`
    health = ["kind", "data"]          fields by sensitivity: one of `SENSITIVITIES`
    category_of = { data = "colour" }  a field that is kept for another reason than its table
    backup = false                     what passes by leaves no trace in a backup
    owner, masked                      SQL over `row`: a further owner in a backup; what stands there instead of a field
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from django.apps import apps
from django.conf import settings
from django.db import models

CENTRE: Final = Path(__file__).parents[1]
SENSITIVITIES: Final = ("identity", "contact", "health", "location", "pseudonym", "secret", "staff", "plain")
PERSONAL: Final = frozenset({"identity", "contact", "health", "location", "pseudonym"})
"""Sensitivities of what is about a resident."""
GATE_KEEPS_DAYS: Final = 2
"""`GateSettings.keep_days` by default; a test compares the two."""

Sensitivity = Literal["identity", "contact", "health", "location", "pseudonym", "secret", "staff", "plain"]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"after": "from"}):
    """Rows go `days` after the date in `after`; a row without that date stays."""

    days: int | Literal["keep_passages_days", "journal_keep_days"]
    after: str
    where: dict[str, Any] = {}
    by: str = ""
    """The module that does it; empty: the purge."""

    @property
    def period(self) -> timedelta:
        if self.days == "keep_passages_days":
            return timedelta(days=settings.KEEP_PASSAGES_DAYS)
        return timedelta(days=GATE_KEEPS_DAYS if isinstance(self.days, str) else self.days)


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    category: str
    keep: str | list[Rule]
    person: list[str] = []
    applicant: list[str] = []
    person_key: list[str] = []
    backup: bool = True
    owner: str = ""
    masked: dict[str, str] = {}
    category_of: dict[str, str] = {}
    identity: list[str] = []
    contact: list[str] = []
    health: list[str] = []
    location: list[str] = []
    pseudonym: list[str] = []
    secret: list[str] = []
    staff: list[str] = []
    plain: list[str] = []

    @property
    def fields(self) -> list[tuple[str, Sensitivity]]:
        return [(name, kind) for kind in SENSITIVITIES for name in getattr(self, kind)]

    @property
    def is_personal(self) -> bool:
        return any(kind in PERSONAL for _name, kind in self.fields)

    @property
    def rules(self) -> list[Rule]:
        return [] if isinstance(self.keep, str) else self.keep

    def category_of_field(self, name: str) -> str:
        return self.category_of.get(name, self.category)


@cache
def inventory() -> dict[str, Table]:
    """Every table by its name. ValueError where a file says a table twice, or says nonsense."""
    found: dict[str, Table] = {}
    for path in sorted(CENTRE.rglob("inventory.toml")):
        for name, said in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"{name} is declared twice")
            try:
                found[name] = msgspec.convert(said, Table)
            except msgspec.ValidationError as error:
                raise ValueError(f"{path.parent.name}: {name}: {error}") from None
    return found


def model_of(name: str) -> type[models.Model] | None:
    """The model of a table; None where it is no database of Django's."""
    try:
        return apps.get_model(name)
    except (LookupError, ValueError):
        return None


def declared_models() -> Iterator[tuple[type[models.Model], Table]]:
    for name, table in inventory().items():
        model = model_of(name)
        if model is not None:
            yield model, table


def store_of(name: str) -> str:
    """Where a table lies: `centre.sqlite3`, or what stands before the dot."""
    return "centre.sqlite3" if model_of(name) else name.partition(".")[0]

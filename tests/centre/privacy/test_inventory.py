"""Every field of every store is declared, once, with a reason, a basis, a time and how much it hurts."""

from __future__ import annotations

import importlib
import re
import tomllib
from collections import Counter

import apsw
import pytest
from django.apps import apps

from gatepass.centre.passages import day_file, kept, ledger, postgres_schema
from gatepass.centre.people.fields import EncryptedBytesField
from gatepass.centre.privacy import person_keys
from gatepass.centre.privacy.categories import BASES, CATEGORIES, KEPT, SENSITIVITY, kept_in_words
from gatepass.centre.privacy.erasure import NAMES_NOBODY, NOUNS
from gatepass.centre.privacy.inventory import CENTRE, GATE_KEEPS_DAYS, SENSITIVITIES, Table, inventory, model_of
from gatepass.centre.privacy.purge import due
from gatepass.gate import journal
from gatepass.gate.settings import GateSettings
from gatepass.wire.messages import Record

MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


def fields_of(label: str) -> set[str]:
    return {field.name for field in MODELS[label]._meta.get_fields() if field.concrete or not field.auto_created}


def undeclared(label: str, declared: dict[str, Table]) -> set[str]:
    table = declared.get(label)
    return fields_of(label) - {name for name, _kind in table.fields} if table else {"the whole table"}


@pytest.mark.parametrize("label", sorted(MODELS))
def test_no_field_of_a_model_is_undeclared(label: str) -> None:
    missing = undeclared(label, inventory())
    assert not missing, f"say in inventory.toml beside the models why {label} keeps {sorted(missing)}, and for how long"


def test_this_test_would_notice_a_new_field_and_a_new_table() -> None:
    without = dict(inventory())
    table = without.pop("facts.Fact")
    assert undeclared("facts.Fact", without) == {"the whole table"}
    fewer = Table(category="facts", keep="registered", health=["kind"])
    assert "data" in undeclared("facts.Fact", {"facts.Fact": fewer})
    assert not undeclared("facts.Fact", {"facts.Fact": table})


@pytest.mark.parametrize("name", sorted(inventory()))
def test_what_is_declared_is_there_once_and_has_its_words(name: str) -> None:
    table = inventory()[name]
    names = [field for field, _kind in table.fields]
    assert [field for field, times in Counter(names).items() if times > 1] == []
    if model_of(name):
        assert set(names) == fields_of(name)
    assert {table.category, *table.category_of.values()} <= set(CATEGORIES)
    assert set(table.category_of) <= set(names)
    assert isinstance(table.keep, list) or table.keep in KEPT
    assert all(kept_in_words(table))


def test_every_word_of_the_inventory_is_used_and_explained() -> None:
    used = {category for table in inventory().values() for category in (table.category, *table.category_of.values())}
    assert used == set(CATEGORIES)
    assert {category.basis for category in CATEGORIES.values()} == set(BASES)
    assert set(SENSITIVITY) == set(SENSITIVITIES)
    assert {table.keep for table in inventory().values() if isinstance(table.keep, str)} == set(KEPT)


def schema(statements: str) -> dict[str, set[str]]:
    connection = apsw.Connection(":memory:")
    connection.execute(statements)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {table: {row[1] for row in connection.execute(f"PRAGMA table_info({table})")} for table in tables}


@pytest.mark.parametrize(
    ("store", "statements"),
    [
        ("passages/day", day_file.SCHEMA),
        ("passages/ledger", ledger.SCHEMA),
        ("passages/counters", kept.SCHEMA),
        ("keys/people", person_keys.SCHEMA),
        ("gate/journal", journal._SCHEMA),
    ],
)
def test_stores_beside_the_database_are_declared_column_by_column(store: str, statements: str) -> None:
    declared = {
        name.partition(".")[2]: {field for field, _kind in table.fields}
        for name, table in inventory().items()
        if name.startswith(f"{store}.")
    }
    assert declared == schema(statements)


def test_the_tables_of_postgresql_are_declared_column_by_column() -> None:
    declared = {
        name.partition(".")[2]: {field for field, _kind in table.fields}
        for name, table in inventory().items()
        if name.startswith("passages/postgres.")
    }
    found = {
        name: set(re.findall(r"(?:^|,)\s*(?!PRIMARY)(\w+) (?:\w+)", columns))
        for name, columns in re.findall(
            r"CREATE TABLE IF NOT EXISTS (\w+) \(((?:[^()]|\([^()]*\))*)\)", postgres_schema.SCHEMA
        )
    }
    assert declared == found


def test_what_travels_from_a_gate_is_declared() -> None:
    assert {field for field, _kind in inventory()["gate/record"].fields} == set(Record.__struct_fields__)
    assert GateSettings.model_fields["keep_days"].default == GATE_KEEPS_DAYS


def test_what_is_encrypted_is_called_personal() -> None:
    for label, model in MODELS.items():
        kinds = dict(inventory()[label].fields)
        for field in model._meta.get_fields():
            if isinstance(field, EncryptedBytesField):
                assert kinds[field.name] != "plain", f"{label}.{field.name}"


def nouns_with_people() -> set[str]:
    found = set()
    for path in CENTRE.rglob("inventory.toml"):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        kinds = {"identity", "contact", "health", "location"}
        if any(
            inventory()[name].is_personal and kinds & {kind for _f, kind in inventory()[name].fields} for name in tables
        ):
            found.add(".".join(path.parent.relative_to(CENTRE).parts))
    return found


def test_every_noun_that_knows_people_erases_them_or_says_why_not() -> None:
    known = {*NOUNS, *NAMES_NOBODY}
    assert nouns_with_people() - known == set(), "give the noun an erasing.py, see privacy.contract"
    assert not set(NOUNS) & set(NAMES_NOBODY)
    for noun in NOUNS:
        assert callable(importlib.import_module(f"gatepass.centre.{noun}.erasing").erase), noun


def test_rows_about_a_person_lie_in_nouns_that_erase() -> None:
    for path in CENTRE.rglob("inventory.toml"):
        noun = ".".join(path.parent.relative_to(CENTRE).parts)
        for name in tomllib.loads(path.read_text(encoding="utf-8")):
            table = inventory()[name]
            if table.person or table.applicant or table.person_key:
                assert noun in NOUNS, name


@pytest.mark.django_db
def test_every_rule_can_be_asked_for() -> None:
    from django.utils import timezone

    assert [each.table for each in due(timezone.now()) if each.count()] == []

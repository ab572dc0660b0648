from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker
from tests.database import database_at
from tests.migrating import rendering_what_is_touched

from gatepass.centre import schema


@pytest.fixture
def new(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """A database file that does not exist yet, and is Django's."""
    path = tmp_path / "new.sqlite3"
    with django_db_blocker.unblock(), database_at(path):
        yield path


def read(path: Path) -> tuple[str, set[tuple[str, str]]]:
    """Tables, indexes, triggers and rows, as `schema.sql` writes them; the migrations on record."""
    connection.close()
    with closing(sqlite3.connect(path)) as database:
        recorded = database.execute("SELECT app, name FROM django_migrations").fetchall()
        assert len(recorded) == len(set(recorded))
        return schema.text_of(database), set(recorded)


@pytest.mark.slow
@pytest.mark.timeout(600)  # a hundred migrations, on a machine that may be busy
def test_a_new_database_is_word_for_word_what_migrating_from_nothing_makes(
    new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.bring_up_to_date()
    rendering_what_is_touched(monkeypatch)
    with database_at(tmp_path / "migrated.sqlite3"):
        call_command("migrate", verbosity=0, interactive=False)
        migrated = read(tmp_path / "migrated.sqlite3")
    assert read(new) == migrated
    assert migrated[0] == schema.FILE.read_text("utf-8")


def test_the_file_knows_every_migration() -> None:
    assert not schema.findings(), "./gatepass run python -m gatepass.centre.schema update"


def test_a_new_database_needs_no_migration_and_a_second_start_does_nothing(
    new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.core.management.call_command", lambda *_words, **_options: pytest.fail("it migrated"))
    schema.bring_up_to_date()
    made = new.read_bytes()
    schema.bring_up_to_date()
    assert new.read_bytes() == made


@pytest.mark.slow
def test_what_the_file_does_not_know_yet_is_migrated(
    new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = schema.FILE.read_text("utf-8")
    older, _trigger, _rest = whole.partition("CREATE TRIGGER")
    # As it was before the triggers of the audit, and before the indexes that came after them.
    later = (" audit 0002_", " audit 0003_", "entries_of_an_actor", "entries_of_a_name")
    older = "".join(line for line in older.splitlines(keepends=True) if not any(word in line for word in later))
    monkeypatch.setattr(schema, "FILE", tmp_path / "older.sql")
    schema.FILE.write_text(older, "utf-8")
    assert [finding.partition(":")[2] for finding in schema.findings()] == [" not in it yet"] * 2
    schema.bring_up_to_date()
    assert read(new) == (whole, set(schema.fingerprints()))


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [
        (" 0001_entries_in_a_chain", " 0001_renamed", "is gone"),
        ("0001_entries_in_a_chain ", "0001_entries_in_a_chain a", "has changed"),
    ],
)
def test_a_migration_that_is_not_what_it_was_makes_the_file_useless(
    new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, finding: str
) -> None:
    other = schema.FILE.read_text("utf-8").replace(before, after)
    monkeypatch.setattr(schema, "FILE", tmp_path / "other.sql")
    schema.FILE.write_text(other, "utf-8")
    assert any(found.endswith(finding) for found in schema.findings())
    called: list[str] = []
    monkeypatch.setattr("django.core.management.call_command", lambda word, **_options: called.append(word))
    schema.bring_up_to_date()
    assert called == ["migrate"]
    assert not connection.introspection.table_names()


def test_without_the_file_everything_is_migrated(new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "FILE", tmp_path / "absent.sql")
    called: list[str] = []
    monkeypatch.setattr("django.core.management.call_command", lambda word, **_options: called.append(word))
    schema.bring_up_to_date()
    assert called == ["migrate"]
    assert not connection.introspection.table_names()


def test_rows_of_data_migrations_come_along() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE seeds (id integer PRIMARY KEY, name text, share real, packed blob)")
        database.executemany(
            "INSERT INTO seeds VALUES (?, ?, ?, ?)", [(2, "it's; 定安", 0.5, b"\x00"), (1, None, 1, b"")]
        )
        text = schema.text_of(database)
    assert text.endswith(
        'INSERT INTO "seeds" ("id", "name", "share", "packed") VALUES (1, NULL, 1.0, X\'\');\n'
        'INSERT INTO "seeds" ("id", "name", "share", "packed") VALUES (2, \'it\'\'s; 定安\', 0.5, X\'00\');\n'
    )

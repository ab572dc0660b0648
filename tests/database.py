"""Django's database under test: made as a new centre makes its own, and put back as it was after real transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test import TransactionTestCase

from gatepass.centre import schema


@contextmanager
def database_at(path: Path) -> Iterator[None]:
    """Whatever uses Django's database meanwhile uses this file."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = path
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@contextmanager
def database_of_tests() -> Iterator[None]:
    """The one of this worker while the context lasts; it opens empty and up to date.

    A test with real transactions leaves rows behind. Django would delete them table by table, which takes as long as
    many a test, and the audit's triggers refuse it, rightly. Here the pages of the empty database are copied back.
    """
    path = Path(connection.creation._get_test_db_name())
    with database_at(path), pytest.MonkeyPatch.context() as patch:
        schema.bring_up_to_date()
        connection.close()
        with closing(sqlite3.connect(":memory:")) as empty:
            with closing(sqlite3.connect(path)) as made:
                made.backup(empty)

            def put_back(_test: TransactionTestCase) -> None:
                connection.close()
                with closing(sqlite3.connect(path, timeout=30)) as used:
                    empty.backup(used)

            patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
            yield

"""Rows of a list, written back some hundred at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from gatepass.centre.people.imports.models import Row


def save_rows(rows: Iterable[Row], columns: Sequence[str]) -> None:
    """`bulk_update` builds a CASE of every cell; one statement, run for each row, is ten times as quick."""
    meta = Row._meta  # noqa: SLF001 - Django's documented `_meta`
    fields = [field for field in meta.concrete_fields if field.name in columns]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    values = [
        (*(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields), row.pk) for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {meta.db_table} SET {sets} WHERE id = %s", values)  # noqa: S608

"""Many rows of one table in one statement, past the models: `write_rows` takes a fifth of what they take.

`create_rows`, `create_all` and `update_rows` also say what became of each.

What the models do by themselves (`pre_save`, signals, defaults) is not done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.sql import UpdateQuery

from gatepass.centre.people.fields import EncryptedBytesField

Ready = tuple[Any, ...]
"""A row as the database takes it: what is encrypted, is."""


def write_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Each row has the values of `names`, by which its fields are called, all of them hashable.

    Name every field: nobody fills in the others.
    """
    write_ready(model, names, ready_rows(model, names, rows))


def ready_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Ready]:
    """What `write_rows` does before it needs the database: for rows of which only some may have to be written."""
    return _table(_fields(model, names), list(zip(*rows, strict=True)))


def write_ready(model: type[models.Model], names: Sequence[str], rows: Sequence[Ready]) -> None:
    """What `ready_rows` has made of them."""
    if not rows:
        return
    into, values = _statement(model, _fields(model, names))
    with connection.cursor() as cursor:
        cursor.executemany(f"{into} VALUES {values}", rows)


def create_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Any]:
    """As `write_rows`; the primary keys, in the order of the rows."""
    return _create(model, _fields(model, names), list(zip(*rows, strict=True)))


def create_all(objects: Sequence[models.Model]) -> None:
    """As `bulk_create`: objects of one model that are not saved yet, which get their primary keys."""
    if not objects:
        return
    model = type(objects[0])
    fields: list[Any] = [one for one in model._meta.concrete_fields if not one.primary_key]  # noqa: SLF001
    columns = [[getattr(one, field.attname) for one in objects] for field in fields]
    for one, key in zip(objects, _create(model, fields, columns), strict=True):
        one.pk = key
        one._state.adding, one._state.db = False, connection.alias  # noqa: SLF001


def _create(model: type[models.Model], fields: Sequence[Any], columns: Sequence[Sequence[Any]]) -> list[Any]:
    table = _table(fields, columns)
    into, values = _statement(model, fields)
    back = f"RETURNING {connection.ops.quote_name(model._meta.pk.column)}"  # type: ignore[arg-type]  # noqa: SLF001
    at_once = (connection.features.max_query_params or 10_000) // len(fields)
    keys: list[Any] = []
    with connection.cursor() as cursor:
        for first in range(0, len(table), at_once):
            rows = table[first : first + at_once]
            many = ", ".join([values] * len(rows))
            cursor.execute(f"{into} VALUES {many} {back}", [value for row in rows for value in row])
            keys += [key for (key,) in cursor.fetchall()]
    return keys


def update_rows(rows: models.QuerySet[Any], **values: Any) -> set[Any]:
    """As `rows.update(**values)`; the primary keys of those that were there to be changed."""
    query: UpdateQuery = rows.query.chain(UpdateQuery)  # type: ignore[assignment]
    query.add_update_values(values)
    try:
        sql, said = query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING {connection.ops.quote_name(rows.model._meta.pk.column)}", said)  # noqa: SLF001
        return {key for (key,) in cursor.fetchall()}


def _fields(model: type[models.Model], names: Sequence[str]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]  # noqa: SLF001 - Django's documented `_meta`


def _table(fields: Sequence[Any], columns: Sequence[Sequence[Any]]) -> list[Ready]:
    """None where there are no rows."""
    if not columns:
        return []
    ready = [_ready(field, column) for field, column in zip(fields, columns, strict=True)]
    return list(zip(*ready, strict=True))


def _statement(model: type[models.Model], fields: Sequence[Any]) -> tuple[str, str]:
    """`INSERT INTO …`, and the place-holders of one row."""
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields)
    return f"INSERT INTO {quoted(model._meta.db_table)} ({columns})", f"({', '.join(['%s'] * len(fields))})"  # noqa: SLF001


def _ready(field: Any, column: Sequence[Any]) -> list[Any]:
    """What is equal is prepared once; not where it is encrypted, for equal words must not become equal bytes, nor JSON,
    which cannot be looked up.
    """
    if isinstance(field, EncryptedBytesField):
        return field.get_db_prep_column(column, connection)
    if isinstance(field, models.JSONField):
        return [field.get_db_prep_save(value, connection) for value in column]
    known = {value: field.get_db_prep_save(value, connection) for value in set(column)}
    return [known[value] for value in column]

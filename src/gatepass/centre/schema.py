"""The database of a new centre, in one step instead of a hundred migrations: `schema.sql`, written from the migrations.

    python -m gatepass.centre.schema check     has a migration been added or changed since? exit status 1 if so
    python -m gatepass.centre.schema update    write `schema.sql` anew

Migrations stay the only source. The file names each that it was made from, with the fingerprint of its source:

1. A database without tables gets all of the file in one transaction, if every migration named there is still as it was.
2. What the file does not know yet is migrated, as in a database that has been in use.

So a file that is out of date costs seconds at a first start, and is never wrong. A test holds it against what migrating
from nothing makes, word for word; lint sees that it has fallen behind.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_suffix(".sql")
_HEADER: Final = "-- Written by `./gatepass run python -m gatepass.centre.schema update`; what it is for: schema.py.\n"
_MADE_FROM: Final = "-- made from "
_RECORDED_OTHERWISE: Final = ("django_migrations", "sqlite_sequence")

Migration = tuple[str, str]
"""Label of the app, name of the migration."""


def bring_up_to_date() -> None:
    """Django's database in today's form, from whatever it was, nothing included. Quick where nothing is to be done."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    if not connection.introspection.table_names():
        _lay_down()
    if not fingerprints().keys() <= MigrationRecorder(connection).applied_migrations().keys():
        call_command("migrate", verbosity=0, interactive=False)


def _lay_down() -> None:
    from django.db import connection, transaction
    from django.db.migrations.recorder import MigrationRecorder

    there, known = fingerprints(), made_from()
    if any(there.get(migration) != digest for migration, digest in known.items()):
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # Asked again, under the lock: another process may be starting the same centre.
        if not connection.introspection.table_names(cursor):
            for statement in _statements():
                cursor.execute(statement)
            for app, name in known:
                MigrationRecorder(connection).record_applied(app, name)


def fingerprints() -> dict[Migration, str]:
    """Every migration that Django knows, those of its own apps and of allauth included, with a digest of its source."""
    from django.apps import apps

    return {
        (app.label, path.stem): hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for app in apps.get_app_configs()
        for path in Path(app.path, "migrations").glob("[!_~]*.py")
    }


def made_from() -> dict[Migration, str]:
    """The migrations that `schema.sql` stands for, with the digests that they had then; none where there is no file."""
    known: dict[Migration, str] = {}
    for line in _lines():
        if line.startswith(_MADE_FROM):
            app, name, digest = line.removeprefix(_MADE_FROM).split()
            known[app, name] = digest
    return known


def findings() -> list[str]:
    """What has happened to migrations since `schema.sql` was written."""
    there, known = fingerprints(), made_from()
    return sorted(
        f"{app} {name}: "
        + ("not in it yet" if (app, name) not in known else "has changed" if (app, name) in there else "is gone")
        for app, name in there.keys() | known.keys()
        if there.get((app, name)) != known.get((app, name))
    )


def text_of(database: sqlite3.Connection) -> str:
    """`schema.sql` for a new, migrated database: a statement a line, ordered by name so that branches seldom meet."""
    made = sorted(fingerprints().items())
    parts = database.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        " ORDER BY type = 'trigger', type = 'index', tbl_name, name"
    ).fetchall()
    tables = [name for kind, name, _sql in parts if kind == "table" and name not in _RECORDED_OTHERWISE]
    lines = [
        *(f"{_MADE_FROM}{app} {name} {digest}" for (app, name), digest in made),
        *(f"{sql};" for kind, _name, sql in parts if kind != "trigger"),
        *(row for table in tables for row in _rows(database, table)),
        *(f"{sql};" for kind, _name, sql in parts if kind == "trigger"),
    ]
    return _HEADER + "".join(f"{line}\n" for line in lines)


def _rows(database: sqlite3.Connection, table: str) -> Iterator[str]:
    """What data migrations left in a table."""
    columns = [name for _number, name, *_ in database.execute(f'PRAGMA table_info("{table}")')]
    values = " || ', ' || ".join(f'quote("{column}")' for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    for (row,) in database.execute(f'SELECT {values} FROM "{table}" ORDER BY 1'):  # noqa: S608 - our own tables
        yield f'INSERT INTO "{table}" ({names}) VALUES ({row});'  # noqa: S608 - as SQLite itself quotes


def _lines() -> list[str]:
    return FILE.read_text("utf-8").splitlines() if FILE.exists() else []


def _statements() -> Iterator[str]:
    """Those of the file; a trigger has semicolons and lines inside."""
    statement = ""
    for line in _lines():
        if statement or not line.startswith("--"):
            statement += line + "\n"
            if sqlite3.complete_statement(statement):
                yield statement
                statement = ""


def main(words: Sequence[str]) -> int:
    if list(words) not in (["check"], ["update"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    with tempfile.TemporaryDirectory() as nowhere:
        os.environ["GATEPASS_CENTRE_DIR"] = nowhere
        os.environ["DJANGO_SETTINGS_MODULE"] = "gatepass.centre.settings"
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        if list(words) == ["update"]:
            call_command("migrate", verbosity=0, interactive=False)
            connection.ensure_connection()
            FILE.write_text(text_of(connection.connection), "utf-8")
            connection.close()
        found = findings()
    sys.stdout.writelines(f"schema.sql: {finding}\n" for finding in found)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

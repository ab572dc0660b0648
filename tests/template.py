"""An empty migrated database, kept between test runs: migrating anew costs every worker of every run some seconds.

It lies in the machine's folder for temporary files, under a name that changes with the migrations; whatever goes wrong
with it, the database is made by migrating, as ever.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import django
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

KEPT: Final = 20
"""Of other versions, so that several checkouts do not take it from each other."""
_SOURCE: Final = Path(__file__).parent.parent / "src" / "gatepass" / "centre"


def _fingerprint() -> str:
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted(_SOURCE.rglob("migrations/*.py")) + sorted(_SOURCE.rglob("models.py")):
        digest.update(path.relative_to(_SOURCE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:20]


@contextmanager
def migrated_database() -> Iterator[None]:
    """Django's test database while the context lasts, from the kept one where there is one."""
    folder = Path(tempfile.gettempdir()) / f"gatepass-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = folder / f"{_fingerprint()}.sqlite3"
    mine = Path(connection.creation._get_test_db_name())
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.is_file():
            shutil.copyfile(kept, mine)
        databases = setup_databases(verbosity=0, interactive=False, keepdb=kept.is_file())
        if not kept.is_file():
            for old in sorted(folder.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
                old.unlink()
            making = kept.with_suffix(".making")
            making.unlink(missing_ok=True)
            connection.close()
            with sqlite3.connect(mine) as source:
                source.execute("VACUUM INTO ?", (str(making),))
            making.replace(kept)
    try:
        yield
    finally:
        teardown_databases(databases, verbosity=0)

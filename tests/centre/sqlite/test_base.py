"""A transaction that waits for the write lock has it a moment after it is free, however long it has waited."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, OperationalError
from django.db.utils import ConnectionHandler


@pytest.fixture
def writers(db, tmp_path) -> Iterator[ConnectionHandler]:
    """Connections to a file of its own, one for each thread; a writer waits for 0.5 s."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0.5, "init_command": "PRAGMA journal_mode=WAL"}
    engine = {"ENGINE": "gatepass.centre.sqlite", "NAME": tmp_path / "one.sqlite3", "OPTIONS": options}
    connections = ConnectionHandler({"default": engine})
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE told (who TEXT)")
    yield connections
    connections.close_all()


@contextmanager
def writing(connections: ConnectionHandler) -> Iterator[None]:
    """A transaction, begun as `transaction.atomic` begins one."""
    connection = connections["default"]
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    try:
        yield
        connection.commit()
    finally:
        connection.set_autocommit(True)


@contextmanager
def another(connections: ConnectionHandler, seconds: float) -> Iterator[None]:
    """Has the write lock for so long."""
    has_it = threading.Event()

    def hold() -> None:
        with writing(connections):
            connections["default"].cursor().execute("INSERT INTO told VALUES ('another')")
            has_it.set()
            time.sleep(seconds)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert has_it.wait(10)
    yield
    thread.join()


def told(connections: ConnectionHandler) -> list[str]:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT who FROM told ORDER BY rowid")
        return [who for (who,) in cursor.fetchall()]


def patience(connections: ConnectionHandler) -> int:
    """ms, of statements outside a transaction."""
    ((value,),) = connections["default"].connection.execute("PRAGMA busy_timeout").fetchall()
    return value


def test_whoever_waits_for_the_lock_goes_on_when_it_is_free(writers) -> None:
    with another(writers, 0.2), writing(writers):
        writers["default"].cursor().execute("INSERT INTO told VALUES ('me')")
    assert told(writers) == ["another", "me"]
    assert patience(writers) == 500


def test_whoever_waits_in_vain_is_told_so_and_can_go_on_later(writers) -> None:
    with another(writers, 1.5):
        began = time.monotonic()
        with pytest.raises(OperationalError, match="locked"), writing(writers):
            pytest.fail("the lock was taken")
        assert time.monotonic() - began >= 0.5
        assert patience(writers) == 500
    with writing(writers):
        writers["default"].cursor().execute("INSERT INTO told VALUES ('me')")
    assert told(writers) == ["another", "me"]


def test_what_is_wrong_with_the_database_is_not_waited_for(writers, tmp_path) -> None:
    writers["default"].close()
    for path in tmp_path.glob("one.sqlite3*"):
        path.write_bytes(b"no database" * 500)
    with pytest.raises(DatabaseError, match="not a database"), writing(writers):
        pytest.fail("there is no database")

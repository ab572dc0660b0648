"""Threads of the centre that live as long as the server does keep their connection between two pieces of work."""

from __future__ import annotations

from django.db.utils import ConnectionHandler

from gatepass.centre.connections import DatabaseThread, keep_connections


def test_the_next_piece_of_work_asks_on_the_same_connection_and_one_left_within_a_transaction_is_made_anew(
    db, tmp_path, monkeypatch
) -> None:
    engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "one.sqlite3"}  # in memory, none is closed
    connections = ConnectionHandler({"default": engine})
    monkeypatch.setattr("gatepass.centre.connections.connections", connections)
    connection = connections["default"]

    def asked() -> object:
        """The driver's connection after one question."""
        keep_connections()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
        return connection.connection

    first = asked()
    assert asked() is first
    connection.set_autocommit(False)  # whatever left it so: what it read would be old for ever
    assert asked() is not first
    connections.close_all()


def test_a_thread_of_the_database_keeps_its_connection_and_takes_it_along_when_it_ends(
    db, tmp_path, monkeypatch
) -> None:
    engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "one.sqlite3"}
    connections = ConnectionHandler({"default": engine})
    monkeypatch.setattr("gatepass.centre.connections.connections", connections)
    mine: list[object] = []

    def asked() -> object:
        connections["default"].ensure_connection()
        mine.append(connections["default"])
        return connections["default"].connection

    thread = DatabaseThread("of the database")
    assert thread.submit(asked).result() is thread.submit(asked).result()
    thread.close()
    assert mine[0].connection is None  # type: ignore[attr-defined]

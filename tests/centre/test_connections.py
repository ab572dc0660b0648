"""Threads of the centre that live as long as the server does keep their connection between two pieces of work."""

from __future__ import annotations

from django.db.utils import ConnectionHandler

from gatepass.centre.connections import keep_connections


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

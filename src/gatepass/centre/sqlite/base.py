"""SQLite as Django knows it, but a transaction asks for the write lock every millisecond or two while it is taken.

SQLite's own wait sleeps longer with each look, up to a tenth of a second. Where several processes write one after the
other, whoever has slept longest is the least likely to find the lock free: a page waits for a second behind workers
that take twenty milliseconds each. A look costs some microseconds.
"""

from __future__ import annotations

import random
import sqlite3
import time
from typing import Final

from django.db.backends.sqlite3 import base

LOOK_EVERY_S: Final = 0.001, 0.002
"""At random between these: two that wait do not look at the same moments for ever."""


class DatabaseWrapper(base.DatabaseWrapper):
    """The wait is as long as `timeout` says; of statements outside a transaction SQLite's own wait is as before."""

    def _start_transaction_under_autocommit(self) -> None:
        options = self.settings_dict["OPTIONS"]
        patience = options.get("timeout")
        if patience is None or options.get("transaction_mode") != "IMMEDIATE":
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave it out
            return
        with self.wrap_database_errors:
            _begin(self.connection, patience)


def _begin(connection: sqlite3.Connection, patience: float) -> None:
    """WHY by the driver: an error of Django's holds its cursor in a circle until garbage is collected, and with the
    cursor the file. Whoever forks meanwhile would hand an open database on."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        until = time.monotonic() + patience
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                    raise
            else:
                return
            time.sleep(random.uniform(*LOOK_EVERY_S))  # noqa: S311
    finally:
        connection.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")

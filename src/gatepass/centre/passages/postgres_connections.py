"""Connections to the town's PostgreSQL: a few for reading, kept open between two questions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import Connection, sql

from gatepass.centre.passages.log import LogUnavailableError

IDLE_CONNECTIONS = 8
CONNECT_S = 5

# Every question here names its index by what it asks. Without statistics (a partition that is minutes old has none)
# the planner would rather read a whole day.
_FOR_READING = """
SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off;
SET jit = off; SET plan_cache_mode = force_generic_plan; SET default_transaction_read_only = on
"""


class Connections:
    """Safe to use from several threads."""

    def __init__(self, dsn: str, schema: str) -> None:
        self._dsn = dsn
        self._schema = schema
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    def open(self) -> Connection:
        """A connection for writing; autocommit, durable at every commit. Raises LogUnavailableError."""
        try:
            connection = psycopg.connect(
                self._dsn, autocommit=True, connect_timeout=CONNECT_S, application_name="gatepass passages"
            )
        except psycopg.OperationalError as error:
            # Its text may repeat the address with whatever stands in it.
            raise LogUnavailableError(type(error).__name__) from None
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self._schema)))
        connection.execute("SET synchronous_commit = on")
        connection.execute("SET client_min_messages = warning")
        return connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for the time of one question. Raises LogUnavailableError when the server is gone."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None or connection.closed:
            connection = self.open()
            connection.execute(_FOR_READING)
            connection.prepare_threshold = 0
        try:
            yield connection
        except psycopg.OperationalError as error:
            self._close_idle()  # the others have very likely lost the same server
            raise LogUnavailableError(type(error).__name__) from None
        finally:
            with self._lock:
                keep = not self._closed and not connection.closed and len(self._idle) < IDLE_CONNECTIONS
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()

    def close(self) -> None:
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

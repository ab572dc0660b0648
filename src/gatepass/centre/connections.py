"""Database connections of threads that live as long as the server: kept from one piece of work to the next.

Django's `close_old_connections` closes a connection after each request, which is right for a page and wrong for a
thread that asks one small question every second: opening the database anew reads and parses the whole schema, some
milliseconds under Python's interpreter lock. A dozen workers doing so took half of the server from the intake.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connections


class DatabaseThread(ThreadPoolExecutor):
    """One thread that asks the database as long as the server lives: its connections are kept, and closed with it."""

    def __init__(self, name: str) -> None:
        super().__init__(1, name)

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(_begun, work, *args, **kwargs)

    def close(self) -> None:
        """Blocking, until what was asked before is answered."""
        self.submit(connections.close_all)
        self.shutdown()


def _begun(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    keep_connections()
    return work(*args, **kwargs)


def keep_connections() -> None:
    """Before each piece of work. What has failed, or was left in the middle of a transaction, is closed all the same.

    Whoever ends the thread closes what it kept (`connections.close_all`).
    """
    for one in connections.all(initialized_only=True):
        one.close_at = None  # CONN_MAX_AGE is 0, for pages
        one.close_if_unusable_or_obsolete()

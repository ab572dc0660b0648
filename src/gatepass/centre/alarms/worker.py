"""The thread that looks for trouble and raises what is due. Of several processes on one folder, one does it.

Each watch compares the town with the alarms that stand, arms what is new and cures what is over; then what is due is
raised. Others add their watch to `WATCHES`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from gatepass.centre.alarms.actions import raise_due
from gatepass.centre.one_worker import only_one
from gatepass.centre.sites import watch

TICK = 2.0

WATCHES: Final[list[Callable[[datetime], object]]] = [watch.look, watch.GapWatch()]

log = structlog.get_logger(__name__)


def step(now: datetime) -> int:
    """One round; how many alarms were raised."""
    for looks in WATCHES:
        looks(now)
    return raise_due(now)


class AlarmThread:
    """Between `start()` and `stop()`, trouble is an alarm within TICK seconds after its time of grace."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits for the round that is under way."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                with only_one(settings.CENTRE_DIR / "alarms.lock") as mine:
                    if mine:
                        self._repeat()
                self._stopping.wait(5)
        finally:
            connection.close()

    def _repeat(self) -> None:
        while not self._stopping.wait(TICK):
            close_old_connections()
            try:
                step(timezone.now())
            except Exception:
                # A full disk, a locked file, a passage log that is away: the next round looks again. Nothing restarts
                # this thread, and nobody would hear that no alarm is raised any more.
                log.exception("alarms not looked at")
                self._stopping.wait(5)

"""The thread that forgets: erasures within a second, the purge once a day, and the audit's daily signature.

Whoever holds the lock on DIR/privacy.lock works; other processes stand by.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from gatepass.centre import keys
from gatepass.centre.audit.checkpoints import write_checkpoint
from gatepass.centre.one_worker import only_one
from gatepass.centre.privacy.erasure import destroy_again, work_off
from gatepass.centre.privacy.purge import last_round, purge_round

TICK: Final = 1.0
"""Seconds between two looks for an erasure: one indexed query."""
UPKEEP_EVERY_S: Final = 600.0
ROUND_EVERY: Final = timedelta(hours=20)
"""Once a day, at whatever hour the centre runs; by night where it always does (`is_time`)."""
BY_NIGHT: Final = range(2, 5)
AT_THE_LATEST: Final = timedelta(hours=30)

log = structlog.get_logger(__name__)


def is_time(now: datetime, last: datetime | None) -> bool:
    """Between two and five in the morning; at any hour where that was missed."""
    if last is None or now - last >= AT_THE_LATEST:
        return True
    return now - last >= ROUND_EVERY and timezone.localtime(now).hour in BY_NIGHT


class ForgettingThread:
    """Between `start()` and `stop()`, what is to be forgotten is."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forgetting", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits for the batch that is under way."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                with only_one(settings.CENTRE_DIR / "privacy.lock") as mine:
                    if mine:
                        self._work()
                self._stopping.wait(5)
        finally:
            connection.close()

    def _work(self) -> None:
        looked_after = -UPKEEP_EVERY_S
        while not self._stopping.is_set():
            close_old_connections()
            self._tried(work_off)
            if time.monotonic() - looked_after >= UPKEEP_EVERY_S:
                looked_after = time.monotonic()
                self._tried(self._look_after)
            self._stopping.wait(TICK)

    def _tried(self, work: Callable[[], object]) -> None:
        """An erasure that fails holds up neither the purge nor the signature, and nothing ends the thread."""
        try:
            work()
        except Exception:
            # A full disk, a locked file, a passage log that is away: everything is as it was. Try again.
            log.exception("not forgotten")
            self._stopping.wait(5)

    def _look_after(self) -> None:
        now = timezone.now()
        key = keys.audit_checkpoint_key(settings.KEYS_DIR)
        keys.audit_checkpoint_public(settings.KEYS_DIR)
        if write_checkpoint(settings.CHECKPOINTS_DIR, timezone.localdate(now), key, int(now.timestamp() * 1000)):
            log.info("audit signed", day=timezone.localdate(now).isoformat())
        if is_time(now, last_round()):
            destroy_again()
            rows = purge_round(now, stop=self._stopping.is_set)
            log.info("forgotten", rows=rows)

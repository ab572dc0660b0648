"""The thread that forgets: erasures within a second, the purge once a day, and the audit's daily signature.

Whoever holds the lock on DIR/privacy.lock works; other processes stand by.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.utils import timezone

from gatepass.centre import keys
from gatepass.centre.audit.checkpoints import write_checkpoint
from gatepass.centre.one_worker import Task, Worker
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


class ForgettingThread(Worker):
    """Between `start()` and `stop()`, what is to be forgotten is.

    An erasure that fails holds up neither the signature nor the purge.
    """

    def __init__(self) -> None:
        super().__init__(
            "privacy",
            Task("erasures", TICK, work_off),
            Task("audit-signature", UPKEEP_EVERY_S, self._sign),
            Task("purge", UPKEEP_EVERY_S, self._purge),
        )

    def _sign(self) -> None:
        now = timezone.now()
        key = keys.audit_checkpoint_key(settings.KEYS_DIR)
        keys.audit_checkpoint_public(settings.KEYS_DIR)
        if write_checkpoint(settings.CHECKPOINTS_DIR, timezone.localdate(now), key, int(now.timestamp() * 1000)):
            log.info("audit signed", day=timezone.localdate(now).isoformat())

    def _purge(self) -> None:
        now = timezone.now()
        if is_time(now, last_round()):
            destroy_again()
            rows = purge_round(now, stop=lambda: self.stopping)
            log.info("forgotten", rows=rows)

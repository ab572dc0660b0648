"""The thread that sends, in the serving process; and the small upkeep that nobody else does."""

from __future__ import annotations

import threading
import time

import structlog
from django.db import close_old_connections, connection
from django.utils import timezone

from gatepass.centre.accounts.sessions import forget_sessions
from gatepass.centre.api.actions import forget_answers
from gatepass.centre.employers.reminders import remind
from gatepass.centre.insights.actions import EveningReports
from gatepass.centre.limits.actions import forget_tries
from gatepass.centre.passages.log import PassageLogError
from gatepass.centre.phone.telling import tell_changes
from gatepass.centre.sending.actions import forget_messages, send_due
from gatepass.centre.tracing.actions import close_expired

TICK = 0.5
TIDY_EVERY = 3600.0

log = structlog.get_logger(__name__)


class SendingThread:
    """Between `start()` and `stop()`, what is queued leaves within TICK seconds and the sender's own time."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sending", daemon=True)
        self._tidied = -TIDY_EVERY
        self._evening_reports = EveningReports()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits for the message that is under way."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.wait(TICK):
                close_old_connections()
                try:
                    self._tick()
                except Exception:
                    # Nothing restarts this thread: whatever fails once must not end all sending.
                    log.exception("messages not sent")
                    self._stopping.wait(5)
        finally:
            connection.close()

    def _tick(self) -> None:
        while tell_changes() and not self._stopping.is_set():
            pass
        while send_due(timezone.now()) and not self._stopping.is_set():
            pass
        self._upkeep()

    def _upkeep(self) -> None:
        """What is not sending comes after it, and holds up none of it."""
        try:
            self._evening_reports(timezone.now())
        except PassageLogError:
            log.exception("evening reports not made")
        if time.monotonic() - self._tidied >= TIDY_EVERY:
            self._tidied = time.monotonic()
            forget_messages(timezone.now())
            forget_tries(timezone.now())
            forget_sessions()
            forget_answers(timezone.now())
            remind(timezone.now(), timezone.localdate())
            close_expired(timezone.now())

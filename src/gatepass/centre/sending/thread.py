"""The thread that sends, in the serving process; and the small upkeep that nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils import timezone

from gatepass.centre.accounts.sessions import forget_sessions
from gatepass.centre.api.actions import forget_answers
from gatepass.centre.employers.reminders import remind
from gatepass.centre.insights.actions import EveningReports
from gatepass.centre.limits.actions import forget_tries
from gatepass.centre.notices.broadcasts import send_piece
from gatepass.centre.one_worker import Task, Worker
from gatepass.centre.phone.telling import tell_changes
from gatepass.centre.sending.actions import forget_messages, send_due
from gatepass.centre.tracing.actions import close_expired

TICK: Final = 0.5
EVENING_EVERY: Final = 60.0
TIDY_EVERY: Final = 3600.0
UPKEEP: Final[dict[str, Callable[[], object]]] = {
    "old-messages": lambda: forget_messages(timezone.now()),
    "old-tries": lambda: forget_tries(timezone.now()),
    "old-sessions": forget_sessions,
    "old-answers": lambda: forget_answers(timezone.now()),
    "reminders": lambda: remind(timezone.now(), timezone.localdate()),
    "expired-cases": lambda: close_expired(timezone.now()),
}
"""What is done once an hour. None of it holds up another."""


class SendingThread(Worker):
    """Between `start()` and `stop()`, what is queued leaves within TICK seconds and the sender's own time."""

    def __init__(self) -> None:
        evening_reports = EveningReports()
        super().__init__(
            "sending",
            Task("changed-colours", TICK, lambda: bool(tell_changes())),
            Task("broadcasts", TICK, send_piece),
            Task("messages", TICK, lambda: bool(send_due(timezone.now()))),
            Task("evening-reports", EVENING_EVERY, lambda: evening_reports(timezone.now())),
            *(Task(name, TIDY_EVERY, piece) for name, piece in UPKEEP.items()),
        )

"""The thread of web push. A text message that takes ten seconds must not hold up a call that rings for twenty."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from gatepass.centre.one_worker import Task, Worker
from gatepass.centre.sending.actions import send_due

TICK: Final = 0.5


class PushThread(Worker):
    def __init__(self) -> None:
        super().__init__("pushes", Task("pushes", TICK, lambda: bool(send_due(timezone.now(), pushes=True))))

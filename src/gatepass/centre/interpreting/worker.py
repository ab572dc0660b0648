"""The clock of calls: the next one rings after twenty seconds, also when no page asks."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from gatepass.centre.interpreting.actions import advance_all
from gatepass.centre.one_worker import Task, Worker

TICK: Final = 1.0


class CallThread(Worker):
    def __init__(self) -> None:
        super().__init__("calls", Task("calls", TICK, self._step))

    def _step(self) -> None:
        advance_all(timezone.now())

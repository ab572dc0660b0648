"""What quarantine does by itself: the ladder of missing reports, and who was seen at a gate.

`QuarantineThread` runs in one process on the folder; were it to run in several, each step would still be taken once
(`ladder`). `LeavingThread` runs in each, for it listens to what its own process has taken in.
"""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from gatepass.centre.one_worker import Task, Worker
from gatepass.centre.quarantine.ladder import move_due
from gatepass.centre.quarantine.leaving import look_back, note_heard

TICK: Final = 2.0
LOOK_BACK_EVERY: Final = 300.0


def climb() -> bool:
    """One round of the ladder; True where more is waiting."""
    return move_due(timezone.now()) > 0


class QuarantineThread(Worker):
    """Between `start()` and `stop()`, a missing report is followed up within TICK seconds after its time."""

    def __init__(self) -> None:
        super().__init__(
            "quarantine",
            Task("missing-reports", TICK, climb),
            Task("seen-at-gates", LOOK_BACK_EVERY, lambda: look_back(timezone.now())),
        )


class LeavingThread(Worker):
    """Whoever is seen at a gate of this process is noticed within TICK seconds."""

    def __init__(self) -> None:
        super().__init__("leaving", Task("seen-just-now", TICK, lambda: note_heard(timezone.now())), alone=False)

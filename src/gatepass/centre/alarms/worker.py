"""The thread that looks for trouble and raises what is due. Of several processes on one folder, one does it.

Each watch compares the town with the alarms that stand, arms what is new and cures what is over; then what is due is
raised. Others add their watch to `WATCHES`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.utils import timezone

from gatepass.centre.alarms.actions import raise_due
from gatepass.centre.appeals.watch import LateObjections
from gatepass.centre.arrivals.watch import GateWatch
from gatepass.centre.one_worker import Task, Worker
from gatepass.centre.questions.watch import LateQuestions
from gatepass.centre.rosters.watch import RosterWatch
from gatepass.centre.sites import watch

TICK = 2.0

WATCHES: Final[list[Callable[[datetime], object]]] = [
    watch.look,
    watch.GapWatch(),
    LateObjections(),
    LateQuestions(),
    RosterWatch(),
    GateWatch(),
]


def step(now: datetime) -> int:
    """One round; how many alarms were raised."""
    for looks in WATCHES:
        looks(now)
    return raise_due(now)


class AlarmThread(Worker):
    """Between `start()` and `stop()`, trouble is an alarm within TICK seconds after its time of grace."""

    def __init__(self) -> None:
        super().__init__("alarms", Task("alarms", TICK, self._look))

    def _look(self) -> None:
        step(timezone.now())

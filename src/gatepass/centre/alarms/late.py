"""What is answered too late, as an alarm: one for each row that waits beyond its time, until somebody has answered."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

from gatepass.centre.alarms.actions import arm, cure
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.sites.models import Site

EVERY_S: Final = 30.0


Row = TypeVar("Row", bound=Any)


class LateRows(ABC, Generic[Row]):
    """A watch of `alarms.worker`: looks twice a minute. A row that is gone ends its alarm as well.

    A row has `pk` and `due_at`; the alarm's facts are its `site`, its number under the name `noun`, and `due`.
    """

    kind: ClassVar[str]
    noun: ClassVar[str]

    def __init__(self) -> None:
        self._looked = -EVERY_S

    @abstractmethod
    def late(self, now: datetime) -> Iterable[Row]:
        """What still waits, and is due."""

    @abstractmethod
    def site_of(self, row: Row) -> Site:
        """Where the alarm is, and in whose zone its time is said."""

    def __call__(self, now: datetime) -> None:
        if time.monotonic() - self._looked < EVERY_S:
            return
        self._looked = time.monotonic()
        open_ones = {f"{self.noun}:{one.pk}": one for one in self.late(now)}
        found = Alarm.objects.filter(kind=self.kind).exclude(state=State.CLEARED)
        standing = set(found.values_list("subject", flat=True))
        for subject in open_ones.keys() - standing:
            row = open_ones[subject]
            site = self.site_of(row)
            due = f"{row.due_at.astimezone(site.zone):%Y-%m-%d %H:%M}"
            arm(self.kind, subject, row.due_at, site=site, facts={"site": site.name, self.noun: row.pk, "due": due})
        if over := standing - open_ones.keys():
            cure(self.kind, over)

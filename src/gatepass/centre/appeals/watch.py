"""An objection that nobody has answered in its time is an alarm, until somebody has."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final

from gatepass.centre.alarms.actions import arm, cure
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.appeals.models import Appeal

KIND: Final = "objection_late"
EVERY_S: Final = 30.0


class LateObjections:
    """A watch of `alarms.worker`: looks twice a minute. One that is gone with its resident ends its alarm as well."""

    def __init__(self) -> None:
        self._looked = -EVERY_S

    def __call__(self, now: datetime) -> None:
        if time.monotonic() - self._looked < EVERY_S:
            return
        self._looked = time.monotonic()
        late = Appeal.objects.filter(state=Appeal.State.OPEN, due_at__lte=now)
        open_ones = {f"appeal:{one.pk}": one for one in late.select_related("resident__site__community")}
        standing = set(Alarm.objects.filter(kind=KIND).exclude(state=State.CLEARED).values_list("subject", flat=True))
        for subject in open_ones.keys() - standing:
            appeal = open_ones[subject]
            site = appeal.resident.site
            due = f"{appeal.due_at.astimezone(site.zone):%Y-%m-%d %H:%M}"
            arm(KIND, subject, appeal.due_at, site=site, facts={"site": site.name, "appeal": appeal.pk, "due": due})
        if over := standing - open_ones.keys():
            cure(KIND, over)

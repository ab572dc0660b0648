"""An objection that nobody has answered in its time is an alarm, until somebody has."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from gatepass.centre.alarms.late import LateRows
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.sites.models import Site

KIND: Final = "objection_late"


class LateObjections(LateRows[Appeal]):
    kind = KIND
    noun = "appeal"

    def late(self, now: datetime) -> Any:
        found = Appeal.objects.filter(state=Appeal.State.OPEN, due_at__lte=now)
        return found.select_related("resident__site__community")

    def site_of(self, row: Appeal) -> Site:
        return row.resident.site

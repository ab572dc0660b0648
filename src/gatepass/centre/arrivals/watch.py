"""Seen at a gate: whoever is expected and passes a gate of the community to which they come has arrived.

The passage log is asked by person key, some times a minute, for those alone whose hour is near or over.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from gatepass.centre.arrivals.actions import mark_arrived
from gatepass.centre.arrivals.models import RECENT, Journey, Traveller
from gatepass.centre.passages.log import LogInUseError
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.sites.models import Gate

EVERY_S: Final = 20.0
BEFORE: Final = timedelta(days=2)
"""People come earlier than they said."""


class GateWatch:
    """One of the watches of `alarms.worker`."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._looked = -every_s

    def __call__(self, now: datetime) -> None:
        if time.monotonic() - self._looked < self._every_s:
            return
        self._looked = time.monotonic()
        try:
            look(now)
        except LogInUseError:
            return  # another process writes the log; it looks


def look(now: datetime) -> int:
    """One round; how many were seen."""
    expected = Traveller.objects.filter(
        state=Traveller.State.EXPECTED,
        journey__state__in=(Journey.State.SENT, Journey.State.ACKNOWLEDGED),
        journey__arrives_at__lte=now + BEFORE,
        journey__arrives_at__gte=now - RECENT,
    ).select_related("journey__site")
    found = 0
    gates: dict[int, set[str]] = {}
    for traveller in expected:
        site = traveller.journey.site
        if site is None or traveller.journey.sent_at is None:
            continue
        if site.community_id not in gates:
            of_community = Gate.objects.filter(site__community=site.community_id).values_list("pk", flat=True)
            gates[site.community_id] = {str(gate) for gate in of_community}
        since = max(traveller.journey.sent_at, now - RECENT)
        seen = [
            window.since
            for window in passage_log().windows(
                bytes(traveller.person_key), _ms(since), _ms(now + timedelta(minutes=5)), margin=0
            )
            if window.gate in gates[site.community_id]
        ]
        if seen:
            at = datetime.fromtimestamp(min(seen) / 1000, UTC)
            found += mark_arrived(None, traveller, Traveller.Seen.GATE, at)
    return found


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

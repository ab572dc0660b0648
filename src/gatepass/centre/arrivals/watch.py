"""Seen at a gate: whoever is expected and passes a gate of the community to which they come has arrived.

The passage log is asked by person key, some times a minute, for those alone whose hour is near or over.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
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
AT_ONCE: Final = 5_000


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
    expected = [
        traveller
        for traveller in Traveller.objects.filter(
            state=Traveller.State.EXPECTED,
            journey__state__in=(Journey.State.SENT, Journey.State.ACKNOWLEDGED),
            journey__arrives_at__lte=now + BEFORE,
            journey__arrives_at__gte=now - RECENT,
        ).select_related("journey__site")
        if traveller.journey.site and traveller.journey.sent_at
    ]
    visits = _visits(expected, now)
    found = 0
    gates: dict[int, set[str]] = {}
    for traveller in expected:
        mine = visits.get(bytes(traveller.person_key))
        if not mine:
            continue
        community = traveller.journey.site.community_id  # type: ignore[union-attr]
        if community not in gates:
            of_community = Gate.objects.filter(site__community=community).values_list("pk", flat=True)
            gates[community] = {str(gate) for gate in of_community}
        since = _ms(_since(traveller, now))
        seen = [at for at, gate in mine if at >= since and gate in gates[community]]
        if seen:
            at = datetime.fromtimestamp(min(seen) / 1000, UTC)
            found += mark_arrived(None, traveller, Traveller.Seen.GATE, at)
    return found


def _visits(expected: Sequence[Traveller], now: datetime) -> dict[bytes, list[tuple[int, str]]]:
    """Person key -> (moment in ms, gate) of everywhere they were; one question of the log for very many of them."""
    found: dict[bytes, list[tuple[int, str]]] = defaultdict(list)
    until = _ms(now + timedelta(minutes=5))
    for start in range(0, len(expected), AT_ONCE):
        some = expected[start : start + AT_ONCE]
        since = min(_since(traveller, now) for traveller in some)
        for visit in passage_log().visits_of({bytes(one.person_key) for one in some}, _ms(since), until):
            found[visit.person].append((visit.at, visit.gate))
    return found


def _since(traveller: Traveller, now: datetime) -> datetime:
    return max(traveller.journey.sent_at or now, now - RECENT)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

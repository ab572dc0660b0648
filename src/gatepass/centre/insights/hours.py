"""People by site and hour, as they are told outside the town's own staff: small counts hidden.

One grain alone is ever told: a site in an hour that is over. Nothing is summed over hours, gates or sites, so that
there is no total from which a hidden count could be worked out (`privacy.suppression`: that is why it hides totals).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gatepass.centre.passages.access import LogGates
from gatepass.centre.passages.log import PassageLog
from gatepass.centre.privacy.suppression import K

COUNTS: Final = ("entered", "left", "held", "refused")
_WAYS: Final = {"in": "entered", "out": "left"}
_OUTCOMES: Final = {"hold": "held", "refuse": "refused"}


@dataclass(frozen=True, slots=True)
class Hour:
    site: int
    hour: int
    counts: Mapping[str, int]

    def shown(self) -> dict[str, Any]:
        """Counts from 1 to K-1 are None."""
        shown = {name: None if 0 < self.counts[name] < K else self.counts[name] for name in COUNTS}
        return {"site": self.site, "hour": self.hour, **shown}


def hours_of_sites(log: PassageLog, day: date, gates: LogGates) -> list[Hour]:
    """Of the town's local `day`, by hour and then by site; hours in which nobody came are left out.

    Who entered and left is counted by what became of it in
    the end; held and refused are what gates answered first.
    """
    counts: dict[tuple[int, int], Counter[str]] = {}
    movements, flows = log.movements(day, day, gates.names), log.flow(day, day, gates.names)
    known = gates.of({one.gate for one in movements} | {one.gate for one in flows})
    site_of = {name: gate.site_id for name, gate in known.items()}
    for moved in movements:
        if moved.gate not in site_of:
            continue
        counts.setdefault((moved.hour, site_of[moved.gate]), Counter())[_WAYS[moved.direction]] += moved.total
    for flow in flows:
        word = _OUTCOMES.get(str(flow.outcome))
        if word is not None and flow.gate in site_of:
            counts.setdefault((flow.hour, site_of[flow.gate]), Counter())[word] += flow.total
    return [Hour(site, hour, found) for (hour, site), found in sorted(counts.items()) if any(found.values())]

"""Who is expected where, who has come, of whom nobody has heard: figures that add up, and the people behind them.

    expected = still to come + not yet reported + arrived + do not come

Each traveller of a registration that was sent is in exactly one of the four.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from gatepass.centre.arrivals.models import Journey, Traveller, overdue
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.sites.models import Site


@dataclass(slots=True)
class Figures:
    coming: int = 0
    missing: int = 0
    """Not yet reported, and their hour is over."""
    arrived: int = 0
    cancelled: int = 0

    @property
    def expected(self) -> int:
        return self.coming + self.missing + self.arrived + self.cancelled

    def add(self, other: Figures) -> None:
        self.coming += other.coming
        self.missing += other.missing
        self.arrived += other.arrived
        self.cancelled += other.cancelled


@dataclass(frozen=True, slots=True)
class Line:
    """A community (`site` empty), a site (`building` empty), or a building of it."""

    community: str
    site: str
    building: str
    figures: Figures
    site_id: int = 0
    building_id: int | None = None


def announced(travellers: QuerySet[Traveller], now: datetime) -> QuerySet[Traveller]:
    """Those of announced registrations, and of cancelled ones that had been sent; each with its `standing`."""
    standing = Case(
        When(state=Traveller.State.ARRIVED, then=Value("arrived")),
        When(state=Traveller.State.CANCELLED, then=Value("cancelled")),
        When(overdue(now), then=Value("missing")),
        default=Value("coming"),
        output_field=CharField(),
    )
    sent = travellers.filter(journey__sent_at__isnull=False).exclude(journey__state=Journey.State.DRAFT)
    return sent.annotate(standing=standing)


def lines_of(travellers: QuerySet[Traveller], now: datetime) -> tuple[list[Line], Figures]:
    """For each community, its sites, and their buildings; and the whole."""
    whole = Figures()
    rows: dict[tuple[str, str, str], Line] = {}
    # Counts of a place rather than a place for each standing: half the rows to sort, read and add.
    places = travellers.order_by().values_list("journey__site", "journey__building")
    counted = list(
        places.annotate(
            all=Count("pk"),
            missing=Count("pk", filter=overdue(now)),
            arrived=Count("pk", filter=Q(state=Traveller.State.ARRIVED)),
            cancelled=Count("pk", filter=Q(state=Traveller.State.CANCELLED)),
        )
    )
    # Names are asked for once a place, not once a traveller.
    sites = {pk: names for pk, *names in Site.objects.values_list("pk", "community__name", "name")}
    here = {building_id for _site, building_id, *_counts in counted if building_id}
    buildings = dict(Place.objects.filter(pk__in=here).values_list("pk", "name"))
    for site_id, building_id, everybody, missing, arrived, cancelled in counted:
        community, site = sites[site_id]
        building = buildings.get(building_id)
        one = Figures(everybody - missing - arrived - cancelled, missing, arrived, cancelled)
        whole.add(one)
        keys: Iterable[tuple[str, str, str]] = {(community, "", ""), (community, site, "")}
        if building:
            keys = {*keys, (community, site, building)}
        for key in keys:
            line = rows.setdefault(
                key,
                Line(*key, Figures(), site_id if key[1] else 0, building_id if key[2] else None),
            )
            line.figures.add(one)
    return [rows[key] for key in sorted(rows)], whole

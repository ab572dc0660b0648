"""Who is expected where, who has come, of whom nobody has heard: figures that add up, and the people behind them.

    expected = still to come + not yet reported + arrived + do not come

Each traveller of a registration that was sent is in exactly one of the four.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Case, CharField, Count, QuerySet, Value, When

from gatepass.centre.arrivals.models import Journey, Traveller, overdue

STATES: Final = ("coming", "missing", "arrived", "cancelled")
"""`missing`: not yet reported, their hour is over."""


@dataclass(slots=True)
class Figures:
    coming: int = 0
    missing: int = 0
    arrived: int = 0
    cancelled: int = 0

    @property
    def expected(self) -> int:
        return self.coming + self.missing + self.arrived + self.cancelled

    def add(self, other: Figures) -> None:
        for name in STATES:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Line:
    """A community (`site` empty), a site (`building` empty), or a building of it."""

    community: str
    site: str
    building: str
    figures: Figures
    site_id: int = 0
    building_id: int | None = None


def travellers_of(journeys: QuerySet[Journey], now: datetime) -> QuerySet[Traveller]:
    """The travellers of announced registrations, and of cancelled ones that had been sent; each with its `standing`."""
    announced = journeys.filter(sent_at__isnull=False).exclude(state=Journey.State.DRAFT)
    standing = Case(
        When(state=Traveller.State.ARRIVED, then=Value("arrived")),
        When(state=Traveller.State.CANCELLED, then=Value("cancelled")),
        When(overdue(now), then=Value("missing")),
        default=Value("coming"),
        output_field=CharField(),
    )
    found = Traveller.objects.filter(journey__in=announced.values("pk")).annotate(standing=standing)
    return found.select_related("journey__site__community", "journey__building", "journey__company", "resident")


def lines_of(travellers: QuerySet[Traveller]) -> tuple[list[Line], Figures]:
    """For each community, its sites, and their buildings; and the whole."""
    whole = Figures()
    rows: dict[tuple[str, str, str], Line] = {}
    counted = (
        travellers.order_by()
        .values_list(  # type: ignore[misc]
            "journey__site__community__name", "journey__site__name", "journey__building__name", "journey__site",
            "journey__building", "standing",
        )
        .annotate(count=Count("pk"))
    )  # fmt: skip
    for community, site, building, site_id, building_id, standing, count in counted:
        one = Figures(**{standing: count})
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

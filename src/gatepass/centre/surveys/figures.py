"""How far a survey is: for each building of a community, or each department of a company. Counts, never names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from gatepass.centre.people.addresses.models import Place
from gatepass.centre.surveys.models import Reply, Survey


@dataclass(slots=True)
class Completion:
    where: str
    here: int = 0
    away: int = 0
    gone: int = 0
    waiting: int = 0

    @property
    def asked(self) -> int:
        return self.here + self.away + self.gone + self.waiting

    @property
    def percent(self) -> int:
        return 100 * (self.asked - self.waiting) // self.asked if self.asked else 100


def completion(replies: QuerySet[Reply]) -> tuple[list[Completion], Completion]:
    """Line by line, and the whole: each person is in exactly one count of one line."""
    lines: dict[str, Completion] = {}
    whole = Completion("")
    counted = list(
        replies.order_by()
        .values_list(
            "resident__site__name", "resident__room__parent", "resident__room__parent__parent",
            "colleague__department", "state",
        )
        .annotate(count=Count("pk"))
    )  # fmt: skip
    places = {place for _site, parent, above, *_rest in counted for place in (parent, above) if place}
    names = dict(Place.objects.filter(pk__in=places, level=Place.Level.BUILDING).values_list("pk", "name"))
    for site, parent, above, department, state, count in counted:
        building = names.get(above) or names.get(parent) or ""
        where = " · ".join(part for part in (site, building) if part) if site else department or ""
        for line in (lines.setdefault(where, Completion(where)), whole):
            name = state or "waiting"
            setattr(line, name, getattr(line, name) + count)
    return [lines[where] for where in sorted(lines)], whole


def completed(surveys: Iterable[Survey]) -> dict[int, Completion]:
    """By the survey's key, of all of them in one question: the whole, without its lines."""
    found = {survey.pk: Completion("") for survey in surveys}
    states = Reply.objects.filter(survey__in=found).order_by().values_list("survey", "state")
    for survey, state, count in states.annotate(count=Count("pk")):
        setattr(found[survey], state or "waiting", count)
    return found

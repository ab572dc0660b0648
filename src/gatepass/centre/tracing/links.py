"""Links between people that need no gate: who lives together, and who visits whom.

A source takes the residents of a trace and its window and says who belongs to whom. `SOURCES` is the list of them; a
new one is a function of this shape and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Q
from django.utils import timezone

from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.models import IdentityDocument
from gatepass.centre.tracing.models import Contact
from gatepass.centre.visitors.models import Visit


class Tie(NamedTuple):
    """`source` is one of the residents who were asked about, `target` another; `why` goes into `Link.why`."""

    source: int
    target: int
    kind: Contact.Kind
    why: dict[str, Any]


Source = Callable[[Collection[int], datetime, datetime], list[Tie]]


def household_ties(residents: Collection[int], since: datetime, until: datetime) -> list[Tie]:
    """Who lived in the same household at any time from the window's beginning until today.

    A membership begins when the office entered it, which may be later than the people moved in together.
    """
    until = max(until, timezone.now())

    def during() -> Q:
        return Q(since__lte=until) & (Q(until__isnull=True) | Q(until__gte=since))

    mine = Membership.objects.filter(during(), resident__in=list(residents))
    found: dict[tuple[int, int], Tie] = {}
    for membership in mine:
        together = Membership.objects.filter(during(), household=membership.household_id)
        for other in together.exclude(resident=membership.resident_id):
            if other.since <= (membership.until or until) and membership.since <= (other.until or until):
                pair = membership.resident_id, other.resident_id
                found[pair] = Tie(*pair, Contact.Kind.HOUSEHOLD, {"relation": other.relation})
    return list(found.values())


def visit_ties(residents: Collection[int], since: datetime, until: datetime) -> list[Tie]:
    """Host and visitor, both ways, where the visitor's own document is of a resident; as long as the visit overlapped
    the window. Whoever has not been seen to leave counts as inside until the visit should have ended."""
    during = Visit.objects.filter(came_at__isnull=False, came_at__lte=until, host__isnull=False).filter(
        Q(left_at__gte=since) | Q(left_at__isnull=True, leaves_by__gte=since)
    )
    asked = set(residents)
    keys = list(IdentityDocument.objects.filter(resident__in=asked).values_list("person_key", flat=True))
    mine = during.filter(Q(host__in=asked) | Q(person_key__in=keys), person_key__isnull=False).only(
        "person_key", "host", "came_at", "purpose"
    )
    visits = list(mine)
    documents = IdentityDocument.objects.filter(person_key__in=[visit.person_key for visit in visits])
    visitor_of = {bytes(key): resident for key, resident in documents.values_list("person_key", "resident") if key}
    found: dict[tuple[int, int], Tie] = {}
    for visit in visits:
        # Both are there: `mine` asks for them, which a type cannot know.
        assert visit.person_key is not None
        assert visit.host_id is not None
        assert visit.came_at is not None
        visitor = visitor_of.get(bytes(visit.person_key))
        if visitor is None or visitor == visit.host_id:
            continue
        why = {"purpose": visit.purpose, "at": visit.came_at.isoformat()}
        for pair in ((visit.host_id, visitor), (visitor, visit.host_id)):
            if pair[0] in asked:
                found[pair] = Tie(*pair, Contact.Kind.VISIT, why)
    return list(found.values())


SOURCES: Final[tuple[Source, ...]] = (household_ties, visit_ties)


def ties(residents: Collection[int], since: datetime, until: datetime) -> list[Tie]:
    return [tie for source in SOURCES for tie in source(residents, since, until)]

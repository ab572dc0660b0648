"""Links between people that need no gate: who lives together, and who visits whom.

A source takes the residents of a trace and its window and says who belongs to whom. `SOURCES` is the list of them; a
new one (host and visitor, once visits are announced) is a function of this shape and one line here. Its kind has its
place in `Contact.Kind` and in every list already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Q
from django.utils import timezone

from gatepass.centre.people.households.models import Membership
from gatepass.centre.tracing.models import Contact


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


SOURCES: Final[tuple[Source, ...]] = (household_ties,)


def ties(residents: Collection[int], since: datetime, until: datetime) -> list[Tie]:
    return [tie for source in SOURCES for tie in source(residents, since, until)]

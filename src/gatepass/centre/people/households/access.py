"""The only ways to households. Who lives in one is told as far as the asking user may meet them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.people.access import met_by
from gatepass.centre.people.households.models import Household, Membership
from gatepass.centre.people.models import Resident


def access_households(user: User, page: str = "households") -> QuerySet[Household]:
    """A household in which only people live whom the user must not meet is not there for the user."""
    scope = scope_of(user, page)
    if scope.nowhere:
        return Household.objects.none()
    households = Household.objects.filter(scope.q("site")).select_related("site__community", "room")
    anybody = Membership.objects.filter(household=OuterRef("pk"), until__isnull=True)
    met = anybody.filter(met_by(user, "residents", "resident"))
    return households.filter(Exists(met) | ~Exists(anybody)).order_by("label", "pk")


def access_household(user: User, household: int, page: str = "household") -> Household:
    found = access_households(user, page).filter(pk=household).first()
    if found is None:
        raise Http404
    return found


def access_memberships(user: User, household: Household, *, now: bool) -> list[Membership]:
    """Who lives there now, the head first, or who lived there before; as far as the user may meet them."""
    rows = Membership.objects.filter(household=household, until__isnull=now)
    rows = rows.filter(met_by(user, "residents", "resident")).select_related("resident__room", "resident__site")
    return sorted(rows, key=lambda one: (one.relation != Membership.Relation.HEAD, one.since))


class Member(NamedTuple):
    """Of somebody who lives there, what a line of the list shows."""

    pk: int
    """The resident's."""
    full_name: str
    is_head: bool


def members_of(user: User, households: Iterable[int]) -> dict[int, list[Member]]:
    """Who lives in these households now, as values: the head first, as far as the user may meet them."""
    found: dict[int, list[Member]] = {pk: [] for pk in households}
    rows = Membership.objects.filter(household__in=list(found), until__isnull=True)
    rows = rows.filter(met_by(user, "residents", "resident")).order_by("since", "id")
    for household, pk, name, relation in rows.values_list("household", "resident", "resident__full_name", "relation"):
        found[household].append(Member(pk, name, relation == Membership.Relation.HEAD))
    return {pk: sorted(members, key=lambda one: not one.is_head) for pk, members in found.items()}


def living_with(user: User, person: Resident) -> list[Membership]:
    """The others of the person's household."""
    household = person.household
    if household is None:
        return []
    return [one for one in access_memberships(user, household, now=True) if one.resident_id != person.pk]

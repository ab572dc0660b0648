"""The only ways to places; whoever lives in them is reached through `people.access`."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.people.addresses.models import Place


def access_places(user: User, page: str = "places") -> QuerySet[Place]:
    scope = scope_of(user, page)
    places = Place.objects.select_related("site__community")
    return places.none() if scope.nowhere else places.filter(scope.q("site"))


def access_place(user: User, place: int, page: str = "place") -> Place:
    """One place; 404 outside the user's scope."""
    found = access_places(user, page).filter(pk=place).first()
    if found is None:
        raise Http404
    return found

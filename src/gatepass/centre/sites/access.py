"""The only ways to sites and gates: each takes the asking user and the page that asks."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from gatepass.centre.accounts.access import Asker, scope_of
from gatepass.centre.sites.models import Community, Gate, Site


def access_communities(user: Asker, page: str) -> QuerySet[Community]:
    """Communities for which the user may use `page` as a whole; a grant for one site of a community is not enough."""
    scope = scope_of(user, page)
    return Community.objects.all() if scope.everywhere else Community.objects.filter(pk__in=scope.communities)


def access_sites(user: Asker, page: str) -> QuerySet[Site]:
    scope = scope_of(user, page)
    sites = Site.objects.select_related("community")
    return sites.none() if scope.nowhere else sites.filter(scope.q_site())


def access_site(user: Asker, site: int, page: str) -> Site:
    """One site; 404 outside the user's scope."""
    found = access_sites(user, page).filter(pk=site).first()
    if found is None:
        raise Http404
    return found


def access_gates(user: Asker, page: str) -> QuerySet[Gate]:
    scope = scope_of(user, page)
    gates = Gate.objects.select_related("site__community")
    return gates.none() if scope.nowhere else gates.filter(scope.q("site"))


def access_gate(user: Asker, gate: int, page: str) -> Gate:
    """One gate; 404 outside the user's scope."""
    found = access_gates(user, page).filter(pk=gate).first()
    if found is None:
        raise Http404
    return found

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from gatepass.centre.accounts.access import Asker, scope_of
from gatepass.centre.applications.models import Application
from gatepass.centre.people.protection.access import hidden_from


def access_applications(user: Asker, page: str = "applications") -> QuerySet[Application]:
    """Applications for the sites of the user's grants; one that touches a protected person reaches named staff only."""
    scope = scope_of(user, page)
    if scope.nowhere:
        return Application.objects.none()
    seen = Q(resident__isnull=True) | ~Q(resident__in=hidden_from(user))
    return Application.objects.filter(scope.q("site"), seen).select_related("site__community", "applicant", "resident")


def access_application(user: Asker, application: int, page: str = "application") -> Application:
    found = access_applications(user, page).filter(pk=application).first()
    if found is None:
        raise Http404
    return found

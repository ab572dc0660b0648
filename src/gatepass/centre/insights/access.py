"""The only way to reports: those of sites in the user's scope. Figures themselves go by `sites.access`."""

from __future__ import annotations

from django.db.models import QuerySet

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.insights.models import Report
from gatepass.centre.sites.access import access_gates
from gatepass.centre.sites.models import Gate


def access_reports(user: User, page: str = "reports") -> QuerySet[Report]:
    scope = scope_of(user, page)
    reports = Report.objects.select_related("site__community", "by")
    return reports.none() if scope.nowhere else reports.filter(scope.q("site"))


def sees_small_counts(user: User, gates: QuerySet[Gate]) -> bool:
    """Whoever may read the passages of all these gates learns nothing from a small count; all others do."""
    scope = scope_of(user, "passages")
    if scope.everywhere:
        return True
    return not gates.exclude(pk__in=access_gates(user, "passages").order_by().values("pk")).exists()

"""The only way to reports: those of sites in the user's scope. Figures themselves go by `sites.access`."""

from __future__ import annotations

from django.db.models import QuerySet

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.insights.models import Report
from gatepass.centre.sites.access import access_gates


def access_reports(user: User, page: str = "reports") -> QuerySet[Report]:
    scope = scope_of(user, page)
    reports = Report.objects.select_related("site__community", "by")
    return reports.none() if scope.nowhere else reports.filter(scope.q("site"))


def sees_small_counts(user: User, gates: set[int]) -> bool:
    """Whoever may read the passages of all these gates learns nothing from a small count; all others do."""
    return gates <= set(access_gates(user, "passages").values_list("pk", flat=True))

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from gatepass.centre.accounts.models import User
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.people.access import met_by


def access_appeals(user: User, page: str = "appeals") -> QuerySet[Appeal]:
    """Appeals of the residents whom the user may see on `page`."""
    return Appeal.objects.filter(met_by(user, page, "resident")).select_related(
        "resident__site__community", "resident__code"
    )


def access_appeal(user: User, appeal: int, page: str = "appeal") -> Appeal:
    found = access_appeals(user, page).filter(pk=appeal).first()
    if found is None:
        raise Http404
    return found

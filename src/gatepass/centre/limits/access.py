from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.limits.models import Alarm


def access_alarms(user: User, page: str = "alarms") -> QuerySet[Alarm]:
    """Alarms are the whole town's: a number that is tried belongs to no community yet."""
    if not may_open(user, page):
        raise PermissionDenied
    return Alarm.objects.select_related("cleared_by")

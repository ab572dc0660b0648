"""The only way to alarms: those that fall on the user's roles, there where the roles were granted."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import ALLOWED, Role
from gatepass.centre.alarms.kinds import KINDS
from gatepass.centre.alarms.models import Alarm, State


def access_alarms(user: User, page: str = "alarms") -> QuerySet[Alarm]:
    """Alarms that were raised. An alarm of no place is the whole town's: a grant for a community does not show it."""
    seen = Q(pk__in=())
    for grant in user.granted:
        role = Role(grant.role)
        if page not in ALLOWED[role]:
            continue
        where = ~Q(pk__in=())  # an empty Q would vanish in the "or" below, and take everything with it
        if grant.site_id is not None:
            where = Q(site=grant.site_id)
        elif grant.community_id is not None:
            where = Q(community=grant.community_id)
        kinds = [name for name, kind in KINDS.items() if role in kind.roles]
        seen |= where if role is Role.AUDITOR else where & Q(kind__in=kinds)
    return Alarm.objects.filter(seen).exclude(raised_at=None).select_related("site", "community")


def waiting(user: User) -> int:
    """How many alarms nobody has taken on yet, for the menu."""
    return access_alarms(user).filter(state=State.RAISED).count()

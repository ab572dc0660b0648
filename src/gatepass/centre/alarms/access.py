"""The only way to alarms: those that fall on the user's roles, there where the roles were granted."""

from __future__ import annotations

from typing import Final

from django.db.models import Q, QuerySet

from gatepass.centre.accounts.access import Asker, Program, scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import ALLOWED, Role
from gatepass.centre.alarms.kinds import KINDS
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.paging import few

OF_GATES: Final = tuple(name for name, kind in KINDS.items() if kind.page == "gate")
"""What programs are told of. The others name network addresses, or what the centre itself suffers from."""


def access_alarms(user: Asker, page: str = "alarms") -> QuerySet[Alarm]:
    """Alarms that were raised. An alarm of no place is the whole town's: a grant for a community does not show it."""
    if isinstance(user, Program):
        scope = scope_of(user, page)
        if scope.nowhere:
            return Alarm.objects.none()
        told = Alarm.objects.filter(scope.q("site"), kind__in=OF_GATES).exclude(raised_at=None)
        return told.select_related("site", "community")
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
    """How many alarms nobody has taken on yet, for the menu of every page: quick where there are none at all."""
    if not Alarm.objects.filter(state=State.RAISED).exists():
        return 0
    return few(lambda: access_alarms(user).filter(state=State.RAISED), user.rights)

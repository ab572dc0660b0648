"""Saved filters of the residents' list: a preference, like a language; no audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.people.filters import saved_query
from gatepass.centre.people.models import SavedFilter


@dataclass(frozen=True, slots=True)
class Offered:
    """A filter as one member of staff sees it."""

    filter: SavedFilter
    own: bool


def filters_of(user: User) -> list[Offered]:
    """The user's own, and what colleagues share. A filter narrows; it never shows more than the user's own list."""
    found = SavedFilter.objects.filter(Q(owner=user) | Q(shared=True, owner__is_active=True)).select_related("owner")
    return [Offered(one, one.owner_id == user.pk) for one in found if may_open(user, "residents")]


def save_filter(user: User, name: str, said: Mapping[str, Any], *, shared: bool) -> SavedFilter:
    """A second one of the same name takes the place of the first."""
    found, _new = SavedFilter.objects.update_or_create(
        owner=user,
        name=name,
        defaults={"query": saved_query(said), "shared": shared, "created_at": timezone.now()},
    )
    return found


def drop_filter(user: User, pk: int) -> bool:
    """Only one's own; whether there was one."""
    dropped, _each = SavedFilter.objects.filter(owner=user, pk=pk).delete()
    return bool(dropped)

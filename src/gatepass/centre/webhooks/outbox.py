"""Into the outbox: `announce` and its like, called inside the transaction of the verb that it tells of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from gatepass.centre.api.models import Scope, Token
from gatepass.centre.people.models import Resident
from gatepass.centre.webhooks.events import EVENTS
from gatepass.centre.webhooks.models import Event, Subscription


def announce(
    kind: str, /, *, site: int | None, resident: int | None = None, at: datetime | None = None, **data: Any
) -> None:
    """One event. Where no program could hear of it, nothing is written."""
    if heard(kind):
        _create([Event(type=kind, at=at or timezone.now(), site_id=site, resident_id=resident, data=data)])


def announce_all(kind: str, many: Collection[tuple[int | None, Mapping[str, Any]]]) -> None:
    """One event for each (site, data); whether a program could hear of them is asked once."""
    if many and heard(kind):
        now = timezone.now()
        _create(Event(type=kind, at=now, site_id=site, data=dict(data)) for site, data in many)


def announce_residents(residents: Iterable[Resident], at: datetime) -> None:
    """That these were registered: one of them, or a list of thousands."""
    if heard("resident.registered"):
        _create(
            Event(type="resident.registered", at=at, site_id=one.site_id, resident=one, data=about(one))
            for one in residents
        )


def _create(events: Iterable[Event]) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("an event belongs into the transaction of what it tells")
    Event.objects.bulk_create(events, batch_size=500)


def about(resident: Resident) -> Mapping[str, int]:
    return {"resident": resident.pk, "site": resident.site_id}


def heard(kind: str) -> bool:
    """Is there a program that may hear of it: an active address for it, or a token that reads the events?"""
    scope = EVENTS[kind].scope
    live = Token.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    scopes = dict(live.values_list("pk", "scopes"))
    if any(scope in each and Scope.EVENTS in each for each in scopes.values()):
        return True
    if not scopes:  # most towns have no programs, and nearly every verb asks
        return False
    subscriptions = Subscription.objects.filter(~Q(state=Subscription.State.STOPPED), token__in=scopes)
    return any(
        kind in events and scope in scopes[token] for token, events in subscriptions.values_list("token", "events")
    )

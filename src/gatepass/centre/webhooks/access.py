"""Who sees which events, and the addresses of programs."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from gatepass.centre.accounts.access import Asker, Program, may_open
from gatepass.centre.api.models import Scope
from gatepass.centre.api.scopes import OPENS, page_of
from gatepass.centre.people.protection.access import hidden_from
from gatepass.centre.webhooks.events import EVENTS
from gatepass.centre.webhooks.models import Event, Subscription


def types_for(program: Program) -> list[str]:
    """Of which events a program may hear: those whose scope its token has."""
    return [kind for kind, event in EVENTS.items() if page_of(OPENS[Scope(event.scope)][0]) in program.pages]


def access_events(program: Program) -> QuerySet[Event]:
    """What a program may hear of, where its token reaches. Never of somebody who is protected."""
    if program.where.nowhere:
        return Event.objects.none()
    seen = Event.objects.filter(program.where.q("site"), type__in=types_for(program))
    return seen.exclude(resident__in=hidden_from(program))


def access_subscriptions(asker: Asker, page: str = "webhooks") -> QuerySet[Subscription]:
    """All of them for whoever opens the page; for a program those of its own token."""
    if not may_open(asker, page):
        raise PermissionDenied
    found = Subscription.objects.select_related("token__community", "token__site", "token__company")
    return found.filter(token=asker.token.pk) if isinstance(asker, Program) else found


def access_subscription(asker: Asker, subscription: int, page: str = "webhook") -> Subscription:
    found = access_subscriptions(asker, page).filter(pk=subscription).first()
    if found is None:
        raise Http404
    return found

"""The only way to the audit: for those whose role opens it, for the whole town."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.models import Entry


def access_entries(user: User, page: str = "audit") -> QuerySet[Entry]:
    return Entry.objects.all() if may_open(user, page) else Entry.objects.none()


def filtered(entries: QuerySet[Entry], actor: str, verb: str, about: str, day: date | None) -> QuerySet[Entry]:
    """`actor` is a part of a name or an exact id; `day` is a day of the town's own time zone."""
    if actor:
        entries = entries.filter(actor_name__icontains=actor) | entries.filter(actor=actor)
    if verb:
        entries = entries.filter(verb=verb)
    if about:
        entries = entries.filter(object=about)
    if day:
        start = datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
        entries = entries.filter(at__gte=_ms(start), at__lt=_ms(start + timedelta(days=1)))
    return entries


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

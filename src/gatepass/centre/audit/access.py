"""The only way to the audit: for those whose role opens it, for the whole town."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.models import Entry


def access_entries(user: User, page: str = "audit") -> QuerySet[Entry]:
    return Entry.objects.all() if may_open(user, page) else Entry.objects.none()


def filtered(entries: QuerySet[Entry], actor: str, verb: str, about: str, day: date | None) -> QuerySet[Entry]:
    """`actor` is an exact id (`user:7`) or a part of a name; `day` is a day of the town's own time zone."""
    if ":" in actor:
        entries = entries.filter(actor=actor)
    elif actor:
        entries = entries.filter(actor_name__in=_names_with(actor))
    if verb:
        entries = entries.filter(verb=verb)
    if about:
        entries = entries.filter(object=about)
    if day:
        start = datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
        entries = entries.filter(at__gte=_ms(start), at__lt=_ms(start + timedelta(days=1)))
    return entries


def _names_with(words: str) -> list[str]:
    """Names that stand in the audit and have these words in them: some hundreds, where the entries are millions."""
    sought = words.casefold()
    return [name for name in _names() if sought in name.casefold()]


def _names() -> list[str]:
    """Each name once, by leaping from one to the next in the index: a DISTINCT would read every entry."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE each(name) AS (SELECT MIN(actor_name) FROM audit_entry UNION ALL"
            " SELECT (SELECT MIN(actor_name) FROM audit_entry WHERE actor_name > name) FROM each"
            " WHERE name IS NOT NULL) SELECT name FROM each WHERE name IS NOT NULL"
        )
        return [name for (name,) in cursor.fetchall()]


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

"""What becomes an event without a verb of its own: changed colours, from their history; hours that are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from gatepass.centre.codes.access import is_news
from gatepass.centre.codes.models import CodeChange
from gatepass.centre.insights.hours import hours_of_sites
from gatepass.centre.passages.access import LogGates
from gatepass.centre.passages.days import milliseconds
from gatepass.centre.passages.storage import passage_log, town_days
from gatepass.centre.sites.models import Gate
from gatepass.centre.webhooks.models import Event, Mark
from gatepass.centre.webhooks.outbox import about, heard

BLOCK: Final = 500
GRACE: Final = timedelta(minutes=5)
"""Records of an hour may be on their way when it ends. What comes later still is in `GET /api/v1/statistics/hours`."""
MOST_HOURS: Final = 24
"""After a longer rest of the centre, older hours are not told."""


def note_changed_colours(now: datetime) -> bool:
    """The history is written in the transaction of each change: that is the outbox. True where more is waiting."""
    newest = CodeChange.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with transaction.atomic():
        mark = _mark(newest, now)
        if newest <= mark.change:
            return False
        if not heard("code.changed"):
            Mark.objects.filter(pk=mark.pk).update(change=newest)
            return False
        changes = list(CodeChange.objects.filter(id__gt=mark.change).order_by("id").select_related("resident")[:BLOCK])
        Event.objects.bulk_create(
            [
                Event(
                    type="code.changed",
                    at=change.at,
                    site_id=change.resident.site_id,
                    resident=change.resident,
                    data=about(change.resident),
                )
                for change in changes
                if is_news(change)
            ]
        )
        Mark.objects.filter(pk=mark.pk).update(change=changes[-1].pk)
    return len(changes) == BLOCK


def note_hours(now: datetime) -> bool:
    """The next hour that is over, at every site where somebody came or went. True where more is waiting."""
    over = (now - GRACE).replace(minute=0, second=0, microsecond=0)
    mark = _mark(0, now)
    begin = max(mark.hour, over - timedelta(hours=MOST_HOURS))
    if begin >= over:
        return False
    found = []
    if heard("passages.counted"):
        day, hour = town_days().slot(milliseconds(begin))
        gates = LogGates(Gate.objects.select_related("site"), everywhere=True)
        found = [one for one in hours_of_sites(passage_log(), day, gates) if one.hour == hour]
    with transaction.atomic():
        Event.objects.bulk_create(
            [
                Event(
                    type="passages.counted",
                    at=now,
                    site_id=one.site,
                    data={**one.shown(), "day": day.isoformat(), "begins_at": begin.isoformat()},
                )
                for one in found
            ]
        )
        Mark.objects.filter(pk=mark.pk).update(hour=begin + timedelta(hours=1))
    return True


def _mark(newest: int, now: datetime) -> Mark:
    """At the very first look nothing is told: what changed before there was anybody to tell is no news."""
    mark = Mark.objects.first()
    if mark is None:
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        newest = newest or CodeChange.objects.order_by("-id").values_list("id", flat=True).first() or 0
        mark = Mark.objects.create(change=newest, hour=hour)
    return mark

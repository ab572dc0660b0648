"""Forgetting: a day that is older than the town keeps passages is unlinked, and that it was is on record."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from gatepass.centre.audit.actions import record
from gatepass.centre.one_worker import Task, Worker
from gatepass.centre.passages.log import LogInUseError, PassageLog
from gatepass.centre.passages.storage import now_ms, passage_log, town_days

EVERY_S = 3600.0

log = structlog.get_logger(__name__)


def forget_old_days(passages: PassageLog, today: date, keep_days: int) -> list[date]:
    """Erase the rows of days before the last `keep_days` (today included); counters stay. The days that went."""
    first_kept = today - timedelta(days=keep_days - 1)
    forgotten = [day for day in passages.days() if day < first_kept]
    for day in forgotten:
        # Not in the transaction: an engine may wait for its readers, and the centre has one writer at a time.
        rows = passages.drop_day(day)
        with transaction.atomic():
            record(None, "passages:forget", f"day:{day.isoformat()}", count=rows)
    return forgotten


class DaysThread(Worker):
    """Now and every hour: a centre that was off at midnight catches up when it starts."""

    def __init__(self) -> None:
        # In each process: only the one that writes the log can forget a day.
        super().__init__("passage-days", Task("old-days", EVERY_S, _forget_now), alone=False)


def _forget_now() -> None:
    today = town_days().day(now_ms())
    with suppress(LogInUseError):  # another process writes the log, and forgets
        for day in forget_old_days(passage_log(), today, settings.KEEP_PASSAGES_DAYS):
            log.info("passages forgotten", day=day.isoformat())

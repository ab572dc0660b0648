"""Forgetting: a day that is older than the town keeps passages is unlinked, and that it was is on record."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction

from gatepass.centre.audit.actions import record
from gatepass.centre.passages.log import PassageLog, PassageLogError
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


async def keep_forgetting() -> None:
    """Now and every hour, until cancelled: a centre that was off at midnight catches up when it starts."""
    while True:
        try:
            await asyncio.to_thread(_forget_now)
        except (DatabaseError, OSError, PassageLogError):
            # A full disk, a locked file, a server that is not there. The day is still there in an hour.
            log.exception("days not forgotten")
        await asyncio.sleep(EVERY_S)


def _forget_now() -> None:
    close_old_connections()
    try:
        today = town_days().day(now_ms())
        for day in forget_old_days(passage_log(), today, settings.KEEP_PASSAGES_DAYS):
            log.info("passages forgotten", day=day.isoformat())
    finally:
        close_old_connections()

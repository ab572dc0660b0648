"""The town's passage log, as the settings name it. One object a process; the serving process alone writes."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from gatepass.centre.passages.days import TownDays
from gatepass.centre.passages.log import PassageLog
from gatepass.centre.passages.sqlite_log import SqlitePassageLog


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def town_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def passage_log() -> PassageLog:
    """The first `append` or `receipt` takes the writer's lock of the folder or of the database."""
    return _passage_log(settings.PASSAGES_DIR, settings.PASSAGES_DSN)


@cache
def _passage_log(folder: Path, dsn: str) -> PassageLog:
    if dsn:
        # Only a town that keeps its passages there needs libpq.
        from gatepass.centre.passages.postgres_log import PostgresPassageLog

        return PostgresPassageLog(dsn, town_zone(), clock=now_ms)
    return SqlitePassageLog(folder, town_zone(), clock=now_ms)


def close_passage_log() -> None:
    """Lets go of files, connections and the lock; the next `passage_log()` opens them anew."""
    passage_log().close()
    _passage_log.cache_clear()


@cache
def town_days() -> TownDays:
    return TownDays(town_zone())

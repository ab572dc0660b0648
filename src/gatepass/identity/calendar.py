"""Dates as documents write them, and what "today" is for a gate whose clock may be wrong."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

_EIGHT_DIGITS: Final = re.compile(r"[0-9]{8}")

# The day this rule was written. A clock that says earlier has lost its battery, and must not make everybody unborn.
_WRITTEN_ON: Final = date(2024, 11, 1)


def latest_today() -> date:
    """The latest calendar day that is today anywhere (UTC+14): a child born this morning is not from the future."""
    return max((datetime.now(UTC) + timedelta(hours=14)).date(), _WRITTEN_ON)


def parse_day(text: str) -> date | None:
    """YYYYMMDD in eight ASCII digits, and a day that exists; None otherwise."""
    if not _EIGHT_DIGITS.fullmatch(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def format_day(day: date) -> str:
    """The inverse of `parse_day`."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"

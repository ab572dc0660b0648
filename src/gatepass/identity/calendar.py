"""Dates as documents write them, and what "today" is for a gate whose clock may be wrong."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

_EIGHT_DIGITS: Final = re.compile(r"[0-9]{8}")
_SIX_DIGITS: Final = re.compile(r"[0-9]{6}")

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


def year_of_birth(two_digits: int, today: date) -> int:
    """The latest year that ends in these two digits and is not in the future: two digits do not tell a person of 100
    years from an infant, and infants are more.
    """
    year = today.year - today.year % 100 + two_digits
    return year if year <= today.year else year - 100


def parse_birth(text: str, today: date) -> date | None:
    """YYMMDD in six ASCII digits: the latest such day that is not in the future; None where there is none."""
    if not _SIX_DIGITS.fullmatch(text):
        return None
    year = year_of_birth(int(text[:2]), today)
    day = parse_day(f"{year:04d}{text[2:]}")
    return day if day is None or day <= today else parse_day(f"{year - 100:04d}{text[2:]}")


def year_of_expiry(two_digits: int, today: date) -> int:
    """The year that ends in these two digits and lies nearest: within 50 years either side of today."""
    year = today.year - today.year % 100 + two_digits
    if year > today.year + 50:
        return year - 100
    return year if year >= today.year - 49 else year + 100

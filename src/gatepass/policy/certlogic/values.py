"""The values of CertLogic: what is truthy, what is the same, and date-times with JavaScript's arithmetic.

Specification 1.3.3, "Values" and "plusTime". A date-time is a count of milliseconds since 1970 UTC: Python's own end at
the years 1 and 9999, and have no notion of the 31st of April being the 1st of May.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any, Final

DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000
FARTHEST_MS: Final = 8_640_000_000_000_000
"""A hundred million days from 1970 (ECMA-262, "Time Values"): the years -271821 to 275760."""
LARGEST_INTEGER: Final = 2**53 - 1
UNITS: Final = ("year", "month", "day", "hour")

_EPOCH = date(1970, 1, 1).toordinal()
_CYCLE = 146_097
"""Days in 400 years."""
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_DATE_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:Z|([+-])([0-9]{1,2}?)(?::?([0-9]{2}))?)?"
)


class NoSuchDateError(ValueError):
    """Not an allowed form, no such day, or beyond the range; the text itself is not repeated."""


class DateTime:
    """A date-time, made only by plusTime and dccDateOfBirth. Neither truthy nor falsy, and no JSON value."""

    __slots__ = ("ms",)

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def __repr__(self) -> str:
        return f"DateTime({self.iso()})"

    def iso(self) -> str:
        """UTC to the millisecond; years beyond four digits with a sign and six, as ECMA-262 writes them."""
        days, ms = divmod(self.ms, DAY_MS)
        year, month, day = civil(days)
        written = f"{year:04d}" if 0 <= year <= 9999 else f"{'-' if year < 0 else '+'}{abs(year):06d}"
        hours, ms = divmod(ms, HOUR_MS)
        minutes, ms = divmod(ms, 60_000)
        seconds, ms = divmod(ms, 1000)
        return f"{written}-{month:02d}-{day:02d}T{hours:02d}:{minutes:02d}:{seconds:02d}.{ms:03d}Z"


def is_integer(value: Any) -> bool:
    """Integers as JSON has them: 2.0 is one (JSON Schema, ECMA-262 Number.isInteger), true is none."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def truth(value: Any) -> bool | None:
    """True for truthy, False for falsy, None for what is neither: date-times and fractions."""
    if value is None or value is True or value is False:
        return bool(value)
    if isinstance(value, (str, int, list, dict)):
        return bool(value)
    if isinstance(value, float) and value.is_integer():
        return value != 0
    return None


def days_of(year: int, month: int, day: int) -> int:
    """Days since 1970 of a day of the proleptic Gregorian calendar, of any year; ValueError if there is no such day."""
    return date(year % 400 + 400, month, day).toordinal() + (year // 400 - 1) * _CYCLE - _EPOCH


def civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of so many days since 1970."""
    cycles, ordinal = divmod(days + _EPOCH, _CYCLE)
    day = date.fromordinal(ordinal + _CYCLE)
    return day.year + (cycles - 1) * 400, day.month, day.day


@lru_cache(maxsize=8192)
def ms_of_text(text: str, date_only: bool = False) -> int:
    """Milliseconds since 1970 UTC of an allowed date(-time); NoSuchDateError otherwise.

    A partial date is its last day. Without an offset it is UTC. Decimals beyond the third are cut off.
    """
    try:
        if matched := _DATE.fullmatch(text):
            return _date_ms(matched)
        if not date_only and (matched := _DATE_TIME.fullmatch(text)):
            return _date_time_ms(matched)
    except ValueError:
        raise NoSuchDateError("there is no such day") from None
    raise NoSuchDateError("not an allowed form")


def _date_ms(matched: re.Match[str]) -> int:
    year, month, day = matched[1], matched[2], matched[3]
    if day:
        return days_of(int(year), int(month), int(day)) * DAY_MS
    if month:
        days_of(int(year), int(month), 1)  # is there such a month?
        return (_first_of_month(int(year), int(month)) - 1) * DAY_MS
    return days_of(int(year), 12, 31) * DAY_MS


def _date_time_ms(matched: re.Match[str]) -> int:
    year, month, day, hour, minute, second = map(int, matched.group(1, 2, 3, 4, 5, 6))
    ms = int((matched[7] or "0").ljust(3, "0")[:3])
    # 24:00:00 is the midnight that ends the day (ISO 8601:2004, 4.2.3).
    midnight = (hour, minute, second, ms) == (24, 0, 0, 0)
    if not midnight and not (hour < 24 and minute < 60 and second < 60):
        raise ValueError
    offset = 0
    if matched[8]:
        hours, minutes = int(matched[9]), int(matched[10] or 0)
        if hours > 23 or minutes > 59:
            raise ValueError
        offset = (hours * 60 + minutes) * (-60_000 if matched[8] == "-" else 60_000)
    return days_of(year, month, day) * DAY_MS + hour * HOUR_MS + minute * 60_000 + second * 1000 + ms - offset


def _first_of_month(year: int, months: int) -> int:
    """Days since 1970 of the first day `months` after the January of `year`, which is month 0."""
    return days_of(year + months // 12, months % 12 + 1, 1)


def plus(ms: int, amount: int, unit: str) -> int:
    """So many units later, as JavaScript's `setUTC…` count: 31 January and a month is 3 March. NoSuchDateError."""
    if unit == "hour":
        ms += amount * HOUR_MS
    elif unit == "day":
        ms += amount * DAY_MS
    elif amount:
        days, rest = divmod(ms, DAY_MS)
        year, month, day = civil(days)
        months = month - 1 + (amount * 12 if unit == "year" else amount)
        if abs(year * 12 + months) > 12 * 300_000:
            raise NoSuchDateError("out of range")
        ms = (_first_of_month(year, months) + day - 1) * DAY_MS + rest
    if abs(ms) > FARTHEST_MS:
        raise NoSuchDateError("out of range")
    return ms


def fragment_of_uci(uci: str, index: int) -> str | None:
    """The fragment of a certificate identifier between the separators / # : without the prefix URN:UVCI: if it has it.

    Not checked for anything: a malformed identifier can be told by its fragments.
    """
    fragments = re.split("[/#:]", uci.removeprefix("URN:UVCI:"))
    return fragments[index] if 0 <= index < len(fragments) else None

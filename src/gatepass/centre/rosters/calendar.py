"""One member's duties as a calendar (RFC 5545): a writer for the few properties that are needed.

Times are in UTC with a Z: right on every phone, whatever zone it is in, and no time zone has to be described. Lines end
with CRLF and are folded at 75 octets, never within a character. A library for this (`icalendar`) brings a parser,
recurrences and time zones, none of which a list of events needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

FOLD: Final = 75


@dataclass(frozen=True, slots=True)
class Event:
    uid: str
    """The same for the same duty whenever it is fetched: a calendar changes the entry instead of adding one."""
    begins: datetime
    ends: datetime
    summary: str
    location: str = ""


def calendar(name: str, events: Iterable[Event], now: datetime) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//gatepass//rosters//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        *(line for event in events for line in _event(event, now)),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def _event(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"DTSTART:{_utc(event.begins)}"
    yield f"DTEND:{_utc(event.ends)}"
    yield f"SUMMARY:{escaped(event.summary)}"
    if event.location:
        yield f"LOCATION:{escaped(event.location)}"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A TEXT value (section 3.3.11)."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> bytes:
    """A content line (section 3.1): at most 75 octets, then CRLF and a space."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > (FOLD if not pieces else FOLD - 1):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"

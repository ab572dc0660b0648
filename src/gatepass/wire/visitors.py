"""What a gate tells of visitors, and what it hears of them.

    POST /gate/v1/visits   VisitBatch -> VisitReply      signed; again and again until the centre has taken it
    visits.json            a published file: {"paused": ["0011223344556677", …]}, serials whose hosts receive nobody

An event has an id that follows from the passage and from what happened, so that one sent twice is one. Neither side
refuses fields that it does not know, and a `what` of a later release is kept and acts on nothing: an older centre takes
what a newer gate tells, and the other way round. A centre from before there were visitors answers 404, and the gate
keeps its events until there is a newer one.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

import msgspec

from gatepass.wire.messages import CodeOrNothing, Sixteen

VISITS_FILE: Final = "visits.json"
MOST_EVENTS: Final = 100
MOST_WORDS: Final = 200
_MOST_BYTES: Final = 4 * 1024 * 1024

Serial = Annotated[bytes, msgspec.Meta(min_length=8, max_length=8)]
Words = Annotated[str, msgspec.Meta(max_length=MOST_WORDS)]
What = Annotated[str, msgspec.Meta(max_length=20, pattern=r"^[a-z][a-z_]*$")]
IN, OUT, REFUSED, HANDED_OVER, ASKS = "in", "out", "refused", "handed_over", "asks"
Celsius = Annotated[float, msgspec.Meta(ge=30.0, le=45.0)]


class WalkIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whoever came without an invitation, as the guard wrote it down: measured, looked at, asked, registered."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_WORDS)]
    host: Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_WORDS)]
    purpose: What
    document: Words = ""
    """Kind and number, as far as the guard wrote them."""
    phone: Words = ""
    temperature: Celsius | None = None
    symptoms: bool | None = None
    was_away: bool | None = None
    confirmed: Annotated[str, msgspec.Meta(max_length=10)] = ""
    """How the host said yes: `phone`, `page`; empty: nobody has."""

    def __repr__(self) -> str:
        return "WalkIn()"


class VisitEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    id: Sixteen
    at: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    """Device time, ms since 1970 UTC."""
    what: What
    serial: Serial | None = None
    """Of the invitation."""
    visit: Sixteen | None = None
    """Of one without invitation: the id that its first event gave it."""
    passage: Sixteen | None = None
    person: Sixteen | None = None
    reason: CodeOrNothing = ""
    walk_in: WalkIn | None = None

    def __repr__(self) -> str:
        return f"VisitEvent({self.what!r})"


class VisitBatch(msgspec.Struct, frozen=True):
    events: Annotated[list[VisitEvent], msgspec.Meta(max_length=MOST_EVENTS)]
    asking: Annotated[list[Sixteen], msgspec.Meta(max_length=MOST_EVENTS)] = []
    """Visits of which the guard waits for the host's word."""


class VisitReply(msgspec.Struct, frozen=True):
    """All of `events` are durable at the centre."""

    answers: dict[str, Literal["yes", "no"]] = {}
    """Id of a visit in hexadecimal -> what the host said on their page."""


class Paused(msgspec.Struct, frozen=True):
    paused: list[str] = []


def event_id(about: bytes, what: str) -> bytes:
    """The same happening has the same id, however often it is told."""
    return hashlib.blake2b(about + what.encode(), digest_size=16, person=b"gatepass-visit-1").digest()


def paused_in(content: bytes) -> frozenset[bytes]:
    """Serials. Never raises: a damaged file pauses nobody; the host's colour is looked at all the same."""
    if len(content) > _MOST_BYTES:
        return frozenset()
    try:
        return frozenset(bytes.fromhex(each) for each in msgspec.json.decode(content, type=Paused).paused)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        return frozenset()

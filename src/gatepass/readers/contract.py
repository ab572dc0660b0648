"""What every reader family promises to the gate: documents one at a time, and its own state in words.

A reader never raises towards the gate. A card that cannot be read arrives as a `DocumentError` whose code is listed in
`identity.documents.DOCUMENT_ERROR_CODES`; a reader that is gone or ill says so through `ReaderState`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol, runtime_checkable

from gatepass.identity import Document, DocumentError


class Condition(StrEnum):
    READY = "ready"
    ABSENT = "absent"
    """Not attached, or taken by another program: reopening is tried all the time."""
    ILL = "ill"
    """Attached, but it does not do its work."""


# Every detail that a ReaderState may carry: what a guard is told to look at.
READER_DETAILS: Final[frozenset[str]] = frozenset(
    {
        "port_missing",
        "port_forbidden",
        "port_busy",
        "port_failed",
        "port_lost",
        "reader_silent",
        "reader_garbled",
        "reader_self_test_failed",
        "reader_not_authorised",
        "reader_error",
        "software_missing",
        "service_missing",
        "picture_dark",
    }
)


@dataclass(frozen=True, slots=True)
class CodeText:
    """What a shown code says, unjudged: `credentials.judge` knows whether it is worth anything."""

    text: str = field(repr=False)
    symbology: str = ""
    """`qr`, `aztec`, `datamatrix`, `pdf417`, `code128` …; empty where the device does not say."""


Reading = Document | CodeText | DocumentError
"""What one presentation to one reader gives."""


@dataclass(frozen=True, slots=True)
class ReaderState:
    """How a reader is. `detail` is empty when ready, else one of READER_DETAILS."""

    family: str
    condition: Condition
    detail: str = ""

    @property
    def state(self) -> str:
        """The word of the wire (`wire.messages.ReaderHealth.state`)."""
        return self.condition.value


@dataclass(frozen=True, slots=True)
class Attached:
    """One device that a family's `find() -> list[Attached]` sees now: quick, and never raising."""

    family: str
    port: str
    """What stands after the colon in FAMILY:PORT."""
    name: str
    """What the device calls itself, for people; may be empty. Never a serial number of a person's card."""
    sure: bool = True
    """False: it may be something else (cheap scanners look exactly like keyboards). Such a one is shown, under each
    family that it may belong to, and not opened to try it: a technician's own keyboard would go dead.
    """

    def __str__(self) -> str:
        return f"{self.family}:{self.port}"


OnRead = Callable[[Reading], Awaitable[None]]
"""Awaited once per presentation; until it returns, the reader asks for no further card."""
OnState = Callable[[ReaderState], None]
"""Called on every change, and once soon after the start."""
OnReading = Callable[[], None]
"""A card was found and is being read: it will be followed by one OnRead."""


class Reader(Protocol):
    """One attached reader. `run` lasts until it is cancelled, whatever the hardware does."""

    family: str
    state: ReaderState
    read_ms: float | None
    """Last byte received to Document made, of the latest card, in milliseconds."""

    async def run(self) -> None: ...


class Glimpse(Protocol):
    """One picture of a reader that sees people (`newest`): in memory, and never to be kept."""

    @property
    def number(self) -> int: ...
    @property
    def taken(self) -> float:
        """`time.perf_counter()`."""

    @property
    def picture(self) -> Any:
        """uint8, (height, width, 3): blue, green, red; None where what came could not be decoded."""


@runtime_checkable
class OpensChips(Protocol):
    """A reader whose chips want to be shown their printed page first."""

    def offer_key(self, page: Document) -> None:
        """A page that another reader read, or that was typed: it may open the chip that lies here now or soon."""

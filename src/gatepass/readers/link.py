"""Lines to devices: what every transport offers, the tray in which its bytes wait, and the error when it is gone.

The transports are `readers.serial` and `readers.evdev`, and those that a family brings itself.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final, Protocol

_MOST_KEPT: Final = 65_536
"""Bytes kept while nobody reads. A line that floods loses its oldest bytes, never the gate's memory."""


class LinkLostError(Exception):
    """The line cannot be opened or has gone. `detail` is one of `readers.contract.READER_DETAILS`."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Closable(Protocol):
    """What every line is, in whatever way it is read."""

    async def close(self) -> None: ...


class Source(Closable, Protocol):
    """A line that is only listened to."""

    async def read(self, within: float) -> tuple[bytes, float]:
        """Some bytes, and the `time.perf_counter()` of the last of them.

        Raises TimeoutError when `within` seconds have passed, LinkLostError.
        """

    def discard(self) -> None:
        """Forgets what has arrived and was not read."""


class Link(Source, Protocol):
    """A line on which the device is also asked."""

    def write(self, request: bytes) -> None:
        """Raises LinkLostError."""


class Tray:
    """Where bytes wait between the line and whoever reads it. What is lost first is the oldest, in steps of `unit`."""

    def __init__(self, *, unit: int = 1) -> None:
        self._most = _MOST_KEPT - _MOST_KEPT % unit
        self._kept = bytearray()
        self._arrived = 0.0
        self._more = asyncio.Event()
        self.lost = False

    def put(self, chunk: bytes) -> None:
        self._arrived = time.perf_counter()
        self._kept += chunk
        if len(self._kept) > self._most:
            del self._kept[: -self._most]
        self._more.set()

    def lose(self) -> None:
        """The line has gone: what arrived before is still given, then LinkLostError."""
        self.lost = True
        self._more.set()

    async def read(self, within: float) -> tuple[bytes, float]:
        """As `Source.read`."""
        if not self._kept:
            if self.lost:
                raise LinkLostError("port_lost")
            self._more.clear()
            async with asyncio.timeout(within):
                await self._more.wait()
            if not self._kept:
                raise LinkLostError("port_lost")
        chunk = bytes(self._kept)
        self._kept.clear()
        return chunk, self._arrived

    def discard(self) -> None:
        self._kept.clear()

"""A serial line to a device: bytes out, bytes in with the moment they arrived, and one exception when it is gone.

What every transport offers is `Link`; families choose among transports in their own `link.py`.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import termios
import time
from typing import Final, Protocol

import serialx
import serialx.common

BAUD: Final = 115_200
"""8N1, no flow control: what most devices are set to when they are bought, and what USB ports do not care about."""

_MOST_KEPT: Final = 65_536
"""Bytes kept while nobody reads. A line that floods loses its oldest bytes, never the gate's memory."""

_CLOSE_WITHIN: Final = 2.0

# serialx writes every received byte into its debug log, and those bytes are a person's document.
logging.getLogger("serialx").setLevel(logging.INFO)


class LinkLostError(Exception):
    """The line cannot be opened or has gone. `detail` is one of `readers.contract.READER_DETAILS`."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Link(Protocol):
    """What the protocol above needs; a USB or HID transport offers the same."""

    def write(self, request: bytes) -> None:
        """Raises LinkLostError."""

    async def read(self, within: float) -> tuple[bytes, float]:
        """Some bytes, and the `time.perf_counter()` of the last of them.

        Raises TimeoutError when `within` seconds have passed, LinkLostError.
        """

    def discard(self) -> None:
        """Forgets what has arrived and was not read."""

    async def close(self) -> None: ...


class SerialLink(asyncio.Protocol):
    """A serial port, opened by `SerialLink.open`."""

    def __init__(self) -> None:
        self._transport: serialx.common.BaseSerialTransport | None = None
        self._kept = bytearray()
        self._arrived = 0.0
        self._more = asyncio.Event()
        self._lost = False

    @classmethod
    async def open(cls, port: str, *, baud: int = BAUD) -> SerialLink:
        """Raises LinkLostError with what is wrong: `port_missing`, `port_forbidden`, `port_busy` or `port_failed`."""
        loop = asyncio.get_running_loop()
        try:
            link = cls()
            link._transport, _ = await serialx.create_serial_connection(loop, lambda: link, port, baudrate=baud)
        except FileNotFoundError:
            raise LinkLostError("port_missing") from None
        except PermissionError:
            raise LinkLostError("port_forbidden") from None
        except OSError as error:
            raise LinkLostError(_DETAIL_OF.get(error.errno or 0, "port_failed")) from error
        except (serialx.SerialException, termios.error, ValueError) as error:
            raise LinkLostError("port_failed") from error
        return link

    # asyncio.Protocol

    def data_received(self, data: bytes) -> None:
        self._arrived = time.perf_counter()
        self._kept += data
        if len(self._kept) > _MOST_KEPT:
            del self._kept[:-_MOST_KEPT]
        self._more.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._lost = True
        self._more.set()

    # Link

    def write(self, request: bytes) -> None:
        if self._lost or self._transport is None or self._transport.is_closing():
            raise LinkLostError("port_lost")
        try:
            self._transport.write(request)
        except (OSError, serialx.SerialException) as error:
            raise LinkLostError("port_lost") from error

    async def read(self, within: float) -> tuple[bytes, float]:
        if not self._kept:
            if self._lost:
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

    async def close(self) -> None:
        if self._transport is None:
            return
        # abort, not close: what a reader has not taken yet must not keep the gate from reopening the port.
        self._transport.abort()
        try:
            async with asyncio.timeout(_CLOSE_WITHIN):
                await self._transport.wait_closed()
        except TimeoutError:
            logging.getLogger(__name__).warning("the serial port did not close within %.0f s", _CLOSE_WITHIN)


_DETAIL_OF: Final = {
    errno.EBUSY: "port_busy",
    errno.ENODEV: "port_missing",
    errno.ENXIO: "port_missing",
    errno.EAGAIN: "port_busy",
}

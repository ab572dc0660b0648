"""A serial line: bytes out, bytes in with the moment they arrived, and one exception when it is gone."""

from __future__ import annotations

import asyncio
import errno
import logging
import termios
from typing import Final

import serialx
import serialx.common

from gatepass.readers.link import LinkLostError, Tray

BAUD: Final = 115_200
"""8N1, no flow control: what most devices are set to when they are bought, and what USB ports do not care about."""

_CLOSE_WITHIN: Final = 2.0

# serialx writes every received byte into its debug log, and those bytes are a person's document.
logging.getLogger("serialx").setLevel(logging.INFO)


class SerialLink(asyncio.Protocol):
    """A serial port, opened by `SerialLink.open`. It is a `readers.link.Link`."""

    def __init__(self) -> None:
        self._transport: serialx.common.BaseSerialTransport | None = None
        self._tray = Tray()
        self.read = self._tray.read
        self.discard = self._tray.discard

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
        self._tray.put(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._tray.lose()

    # Link

    def write(self, request: bytes) -> None:
        if self._tray.lost or self._transport is None or self._transport.is_closing():
            raise LinkLostError("port_lost")
        try:
            self._transport.write(request)
        except (OSError, serialx.SerialException) as error:
            raise LinkLostError("port_lost") from error

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

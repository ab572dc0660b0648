"""A software card behind a socket, in the messages of vpcd (Debian's vsmartcard-vpcd): length in two bytes, then bytes.

A message of one byte switches the card off, on, or resets it, or asks for its answer to reset; any other is a command.
`SERIAL` is our own: vpcd's card hangs up to be lifted, a gate's socket stays.
"""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Final

from gatepass.readers.link import LinkLostError
from gatepass.readers.pcsc.cards import CardLostError

PREFIX: Final = "unix:"
_WITHIN_S: Final = 30.0
_POLL_S: Final = 0.05


class Control:
    """Messages of one byte."""

    OFF: Final = b"\x00"
    ON: Final = b"\x01"
    RESET: Final = b"\x02"
    ATR: Final = b"\x04"
    SERIAL: Final = b"\x05"


def send(line: socket.socket, message: bytes) -> None:
    """Raises OSError."""
    line.sendall(len(message).to_bytes(2, "big") + message)


def receive(line: socket.socket) -> bytes | None:
    """None where the line has ended. Raises OSError."""
    head = _exactly(line, 2)
    return None if head is None else _exactly(line, int.from_bytes(head, "big"))


def _exactly(line: socket.socket, count: int) -> bytes | None:
    octets = b""
    while len(octets) < count:
        piece = line.recv(count - len(octets))
        if not piece:
            return None
        octets += piece
    return octets


class SocketLink:
    """The card that a simulator plays on a Unix socket."""

    def __init__(self, path: str) -> None:
        """Raises LinkLostError `port_missing`."""
        self.name = f"{PREFIX}{path}"
        self._known: int | None = None
        self._stopped = False
        self._line = socket.socket(socket.AF_UNIX)
        self._line.settimeout(_WITHIN_S)
        try:
            self._line.connect(path)
        except OSError:
            self._line.close()
            raise LinkLostError("port_missing") from None

    def presence(self, within: float) -> int | None:
        end = time.monotonic() + within
        while True:
            found = int.from_bytes(self.ask(Control.SERIAL), "big") or None
            if found != self._known or time.monotonic() >= end:
                self._known = found
                return found
            time.sleep(min(_POLL_S, within))

    def connect(self) -> _SocketCard:
        self.tell(Control.RESET)
        return _SocketCard(self)

    def stop(self) -> None:
        self._stopped = True
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._line.close()

    def tell(self, message: bytes) -> None:
        """Raises LinkLostError."""
        if self._stopped:
            raise LinkLostError("port_lost")
        try:
            send(self._line, message)
        except OSError:
            raise LinkLostError("port_lost") from None

    def ask(self, message: bytes) -> bytes:
        """Raises LinkLostError."""
        self.tell(message)
        try:
            answer = receive(self._line)
        except OSError:
            answer = None
        if answer is None:
            raise LinkLostError("port_lost")
        return answer


class _SocketCard:
    def __init__(self, link: SocketLink) -> None:
        self._link = link
        self.atr = link.ask(Control.ATR)
        if not self.atr:
            raise CardLostError

    def transmit(self, command: bytes) -> bytes:
        answer = self._link.ask(command)
        if not answer:
            raise CardLostError
        return answer

    def close(self) -> None:
        """Nothing is held."""

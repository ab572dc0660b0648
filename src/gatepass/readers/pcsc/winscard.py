"""The system's card service (PC/SC) through libpcsclite, by ctypes.

pyscard, which does the same, has no wheel for Linux, and a stranger's machine has neither compiler nor SWIG; Debian's
python3-pyscard is for Debian's own Python. Nine functions of an interface that has not changed since 2001 are called
instead. Where the library is missing, LinkLostError says `software_missing`; where the service does not run,
`service_missing`.

Source: pcsc-lite's winscard.h and pcsclite.h (1.9 to 2.3), PC/SC part 5.
"""

from __future__ import annotations

import ctypes
import re
from ctypes import POINTER, byref, c_char_p, c_long, c_ubyte, c_ulong, c_void_p
from functools import cache
from typing import Any, Final

from gatepass.readers.link import LinkLostError
from gatepass.readers.pcsc.cards import CardLostError

_LIBRARY: Final = "libpcsclite.so.1"

_SCOPE_SYSTEM: Final = 2
_SHARE_EXCLUSIVE: Final = 1
_ANY_PROTOCOL: Final = 3
_LEAVE, _RESET = 0, 1

_CHANGED, _UNKNOWN, _UNAVAILABLE, _PRESENT = 0x0002, 0x0004, 0x0008, 0x0020
_SHORTEST_ANSWER: Final = 2
_LONGEST_ANSWER: Final = 65_538
_LONGEST_ATR: Final = 33
_NOTIFICATION: Final = rb"\\?PnP?\Notification"
"""The name under which the service tells of readers that come and go."""

_OK: Final = 0
_CANCELLED, _TIMEOUT, _SHARING, _FORBIDDEN = 0x80100002, 0x8010000A, 0x8010000B, 0x8010006A
_READER_GONE: Final = frozenset({0x8010002E, 0x80100009, 0x80100017})
"""No readers, unknown reader, reader unavailable."""
_SERVICE_GONE: Final = frozenset({0x8010001D, 0x8010001E, 0x80100013, 0x80100003, 0x80100001, 0x80100012})
"""No service, stopped, communication error, invalid handle (it was started anew), internal error, system cancelled."""

# Slots for the security modules of readers hold no card that anybody lays down.
_MODULE_SLOT: Final = re.compile(r"\bSAM\b")
_CONTACTLESS: Final = re.compile(r"\b(?:PICC|CL|NFC)\b|contactless", re.IGNORECASE)


class _ReaderState(ctypes.Structure):
    _fields_ = (
        ("reader", c_char_p),
        ("user_data", c_void_p),
        ("current", c_ulong),
        ("event", c_ulong),
        ("atr_length", c_ulong),
        ("atr", c_ubyte * _LONGEST_ATR),
    )


class _ProtocolHeader(ctypes.Structure):
    _fields_ = (("protocol", c_ulong), ("length", c_ulong))


@cache
def _library() -> Any:
    """Raises LinkLostError `software_missing`."""
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError:
        raise LinkLostError("software_missing") from None
    long_p, ulong_p = POINTER(c_long), POINTER(c_ulong)
    for name, arguments in {
        "SCardEstablishContext": (c_ulong, c_void_p, c_void_p, long_p),
        "SCardReleaseContext": (c_long,),
        "SCardListReaders": (c_long, c_char_p, c_char_p, ulong_p),
        "SCardGetStatusChange": (c_long, c_ulong, POINTER(_ReaderState), c_ulong),
        "SCardCancel": (c_long,),
        "SCardConnect": (c_long, c_char_p, c_ulong, c_ulong, long_p, ulong_p),
        "SCardDisconnect": (c_long, c_ulong),
        "SCardReconnect": (c_long, c_ulong, c_ulong, c_ulong, ulong_p),
        "SCardStatus": (c_long, c_char_p, ulong_p, ulong_p, ulong_p, c_void_p, ulong_p),
        "SCardTransmit": (c_long, POINTER(_ProtocolHeader), c_char_p, c_ulong, c_void_p, c_char_p, ulong_p),
    }.items():
        function = getattr(library, name)
        function.argtypes = arguments
        function.restype = c_long
    return library


def _call(name: str, *arguments: object) -> int:
    """The result as PC/SC writes it, whatever the width of a long. ctypes lets other threads run meanwhile."""
    return int(getattr(_library(), name)(*arguments)) & 0xFFFFFFFF


def _lost(result: int) -> LinkLostError:
    if result in _READER_GONE:
        return LinkLostError("port_lost")
    if result in _SERVICE_GONE:
        return LinkLostError("service_missing")
    return LinkLostError({_FORBIDDEN: "port_forbidden", _SHARING: "port_busy"}.get(result, "port_failed"))


class _Context:
    """A connection with the service."""

    def __init__(self) -> None:
        """Raises LinkLostError."""
        handle = c_long()
        result = _call("SCardEstablishContext", _SCOPE_SYSTEM, None, None, byref(handle))
        if result != _OK:
            raise _lost(result)
        self.handle = handle

    def readers(self) -> list[str]:
        """Raises LinkLostError."""
        size = c_ulong()
        result = _call("SCardListReaders", self.handle, None, None, byref(size))
        if result == _OK:
            names = ctypes.create_string_buffer(size.value)
            result = _call("SCardListReaders", self.handle, None, names, byref(size))
            if result == _OK:
                return [name.decode("utf-8", "replace") for name in names.raw[: size.value].split(b"\0") if name]
        if result in _READER_GONE:
            return []
        raise _lost(result)

    def close(self) -> None:
        _call("SCardReleaseContext", self.handle)


def readers() -> list[str]:
    """The names of the readers that are attached, the likeliest first. Raises LinkLostError."""
    context = _Context()
    try:
        return sorted(context.readers(), key=_unlikeliness)
    finally:
        context.close()


def _unlikeliness(name: str) -> tuple[bool, bool]:
    return bool(_MODULE_SLOT.search(name)), not _CONTACTLESS.search(name)


class ServiceLink:
    """One reader of the service. `name` is its name, the beginning of it, or empty for the likeliest."""

    def __init__(self, name: str = "") -> None:
        """Raises LinkLostError."""
        fitting = [found for found in readers() if found.startswith(name)]
        if not fitting:
            raise LinkLostError("port_missing")
        self.name = name if name in fitting else fitting[0]
        self.stopped = False
        self._state = 0
        self._connected = False
        self._context = _Context()

    def presence(self, within: float) -> int | None:
        self._look()
        states = (_ReaderState * 2)()
        states[0].reader = self.name.encode()
        states[0].current = self._state
        # Waits for the coming and going of readers too, so that one that is pulled out is missed at once.
        states[1].reader = _NOTIFICATION
        result = _call("SCardGetStatusChange", self._context.handle, round(within * 1000), states, 2)
        self._look()
        if result not in {_OK, _TIMEOUT, _CANCELLED}:
            raise _lost(result)
        if result == _OK and states[0].event & ~_CHANGED != self._state:
            self._state = states[0].event & ~_CHANGED
            self._connected = False
        if self._state & (_UNKNOWN | _UNAVAILABLE):
            raise LinkLostError("port_lost")
        return self._state >> 16 if self._state & _PRESENT else None

    def connect(self) -> ServiceCard:
        self._look()
        # What another conversation with the same card left behind is forgotten; one that was just laid down is new.
        again, self._connected = self._connected, True
        return ServiceCard(self, self._context.handle, self.name.encode(), reset=again)

    def stop(self) -> None:
        self.stopped = True
        _call("SCardCancel", self._context.handle)

    def close(self) -> None:
        self._context.close()

    def _look(self) -> None:
        if self.stopped:
            raise LinkLostError("port_lost")


class ServiceCard:
    """A card, for this program alone: another program's command in between would end a protected conversation."""

    def __init__(self, link: ServiceLink, context: c_long, reader: bytes, *, reset: bool) -> None:
        """Raises CardLostError, LinkLostError."""
        self._link = link
        self._handle, self._protocol = c_long(), c_ulong()
        self._answer = ctypes.create_string_buffer(_LONGEST_ANSWER)
        result = _call(
            "SCardConnect",
            *(context, reader, _SHARE_EXCLUSIVE, _ANY_PROTOCOL, byref(self._handle), byref(self._protocol)),
        )
        if result in {_SHARING, _FORBIDDEN} | _READER_GONE | _SERVICE_GONE:
            raise _lost(result)
        if result != _OK:
            raise CardLostError
        try:
            if reset:
                self._reset()
            self.atr = self._answer_to_reset()
        except (CardLostError, LinkLostError):
            self.close()
            raise

    def transmit(self, command: bytes) -> bytes:
        if self._link.stopped:
            raise LinkLostError("port_lost")
        header = _ProtocolHeader(self._protocol.value, ctypes.sizeof(_ProtocolHeader))
        size = c_ulong(_LONGEST_ANSWER)
        self._checked(
            "SCardTransmit",
            *(self._handle, byref(header), command, len(command), None, self._answer, byref(size)),
        )
        if size.value < _SHORTEST_ANSWER:
            # Some drivers do not call it an error.
            raise CardLostError
        return ctypes.string_at(self._answer, size.value)

    def close(self) -> None:
        # Left as it is: a reset would look, to some readers, as if the card had been laid down anew.
        _call("SCardDisconnect", self._handle, _LEAVE)

    def _reset(self) -> None:
        self._checked("SCardReconnect", self._handle, _SHARE_EXCLUSIVE, _ANY_PROTOCOL, _RESET, byref(self._protocol))

    def _answer_to_reset(self) -> bytes:
        size, state, protocol, length = c_ulong(0), c_ulong(), c_ulong(), c_ulong(_LONGEST_ATR)
        octets = (c_ubyte * _LONGEST_ATR)()
        self._checked(
            "SCardStatus",
            *(self._handle, None, byref(size), byref(state), byref(protocol), byref(octets), byref(length)),
        )
        return bytes(octets[: length.value])

    def _checked(self, name: str, *arguments: object) -> None:
        result = _call(name, *arguments)
        if result in _READER_GONE | _SERVICE_GONE:
            raise _lost(result)
        if result != _OK:
            raise CardLostError

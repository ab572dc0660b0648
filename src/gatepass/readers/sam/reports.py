"""SAM frames inside the 64-byte reports of USB HID readers: reports in, bytes of frames out; no clock, no port.

    request   88 | number 2 | length 2 | B1 | frame                        | sum 2 | zeros up to 64
    reply     AA | number 2 | length 2 | result | part 2 | piece of a frame | sum 2 | anything
    length    1 + what follows it before the sum; little-endian, as are number, part and sum
    sum       of all bytes from the length on, modulo 65,536

A reply of 1,295 bytes comes in 24 such reports of up to 54 bytes. They must be put together in their order, because the
check of the frame does not notice two that changed places: XOR does not care. The parts are counted one by one; in
which byte order, and whether every device counts at all, is not written anywhere, so the second report of a reply
decides it. A later model leaves the part out and sends larger reports.

The request is numbered by us. A device that once gave our number back is held to it: what bears another number is the
late answer to an earlier request.

Source: Java classes IdCardDriver and ConStant of org.zz.idcard_hid_driver, and com.zzreader.ZzReader for the later
model; compared with the vendor's fingerprint reader (org.zz.mxhidfingerdriver.UsbPacket), which has the same head.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from gatepass.readers.sam.frames import BROKEN_REPLY, PREAMBLE

REPORT: Final = 64
PIECE: Final = 54
"""Bytes of a frame in one report of a reply."""
LONGEST_REQUEST: Final = 56

_REQUEST: Final = 0x88
_REPLY: Final = 0xAA
_CARD_READER: Final = 0xB1
"""Of the commands of these devices, the one that passes a frame through to the security module."""
_HEAD: Final = 5
_PART: Final = 2
_NUMBERS: Final = 0x10000
_FIRST_NUMBER: Final = 0x2B00
"""Not one with which a device would begin that counts its own reports, or does not count at all."""


def request_report(frame: bytes, number: int) -> bytes:
    """The report that carries a request of at most 56 bytes."""
    if len(frame) > LONGEST_REQUEST:
        raise ValueError(f"a request of {len(frame)} bytes does not fit into a report")
    return _report(_REQUEST, number, _CARD_READER, frame).ljust(REPORT, b"\0")


def reply_reports(frame: bytes, number: int, counting: str = "little-endian") -> list[bytes]:
    """The reports that carry a reply, as a device sends them: the inverse of `ReplyJoiner`.

    `counting`: `little-endian`, `big-endian`, or `not at all`.
    """
    reports, part = [], bytes(_PART)
    for start in range(0, len(frame), PIECE):
        reports.append(_report(_REPLY, number, 0, part + frame[start : start + PIECE]).ljust(REPORT, b"\0"))
        part = _WAYS[counting](part)
    return reports


def frame_report(frame: bytes, number: int) -> bytes:
    """The one large report of the later model."""
    return _report(_REPLY, number, 0, frame)


def request_in(report: bytes) -> tuple[int, bytes] | None:
    """Number and frame of a request, as a device sees it; None where it would not answer."""
    opened = _opened(report, _REQUEST)
    if opened is None or opened[1] != _CARD_READER:
        return None
    return opened[0], opened[2]


class ReplyJoiner:
    """Puts the pieces of a reply together. One is kept for as long as the device is open."""

    def __init__(self) -> None:
        self._number = _FIRST_NUMBER
        self._numbered = False
        """The device has given our number back before."""
        self._begin(None)

    def next_request(self, frame: bytes) -> bytes:
        """The report for the next request; what belongs to the one before is forgotten."""
        self._number = (self._number + 1) % _NUMBERS
        self._begin(None)
        return request_report(frame, self._number)

    def feed(self, report: bytes) -> bytes:
        """Bytes of the reply, as far as this report goes on where the last one ended.

        Nothing where the report answers an earlier request, or follows one that was broken; `BROKEN_REPLY` where it is
        damaged, or is not the one that was due.
        """
        if self._broken:
            return b""
        opened = _opened(report, _REPLY)
        if opened is None:
            return self._break()
        number, _, carried = opened
        if number == self._number:
            self._numbered = True
        elif self._numbered:
            return b""
        if carried[_PART:].startswith(PREAMBLE):
            self._begin(carried[:_PART])
        elif carried.startswith(PREAMBLE):
            self._begin(b"")
        elif len(carried) <= _PART and not self._uncounted:
            # A result and nothing else: it refuses, and does not say why in a way that anybody has written down.
            return self._break()
        elif self._part and not self._goes_on(carried[:_PART]):
            return self._break()
        return carried if self._uncounted else carried[_PART:]

    def _begin(self, part: bytes | None) -> None:
        """With `part` a reply begins; it is empty on devices that do not send one. None: no reply has begun."""
        self._broken = False
        self._uncounted = part == b""
        self._part = part or b""
        self._ways = frozenset(_WAYS)

    def _break(self) -> bytes:
        self._broken = True
        return BROKEN_REPLY

    def _goes_on(self, part: bytes) -> bool:
        self._ways = frozenset(way for way in self._ways if _WAYS[way](self._part) == part)
        self._part = part
        return bool(self._ways)


def _next(part: bytes, order: Literal["little", "big"]) -> bytes:
    return ((int.from_bytes(part, order) + 1) % _NUMBERS).to_bytes(_PART, order)


_WAYS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "little-endian": lambda part: _next(part, "little"),
    "big-endian": lambda part: _next(part, "big"),
    "not at all": lambda part: part,
}
"""How a device may count the parts of a reply."""


def _report(start: int, number: int, verb: int, carried: bytes) -> bytes:
    summed = (len(carried) + 1).to_bytes(2, "little") + bytes((verb,)) + carried
    return bytes((start,)) + number.to_bytes(2, "little") + summed + (sum(summed) % _NUMBERS).to_bytes(2, "little")


def _opened(report: bytes, start: int) -> tuple[int, int, bytes] | None:
    """Number, command or result, and what it carries; None where start, length or sum are wrong."""
    if len(report) < _HEAD or report[0] != start:
        return None
    length = int.from_bytes(report[3:_HEAD], "little")
    end = _HEAD + length
    if length < 1 or len(report) < end + 2:
        return None
    if sum(report[3:end]) % _NUMBERS != int.from_bytes(report[end : end + 2], "little"):
        return None
    return int.from_bytes(report[1:3], "little"), report[_HEAD], report[_HEAD + 1 : end]

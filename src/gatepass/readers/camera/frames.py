"""JPEG pictures out of bytes: cut from a stream, measured before anybody decodes them. Pure.

A camera that streams (Motion JPEG) sends picture after picture without a length, and a page that pushes pictures sends
whatever it likes. Both are walked segment by segment (ITU-T T.81, annex B): a thumbnail inside a picture does not end
it, and the size that the frame header names is known before a pixel is decoded.

Nothing here raises on any bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_BYTES: Final = 4 * 1024 * 1024
"""Of one picture: 1920 x 1080 at the best quality is about 1.5 MB."""
MOST_PIXELS: Final = 8_400_000
"""3840 x 2160 and a little."""
LONGEST_SIDE: Final = 4_096
SHORTEST_SIDE: Final = 64

_START: Final = b"\xff\xd8"
_END: Final = 0xD9
_SCAN: Final = 0xDA
# Start of frame, with Huffman coding: baseline, extended, progressive. Lossless, hierarchical and arithmetic are not.
_FRAME_HEADERS: Final = frozenset({0xC0, 0xC1, 0xC2})
_NONE_OF_OURS: Final = frozenset({0x00, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xD8})
# Markers without a length: TEM, and the restarts inside a scan.
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})


class FrameFault(StrEnum):
    """Why bytes are no picture that may be decoded."""

    NOT_A_PICTURE = "not_a_picture"
    """No JPEG, a kind of JPEG that cameras do not make, or one without a size."""
    CUT_SHORT = "cut_short"
    """It ends before its end."""
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"


@dataclass(frozen=True, slots=True)
class Measured:
    """A whole JPEG whose size is allowed."""

    jpeg: bytes
    width: int
    height: int


@dataclass(slots=True)
class _Walk:
    """How far a picture has been walked; `end` is set when it is whole, `broken` when it is none."""

    at: int = 2
    in_scan: bool = False
    size: tuple[int, int] | None = None
    end: int | None = None
    broken: bool = False

    def on(self, octets: bytes | bytearray) -> None:
        while self.end is None and not self.broken:
            if not (self._through_scan(octets) if self.in_scan else self._segment(octets)):
                return

    def _through_scan(self, octets: bytes | bytearray) -> bool:
        """To the marker that ends the scan. False when more bytes are needed."""
        while True:
            at = octets.find(b"\xff", self.at)
            if at < 0 or at + 1 >= len(octets):
                self.at = len(octets) if at < 0 else at
                return False
            following = octets[at + 1]
            if following == 0x00 or 0xD0 <= following <= 0xD7:
                self.at = at + 2
            elif following == 0xFF:
                self.at = at + 1
            else:
                self.at = at
                self.in_scan = False
                return True

    def _segment(self, octets: bytes | bytearray) -> bool:
        """To the next marker. False when more bytes are needed."""
        if self.at + 2 > len(octets):
            return False
        marker = octets[self.at + 1]
        if octets[self.at] != 0xFF:
            self.broken = True
        elif marker == 0xFF:
            self.at += 1
        elif marker in _ALONE:
            self.at += 2
        elif marker == _END:
            self.end = self.at + 2
        else:
            return self._segment_with_length(octets, marker)
        return True

    def _segment_with_length(self, octets: bytes | bytearray, marker: int) -> bool:
        at = self.at
        if at + 9 > len(octets):
            return False
        length = int.from_bytes(octets[at + 2 : at + 4], "big")
        is_header = marker in _FRAME_HEADERS
        if length < (8 if is_header else 2) or marker in _NONE_OF_OURS:
            self.broken = True
            return True
        if is_header:
            self.size = (int.from_bytes(octets[at + 7 : at + 9], "big"), int.from_bytes(octets[at + 5 : at + 7], "big"))
        whole = at + 2 + length <= len(octets)
        if whole:
            self.in_scan = marker == _SCAN
            self.at = at + 2 + length
        return whole


def measure(octets: bytes) -> Measured | FrameFault:
    """What one JPEG says of itself. What follows its end is ignored."""
    if len(octets) > MOST_BYTES:
        return FrameFault.TOO_MANY_BYTES
    if not octets.startswith(_START):
        return FrameFault.NOT_A_PICTURE
    walk = _Walk()
    walk.on(octets)
    return _verdict(octets, walk)


def _verdict(octets: bytes | bytearray, walk: _Walk) -> Measured | FrameFault:
    if walk.broken or (walk.end is not None and walk.size is None):
        return FrameFault.NOT_A_PICTURE
    if walk.size is not None:
        width, height = walk.size
        if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
            return FrameFault.TOO_MANY_PIXELS
        if min(width, height) < SHORTEST_SIDE:
            return FrameFault.TOO_SMALL
        if walk.end is not None:
            return Measured(bytes(octets[: walk.end]), width, height)
    return FrameFault.CUT_SHORT


class JpegStream:
    """Pictures one after another, cut from bytes that come in any pieces. Holds one picture at most."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._walk: _Walk | None = None

    @property
    def pending(self) -> bool:
        """A picture has begun."""
        return self._walk is not None

    def feed(self, octets: bytes) -> list[Measured | FrameFault]:
        """The pictures that are whole now, and a fault for each that had begun and came to nothing."""
        self._kept += octets
        found: list[Measured | FrameFault] = []
        while self._seek():
            walk = self._walk
            if walk is None:
                break
            walk.on(self._kept)
            if walk.end is None and not walk.broken:
                if len(self._kept) <= MOST_BYTES:
                    break
                found.append(FrameFault.TOO_MANY_BYTES)
                self._drop(2)
                continue
            found.append(_verdict(self._kept, walk))
            # After a picture that is none, the next may begin inside what it claimed to be.
            self._drop(2 if walk.end is None else walk.end)
        return found

    def _seek(self) -> bool:
        """Drops what lies before the start of a picture; False when there is none."""
        if self._walk is not None:
            return True
        start = self._kept.find(_START + b"\xff")
        if start < 0:
            # The start may have come but for its last bytes.
            del self._kept[: max(0, len(self._kept) - 2)]
            return False
        del self._kept[:start]
        self._walk = _Walk()
        return True

    def _drop(self, count: int) -> None:
        del self._kept[:count]
        self._walk = None

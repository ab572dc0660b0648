"""Pictures of cameras, before anybody decodes them.

jpeg   the same pictures whatever pieces the bytes come in; bounded; none larger than allowed; each a whole one
"""

from __future__ import annotations

from typing import Final

from fuzz.parsers.promises import ACCEPTED, Parser, require
from gatepass.readers.camera.frames import (
    LONGEST_SIDE,
    MOST_BYTES,
    MOST_PIXELS,
    SHORTEST_SIDE,
    JpegStream,
    Measured,
    measure,
)

_MOST_PIECES: Final = 64


def parse_pictures(octets: bytes) -> str:
    """Byte 0: pieces of so many bytes. The rest is a stream."""
    how, stream = octets[0] if octets else 0, octets[1:]
    whole = JpegStream()
    found = whole.feed(stream)
    require(len(whole._kept) <= MOST_BYTES, "more is kept than one picture")
    pieces, size = JpegStream(), max(how % 61 + 1, len(stream) // _MOST_PIECES)
    in_pieces = [one for start in range(0, len(stream), size) for one in pieces.feed(stream[start : start + size])]
    require(in_pieces == found, "other pictures when the bytes come in pieces")
    require(pieces.pending == whole.pending, "begun or not, by the pieces that the bytes came in")
    last = "nothing"
    for one in found:
        if not isinstance(one, Measured):
            last = str(one)
            continue
        require(SHORTEST_SIDE <= min(one.width, one.height) <= max(one.width, one.height) <= LONGEST_SIDE, "its sides")
        require(one.width * one.height <= MOST_PIXELS, "its pixels")
        require(one.jpeg.startswith(b"\xff\xd8") and one.jpeg.endswith(b"\xff\xd9"), "not a whole picture")
        require(one.jpeg in stream, "bytes that did not come")
        require(measure(one.jpeg) == one, "measured alone, it is another picture")
        last = ACCEPTED
    return last


def picture(width: int = 640, height: int = 480, *, scan: bytes = b"\x12\x34\xff\x00\x56") -> bytes:
    """The skeleton of a JPEG: application data, frame header, one scan."""
    header = b"\xff\xc0\x00\x0b\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00"
    start_of_scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(9) + header + start_of_scan + scan + b"\xff\xd9"


def picture_seeds() -> list[bytes]:
    restarts = picture(scan=b"\x01\xff\xd0\x02\xff\xd1\x03\xff\xff\xd2")
    streams = [picture(), picture(64, 64), picture(4096, 2048), picture() + restarts, b"--boundary\r\n" + picture(1, 1)]
    return [bytes((how,)) + stream for stream in streams for how in (0, 7)]


PARSERS: Final = (Parser("jpeg", picture_seeds, parse_pictures, 2000),)

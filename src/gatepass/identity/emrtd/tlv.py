"""Tag, length, value, as chips and their signatures are written (ISO/IEC 7816-4 and X.690, BER).

Read leniently where issuers differ and it does no harm (lengths in more bytes than needed, the indefinite lengths of
some states' signatures), strictly where bytes would be missing. Nothing is decoded here but the frame.

`parse` and `first` raise DocumentError `chip_read_failed` and nothing else, whatever the bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from gatepass.identity.documents import DocumentError

_DEEPEST: Final = 24
"""Indefinite lengths nest no deeper than this in any signature seen; the bottom must not be Python's own."""
_LONGEST_OID: Final = 64

SEQUENCE: Final = 0x30
SET: Final = 0x31
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
OBJECT_IDENTIFIER: Final = 0x06
_CONSTRUCTED: Final = 0x20


@dataclass(frozen=True, slots=True)
class Tlv:
    """One object. Both its value and its whole encoding are kept out of the repr: they may hold a person's name."""

    tag: int
    """As written, up to three bytes: 0x61, 0x5F1F, 0x7F61."""
    value: bytes = field(repr=False)
    whole: bytes = field(repr=False)
    """Tag, length and value as they stood there."""

    @property
    def children(self) -> list[Tlv]:
        """The objects inside. DocumentError where the value is not a row of objects."""
        return parse(self.value)

    def child(self, tag: int) -> Tlv | None:
        """The first object inside with this tag; None where there is none."""
        return find(self.children, tag)

    @property
    def octets(self) -> bytes:
        """The value of an OCTET STRING, joined where it came in pieces (tag 0x24)."""
        return b"".join(piece.value for piece in self.children) if self.constructed else self.value

    @property
    def constructed(self) -> bool:
        """Whether objects are inside, by its tag."""
        leading = self.tag
        while leading > 0xFF:
            leading >>= 8
        return bool(leading & _CONSTRUCTED)


def parse(octets: bytes) -> list[Tlv]:
    """All objects, one after the other, to the last byte."""
    found = []
    at = 0
    while at < len(octets):
        item, at = _read(octets, at, 0)
        found.append(item)
    return found


def first(octets: bytes) -> Tlv:
    """The object at the beginning; what follows it (a file's filling) is left alone."""
    return _read(octets, 0, 0)[0]


def find(items: Iterable[Tlv], tag: int) -> Tlv | None:
    return next((item for item in items if item.tag == tag), None)


def length(head: bytes) -> int:
    """How many bytes the object that begins with `head` (6 bytes or more, or all there are) has in all."""
    start, size = _frame(head, _tag(head, 0)[1])
    if size is None:
        raise _broken()
    return start + size


def build(tag: int, *values: bytes) -> bytes:
    """The encoding of an object: its length in the fewest bytes (DER)."""
    value = b"".join(values)
    size = len(value)
    if size < 0x80:
        stated = bytes((size,))
    else:
        written = size.to_bytes((size.bit_length() + 7) // 8, "big")
        stated = bytes((0x80 | len(written),)) + written
    return tag.to_bytes(max(1, (tag.bit_length() + 7) // 8), "big") + stated + value


def oid(value: bytes) -> str:
    """The dotted form of an OBJECT IDENTIFIER's value (X.690, 8.19)."""
    if not 0 < len(value) <= _LONGEST_OID or value[-1] & 0x80:
        raise _broken()
    arcs: list[int] = []
    arc = 0
    for octet in value:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    head = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (head, arcs[0] - 40 * head, *arcs[1:]))


def oid_value(dotted: str) -> bytes:
    """The inverse of `oid`."""
    root, branch, *arcs = (int(arc) for arc in dotted.split("."))
    written = bytearray()
    for arc in (40 * root + branch, *arcs):
        sevens = [arc & 0x7F]
        while arc := arc >> 7:
            sevens.append(arc & 0x7F | 0x80)
        written += bytes(reversed(sevens))
    return bytes(written)


def _read(octets: bytes, at: int, depth: int) -> tuple[Tlv, int]:
    """The object at `at`, and where the next one begins."""
    tag, after_tag = _tag(octets, at)
    start, size = _frame(octets, after_tag)
    if size is None:
        end, after = _end_of_indefinite(octets, start, depth)
    else:
        end = after = start + size
    if after > len(octets):
        raise _broken()
    return Tlv(tag, octets[start:end], octets[at:after]), after


def _tag(octets: bytes, at: int) -> tuple[int, int]:
    if at >= len(octets):
        raise _broken()
    end = at + 1
    if octets[at] & 0x1F == 0x1F:
        while True:
            if end >= len(octets) or end > at + 2:
                raise _broken()
            end += 1
            if not octets[end - 1] & 0x80:
                break
    return int.from_bytes(octets[at:end], "big"), end


def _frame(octets: bytes, at: int) -> tuple[int, int | None]:
    """Where the value begins, and its size; None: up to the next end-of-contents."""
    if at >= len(octets):
        raise _broken()
    stated = octets[at]
    if stated < 0x80:
        return at + 1, stated
    if stated == 0x80:
        return at + 1, None
    start = at + 1 + (stated & 0x7F)
    if stated > 0x84 or start > len(octets):
        raise _broken()
    return start, int.from_bytes(octets[at + 1 : start], "big")


def _end_of_indefinite(octets: bytes, at: int, depth: int) -> tuple[int, int]:
    if depth >= _DEEPEST:
        raise _broken()
    while octets[at : at + 2] != b"\x00\x00":
        _, at = _read(octets, at, depth + 1)
    return at, at + 2


def _broken() -> DocumentError:
    return DocumentError("chip_read_failed", what="tlv")

"""Commands to a chip and its answers (ISO/IEC 7816-4), as bytes in and objects out; no clock, no port.

    command   CLA INS P1 P2 | [Lc data] | [Le]      Lc and Le in one byte, or in three and two (extended)
    answer    data | SW1 SW2

`Command.parse` and `Answer.parse` raise DocumentError `chip_read_failed` and nothing else, whatever the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from gatepass.identity import DocumentError

SHORT: Final = 256
"""The most that one byte of Le can ask for (written 00)."""
EXTENDED: Final = 65_536
_SHORT_DATA: Final = 255
_TYPE_B: Final = bytes.fromhex("3B888001")


@dataclass(frozen=True, slots=True)
class Command:
    """A command APDU. `data` is kept out of the repr."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    expected: int | None = None
    """Ne, the most bytes that the answer may have; None: no Le is sent."""

    @property
    def header(self) -> bytes:
        return bytes((self.cla, self.ins, self.p1, self.p2))

    @property
    def octets(self) -> bytes:
        """On the wire: short wherever that is enough."""
        if len(self.data) <= _SHORT_DATA and (self.expected or 0) <= SHORT:
            length = bytes((len(self.data),)) if self.data else b""
            expected = b"" if self.expected is None else bytes((self.expected & 0xFF,))
            return self.header + length + self.data + expected
        length = b"\x00" + len(self.data).to_bytes(2, "big") if self.data else b""
        expected = b"" if self.expected is None else (self.expected & 0xFFFF).to_bytes(2, "big")
        return self.header + (length or b"\x00") + self.data + expected

    @classmethod
    def parse(cls, octets: bytes) -> Command:
        """The inverse, for whoever plays the chip."""
        if len(octets) < 4:
            raise _broken()
        cla, ins, p1, p2 = octets[:4]
        data, expected = _body(octets[4:])
        return cls(cla, ins, p1, p2, data, expected)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response APDU. `data` is kept out of the repr: it may hold a person's name."""

    data: bytes = field(repr=False)
    status: int
    """SW1 SW2."""

    @property
    def octets(self) -> bytes:
        return self.data + self.status.to_bytes(2, "big")

    @classmethod
    def parse(cls, octets: bytes) -> Answer:
        if len(octets) < 2:
            raise _broken()
        return cls(octets[:-2], int.from_bytes(octets[-2:], "big"))


@dataclass(frozen=True, slots=True)
class AnswerToReset:
    """What is told from an ATR (ISO/IEC 7816-3, and PC/SC part 3, 3.1.3.2.3 for contactless cards)."""

    historical: bytes
    storage: bool
    """A memory card without a processor of its own: nothing but its number can be asked for."""
    type_b: bool
    """Perhaps of ISO/IEC 14443 type B, as resident cards are: eight historical bytes."""
    extended: bool
    """It says that it understands commands and answers of more than 256 bytes (card capabilities, tag 73)."""

    @classmethod
    def parse(cls, octets: bytes) -> AnswerToReset:
        """Of whatever bytes: what cannot be read there is not said."""
        historical = _historical(octets)
        storage = historical.startswith(b"\x80\x4f\x0c\xa0\x00\x00\x03\x06")
        capabilities = b""
        if historical[:1] == b"\x80":
            # Compact TLV: tag and length are the halves of one byte.
            at = 1
            while at < len(historical) and not storage:
                tag, size = historical[at] >> 4, historical[at] & 0x0F
                if tag == 7:
                    capabilities = historical[at + 1 : at + 1 + size]
                at += 1 + size
        return cls(
            historical, storage, octets.startswith(_TYPE_B), len(capabilities) >= 3 and bool(capabilities[2] & 0x40)
        )


def _body(body: bytes) -> tuple[bytes, int | None]:
    """Data and Ne of the four cases, short and extended (ISO/IEC 7816-4, 5.2)."""
    if not body:
        return b"", None
    if len(body) == 1:
        return b"", body[0] or SHORT
    if body[0]:
        data, rest = body[1 : 1 + body[0]], body[1 + body[0] :]
        if len(data) == body[0] and len(rest) <= 1:
            return data, (rest[0] or SHORT) if rest else None
    elif len(body) == 3:
        return b"", int.from_bytes(body[1:], "big") or EXTENDED
    else:
        size = int.from_bytes(body[1:3], "big")
        data, rest = body[3 : 3 + size], body[3 + size :]
        if size and len(data) == size and len(rest) in {0, 2}:
            return data, (int.from_bytes(rest, "big") or EXTENDED) if rest else None
    raise _broken()


def _historical(atr: bytes) -> bytes:
    """The historical bytes: after TS, T0 and as many interface bytes as the indicators announce."""
    if len(atr) < 2:
        return b""
    count = atr[1] & 0x0F
    at, indicator = 2, atr[1]
    while indicator & 0xF0:
        present = (indicator >> 4).bit_count()
        following = indicator & 0x80
        at += present
        if not following or at > len(atr):
            break
        indicator = atr[at - 1]
    return atr[at : at + count]


def _broken() -> DocumentError:
    return DocumentError("chip_read_failed", what="frame")

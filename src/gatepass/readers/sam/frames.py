"""The frame of the SAM card readers (serial and USB), as bytes in and frames out; no clock, no port.

    AA AA AA 96 69 | length, 2 bytes big-endian | body | check
                     counts body and check        reply:   SW1 SW2 SW3 payload
                                                  request: command parameter
    check = XOR of everything after the preamble except itself

Only SW3 is the reader's answer; SW1 and SW2 pass on the card's own status, so a reply is never compared as a whole.
The first three bytes of the preamble synchronise. In the field one of them arrives damaged or with a stray byte between
(`AA 00 AA AA 96 69`), so the parser looks for `AA 96 69`, and a false start costs nothing: after a wrong check the same
bytes are searched again from the next one on.

Source: the readers' protocol description and its implementations (README of IDCardDemo, softs.im), see docs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gatepass.identity import DocumentError

PREAMBLE: Final = b"\xaa\xaa\xaa\x96\x69"
_SYNC: Final = PREAMBLE[2:]
_AFTER_SYNC: Final = len(_SYNC) + 2

SHORTEST_REPLY: Final = 4
"""SW1, SW2, SW3 and the check."""
SHORTEST_REQUEST: Final = 3
"""Command, parameter and the check."""
LONGEST: Final = 2400
"""Of the length field: the largest known reply, text, portrait and two fingerprints, has 2314."""

TEXT_LENGTH: Final = 256


class FrameFault(StrEnum):
    """Something that began as a frame and was not one."""

    CHECK = "check"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame whose length and check were right. `body` is kept out of the repr: it may hold a person's name."""

    body: bytes = field(repr=False)

    @property
    def status(self) -> int:
        """SW3 of a reply."""
        return self.body[2]

    @property
    def payload(self) -> bytes:
        """What follows the status words of a reply."""
        return self.body[3:]


def build(body: bytes) -> bytes:
    """The bytes on the wire for a body."""
    framed = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + framed + bytes((xor(framed),))


def xor(octets: bytes) -> int:
    """XOR of all bytes, by folding one large integer: a 2.3 kB frame takes 5 µs instead of 100 in a loop."""
    value = int.from_bytes(octets, "big")
    width = 1 << max(len(octets) - 1, 0).bit_length()
    while width > 1:
        width >>= 1
        value = (value >> (8 * width)) ^ (value & ((1 << (8 * width)) - 1))
    return value


BROKEN_REPLY: Final = build(b"\x00\x00\x00")[2:-1] + b"\xff"
"""What a transport hands up in place of a reply that it knows to be broken: a frame whose check is wrong."""


class FrameParser:
    """Takes bytes as they arrive, in any pieces, and gives back frames and faults in their order.

    Keeps at most one unfinished frame (2.4 kB), however much noise comes in.
    """

    def __init__(self, *, shortest: int = SHORTEST_REPLY) -> None:
        self._shortest = shortest
        self._kept = bytearray()

    @property
    def pending(self) -> bool:
        """A frame has begun and its end has not arrived."""
        return self._kept.startswith(_SYNC)

    def feed(self, chunk: bytes) -> list[Frame | FrameFault]:
        self._kept += chunk
        found: list[Frame | FrameFault] = []
        while self._to_next_sync():
            if len(self._kept) < _AFTER_SYNC:
                break
            length = int.from_bytes(self._kept[len(_SYNC) : _AFTER_SYNC], "big")
            if not self._shortest <= length <= LONGEST:
                found.append(FrameFault.LENGTH)
                del self._kept[:1]
                continue
            end = _AFTER_SYNC + length
            if len(self._kept) < end:
                break
            if xor(bytes(self._kept[len(_SYNC) : end])) != 0:
                found.append(FrameFault.CHECK)
                del self._kept[:1]
                continue
            found.append(Frame(bytes(self._kept[_AFTER_SYNC : end - 1])))
            del self._kept[:end]
        return found

    def _to_next_sync(self) -> bool:
        """Drops what cannot begin a frame. False when the rest must wait for more bytes."""
        start = self._kept.find(_SYNC)
        if start < 0:
            # The last bytes may be the beginning of a preamble that continues in the next piece.
            tail = next((n for n in (2, 1) if self._kept.endswith(_SYNC[:n])), 0)
            del self._kept[: len(self._kept) - tail]
            return False
        del self._kept[:start]
        return True


@dataclass(frozen=True, slots=True)
class CardReply:
    """The three parts of a base read. Lengths are stated in the reply: with fingerprints it is up to 2,321 bytes."""

    text: bytes = field(repr=False)
    portrait: bytes = field(repr=False)
    fingerprints: bytes = field(repr=False)


def split_card_reply(payload: bytes) -> CardReply:
    """Text length and portrait length, 2 bytes each, in some replies fingerprint length, then the parts.

    Raises DocumentError `reader_length_error` where the stated lengths do not add up.
    """
    if len(payload) >= 4:
        text, portrait = int.from_bytes(payload[:2], "big"), int.from_bytes(payload[2:4], "big")
        fingerprints = int.from_bytes(payload[4:6], "big")
        if text == TEXT_LENGTH and len(payload) == 4 + text + portrait:
            return CardReply(payload[4 : 4 + text], payload[4 + text :], b"")
        if text == TEXT_LENGTH and len(payload) == 6 + text + portrait + fingerprints:
            end = 6 + text + portrait
            return CardReply(payload[6 : 6 + text], payload[6 + text : end], payload[end:])
    raise DocumentError("reader_length_error", found=len(payload))

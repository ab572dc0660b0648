"""Names for things that many machines invent at once: UUID version 7 (RFC 9562, section 5.7)."""

from __future__ import annotations

import os
import time

_MOST_MS = 2**48 - 1


def uuid7(now_ms: int | None = None) -> bytes:
    """A fresh identifier, 16 bytes: 48 bits of Unix milliseconds, then 74 random bits.

    `now_ms` defaults to this machine's clock. Two identifiers of one millisecond are in no order: what came first is
    told by a gate's sequence numbers, never by an id, because a gate's clock may be stepped.
    """
    if now_ms is None:
        now_ms = time.time_ns() // 1_000_000
    tail = bytearray(os.urandom(10))
    tail[0] = 0x70 | (tail[0] & 0x0F)
    tail[2] = 0x80 | (tail[2] & 0x3F)
    return min(max(now_ms, 0), _MOST_MS).to_bytes(6, "big") + tail


def milliseconds_of(identifier: bytes) -> int:
    """When `identifier` was made by its maker's clock, in milliseconds since 1970 UTC. ValueError if not version 7."""
    if len(identifier) != 16 or identifier[6] >> 4 != 7 or identifier[8] >> 6 != 0b10:
        raise ValueError("not a UUID version 7")
    return int.from_bytes(identifier[:6], "big")

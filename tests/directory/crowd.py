"""Seeded crowds for the directory's tests, and keys that are alike on purpose."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from gatepass.directory import STATES, State

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def crowd(number: int, seed: int = 1) -> dict[bytes, State]:
    chance = random.Random(seed)
    return {chance.randbytes(16): chance.choice(STATES) for _ in range(number)}


def key(first_bits: int, rest: int = 0) -> bytes:
    """A key whose first 40 bits, all that a table can hold of it, are `first_bits`."""
    return first_bits.to_bytes(5, "big") + rest.to_bytes(11, "big")

"""What changed between two versions of the directory: states by rank, and an overlay of people by whole key.

Little-endian:
     0   8  magic "GPDEL" CR LF 1A
     8   2  format version
    10   1  low bits l                     11   1  zero
    12   4  changed ranks m
    16   8  base version                   24   8  from version
    32   8  to version                     40   8  as_of, ms since 1970 UTC
    48   8  people registered afterwards   56   4  people in the base n      60   4  overlay entries o
    64  32  checksum of the base
    96  32  BLAKE2b-256 of everything before and after it, person "gatepass delta"
   128      high     rank >> l of each change, unary: bit (rank >> l) + i is set for the i-th change (Elias-Fano)
            low      rank & (2^l - 1), l bits each
            states   5 bits each
            overlay  o whole keys, ascending, then o codes (255: no longer registered)

Bits are numbered from the lowest of each byte; each part begins on a byte. A change says what the state *is*, not how
it differs: a delta may be applied on any version from `from_version` to `to_version`, and twice.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from gatepass.directory.errors import DirectoryError
from gatepass.directory.layout import CHECKSUM_BYTES, KEY_BYTES, checksum
from gatepass.directory.states import UNREGISTERED, Codes, Ranks

MAGIC: Final = b"GPDEL\r\n\x1a"
FORMAT: Final = 1
HEADER: Final = struct.Struct("<8sHBBIQQQQQII32s")
HEADER_BYTES: Final = HEADER.size + CHECKSUM_BYTES
STATE_BITS: Final = 5
_INT64: Final = 2**63


@dataclass(frozen=True, slots=True, eq=False)
class Delta:
    """Everything that `to_version` says and `from_version` may not. `as_of` in ms; ranks (m,) ascending, codes (m,)."""

    base_version: int
    base_checksum: bytes
    base_people: int
    from_version: int
    to_version: int
    as_of: int
    people: int
    """Registered people after the delta, for `len`."""
    ranks: Ranks
    codes: Codes
    overlay: dict[bytes, int] = field(default_factory=dict, repr=False)
    """Whole key -> code: enrolled since the base, or removed."""

    @property
    def size(self) -> int:
        """About the bytes of the file; never less than its header, so that tiny ones weigh the same."""
        bits = _low_bits(self.base_people, len(self.ranks)) + 2 + STATE_BITS
        return HEADER_BYTES + len(self.ranks) * bits // 8 + len(self.overlay) * (KEY_BYTES + 1)

    def encode(self) -> bytes:
        """The file's bytes. The same delta always gives the same bytes."""
        changes = len(self.ranks)
        bits = _low_bits(self.base_people, changes)
        high = np.zeros(_high_length(self.base_people, changes, bits), np.uint8)
        high[(self.ranks >> bits) + np.arange(changes)] = 1
        keys = sorted(self.overlay)
        body = b"".join(
            (
                np.packbits(high, bitorder="little").tobytes(),
                _pack_bits(self.ranks, bits),
                _pack_bits(self.codes, STATE_BITS),
                *keys,
                bytes(self.overlay[key] for key in keys),
            )
        )
        head = HEADER.pack(
            MAGIC,
            FORMAT,
            bits,
            0,
            changes,
            self.base_version,
            self.from_version,
            self.to_version,
            self.as_of,
            self.people,
            self.base_people,
            len(keys),
            self.base_checksum,
        )
        return head + checksum(head, body, person=b"gatepass delta") + body

    @classmethod
    def decode(cls, content: bytes) -> Delta:
        """The delta of a file.

        Raises:
            DirectoryError: not_a_delta, unsupported_format, torn, malformed; nothing else, whatever the bytes.
        """
        if content[: len(MAGIC)] != MAGIC:
            raise DirectoryError("not_a_delta")
        if len(content) < HEADER_BYTES:
            raise DirectoryError("torn")
        (_, form, bits, zero, changes, base, first, last, as_of, people, base_people, entries, base_sum) = (
            HEADER.unpack_from(content)
        )
        if form != FORMAT:
            raise DirectoryError("unsupported_format", format=form)
        body = memoryview(content)[HEADER_BYTES:]
        if checksum(content[: HEADER.size], body, person=b"gatepass delta") != content[HEADER.size : HEADER_BYTES]:
            raise DirectoryError("torn")
        if (
            zero
            or changes > base_people
            or bits != _low_bits(base_people, changes)
            or not base <= first < last < _INT64
            or max(as_of, people) >= _INT64
        ):
            raise DirectoryError("malformed", part="header")
        lengths = (
            -(-_high_length(base_people, changes, bits) // 8),
            -(-changes * bits // 8),
            -(-changes * STATE_BITS // 8),
            entries * KEY_BYTES,
            entries,
        )
        if sum(lengths) != len(body):
            raise DirectoryError("malformed", part="length")
        places = np.cumsum((0, *lengths)).tolist()
        high, low, states, keys, codes = (bytes(body[a:b]) for a, b in itertools.pairwise(places))
        return cls(
            base_version=base,
            base_checksum=base_sum,
            base_people=base_people,
            from_version=first,
            to_version=last,
            as_of=as_of,
            people=people,
            ranks=_decode_ranks(high, _unpack_bits(low, bits, changes), bits, base_people),
            codes=_unpack_bits(states, STATE_BITS, changes).astype(np.uint8),
            overlay=_decode_overlay(keys, codes),
        )


def merge(deltas: Sequence[Delta]) -> Delta:
    """One delta that does what these do one after the other; the last word on each person stands.

    Raises:
        DirectoryError: wrong_base, gap.
    """
    first, last = deltas[0], deltas[-1]
    overlay: dict[bytes, int] = {}
    reached = first.from_version
    for delta in deltas:
        if delta.base_checksum != first.base_checksum:
            raise DirectoryError("wrong_base")
        if not delta.from_version <= reached < delta.to_version:
            raise DirectoryError("gap", reached=reached, begins=delta.from_version)
        reached = delta.to_version
        overlay |= delta.overlay
    # `unique` keeps the first of equals: hand it the latest first.
    ranks, where = np.unique(np.concatenate([delta.ranks for delta in reversed(deltas)]), return_index=True)
    codes = np.concatenate([delta.codes for delta in reversed(deltas)])[where]
    return Delta(
        first.base_version,
        first.base_checksum,
        first.base_people,
        first.from_version,
        last.to_version,
        last.as_of,
        last.people,
        ranks,
        codes,
        overlay,
    )


def _low_bits(base_people: int, changes: int) -> int:
    """floor(log2(n / m)): within half a bit a change of the least possible (Elias 1974)."""
    return (base_people // changes).bit_length() - 1 if changes else 0


def _high_length(base_people: int, changes: int, bits: int) -> int:
    return changes + ((base_people - 1) >> bits) + 1 if changes else 0


def _pack_bits(values: npt.NDArray[np.integer], bits: int) -> bytes:
    """The lowest `bits` of each value, side by side, lowest bit first."""
    spread = values.astype(np.int64)[:, None] >> np.arange(bits) & 1
    return np.packbits(spread.astype(np.uint8), bitorder="little").tobytes()


def _unpack_bits(raw: bytes, bits: int, count: int) -> Ranks:
    spread = np.unpackbits(np.frombuffer(raw, np.uint8), count=count * bits, bitorder="little")
    return spread.reshape(count, bits) @ (1 << np.arange(bits, dtype=np.int64))


def _decode_ranks(high: bytes, low: Ranks, bits: int, base_people: int) -> Ranks:
    changes = len(low)
    ones = np.flatnonzero(np.unpackbits(np.frombuffer(high, np.uint8), bitorder="little"))
    if len(ones) != changes:
        raise DirectoryError("malformed", part="ranks")
    ranks = (ones - np.arange(changes)) << bits | low
    if changes and (np.any(np.diff(ranks) <= 0) or ranks[-1] >= base_people):
        raise DirectoryError("malformed", part="ranks")
    return ranks


def _decode_overlay(keys: bytes, codes: bytes) -> dict[bytes, int]:
    whole = [keys[place : place + KEY_BYTES] for place in range(0, len(keys), KEY_BYTES)]
    if any(code > 31 and code != UNREGISTERED for code in codes) or any(a >= b for a, b in itertools.pairwise(whole)):
        raise DirectoryError("malformed", part="overlay")
    return dict(zip(whole, codes, strict=True))

"""Who: from a person key to a rank, over the memory-mapped key table.

The first b bits of a key choose a bucket, the next 20 are its remainder; within a bucket remainders ascend, so the
place of a person is a binary search over some ten 16-bit numbers. People whom these b + 20 bits do not tell apart
are kept out of the table, with their whole keys, in the exceptions: every registered person is found exactly.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
import numpy.typing as npt

from gatepass.directory.errors import DirectoryError
from gatepass.directory.layout import BLOCK, KEY_BYTES, REMAINDER_BITS, Header
from gatepass.directory.states import Ranks

Keys = npt.NDArray[np.uint8]


def as_keys(keys: Keys | bytes) -> Keys:
    """Person keys as an array (n, 16) of uint8, without copying.

    Raises:
        DirectoryError: key_length.
    """
    array = np.frombuffer(keys, np.uint8) if isinstance(keys, bytes | bytearray | memoryview) else keys
    if array.dtype != np.uint8 or array.size % KEY_BYTES or (array.ndim == 2 and array.shape[1] != KEY_BYTES):
        raise DirectoryError("key_length")
    return np.ascontiguousarray(array).reshape(-1, KEY_BYTES)


def prefixes(keys: Keys) -> npt.NDArray[np.uint64]:
    """The first 8 bytes of each key (n, 16), as numbers (n,)."""
    return np.ascontiguousarray(keys[:, :8]).view(">u8").reshape(-1).astype(np.uint64)


class KeyTable:
    """`rank` and `ranks` over one base file. Immutable: any number of threads may read it.

    Raises:
        DirectoryError: malformed, where a search could leave the table.
    """

    __slots__ = (
        "_blocks",
        "_blocks_array",
        "_bucket_shift",
        "_high",
        "_high_array",
        "_low",
        "_low_array",
        "_remainder_shift",
        "_starts",
        "_starts_array",
        "exceptions",
        "header",
    )

    def __init__(self, header: Header, view: memoryview) -> None:
        self.header = header
        blocks, starts, high, low, exceptions, states, _ = header.offsets
        lengths = header.section_bytes
        self._blocks = view[blocks : blocks + lengths[0]].cast("I")
        self._starts = view[starts : starts + lengths[1]].cast("H")
        self._high = view[high : high + lengths[2]].cast("H")
        self._low = view[low : low + lengths[3]]
        self._blocks_array = np.frombuffer(self._blocks, "<u4")
        self._starts_array = np.frombuffer(self._starts, "<u2")
        self._high_array = np.frombuffer(self._high, "<u2")
        self._low_array = np.frombuffer(self._low, np.uint8)
        self._bucket_shift = 64 - header.bucket_bits
        self._remainder_shift = self._bucket_shift - REMAINDER_BITS
        self._refuse_bad_starts()
        whole = bytes(view[exceptions:states])
        self.exceptions: dict[bytes, int] = {
            whole[KEY_BYTES * number : KEY_BYTES * (number + 1)]: header.in_table + number
            for number in range(header.exceptions)
        }
        """Whole key -> rank."""
        if len(self.exceptions) != header.exceptions:
            raise DirectoryError("malformed", part="exceptions")

    def _refuse_bad_starts(self) -> None:
        """After this check no look-up can step outside `high` and `low`, whatever the file says."""
        buckets = np.arange(self.header.buckets + 1)
        first = self._blocks_array[buckets // BLOCK].astype(np.int64) + self._starts_array
        if first[0] != 0 or first[-1] != self.header.in_table or np.any(np.diff(first) < 0):
            raise DirectoryError("malformed", part="starts")

    def rank(self, key: bytes) -> int:
        """The rank of the person in the table, or -1. Does not look among the exceptions. About 1 us."""
        prefix = int.from_bytes(key[:8], "big")
        bucket = prefix >> self._bucket_shift
        remainder = prefix >> self._remainder_shift & 0xFFFFF
        starts, blocks, high = self._starts, self._blocks, self._high
        end = blocks[bucket + 1 >> 8] + starts[bucket + 1]
        wanted = remainder >> 4
        at = bisect_left(high, wanted, blocks[bucket >> 8] + starts[bucket], end)
        while at < end and high[at] == wanted:
            if self._low[at >> 1] >> ((at & 1) << 2) & 15 == remainder & 15:
                return at
            at += 1
        return -1

    def ranks(self, keys: Keys) -> Ranks:
        """The same for keys (n, 16): ranks (n,), -1 where the table has nobody."""
        prefix = prefixes(keys)
        if not self.header.in_table:
            return np.full(len(prefix), -1, np.int64)
        bucket = (prefix >> np.uint64(self._bucket_shift)).astype(np.int64)
        remainder = (prefix >> np.uint64(self._remainder_shift)).astype(np.uint32) & 0xFFFFF
        wanted = (remainder >> 4).astype(np.uint16)
        at = self._blocks_array[bucket >> 8].astype(np.int64) + self._starts_array[bucket]
        bucket += 1
        end = self._blocks_array[bucket >> 8].astype(np.int64) + self._starts_array[bucket]
        high, last = self._high_array, self.header.in_table - 1
        length = end - at
        # Binary search of all keys at once: `length` people are still possible for each, from `at` on.
        for _ in range(int(length.max(initial=0)).bit_length()):
            half = length >> 1
            right = (high[np.minimum(at + half, last)] < wanted) & (length > 0)
            at = np.where(right, at + half + 1, at)
            length = np.where(right, length - half - 1, half)
        place = np.minimum(at, last)
        matches = (at < end) & (high[place] == wanted)
        lower = (remainder & 15).astype(np.uint8)
        found = matches & (self._nibbles(place) == lower)
        # Two people of one bucket may share their upper 16 bits (one bucket in a thousand): step on.
        open_ = np.flatnonzero(matches & ~found)
        while len(open_):
            at[open_] += 1
            place = np.minimum(at[open_], last)
            matches = (at[open_] < end[open_]) & (high[place] == wanted[open_])
            hit = matches & (self._nibbles(place) == lower[open_])
            found[open_[hit]] = True
            open_ = open_[matches & ~hit]
        return np.where(found, at, -1)

    def _nibbles(self, place: Ranks) -> npt.NDArray[np.uint8]:
        pairs: npt.NDArray[np.uint8] = self._low_array[place >> 1]
        return pairs >> ((place & 1) << 2).astype(np.uint8) & np.uint8(15)

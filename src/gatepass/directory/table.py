"""Who: from a person key to a rank, over the memory-mapped key table.

The first b bits of a key choose a bucket, the next 20 are its remainder; within a bucket remainders ascend, so the
place of a person is a binary search over some ten 16-bit numbers. People whom these b + 20 bits do not tell apart
are kept out of the table, with their whole keys, in the exceptions: every registered person is found exactly.
"""

from __future__ import annotations

from bisect import bisect_left
from struct import Struct

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from gatepass.directory.errors import DirectoryError
from gatepass.directory.layout import KEY_BYTES, REMAINDER_BITS, Header
from gatepass.directory.states import Ranks

Keys = npt.NDArray[np.uint8]

_PREFIX = Struct(">Q8x").unpack
_FIRST_AND_END = Struct("<HH").unpack_from
_STRIDE = 4096


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
        "_low",
        "_low_array",
        "_remainder_shift",
        "_starts",
        "_starts_array",
        "_windows",
        "exceptions",
        "header",
    )

    def __init__(self, header: Header, view: memoryview) -> None:
        self.header = header
        blocks, starts, high, low, exceptions, states, _ = header.offsets
        lengths = header.section_bytes
        self._blocks = view[blocks : blocks + lengths[0]].cast("I")
        self._starts = view[starts : starts + lengths[1]]
        self._high = view[high : high + lengths[2]].cast("H")
        self._low = view[low : low + lengths[3]]
        self._blocks_array = np.frombuffer(self._blocks, "<u4")
        self._starts_array = np.frombuffer(self._starts, "<u2")
        self._low_array = np.frombuffer(self._low, np.uint8)
        self._bucket_shift = 64 - header.bucket_bits
        self._remainder_shift = self._bucket_shift - REMAINDER_BITS
        # Every stretch of `high` as long as the fullest bucket: row r is what begins at rank r. Nothing is copied.
        self._windows = sliding_window_view(np.frombuffer(self._high, "<u2"), self._fullest_bucket())
        whole = bytes(view[exceptions:states])
        self.exceptions: dict[bytes, int] = {
            whole[KEY_BYTES * number : KEY_BYTES * (number + 1)]: header.in_table + number
            for number in range(header.exceptions)
        }
        """Whole key -> rank."""
        if len(self.exceptions) != header.exceptions:
            raise DirectoryError("malformed", part="exceptions")

    def _fullest_bucket(self) -> int:
        """People in it. After this check no look-up can step outside `high` and `low`, whatever the file says."""
        starts = self._starts_array.reshape(self.header.blocks, -1).astype(np.int64)
        counts = np.diff(starts, axis=1)
        ends = self._blocks_array + starts[:, -1]
        if (
            np.any(starts[:, 0])
            or np.any(counts < 0)
            or self._blocks_array[0]
            or not np.array_equal(ends, [*self._blocks_array[1:], self.header.in_table])
        ):
            raise DirectoryError("malformed", part="starts")
        return int(counts.max())

    def rank(self, key: bytes) -> int:
        """The rank of the person in the table, or -1. Does not look among the exceptions. About 1 us."""
        (prefix,) = _PREFIX(key)
        bucket = prefix >> self._bucket_shift
        remainder = prefix >> self._remainder_shift & 0xFFFFF
        block = bucket >> 8
        first, end = _FIRST_AND_END(self._starts, bucket + block << 1)
        before = self._blocks[block]
        end += before
        high = self._high
        wanted = remainder >> 4
        at = bisect_left(high, wanted, before + first, end)
        while at < end and high[at] == wanted:
            if self._low[at >> 1] >> ((at & 1) << 2) & 15 == remainder & 15:
                return at
            at += 1
        return -1

    def ranks(self, keys: Keys) -> Ranks:
        """The same for keys (n, 16): ranks (n,), -1 where the table has nobody."""
        found = np.full(len(keys), -1, np.int64)
        if self.header.in_table:
            # A few thousand at a time: what one step writes is still in the processor's cache for the next.
            for begin in range(0, len(keys), _STRIDE):
                self._find(prefixes(keys[begin : begin + _STRIDE]), found[begin : begin + _STRIDE])
        return found

    def _find(self, prefix: npt.NDArray[np.uint64], found: Ranks) -> None:
        """Writes the ranks of these prefixes (k,) into `found` (k,), where there are any."""
        bucket = (prefix >> np.uint64(self._bucket_shift)).astype(np.int64)
        remainder = (prefix >> np.uint64(self._remainder_shift)).astype(np.uint32) & np.uint32(0xFFFFF)
        block = bucket >> 8
        before = self._blocks_array[block].astype(np.int64)
        bucket += block
        first = before + self._starts_array[bucket]
        end = before + self._starts_array[bucket + 1]
        # The whole bucket of everybody at once, compared at once. At the table's end the window begins earlier.
        window = np.minimum(first, len(self._windows) - 1)
        same = self._windows[window] == (remainder >> 4).astype(np.uint16)[:, None]
        # `flatnonzero` and a division are six times as quick as `nonzero` of two dimensions.
        hits = np.flatnonzero(same)
        row = hits // same.shape[1]
        at = window[row] + hits - row * same.shape[1]
        lower = self._low_array[at >> 1] >> ((at & 1) << 2).astype(np.uint8) & np.uint8(15)
        right = (at >= first[row]) & (at < end[row]) & (lower == (remainder[row] & 15))
        found[row[right]] = at[right]

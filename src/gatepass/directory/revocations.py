"""Which codes are void: serials of 8 bytes, exact, in a few sorted lists that grow by merging.

    revocations-0.list   at most  1,024 serials: today's           revocations-2.list   at most 262,144
    revocations-1.list   at most 16,384                            revocations-3.list   the rest

A code that is revoked goes into list 0; a list that would overflow is merged into the next one. So a revocation costs
every gate one file of some 4 kB on average, a gate that was away fetches only the lists that changed, and what is
revoked is the union of the lists. A serial is never taken out by itself: it is left out when its code has expired and
the lists are published anew. Until then any older list may stand beside any newer one without a revoked code passing,
which is why a gate may read them in whatever state a power cut left them.

    0   8  magic "GPREV" CR LF 1A
    8   2  format version, 1 (little-endian, as is the count)
    10  2  bytes of a serial, 8
    12  4  count
    16 32  BLAKE2b-256 of the rest and of bytes 0 to 15, person "gatepass revoked"
    48     the serials, ascending

No filter: with 10 million codes issued and one in thirty lost or replaced within its half year these are 2.7 MB; a
Bloom filter that errs once in a million would need 1.2 MB, and would void somebody's good code for ever.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Final

import numpy as np
import numpy.typing as npt

from gatepass.directory.errors import DirectoryError
from gatepass.directory.layout import CHECKSUM_BYTES, checksum

SERIAL_BYTES: Final = 8
LEVELS: Final = 4
_MAGIC: Final = b"GPREV\r\n\x1a"
_HEADER: Final = struct.Struct("<8sHHI")
_PERSON: Final = b"gatepass revoked"
_NAME: Final = re.compile(r"revocations-([0-3])\.list")

Serials = npt.NDArray[np.uint64]
"""Ascending, none twice; each is its 8 bytes read as a big-endian number."""
NONE: Final = np.empty(0, np.uint64)


def list_name(level: int) -> str:
    return f"revocations-{level}.list"


def level_of(name: str) -> int | None:
    """The level of a published list; None for a file that is none."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else None


def capacity(level: int) -> int:
    """Serials that a list may hold. The last one holds the rest."""
    return 1024 << 4 * level if level < LEVELS - 1 else 2**32 - 1


class Revocations:
    """What is revoked. Immutable; safe from any thread; a look-up takes some microseconds."""

    __slots__ = ("_lists",)

    def __init__(self, lists: Iterable[Serials] = ()) -> None:
        self._lists = tuple(each for each in lists if len(each))

    def is_revoked(self, serial: bytes) -> bool:
        """Whether this code was revoked. A serial of another length is none of ours."""
        if len(serial) != SERIAL_BYTES:
            return False
        number = np.uint64(int.from_bytes(serial, "big"))
        for each in self._lists:
            place = int(np.searchsorted(each, number))
            if place < len(each) and each[place] == number:
                return True
        return False

    def __len__(self) -> int:
        """A serial that a power cut left in two lists counts twice."""
        return sum(map(len, self._lists))


def as_serials(serials: Iterable[bytes]) -> Serials:
    """Raises: DirectoryError: serial_length."""
    given = list(serials)
    if any(len(serial) != SERIAL_BYTES for serial in given):
        raise DirectoryError("serial_length")
    return np.unique(np.frombuffer(b"".join(given), ">u8").astype(np.uint64))


def encode(serials: Serials) -> bytes:
    """The bytes of one list."""
    head = _HEADER.pack(_MAGIC, 1, SERIAL_BYTES, len(serials))
    body = serials.astype(">u8").tobytes()
    return head + checksum(head, body, person=_PERSON) + body


def decode(content: bytes) -> Serials:
    """Raises: DirectoryError: not_revocations, unsupported_format, torn, malformed."""
    if len(content) < _HEADER.size + CHECKSUM_BYTES or not content.startswith(_MAGIC):
        raise DirectoryError("not_revocations")
    _, version, width, count = _HEADER.unpack_from(content)
    if (version, width) != (1, SERIAL_BYTES):
        raise DirectoryError("unsupported_format")
    head = content[: _HEADER.size]
    found, body = content[_HEADER.size : _HEADER.size + CHECKSUM_BYTES], content[_HEADER.size + CHECKSUM_BYTES :]
    if len(body) != count * SERIAL_BYTES or found != checksum(head, body, person=_PERSON):
        raise DirectoryError("torn")
    serials = np.frombuffer(body, ">u8").astype(np.uint64)
    if np.any(serials[1:] <= serials[:-1]):
        raise DirectoryError("malformed")
    return serials


def with_revoked(lists: Mapping[int, Serials], serials: Serials) -> dict[int, Serials]:
    """The lists after these serials were revoked as well; those that did not change are the same objects."""
    carried = reduce(np.setdiff1d, lists.values(), serials)
    after = dict(lists)
    for level in range(LEVELS):
        if not len(carried):
            break
        carried = np.union1d(after.pop(level, NONE), carried)
        if len(carried) <= capacity(level):
            after[level] = carried
            break
    return after


def in_one(lists: Iterable[Serials]) -> Serials:
    """All of them, each once."""
    return reduce(np.union1d, lists, NONE)

"""The base file: header, sections, checksum. Little-endian; see docs/directory.md for a worked example.

    0   8  magic "GPDIR" CR LF 1A (a text-mode copy breaks it visibly)
    8   2  format version
    10  1  bucket bits b                    11  1  remainder bits (20)
    12  4  number of exceptions
    16  8  directory version                24  8  as_of, ms since 1970 UTC
    32  8  people, exceptions included
    40 56  offsets of the six sections below, and of the end of the file
    96 32  BLAKE2b-256 of everything before and after it, person "gatepass base"

Sections, each padded with zero bytes to a multiple of 8:
    blocks      uint32 per block of 256 buckets: rank of the block's first person
    starts      uint16, one more than buckets per block: where each bucket begins, and the last one ends, counted from
                the block's first person
    high        uint16 per person of the table: upper 16 bits of the remainder, ascending within a bucket
    low         4 bits per person of the table, even rank in the low half: lower 4 bits of the remainder
    exceptions  16 bytes each, ascending: the whole key of everyone whom bucket and remainder do not tell apart
    states      uint16 per three people, by rank: table first, then exceptions
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from gatepass.directory.errors import DirectoryError
from gatepass.directory.states import words_for

KEY_BYTES: Final = 16
MAGIC: Final = b"GPDIR\r\n\x1a"
FORMAT: Final = 1
REMAINDER_BITS: Final = 20
MEAN_LOAD_LIMIT: Final = 16
"""People per bucket on average, at most: with 20-bit remainders a stranger then matches with at most 16 / 2^20."""
BUCKET_LIMIT: Final = 255
"""People per bucket: 256 buckets of 255 still fit the uint16 of `starts`. Everybody above becomes an exception."""
BLOCK: Final = 256
PEOPLE_LIMIT: Final = MEAN_LOAD_LIMIT << 28
HEADER: Final = struct.Struct("<8sHBBIQQQ7Q")
CHECKSUM_BYTES: Final = 32
HEADER_BYTES: Final = HEADER.size + CHECKSUM_BYTES
_INT64: Final = 2**63


def bucket_bits_for(people: int) -> int:
    """The fewest bits that keep `people` / 2^b at or below 16, and at least one."""
    return max(1, (-(-people // MEAN_LOAD_LIMIT) - 1).bit_length()) if people else 1


def checksum(*parts: bytes | memoryview, person: bytes) -> bytes:
    """BLAKE2b-256. It tells a torn file from a whole one; who wrote the file is told by the signature above it."""
    digest = blake2b(digest_size=CHECKSUM_BYTES, person=person)
    for part in parts:
        digest.update(part)
    return digest.digest()


@dataclass(frozen=True, slots=True)
class Header:
    """The first 128 bytes, without offsets and checksum, which follow from the rest."""

    bucket_bits: int
    exceptions: int
    version: int
    as_of: int
    people: int

    @property
    def in_table(self) -> int:
        return self.people - self.exceptions

    @property
    def buckets(self) -> int:
        return 1 << self.bucket_bits

    @property
    def blocks(self) -> int:
        return -(-self.buckets // BLOCK)

    @property
    def section_bytes(self) -> tuple[int, ...]:
        """Length of each section in bytes, before padding."""
        return (
            4 * self.blocks,
            2 * (self.buckets + self.blocks),
            2 * self.in_table,
            -(-self.in_table // 2),
            KEY_BYTES * self.exceptions,
            2 * words_for(self.people),
        )

    @property
    def offsets(self) -> tuple[int, ...]:
        """Where each of the six sections begins, and where the file ends."""
        places = [HEADER_BYTES]
        for length in self.section_bytes:
            places.append(places[-1] + length + -length % 8)
        return tuple(places)

    def encode(self) -> bytes:
        """The 96 bytes before the checksum."""
        return HEADER.pack(
            MAGIC,
            FORMAT,
            self.bucket_bits,
            REMAINDER_BITS,
            self.exceptions,
            self.version,
            self.as_of,
            self.people,
            *self.offsets,
        )


def read_header(view: memoryview) -> tuple[Header, bytes]:
    """Header and checksum of a whole base file. Verifies length, checksum and every field.

    Raises:
        DirectoryError: not_a_directory, unsupported_format, torn, malformed.
    """
    if bytes(view[: len(MAGIC)]) != MAGIC:
        raise DirectoryError("not_a_directory")
    if len(view) < HEADER_BYTES:
        raise DirectoryError("torn")
    _, form, bits, remainder_bits, exceptions, version, as_of, people, *offsets = HEADER.unpack_from(view)
    if form != FORMAT:
        raise DirectoryError("unsupported_format", format=form)
    stored = bytes(view[HEADER.size : HEADER_BYTES])
    if offsets[-1] != len(view) or stored != checksum(
        view[: HEADER.size], view[HEADER_BYTES:], person=b"gatepass base"
    ):
        raise DirectoryError("torn")
    header = Header(bits, exceptions, version, as_of, people)
    if (
        remainder_bits != REMAINDER_BITS
        or not 1 <= bits <= 28
        or people > MEAN_LOAD_LIMIT << bits
        or exceptions > people
        or max(version, as_of) >= _INT64
        or tuple(offsets) != header.offsets
    ):
        raise DirectoryError("malformed", part="header")
    return header, stored

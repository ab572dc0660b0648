"""From people and their states to a base file. 10 million people in a few seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from gatepass.directory.errors import DirectoryError
from gatepass.directory.layout import (
    BUCKET_LIMIT,
    KEY_BYTES,
    PEOPLE_LIMIT,
    REMAINDER_BITS,
    Header,
    bucket_bits_for,
    checksum,
)
from gatepass.directory.states import Codes, Ranks, State, code_of, pack
from gatepass.directory.table import Keys, as_keys, prefixes

People = Mapping[bytes, State] | Iterable[tuple[bytes, State]] | tuple[Keys, Codes]


@dataclass(frozen=True, slots=True)
class Built:
    """A base file, and `order`: row of the input -> its rank is the position in `order` (n,)."""

    content: bytes
    order: Ranks


def as_arrays(people: People) -> tuple[Keys, Codes]:
    """Keys (n, 16) and codes (n,) from a mapping, pairs, or the two arrays themselves.

    Raises:
        DirectoryError: key_length, bad_state.
    """
    if isinstance(people, tuple) and len(people) == 2 and isinstance(people[0], np.ndarray):
        keys, codes = as_keys(people[0]), np.asarray(people[1])
        if codes.shape != (len(keys),) or codes.dtype != np.uint8 or np.any(codes > 31):
            raise DirectoryError("bad_state")
        return keys, codes
    pairs = list(people.items() if isinstance(people, Mapping) else people)
    if any(len(key) != KEY_BYTES for key, _ in pairs):
        raise DirectoryError("key_length")
    codes = np.fromiter((code_of(state) for _, state in pairs), np.uint8, len(pairs))
    if np.any(codes > 31):
        raise DirectoryError("bad_state")
    return as_keys(b"".join(key for key, _ in pairs)), codes


def build(people: People, *, version: int, as_of: int) -> bytes:
    """The base file of these people. `as_of` in ms since 1970 UTC. The same people give the same bytes in any order.

    Raises:
        DirectoryError: key_length, bad_state, duplicate_key, too_many.
    """
    return build_with_order(*as_arrays(people), version=version, as_of=as_of).content


def build_with_order(keys: Keys, codes: Codes, *, version: int, as_of: int) -> Built:
    """As `build`, from arrays (n, 16) and (n,), and with the rank of everybody.

    1. Sort by the first 64 bits. 2. Who shares bucket and remainder with a neighbour becomes an exception, and so
    does everybody above 255 in one bucket. 3. Lay the rest out by rank; exceptions follow, by whole key.
    """
    people = len(keys)
    if people > PEOPLE_LIMIT:
        raise DirectoryError("too_many", people=people)
    bits = bucket_bits_for(people)
    prefix = prefixes(keys)
    order = np.argsort(prefix, kind="stable")
    mark = prefix[order] >> np.uint64(64 - bits - REMAINDER_BITS)
    bucket = (mark >> np.uint64(REMAINDER_BITS)).astype(np.int64)

    twin = mark[1:] == mark[:-1]
    alone = np.ones(people, bool)
    alone[1:] &= ~twin
    alone[:-1] &= ~twin
    counts = np.bincount(bucket[alone], minlength=1 << bits)
    if counts.max(initial=0) > BUCKET_LIMIT:
        rows = np.flatnonzero(alone)
        firsts = np.cumsum(counts) - counts
        alone[rows[np.arange(len(rows)) - firsts[bucket[rows]] >= BUCKET_LIMIT]] = False
        counts = np.minimum(counts, BUCKET_LIMIT)

    outside = order[~alone]
    outside = outside[_ascending(keys[outside])]
    if np.any(np.all(keys[outside[1:]] == keys[outside[:-1]], axis=1)):
        raise DirectoryError("duplicate_key")
    order = np.concatenate([order[alone], outside])

    header = Header(bits, len(outside), version, as_of, people)
    per_block = counts.reshape(header.blocks, -1)
    starts = np.zeros((header.blocks, per_block.shape[1] + 1), np.int64)
    np.cumsum(per_block, axis=1, out=starts[:, 1:])
    blocks = np.cumsum(starts[:, -1]) - starts[:, -1]
    remainder = (mark[alone] & np.uint64(0xFFFFF)).astype(np.uint32)
    low = np.zeros(len(remainder) + len(remainder) % 2, np.uint8)
    low[: len(remainder)] = remainder & 15

    sections = (
        blocks.astype("<u4"),
        starts.astype("<u2"),
        (remainder >> 4).astype("<u2"),
        low[::2] | low[1::2] << 4,
        keys[outside],
        pack(codes[order]),
    )
    body = bytearray()
    for section in sections:
        raw = section.tobytes()
        body += raw + bytes(-len(raw) % 8)
    head = header.encode()
    return Built(head + checksum(head, memoryview(body), person=b"gatepass base") + bytes(body), order)


def _ascending(keys: Keys) -> Ranks:
    """The order (n,) that sorts whole keys (n, 16)."""
    halves = keys.reshape(len(keys), 2, 8).copy().view(">u8").reshape(-1, 2)
    return np.lexsort((halves[:, 1], halves[:, 0]))

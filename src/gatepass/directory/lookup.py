"""`Directory`: one version of the answer to *which colour?*, ready to be asked from any thread.

Immutable. A delta gives a new `Directory` that shares the memory-mapped key table and has its own copy of the states
(0.67 bytes a person: about 1 ms for 10 million), so that nobody waits and nobody sees half a delta.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from gatepass.directory.delta import Delta
from gatepass.directory.errors import DirectoryError
from gatepass.directory.layout import KEY_BYTES, Header, read_header
from gatepass.directory.states import PER_WORD, STATES, UNREGISTERED, Codes, State, Words, patch, unpack
from gatepass.directory.table import Keys, KeyTable, as_keys, prefixes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ANSWERS: tuple[State | None, ...] = (*STATES, *(None,) * (UNREGISTERED + 1 - len(STATES)))


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware moment."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """The aware moment, UTC. A number beyond the calendar gives its last day rather than an exception."""
    return _EPOCH + timedelta(milliseconds=min(ms, 253_370_764_800_000))


class Directory:
    """`look_up`, `look_up_many`, `version`, `as_of`, `len`.

    `open` reads a file, `parse` bytes; `with_delta` gives the next version, `with_as_of` the same one, confirmed later.
    """

    __slots__ = (
        "_exact",
        "_exact_prefixes",
        "_rank",
        "_states",
        "_states_array",
        "as_of_ms",
        "checksum",
        "overlay",
        "people",
        "table",
        "version",
    )

    def __init__(
        self,
        table: KeyTable,
        checksum: bytes,
        states: Words,
        *,
        version: int,
        as_of_ms: int,
        people: int,
        overlay: dict[bytes, int],
    ) -> None:
        self.table = table
        self._rank = table.rank
        self.checksum = checksum
        """Of the base file: what a delta must name."""
        self.version = version
        self.as_of_ms = as_of_ms
        self.people = people
        self.overlay: Mapping[bytes, int] = overlay
        """Enrolled (code) or removed (255) since the base, by whole key."""
        self._states: memoryview[int] = states.data
        self._states_array = states
        ranks = np.fromiter(table.exceptions.values(), np.int64, len(table.exceptions))
        self._exact: dict[bytes, int] = (
            dict(zip(table.exceptions, unpack(states, ranks).tolist(), strict=True)) | overlay
        )
        self._exact_prefixes: npt.NDArray[np.uint64] | None = None

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """A base file, memory-mapped and verified (about 50 ms for 10 million people).

        Raises:
            DirectoryError: as `parse`.
            OSError: the file is not there.
        """
        with Path(path).open("rb") as file:
            if not file.seek(0, 2):
                raise DirectoryError("torn")
            return cls.parse(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))

    @classmethod
    def parse(cls, content: bytes | memoryview) -> Self:
        """A base file's bytes. They are kept, not copied.

        Raises:
            DirectoryError: not_a_directory, unsupported_format, torn, malformed; nothing else, whatever the bytes.
        """
        view = memoryview(content)
        header, checksum = read_header(view)
        words = np.frombuffer(view[header.offsets[5] :], "<u2", header.section_bytes[5] // 2)
        return cls(
            KeyTable(header, view),
            checksum,
            words,
            version=header.version,
            as_of_ms=header.as_of,
            people=header.people,
            overlay={},
        )

    @property
    def base(self) -> Header:
        """The base's header: its version, geometry and section lengths."""
        return self.table.header

    @property
    def base_id(self) -> str:
        """The first 16 bytes of the base's checksum, in hex."""
        return self.checksum[:16].hex()

    @property
    def as_of(self) -> datetime:
        """When the centre stated this knowledge (aware, UTC)."""
        return from_ms(self.as_of_ms)

    def __bool__(self) -> bool:
        return True  # nobody in it is not the same as no directory

    def __len__(self) -> int:
        return self.people

    def look_up(self, key: bytes) -> State | None:
        """Colour and advice of a person, or None for somebody who is not registered. About 1.5 us.

        Raises:
            DirectoryError: key_length.
        """
        if len(key) != KEY_BYTES:
            raise DirectoryError("key_length")
        code = self._exact.get(key)
        if code is not None:
            return _ANSWERS[code]
        rank = self._rank(key)
        if rank < 0:
            return None
        return STATES[self._states[rank // PER_WORD] >> 5 * (rank % PER_WORD) & 31]

    def look_up_many(self, keys: Keys | bytes) -> Codes:
        """Codes (n,) of keys (n, 16): `STATES[code]`, or 255 for somebody who is not registered.

        Raises:
            DirectoryError: key_length.
        """
        array = as_keys(keys)
        codes = self._table_codes(array)
        if self._exact:
            known = self._exact_prefixes
            if known is None:
                # Two threads may both make it: the same array, so nothing to guard.
                known = np.sort(prefixes(as_keys(b"".join(self._exact))))
                self._exact_prefixes = known
            asked = prefixes(array)
            place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
            for row in np.flatnonzero(known[place] == asked).tolist():
                code = self._exact.get(array[row].tobytes())
                if code is not None:
                    codes[row] = code
        return codes

    def base_codes(self, ranks: npt.NDArray[np.int64]) -> Codes:
        """Codes (k,) by rank, without the overlay: what a publisher compares with."""
        return unpack(self._states_array, ranks)

    def _table_codes(self, keys: Keys) -> Codes:
        ranks = self.table.ranks(keys)
        if not self.base.people:
            return np.full(len(ranks), UNREGISTERED, np.uint8)
        codes = unpack(self._states_array, np.maximum(ranks, 0))
        codes[ranks < 0] = UNREGISTERED
        return codes

    def with_delta(self, delta: Delta) -> Self:
        """The directory after this delta; itself where the delta brings nothing new.

        Raises:
            DirectoryError: wrong_base, gap.
        """
        if delta.base_checksum != self.checksum or delta.base_people != self.base.people:
            raise DirectoryError("wrong_base")
        if delta.from_version > self.version:
            raise DirectoryError("gap", reached=self.version, begins=delta.from_version)
        if delta.to_version <= self.version:
            return self
        states = self._states_array
        if len(delta.ranks):
            states = states.copy()
            patch(states, delta.ranks, delta.codes)
        return type(self)(
            self.table,
            self.checksum,
            states,
            version=delta.to_version,
            as_of_ms=delta.as_of,
            people=delta.people,
            overlay={**self.overlay, **delta.overlay},
        )

    def with_as_of(self, as_of_ms: int) -> Self:
        """The same people and states, confirmed by the centre at a later moment."""
        copy = object.__new__(type(self))
        for name in self.__slots__:
            setattr(copy, name, getattr(self, name))
        copy.as_of_ms = as_of_ms
        return copy

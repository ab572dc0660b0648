"""Whole days in and out of a store, by number: for moving a town's passages to another engine, and for making a town.

A `Store` is an engine seen from below. Rows are plain tuples: of a hundred million, each microsecond is two minutes.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Protocol

from gatepass.centre.passages.log import Flow, Movement, PassageLog
from gatepass.centre.passages.rows import Kind, spelled
from gatepass.centre.passages.runs import Runs

PORTION = 50_000
"""Rows that are in memory at a time."""

StoredRow = tuple[int, int, int, int, int, int, bytes, bytes | None, bytes | None]
"""gate, at, journal, seq, kind, knowledge, id, person, about."""
StoredVerdict = tuple[bytes, int, str, bool]
"""about, seq, outcome, whether it came before its passage."""
Cells = Counter[tuple[int, int, int]]
"""(hour, gate, kind) -> rows."""


@dataclass(slots=True)
class DayCopy:
    """All that a store holds of one day but the counters, which the receiving store makes anew from the rows."""

    day: date
    kinds: Mapping[int, Kind]
    rows: Iterable[list[StoredRow]]
    """In the order (gate, at, journal, seq)."""
    sealed: Mapping[tuple[int, int], bytes] = field(default_factory=dict)
    """(journal, seq) -> identity."""
    verdicts: Collection[StoredVerdict] = ()
    movements: Mapping[tuple[int, int, str], int] = field(default_factory=dict)
    """(hour, gate, direction) -> people."""


class Store(PassageLog, Protocol):
    """An engine's log with its lower half. Only for whoever holds its writer's lock (`become_writer`)."""

    def names(self) -> dict[int, str]:
        """Gates and journals by number."""

    def load_names(self, names: Mapping[int, str]) -> None:
        """The same numbers for the same names. Raises ValueError if one of them means something else here."""

    def count(self, day: date) -> int:
        """Rows of a day that is held."""

    def read_day(self, day: date) -> DayCopy:
        """A day that is held. Its rows are read as they are asked for."""

    def write_day(self, copy: DayCopy) -> int:
        """Stores a day whole or not at all, its counters with it; raises ValueError if it is held already. The rows."""

    def counted_days(self) -> list[date]:
        """Days of which there are counters, rows or not, oldest first."""

    def add_sums(self, flow: Collection[Flow], movements: Collection[Movement]) -> None:
        """Counters of days whose rows are gone, or which rows alone do not give."""

    def all_runs(self) -> dict[int, Runs]:
        """Which numbers of each journal have ever arrived."""

    def add_runs(self, runs: Mapping[int, Runs]) -> None:
        """These have arrived too."""


def counted(
    rows: Iterable[list[StoredRow]], slot: Callable[[int], tuple[date, int]], cells: Cells
) -> Iterator[list[StoredRow]]:
    """The rows as they come, and in `cells` how many of them each hour, gate and kind has."""
    for portion in rows:
        cells.update([(slot(row[1])[1], row[0], row[4]) for row in portion])
        yield portion


@dataclass(frozen=True, slots=True)
class Digest:
    """What a day holds, in a number that no order and no numbering of kinds changes.

    The sum modulo 2^128 of a BLAKE2b of every row and every sealed identity. A sum and not an exclusive or: a row that
    stands there twice must not vanish.
    """

    rows: int
    total: int

    def __str__(self) -> str:
        return f"{self.total:032x}"


_NUMBERS = struct.Struct(">IqIqQ???")


class Digester:
    """Reads a copy's rows through, and knows their digest at the end."""

    def __init__(self, copy: DayCopy) -> None:
        self.copy = copy
        self._count = self._total = 0

    @property
    def digest(self) -> Digest:
        """Of the rows that were read so far."""
        return Digest(self._count, self._total % 2**128)

    def rows(self) -> Iterator[list[StoredRow]]:
        words = {number: "\0".join(map(str, spelled(kind))).encode() for number, kind in self.copy.kinds.items()}
        sealed = self.copy.sealed
        for portion in self.copy.rows:
            total = 0
            for gate, at, journal, seq, kind, knowledge, passage, person, about in portion:
                identity = sealed.get((journal, seq)) if sealed else None
                flags = person is not None, about is not None, identity is not None
                numbers = _NUMBERS.pack(gate, at, journal, seq, knowledge, *flags)
                text = b"".join((numbers, passage, person or b"", about or b"", words[kind], b"\0", identity or b""))
                total += int.from_bytes(blake2b(text, digest_size=16).digest(), "big")
            self._count += len(portion)
            self._total += total
            yield portion

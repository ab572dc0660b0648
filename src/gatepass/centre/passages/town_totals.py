"""The totals of every gate of a town over many days: a day that nobody has written to since is added up from memory.

Four weeks of five thousand gates are a hundred and forty thousand rows, a fifth of a second in Python; days that are
over hardly ever change. A file that has changed says so by its time and size, a day in PostgreSQL by how much is
counted of it in all: every record adds to that, in the transaction of the sums. Some 240 kB a day.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import apsw
import numpy as np

from gatepass.centre.passages import counted
from gatepass.centre.passages.known_days import Memory

SETTLED_NS: Final = 10_000_000_000
"""A file that was written to more lately may be written to again within the grain of its time: it is read."""
MOST_DAYS: Final = 200

_Rows = np.ndarray[Any, np.dtype[np.int64]]


class TownTotals(Memory[_Rows]):
    """Of whole towns only: who asks for some gates is answered without it."""

    def __init__(self) -> None:
        super().__init__(MOST_DAYS)

    def of(self, file: apsw.Connection) -> _Rows:
        """(gates, 6): gate, entered, exited, passed, held, refused; as `counted.total_rows` has them."""
        path = file.filename
        times = _times(path)  # before the rows: what is written meanwhile makes another state
        known = self.known(path, times)
        if known is not None:
            return known
        rows = as_rows(counted.total_rows(file, None))
        if times and time.time_ns() - max(changed for changed, _size in times) > SETTLED_NS:
            self.keep(path, times, rows)
        return rows

    @staticmethod
    def summed(days: Iterable[_Rows]) -> Iterator[tuple[int, list[int]]]:
        """gate -> its five totals over all of these days, by gate."""
        rows = [day for day in days if len(day)]
        most = max((int(day[:, 0].max()) for day in rows), default=-1)
        totals, there = np.zeros((most + 1, 5), np.int64), np.zeros(most + 1, np.bool_)
        for day in rows:  # no gate is in a day twice
            totals[day[:, 0]] += day[:, 1:]
            there[day[:, 0]] = True
        gates = np.flatnonzero(there)
        yield from zip(gates.tolist(), totals[gates].tolist(), strict=True)


def as_rows(rows: Sequence[Sequence[int]]) -> _Rows:
    return np.array(rows, np.int64).reshape(-1, 6)


def _times(path: str) -> tuple[tuple[int, int], ...]:
    """When the database and its log were last written to, and their sizes.

    An empty log is left out: every reader who opens the file makes one anew, and has written nothing.
    """
    found = []
    for name in (path, f"{path}-wal"):
        with suppress(OSError):
            stat = Path(name).stat()
            if stat.st_size:
                found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)

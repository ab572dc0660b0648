"""One question of a trace in parts, each over a connection of its own, so that the disk is asked for several pages at
once.

A trace of one person reads some hundred and fifty scattered pages of the indexes of fourteen partitions, and an index
is read page after page: a disk that takes a tenth of a millisecond for each holds it up for longer than everything else
together. `effective_io_concurrency` helps no index-only scan. Beside that, a server with several cores finds the rows
of one part while Python takes those of another.

The rows of a part come as one list, made by C code in one go: threads hardly fight for Python's lock, other than where
each row is a step (`reading_ahead`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Final, LiteralString, TypeVar

from gatepass.centre.passages.days import DAY_MS
from gatepass.centre.passages.postgres_connections import Connections

T = TypeVar("T")

PARTS: Final = 4
"""So two traces at a time find their connections open and their plans made (`IDLE_CONNECTIONS`)."""
FEWEST: Final = 4
"""Fewer windows than these are one part."""


def parts_of(things: Sequence[T]) -> list[Sequence[T]]:
    """In their order and as long as one another; none is empty."""
    if len(things) < FEWEST:
        return [things] if things else []
    ends = [len(things) * n // PARTS for n in range(PARTS + 1)]
    return [things[low:high] for low, high in pairwise(ends)]


def parts_of_time(since: int, until: int) -> list[tuple[int, int]]:
    """[since, until], ms, both ends inclusive; of a day or two only one: each part looks for everybody."""
    days = (until - since) // DAY_MS
    if days < 2:
        return [(since, until)]
    count = min(PARTS, days)
    ends = [since + (until + 1 - since) * n // count for n in range(count + 1)]
    return [(low, high - 1) for low, high in pairwise(ends)]


class AtOnce:
    """Safe to use from several threads."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        # Its threads start with the first question that needs them.
        self._threads = ThreadPoolExecutor(PARTS - 1, "passages-parts")

    def of(self, statement: LiteralString, parts: Sequence[Sequence[object]]) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of each part in their order; a part is the statement's values. Raises as `Connections.reading`."""
        if not parts:
            return
        under_way = [self._threads.submit(self._rows, statement, values) for values in parts[1:]]
        yield self._rows(statement, parts[0])
        for one in under_way:
            yield one.result()

    def _rows(self, statement: LiteralString, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._connections.reading() as connection:
            return connection.execute(statement, values, binary=True).fetchall()

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)

"""Several days' files asked of the disk at once, for a trace that is about to go through all of them.

A trace of one person reads some hundred scattered pages of fourteen files. One after the other, a disk that takes a
quarter of a millisecond for a page holds it up for longer than everything else together; eight at a time, hardly.

WHY the rows themselves are not read by these threads: each row hands Python's lock from one to the other, and a hundred
thousand rows of eight threads take twice the time of one. What the threads ask is a single count for each day; then the
pages are in the system's memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from typing import Final

import apsw

from gatepass.centre.passages.day_files import DayFiles

THREADS: Final = 8
FEWEST_DAYS: Final = 3
"""Fewer are read as they come."""


class ReadingAhead:
    def __init__(self, files: DayFiles) -> None:
        self._files = files
        # Its threads start with the first question that needs them.
        self._threads = ThreadPoolExecutor(THREADS, "passages-ahead")

    def of(self, days: Sequence[date], fetch: Callable[[date, apsw.Connection], None]) -> Iterator[date]:
        """The days in their order, each as soon as `fetch` has gone through its file."""
        if len(days) < FEWEST_DAYS:
            yield from days
            return
        under_way = [(day, self._threads.submit(self._fetched, day, fetch)) for day in days]
        for day, fetched in under_way:
            fetched.result()
            yield day

    def _fetched(self, day: date, fetch: Callable[[date, apsw.Connection], None]) -> None:
        with suppress(apsw.CantOpenError), self._files.reading(day) as file:  # whoever reads the rows is told
            fetch(day, file)

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)

"""Long work of the centre's own that nobody waits for, beside pages that somebody does wait for."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Row = TypeVar("Row")


def gently(rows: Iterable[Row], every: int = 1_000) -> Iterator[Row]:
    """The rows of a long piece that nobody waits for: after so many, a pause of three times as long as they took.

    Python has one lock for all threads and no order among them: whoever goes through a million rows without a pause
    takes from every page, and from the live board, half of their time.
    """
    began = time.monotonic()
    for place, row in enumerate(rows, 1):
        yield row
        if not place % every:
            time.sleep(min(1.0, 3 * (time.monotonic() - began)))
            began = time.monotonic()

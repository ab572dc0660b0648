"""Of several processes on one folder, one does the work of a kind; the others stand by and take over when it goes."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[bool]:
    """Whether this process may do the work. The lock goes with the process, whatever ends it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file: IO[str]
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True

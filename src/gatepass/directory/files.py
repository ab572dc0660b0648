"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, content: bytes | memoryview, *, mode: int = 0o644, durable: bool = True) -> None:
    """Writes beside `path`, then renames: a reader, or a power cut, finds the old file or the new one.

    `durable=False` leaves out the two fsyncs, for what may be a minute old after a power cut.
    """
    beside = path.with_name(f".{path.name}.new")
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(file, "wb") as stream:  # noqa: PTH123 - opens a descriptor, so that the mode holds from the first byte
        stream.write(content)
        if durable:
            stream.flush()
            os.fsync(stream.fileno())
    beside.replace(path)
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes renames and removals in `folder` survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def sync_file(path: Path) -> None:
    """Makes the content of a file that somebody else wrote survive a power cut."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())

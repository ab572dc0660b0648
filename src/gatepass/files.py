"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_whole(
    path: Path, content: bytes | memoryview, *, mode: int = 0o644, durable: bool = True, replace: bool = True
) -> None:
    """Write beside `path`, then rename: a reader, or a power cut, finds the old file or the new one.

    `durable=False` leaves out the two fsyncs, for what may be a minute old after a power cut. With `replace=False` an
    existing file raises FileExistsError, untouched. OSError where the disk refuses; nothing is left behind then.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    # Opened by descriptor, so that the mode holds from the first byte on.
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        if replace:
            beside.replace(path)
        else:
            os.link(beside, path)  # a hard link never overwrites, and there is no moment between look and leap
    finally:
        beside.unlink(missing_ok=True)
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and removals in `folder` survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def sync_file(path: Path) -> None:
    """Make the content of a file that somebody else wrote survive a power cut."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())

"""Which reader families this gate can attach, by the word before the colon: sam:/dev/ttyUSB0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gatepass.gate.problems import FolderError
from gatepass.readers import OnRead, OnReading, OnState, Reader
from gatepass.readers.sam import SamReader


@dataclass(frozen=True, slots=True)
class Attach:
    """What a reader tells, and to whom."""

    on_read: OnRead
    on_state: OnState
    on_reading: OnReading


def _sam(port: str, attach: Attach, poll_s: float) -> Reader:
    return SamReader(
        port, on_read=attach.on_read, on_state=attach.on_state, on_reading=attach.on_reading, poll_s=poll_s
    )


_FAMILIES: dict[str, Callable[[str, Attach, float], Reader]] = {"sam": _sam}


def attach_reader(name: str, attach: Attach, *, poll_s: float) -> Reader:
    """The reader that FAMILY:PORT names, not yet running. FolderError `reader_unknown`."""
    family, _, port = name.partition(":")
    if family not in _FAMILIES or not port:
        raise FolderError("reader_unknown", reader=name)
    return _FAMILIES[family](port, attach, poll_s)

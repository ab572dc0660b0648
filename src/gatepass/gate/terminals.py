"""Which reader families this gate can attach, by the word before the colon: sam:/dev/ttyUSB0, camera:0.

A family is one line here: its folder in `gatepass.readers` and the name of its reader class, whose constructor is
`(port, *, on_read, on_state, on_reading, poll_s)`. The folder is imported when a reader of it is attached and not
before: a gate without a camera never loads the software of one. What a family finds attached, it says in `find()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Final, cast

from gatepass.gate.problems import FolderError
from gatepass.policy import Method
from gatepass.readers import Attached, OnRead, OnReading, OnState, Reader

FAMILIES: Final[dict[str, str]] = {
    "sam": "SamReader",
    "scanner": "ScannerReader",
    "keypad": "KeypadReader",
    "camera": "CameraReader",
    "pcsc": "PcscReader",
}


@dataclass(frozen=True, slots=True)
class Attach:
    """What a reader tells, and to whom."""

    on_read: OnRead
    on_state: OnState
    on_reading: OnReading


def attach_reader(name: str, attach: Attach, *, poll_s: float) -> Reader:
    """The reader that FAMILY:PORT names, not yet running.

    FolderError `reader_unknown`, `reader_port` (not as this family writes ports), `reader_software_missing`.
    """
    family, _, port = name.partition(":")
    if family not in FAMILIES or (not port and family not in _FIRST_FOUND):
        raise FolderError("reader_unknown", reader=name, families=" ".join(FAMILIES))
    make = getattr(_module(family), FAMILIES[family])
    try:
        reader = make(
            port, on_read=attach.on_read, on_state=attach.on_state, on_reading=attach.on_reading, poll_s=poll_s
        )
    except ValueError as error:
        raise FolderError("reader_port", reader=name) from error
    return cast("Reader", reader)


_FIRST_FOUND: Final = frozenset({"pcsc"})
"""Families that take the first device they find where no port is named."""


def fault_method(name: str) -> Method:
    """What somebody was doing when this reader met a fault: it decides in which words they are told."""
    return _FAULT_METHOD.get(name.partition(":")[0], Method.CARD)


_FAULT_METHOD: Final = {"keypad": Method.TYPED, "scanner": Method.PRINTED, "camera": Method.PRINTED}


def find_readers() -> Iterator[Attached | FolderError]:
    """What is attached to this machine now, family by family; for a family that cannot be loaded, why it cannot."""
    for family in FAMILIES:
        try:
            found = _module(family).find()
        except FolderError as error:
            yield error
        else:
            yield from found


def _module(family: str) -> ModuleType:
    try:
        return import_module(f"gatepass.readers.{family}")
    except ImportError as error:
        raise FolderError("reader_software_missing", family=family, software=error.name or str(error)) from error

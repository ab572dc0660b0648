"""Hardware that reads documents: one folder per device family, all with the same files and the same contract."""

from gatepass.readers.contract import (
    READER_DETAILS,
    Attached,
    CodeText,
    Condition,
    Glimpse,
    OnRead,
    OnReading,
    OnState,
    OpensChips,
    Reader,
    ReaderState,
    Reading,
)

__all__ = [
    "READER_DETAILS",
    "Attached",
    "CodeText",
    "Condition",
    "Glimpse",
    "OnRead",
    "OnReading",
    "OnState",
    "OpensChips",
    "Reader",
    "ReaderState",
    "Reading",
]

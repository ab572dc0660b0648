"""Hardware that reads documents: one folder per device family, all with the same files and the same contract."""

from gatepass.readers.contract import READER_DETAILS, Condition, OnRead, OnReading, OnState, Reader, ReaderState

__all__ = ["READER_DETAILS", "Condition", "OnRead", "OnReading", "OnState", "Reader", "ReaderState"]

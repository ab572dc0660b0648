"""The commands of a SAM reader, and every status word (SW3) that it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cached_property
from typing import Final

from gatepass.readers.sam.frames import build


class Command(Enum):
    """Command and parameter byte of each request this project sends or its simulator understands."""

    RESET = b"\x10\xff"
    STATUS = b"\x11\xff"
    MODULE_NUMBER = b"\x12\xff"
    FIND = b"\x20\x01"
    SELECT = b"\x20\x02"
    READ = b"\x30\x01"
    READ_WITH_FINGERPRINTS = b"\x30\x10"
    READ_NEWEST_ADDRESS = b"\x30\x03"

    @cached_property
    def request(self) -> bytes:
        return build(self.value)


class StatusWord(IntEnum):
    """SW3. The meaning of 23 is found in no source: two implementations list it as an error."""

    DONE = 0x90
    FOUND = 0x9F
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    NO_CONTENT = 0x91
    CHECK_ERROR = 0x10
    LENGTH_ERROR = 0x11
    COMMAND_ERROR = 0x21
    UNDOCUMENTED = 0x23
    UNKNOWN_ERROR = 0x24
    READER_REJECTED = 0x31
    CARD_REJECTED = 0x32
    VERIFICATION_FAILED = 0x33
    WRONG_CARD = 0x40
    READ_FAILED = 0x41
    RANDOM_FAILED = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error word means for the person whose card lies there."""

    code: str
    """Of a DocumentError."""
    again: bool
    """Worth another attempt while the card still lies there: cards arrive in the field at an angle, and late."""
    ill: bool = False
    """The reader itself cannot work, with this card or any."""


FAULTS: Final[dict[int, Fault]] = {
    StatusWord.NO_CARD: Fault("card_removed_early", again=True),
    StatusWord.SELECT_FAILED: Fault("card_read_failed", again=True),
    StatusWord.NO_CONTENT: Fault("card_read_failed", again=True),
    StatusWord.CHECK_ERROR: Fault("reader_check_error", again=True),
    StatusWord.LENGTH_ERROR: Fault("reader_length_error", again=True),
    StatusWord.COMMAND_ERROR: Fault("reader_error", again=True),
    StatusWord.UNDOCUMENTED: Fault("reader_error", again=True),
    StatusWord.UNKNOWN_ERROR: Fault("reader_error", again=True),
    StatusWord.READER_REJECTED: Fault("card_rejected", again=True),
    StatusWord.CARD_REJECTED: Fault("card_rejected", again=True),
    StatusWord.VERIFICATION_FAILED: Fault("card_rejected", again=True),
    StatusWord.WRONG_CARD: Fault("card_wrong_kind", again=False),
    StatusWord.READ_FAILED: Fault("card_read_failed", again=True),
    StatusWord.RANDOM_FAILED: Fault("card_read_failed", again=True),
    StatusWord.SELF_TEST_FAILED: Fault("reader_self_test_failed", again=False, ill=True),
    StatusWord.NOT_AUTHORISED: Fault("reader_not_authorised", again=False, ill=True),
}

_UNLISTED: Final = Fault("reader_error", again=True)


def fault_of(status: int) -> Fault:
    """The meaning of any byte that is not the success asked for: unlisted words are errors too, never a pass."""
    return FAULTS.get(status, _UNLISTED)

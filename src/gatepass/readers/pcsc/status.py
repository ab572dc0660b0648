"""The commands that a chip is sent, and what its status words (SW1 SW2) mean to the person whose document it is in."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from gatepass.identity import DocumentError
from gatepass.readers.pcsc.frames import SHORT, Command

EMRTD_APPLICATION: Final = bytes.fromhex("A0000002471001")
"""ICAO's travel document application (9303-10, 3.11.3)."""


class Ins(IntEnum):
    """Instructions in use (ISO/IEC 7816-4)."""

    MANAGE_SECURITY = 0x22
    CHIP_NUMBER = 0x36
    EXTERNAL_AUTHENTICATE = 0x82
    GET_CHALLENGE = 0x84
    GENERAL_AUTHENTICATE = 0x86
    INTERNAL_AUTHENTICATE = 0x88
    SELECT = 0xA4
    READ_BINARY = 0xB0
    READ_BINARY_FAR = 0xB1
    GET_RESPONSE = 0xC0
    GET_DATA = 0xCA


class File(IntEnum):
    """Elementary files by their identifier. Those below are in the master file or in the application, as stated."""

    CARD_ACCESS = 0x011C
    """Master file."""
    CARD_SECURITY = 0x011D
    """Master file. The same identifier is EF.SOD in the application."""
    ATR_INFO = 0x2F01
    """Master file."""
    COM = 0x011E
    SOD = 0x011D
    DG1 = 0x0101
    DG2 = 0x0102
    DG14 = 0x010E
    DG15 = 0x010F


class StatusWord(IntEnum):
    """SW1 SW2 of ISO/IEC 7816-4, 5.6, that chips of travel documents use."""

    DONE = 0x9000
    END_OF_FILE = 0x6282
    AUTHENTICATION_FAILED = 0x6300
    WRONG_LENGTH = 0x6700
    SECURITY_NOT_SATISFIED = 0x6982
    AUTHENTICATION_BLOCKED = 0x6983
    CONDITIONS_NOT_SATISFIED = 0x6985
    NO_SECURE_MESSAGING = 0x6987
    WRONG_SECURE_MESSAGING = 0x6988
    WRONG_DATA = 0x6A80
    FUNCTION_NOT_SUPPORTED = 0x6A81
    NOT_FOUND = 0x6A82
    WRONG_PARAMETERS = 0x6A86
    KEY_NOT_FOUND = 0x6A88
    WRONG_OFFSET = 0x6B00
    INSTRUCTION_UNKNOWN = 0x6D00
    CLASS_UNKNOWN = 0x6E00
    UNKNOWN = 0x6F00


_MORE: Final = 0x61
_RIGHT_LENGTH: Final = 0x6C
_COUNTED: Final = 0x63C0

# Of a file that is asked for: what is no fault of anybody's.
ABSENT: Final = frozenset({StatusWord.NOT_FOUND, StatusWord.FUNCTION_NOT_SUPPORTED, StatusWord.KEY_NOT_FOUND})
# The key that was shown does not open this chip.
REFUSED: Final = frozenset(
    {
        StatusWord.AUTHENTICATION_FAILED,
        StatusWord.SECURITY_NOT_SATISFIED,
        StatusWord.AUTHENTICATION_BLOCKED,
        StatusWord.WRONG_SECURE_MESSAGING,
    }
)
LOCKED: Final = frozenset({StatusWord.SECURITY_NOT_SATISFIED, StatusWord.CONDITIONS_NOT_SATISFIED})
"""Not to be had before somebody shows the key."""


def is_refusal(status: int) -> bool:
    """63C0 to 63CF say how many more attempts the chip allows."""
    return status in REFUSED or status & 0xFFF0 == _COUNTED


def has_no_application(status: int) -> bool:
    """What cards answer that know no such application, or no such command: 6A8x, 6Dxx, 6Exx, 91xx (DESFire)."""
    return status >> 4 == 0x6A8 or status >> 8 in {0x6D, 0x6E, 0x91} or status in {0x6999, 0x6700, 0x6985}


def more_to_fetch(status: int) -> int | None:
    """61xx: so many bytes wait for GET RESPONSE; 0 stands for 256. None for any other status."""
    return status & 0xFF if status >> 8 == _MORE else None


def right_length(status: int) -> int | None:
    """6Cxx: ask again, for so many bytes; 0 stands for 256. None for any other status."""
    return status & 0xFF if status >> 8 == _RIGHT_LENGTH else None


def failure(status: int, what: str) -> DocumentError:
    """For any status that is not the success asked for: an unlisted one is an error too, never a pass."""
    return DocumentError("chip_read_failed", what=what, status=status)


SELECT_MASTER: Final = Command(0x00, Ins.SELECT, 0x00, 0x0C, b"\x3f\x00")
SELECT_EMRTD: Final = Command(0x00, Ins.SELECT, 0x04, 0x0C, EMRTD_APPLICATION)
CHALLENGE: Final = Command(0x00, Ins.GET_CHALLENGE, 0x00, 0x00, expected=8)
CARD_NUMBER: Final = Command(0xFF, Ins.GET_DATA, 0x00, 0x00, expected=SHORT)
"""PC/SC part 3, 3.2.2.1.3: answered by the reader, not by the card."""
RESIDENT_CHIP_NUMBER: Final = Command(0x00, Ins.CHIP_NUMBER, 0x00, 0x00, expected=8)
"""The number of the chip of a second-generation resident card (type B), which it gives without its security module."""


def select_file(file: int) -> Command:
    return Command(0x00, Ins.SELECT, 0x02, 0x0C, file.to_bytes(2, "big"))


FAR: Final = 0x8000
"""Where the offset of READ BINARY no longer fits into its header."""


def read_binary(offset: int, count: int) -> Command:
    """Up to `count` bytes of the selected file. Beyond 32 kB the offset travels as a data object (9303-10, 3.6.3)."""
    if offset < FAR:
        return Command(0x00, Ins.READ_BINARY, offset >> 8, offset & 0xFF, expected=count)
    where = offset.to_bytes(3, "big").lstrip(b"\x00")
    return Command(0x00, Ins.READ_BINARY_FAR, 0x00, 0x00, b"\x54" + bytes((len(where),)) + where, count)

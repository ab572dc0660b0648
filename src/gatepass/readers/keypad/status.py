"""What the keys of a keypad do, besides writing."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from gatepass.readers.keyboard import (
    BACKSPACE,
    CANCEL,
    CLEAR,
    DELETE,
    ENTER,
    ESCAPE,
    KEYPAD_ASTERISK,
    KEYPAD_ENTER,
    NUM_LOCK,
    PHONE_STAR,
)


class Act(StrEnum):
    FINISH = "finish"
    ERASE = "erase"
    """The latest character."""
    CLEAR = "clear"
    CLEAR_UNLESS_WRAPPED = "clear_unless_wrapped"
    """As `CLEAR`, but some keypads press Num Lock themselves before and after each digit, so that it is one."""


ACTS: Final = {
    ENTER: Act.FINISH,
    KEYPAD_ENTER: Act.FINISH,
    BACKSPACE: Act.ERASE,
    ESCAPE: Act.CLEAR,
    DELETE: Act.CLEAR,
    CLEAR: Act.CLEAR,
    CANCEL: Act.CLEAR,
    NUM_LOCK: Act.CLEAR_UNLESS_WRAPPED,
}

# One citizen in eleven has an X at the end, and keypads have no letters: the star stands for it, as on telephones.
STARS: Final = frozenset({KEYPAD_ASTERISK, PHONE_STAR})

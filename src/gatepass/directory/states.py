"""What the directory says of a person: a colour and an advice, five bits, three people to a 16-bit word.

Codes 0 to 31 are colour * 8 + advice; 255 stands for *not registered*. All 32 codes mean something, so no stored
bit pattern can be an unknown state. Three to a word wastes one bit in sixteen and needs one array access.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from gatepass.directory.errors import DirectoryError
from gatepass.policy import Advice, Colour

State = tuple[Colour | None, Advice]
Codes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint16]
Ranks = npt.NDArray[np.int64]

UNREGISTERED: Final = 0xFF
PER_WORD: Final = 3

# The order is the file format: append, never reorder.
_COLOURS: Final = (None, Colour.GREEN, Colour.YELLOW, Colour.RED)
_ADVICE: Final = (
    Advice.NONE,
    Advice.APPLY,
    Advice.DECLARE,
    Advice.TEST,
    Advice.STAY_HOME,
    Advice.APPEAL,
    Advice.VISIT_OFFICE,
    Advice.RENEW_DOCUMENT,
)
STATES: Final[tuple[State, ...]] = tuple((colour, advice) for colour in _COLOURS for advice in _ADVICE)
_CODES: Final[Mapping[State, int]] = {state: code for code, state in enumerate(STATES)}


def code_of(state: State | None) -> int:
    """The code of a state; None (a removal) gives `UNREGISTERED`."""
    if state is None:
        return UNREGISTERED
    try:
        return _CODES[state]
    except (KeyError, TypeError):
        raise DirectoryError("bad_state") from None


def words_for(people: int) -> int:
    return -(-people // PER_WORD)


def pack(codes: Codes) -> Words:
    """Codes (n,) of 0..31 to words (ceil(n / 3),), little-endian; person r sits at bit 5 * (r % 3) of word r // 3."""
    padded = np.zeros(words_for(len(codes)) * PER_WORD, np.uint16)
    padded[: len(codes)] = codes
    slots = padded.reshape(-1, PER_WORD)
    return (slots[:, 0] | slots[:, 1] << 5 | slots[:, 2] << 10).astype("<u2")


def unpack(words: Words, ranks: Ranks) -> Codes:
    """The codes (k,) of the people at `ranks` (k,)."""
    place = ranks // PER_WORD
    shift = ((ranks - place * PER_WORD) * 5).astype(np.uint16)
    return ((words[place] >> shift) & np.uint16(31)).astype(np.uint8)


def patch(words: Words, ranks: Ranks, codes: Codes) -> None:
    """Sets the codes at `ranks` (all different), in place."""
    place, slot = np.divmod(ranks, PER_WORD)
    for number in range(PER_WORD):
        # One slot at a time: within a slot no two ranks share a word, so that no write is lost.
        mine = slot == number
        at = place[mine]
        shift = 5 * number
        words[at] = (words[at] & (0xFFFF ^ 31 << shift)) | codes[mine].astype(np.uint16) << shift

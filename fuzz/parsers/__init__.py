"""The parsers that face the outside: how each is called with any bytes, and what it promises.

A call ends in a word: `accepted`, or the code with which the input was refused. Anything else is a fault: an exception
that was not promised, a code that no list has, or a fact that does not hold (at the top of each module).
"""

from __future__ import annotations

from typing import Final

from fuzz.parsers import asking, camera, chips, codes, documents, keypad, portraits, sam, scanner
from fuzz.parsers.promises import ACCEPTED, NotPromisedError, Parser

__all__ = ["ACCEPTED", "PARSERS", "NotPromisedError", "Parser"]

PARSERS: Final = {
    parser.name: parser
    for room in (documents, sam, scanner, keypad, camera, portraits, codes, chips, asking)
    for parser in room.PARSERS
}

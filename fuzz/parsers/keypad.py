"""Numbers that are typed on a keypad, as key events.

keypad    at most so many characters are kept; the same numbers whatever pieces the events come in; each means something
"""

from __future__ import annotations

from typing import Final

from fuzz.parsers.promises import ACCEPTED, TODAY, Parser, refusal, require
from gatepass.identity import DocumentError
from gatepass.readers.keyboard import EV_KEY, EV_SYN, SYN_DROPPED, SYN_REPORT, Event, pack
from gatepass.readers.keypad.frames import LONGEST, KeypadParser
from gatepass.readers.keypad.meaning import read

_KEY_S: Final = 0.05
"""Between two keys: shorter and longer than a keypad's own Num Lock takes, by turns."""


def parse_keys(octets: bytes) -> str:
    """Byte 0: what is cut of the last event. The rest: two bytes an event, key and value; 0xFF, the kernel's buffer was
    full.
    """
    how, keys = octets[0] if octets else 0, octets[1:]
    events = [
        pack(Event(EV_KEY, key, value % 3))
        if key != 0xFF
        else pack(Event(EV_SYN, SYN_DROPPED, 0)) + pack(Event(EV_SYN, SYN_REPORT, 0))
        for key, value in zip(keys[::2], keys[1::2], strict=False)
    ]
    parser, pieces = KeypadParser(), KeypadParser()
    found, in_pieces = [], []
    for number, event in enumerate(events):
        at = number * _KEY_S * (1 + number % 4)
        found += parser.feed(event, at)
        middle = how % len(event)
        in_pieces += [*pieces.feed(event[:middle], at), *pieces.feed(event[middle:], at)]
        require(parser.count <= LONGEST, "more is kept than one number")
    require(found == in_pieces, "other numbers when the events come in pieces")
    require(parser.count == 0 or parser.patience is not None, "what was typed would stand there for ever")
    parser.silence()
    require((parser.count, parser.patience) == (0, None), "something is left when nobody goes on")
    last = "nothing"
    for typed in found:
        meant = read(typed, today=TODAY)
        last = refusal(meant) if isinstance(meant, DocumentError) else ACCEPTED
    return last


def key_seeds() -> list[bytes]:
    digits = dict(zip("0123456789", (82, 79, 80, 81, 75, 76, 77, 71, 72, 73), strict=True)) | {"*": 55, "/": 98}

    def typed(text: str) -> bytes:
        return b"".join(bytes((digits[one], 1, digits[one], 0)) for one in text) + bytes((96, 1, 96, 0))

    return [
        b"\0" + typed("11010519491231002*"),
        b"\1" + typed("12345678"),
        b"\2" + typed("0270225603") + bytes((69, 1, 69, 0)) + typed("1"),
        b"\3" + typed("1234")[:8] + bytes((14, 1, 14, 2, 14, 0, 0xFF, 0)) + typed("5678"),
        b"\4" + bytes((35, 1, 35, 0)) + typed("12345678"),
    ]


PARSERS: Final = (Parser("keypad", key_seeds, parse_keys, 200),)

"""Codes of scanners, as bytes of a serial line and as events of a keyboard.

scanner   the same codes whatever pieces the bytes come in; bounded; no control characters; every code means something
keys      the same for `struct input_event`, whatever keys are pressed in whatever order
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tests.identity.zones import TD3

from fuzz.parsers.promises import ACCEPTED, TODAY, Parser, refusal, require
from gatepass.identity import Document, DocumentError
from gatepass.readers import CodeText
from gatepass.readers.keyboard import EV_KEY, KEYPAD_DIGITS, LAYOUTS, LEFT_ALT, LEFT_SHIFT, Event, pack
from gatepass.readers.scanner.frames import LONGEST, Code, CodeParser, Found, KeyCodeParser
from gatepass.readers.scanner.meaning import Numbers, read

_NUMBERS: Final = tuple(Numbers)
_LAYOUTS: Final = tuple(LAYOUTS.values())
_KEPT_BESIDE: Final = 4
_MOST_PIECES: Final = 64


def parse_stream(octets: bytes) -> str:
    """Byte 0: pieces of so many bytes, and where numbers are believed. The rest came over the line."""
    how, stream = octets[0] if octets else 0, octets[1:]
    parser = CodeParser()
    found = parser.feed(stream)
    require(parser.pending <= LONGEST, "more is kept than one code")
    pieces, size = CodeParser(), max(how % 37 + 1, len(stream) // _MOST_PIECES)
    in_pieces = [one for start in range(0, len(stream), size) for one in pieces.feed(stream[start : start + size])]
    require(in_pieces == found, "other codes when the bytes come in pieces")
    require((pieces.pending, pieces.patience) == (parser.pending, parser.patience), "another patience")
    found += _until_nothing_waits(parser)
    return _meaning(found, _NUMBERS[how % len(_NUMBERS)])


def parse_keys(octets: bytes) -> str:
    """Byte 0: layout and where numbers are believed. The rest: two bytes an event, key and value; what is left over of
    a whole event is cut.
    """
    how, keys = octets[0] if octets else 0, octets[1:]
    stream = b"".join(
        pack(Event(EV_KEY if value < 0xF0 else value & 3, key, value % 3))
        for key, value in zip(keys[::2], keys[1::2], strict=False)
    )
    stream = stream[: len(stream) - how % 5]
    parser = KeyCodeParser(_LAYOUTS[how % len(_LAYOUTS)], caps_lock=bool(how & 0x80))
    found = parser.feed(stream)
    whole = KeyCodeParser(_LAYOUTS[how % len(_LAYOUTS)], caps_lock=bool(how & 0x80))
    size = max(how % 41 + 1, len(stream) // _MOST_PIECES)
    in_pieces = [one for start in range(0, len(stream), size) for one in whole.feed(stream[start : start + size])]
    require(in_pieces == found, "other codes when the events come in pieces")
    found += _until_nothing_waits(parser)
    return _meaning(found, _NUMBERS[how % len(_NUMBERS)])


def _until_nothing_waits(parser: CodeParser | KeyCodeParser) -> Found:
    found: Found = []
    for _ in range(_KEPT_BESIDE):
        if parser.patience is None:
            break
        found += parser.silence()
    require(parser.patience is None, "it waits for ever")
    require(parser.pending == 0, "bytes stay behind")
    return found


def _meaning(found: Found, believe: Numbers) -> str:
    last = "nothing"
    for one in found:
        if isinstance(one, Code):
            require(one.text == one.text.strip(), "a text that is not stripped")
            require(not any(character < "\t" and character != "\x04" for character in one.text), "control characters")
            require(repr(one) == repr(replace(one, text="")), "a code in a repr")
        meant = read(one, believe=believe, today=TODAY)
        if isinstance(meant, DocumentError):
            last = refusal(meant)
        elif isinstance(meant, CodeText):
            require(isinstance(one, Code) and meant.text == one.text, "another text")
            last = ACCEPTED
        else:
            require(isinstance(meant, Document) and bool(meant.number), "a document without a number")
            last = ACCEPTED
    return last


def stream_seeds() -> list[bytes]:
    streams = [
        b"]Q1https://example.test/c/abc123\r\n",
        b"]C011010519491231002X\r",
        b'\x02]Q3{"text": "\xe6\xb5\x8b\xe8\xaf\x95"}\x03',
        b"]Q4\\000026\xe6\xb5\x8b\\000029\xb2\xe2\xca\xd4\r",
        b"".join(line.encode() + b"\r" for line in TD3.splitlines()),
        b"]d1HC1:NCFOXN%TSMAHN-H\r]Q1second\r",
        b"\xb2\xe2\xca\xd4\xb2\xe2\xca\xd4\r",
        b"without an end",
    ]
    return [bytes((how,)) + stream for stream in streams for how in (0, 1, 36)]


def key_seeds() -> list[bytes]:
    plain = {written: code for code, written in LAYOUTS["us"].plain.items()}
    shifted = {written: code for code, written in LAYOUTS["us"].shifted.items()}

    def typed(text: str) -> bytes:
        keys = b""
        for character in text:
            if character in plain:
                keys += bytes((plain[character], 1, plain[character], 0))
            else:
                code = shifted[character]
                keys += bytes((LEFT_SHIFT, 1, code, 1, code, 0, LEFT_SHIFT, 0))
        return keys + bytes((28, 1, 28, 0))

    def alt(number: int) -> bytes:
        digits = b"".join(bytes((KEYPAD_DIGITS[int(digit)], 1, KEYPAD_DIGITS[int(digit)], 0)) for digit in str(number))
        return bytes((LEFT_ALT, 1)) + digits + bytes((LEFT_ALT, 0))

    streams = [
        typed("]Q1https://example.test/c/abc123"),
        typed("]C011010519491231002X"),
        alt(28010) + alt(233) + typed("abcd"),
        typed("ABCD") + bytes((3, 0xF4)) + typed("EFGH") + typed("IJKL"),
    ]
    return [bytes((how,)) + stream for stream in streams for how in (0, 5)]


PARSERS: Final = (
    Parser("scanner", stream_seeds, parse_stream, 9000),
    Parser("keys", key_seeds, parse_keys, 240),
)

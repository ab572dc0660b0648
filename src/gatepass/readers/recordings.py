"""What a device sent, in a file that can be passed on: JSON lines, a head and then pieces in their order.

    {"recording": 1, "device": "serial"}                       or "keyboard"
    {"dt": 0.0, "bytes": "5d5131…"}                            seconds since the piece before, hexadecimal
    {"dt": 0.004, "events": [[1, 42, 1], [0, 0, 0]]}           type, code, value of each `struct input_event`

A recording shows how a device frames, paces and ends what it sends; what was in the code is nobody's business. `mask`
therefore replaces each digit by 0 and each letter by A or a, byte by byte, so that lengths, marks, identifiers, line
ends and timing stay; of Chinese, all characters become 一. Key events lose their scan codes, which would tell the key.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from gatepass.readers.keyboard import (
    DIGITS,
    ENTER,
    EV_KEY,
    EV_MSC,
    KEYPAD_DIGITS,
    KEYPAD_ENTER,
    LEFT_ALT,
    LETTERS,
    MODIFIERS,
    RIGHT_ALT,
    TAB,
    Event,
    EventParser,
    pack,
)

VERSION: Final = 1
_MOST_PIECES: Final = 100_000
_LONGEST_PAUSE_S: Final = 3600.0
_U16: Final = range(0x10000)
_S32: Final = range(-(2**31), 2**31)

Device = Literal["serial", "keyboard"]


class RecordingError(ValueError):
    """Not a recording. `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} is not of a recording")
        self.line = line


@dataclass(frozen=True, slots=True)
class Piece:
    """What arrived at once, `dt` seconds after the piece before. Of a keyboard: whole `struct input_event`."""

    dt: float
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recording:
    device: Device
    pieces: tuple[Piece, ...]


def write(recording: Recording) -> str:
    """The lines of the file."""
    lines: list[dict[str, Any]] = [{"recording": VERSION, "device": recording.device}]
    for piece in recording.pieces:
        dt = round(piece.dt, 6)
        if recording.device == "serial":
            lines.append({"dt": dt, "bytes": piece.octets.hex()})
        else:
            lines.append({"dt": dt, "events": [list(event) for event in EventParser().feed(piece.octets)]})
    return "".join(json.dumps(line) + "\n" for line in lines)


def read(text: str) -> Recording:
    """Raises RecordingError, and nothing else."""
    lines = text.splitlines()
    head = _object(lines[0] if lines else "", 1)
    device = head.get("device")
    if head.get("recording") != VERSION or device not in {"serial", "keyboard"} or len(lines) > _MOST_PIECES:
        raise RecordingError(1)
    pieces = tuple(_piece(_object(line, at), device, at) for at, line in enumerate(lines[1:], 2) if line.strip())
    return Recording(device, pieces)


def _object(line: str, at: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise RecordingError(at) from None
    if not isinstance(found, dict):
        raise RecordingError(at)
    return found


def _piece(line: dict[str, Any], device: Device, at: int) -> Piece:
    dt = line.get("dt")
    if not isinstance(dt, int | float) or not math.isfinite(dt) or not 0 <= dt <= _LONGEST_PAUSE_S:
        raise RecordingError(at)
    try:
        if device == "serial":
            return Piece(float(dt), bytes.fromhex(line["bytes"]))
        return Piece(float(dt), b"".join(pack(_event(fields)) for fields in line["events"]))
    except (KeyError, TypeError, ValueError):
        raise RecordingError(at) from None


def _event(fields: Any) -> Event:
    kind, code, value = fields
    if type(kind) is not int or type(code) is not int or type(value) is not int:
        raise TypeError
    if kind not in _U16 or code not in _U16 or value not in _S32:
        raise ValueError
    return Event(kind, code, value)


# --- nobody's business

_RELEASED, _PRESSED = 0, 1
_ALT: Final = frozenset({LEFT_ALT, RIGHT_ALT})
_ENDS: Final = frozenset({ENTER, KEYPAD_ENTER, TAB})
_BRACKET: Final = 27
"""`]` of the US layout."""
_IN_IDENTIFIER: Final = 3


def mask(recording: Recording) -> Recording:
    """The same recording with other contents; see above. Lengths and times stay as they are."""
    masked: Iterable[bytes]
    if recording.device == "serial":
        whole = mask_bytes(b"".join(piece.octets for piece in recording.pieces))
        masked = _cut(whole, [len(piece.octets) for piece in recording.pieces])
    else:
        per_piece = [EventParser().feed(piece.octets) for piece in recording.pieces]
        events = iter(_mask_events([event for events in per_piece for event in events]))
        masked = (
            b"".join(pack(event) for event in (next(events) for _ in found) if event.kind != EV_MSC)
            for found in per_piece
        )
    pieces = tuple(replace(piece, octets=octets) for piece, octets in zip(recording.pieces, masked, strict=True))
    return replace(recording, pieces=pieces)


def _cut(octets: bytes, lengths: list[int]) -> Iterator[bytes]:
    at = 0
    for length in lengths:
        yield octets[at : at + length]
        at += length


# A character of the same length in UTF-8.
_STAND_INS: Final = {2: "é", 3: "一", 4: "𠀀"}
_GBK_STAND_IN: Final = "一".encode("gb18030")
_MARKS: Final = re.compile(rb"([\r\n\x02\x03])")
_IDENTIFIER: Final = re.compile(rb"\][A-Za-z][0-9A-Za-z]")


def mask_bytes(octets: bytes) -> bytes:
    """As long as before. AIM identifiers (`]Q1`) stay: they say what kind of code it was."""
    return b"".join(map(_mask_run, _MARKS.split(octets)))


def _mask_run(run: bytes) -> bytes:
    """What stands between two marks, in one encoding."""
    identifier = _IDENTIFIER.match(run)
    head = identifier[0] if identifier else b""
    run = run[len(head) :]
    try:
        return head + "".join(_STAND_INS.get(len(one.encode()), _stand_in(one)) for one in run.decode()).encode()
    except UnicodeDecodeError:
        return head + _mask_double_bytes(run)


def _mask_double_bytes(run: bytes) -> bytes:
    masked, at = b"", 0
    while at < len(run):
        if run[at] < 0x80:
            masked += _stand_in(chr(run[at])).encode()
        elif at + 1 < len(run):
            masked += _GBK_STAND_IN
            at += 1
        else:
            masked += b"\xe9"
        at += 1
    return masked


def _stand_in(character: str) -> str:
    if character.isdigit():
        return "0"
    return "A" if character.isupper() else "a" if character.islower() else character


def _mask_events(events: list[Event]) -> list[Event]:
    masked = list(events)
    down: dict[int, int] = {}
    """Key that is held -> the key that stands for it."""
    alt_code: list[int] = []
    presses = 0
    """Since the last code ended."""
    identified = False
    for at, event in enumerate(events):
        if event.kind != EV_KEY:
            continue
        if event.value == _PRESSED and event.code not in MODIFIERS:
            presses = 0 if event.code in _ENDS else presses + 1
            identified = event.code == _BRACKET if presses == 1 else identified
        if event.code in KEYPAD_DIGITS.values() and down.keys() & _ALT:
            alt_code.append(at)
        if event.value == _PRESSED:
            # An AIM identifier stays, as in bytes.
            down[event.code] = event.code if identified and presses <= _IN_IDENTIFIER else _stand_in_key(event.code)
        masked[at] = event._replace(code=down.get(event.code, _stand_in_key(event.code)))
        if event.value == _RELEASED:
            down.pop(event.code, None)
            if event.code in _ALT:
                _mask_alt_code(masked, alt_code)
                alt_code = []
    return masked


def _stand_in_key(code: int) -> int:
    if code in DIGITS.values():
        return DIGITS[0]
    if code in LETTERS.values():
        return LETTERS["A"]
    return KEYPAD_DIGITS[0] if code in KEYPAD_DIGITS.values() else code


def _mask_alt_code(masked: list[Event], places: list[int]) -> None:
    """The digits between Alt down and Alt up become those of `A`, or of 一 where there are five or more."""
    pressed = sum(masked[at].value == 1 for at in places)
    stand_in = (f"{int.from_bytes(_GBK_STAND_IN, 'big')}" if pressed >= 5 else "65").rjust(pressed, "0")
    at_digit = -1
    for at in places:
        at_digit += masked[at].value == 1
        digit = stand_in[at_digit] if 0 <= at_digit < len(stand_in) else "0"
        masked[at] = masked[at]._replace(code=KEYPAD_DIGITS[int(digit)])

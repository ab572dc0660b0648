"""Key strokes of a keypad, as `struct input_event` in and whole numbers out; no clock (the time is told), no port.

    digits, letters    of the number; lower case is upper case; a star is X
    /                  after the three letters of the state that issued a passport: KOR/M12345678
    Enter              the number is whole
    Backspace          takes the latest character back
    Esc, Del, Num Lock begins anew, and so do 20 seconds without a key: the next person types their own number

Hyphens, points and spaces are not taken: numbers are printed with them and mean the same without.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gatepass.readers.keyboard import DROPPED, LAYOUTS, EventParser, Layout, Stroke, Typist
from gatepass.readers.keypad.status import ACTS, STARS, Act

LONGEST: Final = 32
"""No number is longer. What is typed beyond it is not taken; the number is then refused as too long."""

FORGET_AFTER_S: Final = 20.0
WRAPPED_WITHIN_S: Final = 0.1
"""A keypad that presses Num Lock itself does so within two or three USB reports of 8 to 10 ms."""

_TAKEN: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ/")


@dataclass(frozen=True, slots=True)
class Typed:
    """A number that somebody finished."""

    number: str = field(repr=False)


class FrameFault(StrEnum):
    """A number that was finished and is not whole."""

    LENGTH = "length"
    """The kernel dropped keys of it: eight digits that are left of eighteen would be somebody's permit."""


Found = list[Typed | FrameFault]


class KeypadParser:
    """Bytes in any pieces become finished numbers. Keeps at most LONGEST characters."""

    def __init__(self, layout: Layout = LAYOUTS["us"], *, caps_lock: bool = False) -> None:
        self._events = EventParser()
        self._typist = Typist(layout, caps_lock=caps_lock)
        self._number = ""
        self._spoilt = False
        self._latest_key = float("-inf")
        self._clears_at: float | None = None

    @property
    def count(self) -> int:
        """Characters of the number that is being typed: all that anybody may be shown of it."""
        return len(self._number)

    @property
    def patience(self) -> float | None:
        """Seconds without a key after which `silence` is to be called; None: silence means nothing now."""
        if self._clears_at is not None:
            return WRAPPED_WITHIN_S
        return FORGET_AFTER_S if self._number or self._spoilt else None

    def feed(self, chunk: bytes, at: float) -> Found:
        """`at`: when it came, in seconds by any clock that does not jump."""
        finished: Found = []
        for stroke in self._typist.feed(self._events.feed(chunk)):
            typed = self._take(stroke, at)
            if typed is not None:
                finished.append(typed)
        return finished

    def silence(self) -> None:
        """No key for `patience` seconds."""
        self._clear()
        self._clears_at = None

    def _clear(self) -> None:
        self._number = ""
        self._spoilt = False

    def _take(self, stroke: Stroke, at: float) -> Typed | FrameFault | None:
        since, self._latest_key = at - self._latest_key, at
        if self._clears_at is not None:
            # A person pressed Num Lock, unless a digit follows faster than any finger.
            if at - self._clears_at > WRAPPED_WITHIN_S:
                self._clear()
            self._clears_at = None
        act = ACTS.get(stroke.key)
        if act is Act.FINISH:
            return None if stroke.again else self._finish()
        if act is Act.ERASE:
            self._number = self._number[:-1]
        elif act is Act.CLEAR:
            self._clear()
        elif stroke.key == DROPPED:
            self._number, self._spoilt = "", True
        elif act is Act.CLEAR_UNLESS_WRAPPED:
            if since > WRAPPED_WITHIN_S:
                self._clears_at = at
        else:
            self._write(stroke)
        return None

    def _write(self, stroke: Stroke) -> None:
        written = "X" if stroke.key in STARS else stroke.text.upper()
        # A digit that is held down counts once: nobody sees that it was written three times.
        if written in _TAKEN and not stroke.again and len(self._number) < LONGEST:
            self._number += written

    def _finish(self) -> Typed | FrameFault | None:
        number, spoilt = self._number, self._spoilt
        self._clear()
        if spoilt:
            return FrameFault.LENGTH
        return Typed(number) if number else None


def split(stream: bytes) -> Found:
    """The finished numbers of a whole stream of `struct input_event`, typed at once. Never raises."""
    return KeypadParser().feed(stream, 0.0)

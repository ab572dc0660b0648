"""A keypad made of software, as an input device (a named pipe), with fingers that can go wrong.

with KeypadSimulator() as keypad:          # `keypad.device` is what the gate opens
    keypad.type("11010519491231002X")      # on a keypad, X is the star
    keypad.press(KEYPAD_ENTER)
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from gatepass.readers.keyboard import (
    EV_KEY,
    EV_SYN,
    KEYPAD_ASTERISK,
    KEYPAD_DIGITS,
    KEYPAD_ENTER,
    NUM_LOCK,
    SYN_DROPPED,
    SYN_REPORT,
    Event,
)
from gatepass.readers.pretence import Piece, Pretence, pack_all, press, type_text
from gatepass.readers.recordings import Recording

_WRAP_S: Final = 0.008
_REPEATS: Final = 20


class Fault(StrEnum):
    WRAPPED = "wrapped"
    """The keypad presses Num Lock itself before and after each digit."""
    HELD = "held"
    """A finger stays on each key until it repeats."""
    DROPPED = "dropped"
    """The kernel lost events in the middle of the number."""
    UNPLUGGED = "unplugged"
    """The cable is pulled in the middle of the number."""


class KeypadSimulator(Pretence):
    """One simulated keypad. `link`: where its device is made; without it, in a temporary folder.

    `keyboard`: digits are typed above the letters and X is a letter, as on a keyboard.
    """

    def __init__(self, link: Path | None = None, *, keyboard: bool = False, per_key_s: float = 0.0) -> None:
        super().__init__(link, keyboard=True)
        self._letters = keyboard
        self._per_key_s = per_key_s
        self._fault: Fault | None = None

    def inject(self, fault: Fault) -> None:
        """The next thing that is typed goes wrong."""
        self._fault = fault

    def type(self, text: str, *, enter: bool = False) -> None:
        """Presses and releases the key of each character; then, if asked to, Enter."""
        fault, self._fault = self._fault, None
        pieces = [piece for character in text for piece in self._key(character, fault)]
        middle = len(pieces) // 2
        if fault is Fault.DROPPED:
            pieces.insert(middle, (0.0, pack_all([Event(EV_SYN, SYN_DROPPED, 0), Event(EV_SYN, SYN_REPORT, 0)])))
        if fault is Fault.UNPLUGGED:
            self.play([*pieces[:middle], (0.1, b"")])
            self.then(self.vanish)
            return
        if enter:
            pieces.append((self._per_key_s, pack_all(press(KEYPAD_ENTER))))
        self.play(pieces)

    def press(self, *keys: int) -> None:
        """Keys that go down together."""
        self.play([(self._per_key_s, pack_all(press(*keys)))])

    def replay(self, recording: Recording) -> None:
        """Sends what was recorded, at its pace."""
        self.play((piece.dt, piece.octets) for piece in recording.pieces)

    def _key(self, character: str, fault: Fault | None) -> list[Piece]:
        if self._letters:
            events = type_text(character)[0]
        else:
            events = press(KEYPAD_ASTERISK if character in "xX" else KEYPAD_DIGITS[int(character)])
        pause = self._per_key_s
        if fault is Fault.WRAPPED:
            lock = pack_all(press(NUM_LOCK))
            return [(pause, lock), (_WRAP_S, pack_all(events)), (_WRAP_S, lock)]
        if fault is Fault.HELD:
            held = [Event(EV_KEY, events[0].code, 2), Event(EV_SYN, SYN_REPORT, 0)]
            return [(pause, pack_all([*events[:2], *held * _REPEATS, *events[2:]]))]
        return [(pause, pack_all(events))]

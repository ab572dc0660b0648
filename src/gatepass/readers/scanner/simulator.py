"""A scanner made of software, on a real pty or as an input device (a named pipe), that can be made to misbehave.

with ScannerSimulator() as scanner:              # `scanner.device` is what the gate opens
    scanner.show("GP1:…", symbology="Q1")        # a code is shown
    scanner.inject(Fault.HALF)                   # ... and of the next one, half arrives
    scanner.replay(recording)                    # what a real scanner once sent, at its pace

ScannerSimulator(Settings(keyboard=True))        # key strokes instead of bytes
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from gatepass.readers.keyboard import EV_SYN, SYN_DROPPED, Event
from gatepass.readers.pretence import Piece, Pretence, pack_all, type_text
from gatepass.readers.recordings import Recording

_REPEATS: Final = 6
_REPEAT_S: Final = 0.2
_PULLED_AFTER_S: Final = 0.1
_FLOOD: Final = 20_000
_GARBAGE: Final = bytes((37 * n + 11) & 0xFF for n in range(60)).replace(b"\r", b"\1").replace(b"\n", b"\1")


class Fault(StrEnum):
    HALF = "half"
    """The second half of the code never comes, nor its end."""
    GLUED = "glued"
    """The end is missing, and the next code follows at once."""
    REPEATED = "repeated"
    """The code stays in front of the scanner: it is sent six times, every 200 ms."""
    GARBAGE = "garbage"
    """Bytes of another speed; as a keyboard, control characters."""
    FLOOD = "flood"
    """20,000 characters without an end, and then the code's end."""
    FALTERING = "faltering"
    """A pause of 100 ms in the middle, as wireless scanners make."""
    UNPLUGGED = "unplugged"
    """The cable is pulled in the middle of the code."""
    DROPPED = "dropped"
    """Keyboard only: the kernel lost events in the middle."""
    OTHER_LAYOUT = "other_layout"
    """Keyboard only: it types as on a German keyboard, whatever it is set to."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the scanner's own set-up sheet would say."""

    keyboard: bool = False
    end: str = "\r"
    """After each code: CR, LF, CR LF, TAB, or nothing."""
    framed: bool = False
    """STX and ETX around each code."""
    identifiers: bool = False
    """AIM identifiers in front."""
    encoding: str = "utf-8"
    layout: str = "us"
    alt_codes: bool = False
    """Every character as an Alt code."""
    per_byte_s: float = 0.0
    """Serial: how long a byte takes; keyboard: how long a character takes. 10 bits at 9600 baud are 0.00104."""


class ScannerSimulator(Pretence):
    """One simulated scanner. `link`: where its device is made; without it, in a temporary folder."""

    def __init__(self, settings: Settings = Settings(), link: Path | None = None) -> None:
        super().__init__(link, keyboard=settings.keyboard)
        self.settings = settings
        self._faults: deque[Fault] = deque()

    def inject(self, fault: Fault, times: int = 1) -> None:
        """The next `times` codes go wrong."""
        self._faults.extend([fault] * times)

    def show(self, text: str, *, symbology: str = "Q1", between_lines_s: float = 0.05) -> None:
        """A code is held in front of the scanner. Lines of a machine-readable zone are sent one by one.

        `symbology`: code character and modifier of its AIM identifier, sent where the scanner is set to send them.
        """
        fault = self._faults.popleft() if self._faults else None
        pieces: list[Piece] = []
        lines = text.split("\n")
        for at, line in enumerate(lines):
            sent = self._pieces_of(f"]{symbology}{line}" if self.settings.identifiers else line, fault)
            if at:
                sent = [(sent[0][0] + between_lines_s, sent[0][1]), *sent[1:]]
            pieces += sent
        if fault is Fault.REPEATED:
            pieces += [(pause + _REPEAT_S * (at == 0), octets) for at, (pause, octets) in enumerate(pieces)] * (
                _REPEATS - 1
            )
        if fault is Fault.UNPLUGGED:
            pieces.append((_PULLED_AFTER_S, b""))
        self.play(pieces)
        if fault is Fault.UNPLUGGED:
            self.then(self.vanish)

    def replay(self, recording: Recording) -> None:
        """Sends what was recorded, at its pace. The recording must be of the same kind of device."""
        self.play((piece.dt, piece.octets) for piece in recording.pieces)

    def _pieces_of(self, text: str, fault: Fault | None) -> list[Piece]:
        if fault is Fault.GARBAGE:
            return self._sent("\x01\x05\x1b\x7f" * 5 + "\r") if self.settings.keyboard else [(0.0, _GARBAGE + b"\r")]
        if fault is Fault.FLOOD:
            text = "7" * _FLOOD
        end = "\x03" if self.settings.framed else self.settings.end
        before = self._sent("\x02" if self.settings.framed else "")
        body = self._sent(text, fault)
        middle = len(body) // 2
        match fault:
            case Fault.HALF | Fault.UNPLUGGED:
                return before + body[:middle]
            case Fault.GLUED:
                return before + body
            case Fault.FALTERING:
                pause, octets = body[middle]
                body[middle] = (pause + 0.1, octets)
            case Fault.DROPPED if self.settings.keyboard:
                body.insert(middle, (0.0, pack_all([Event(EV_SYN, SYN_DROPPED, 0)])))
            case _:
                pass
        return before + body + self._sent(end)

    def _sent(self, text: str, fault: Fault | None = None) -> list[Piece]:
        """A piece for each character of a keyboard; of a serial line, two pieces, unless every byte takes its time."""
        pause = self.settings.per_byte_s
        if self.settings.keyboard:
            layout = "de" if fault is Fault.OTHER_LAYOUT else self.settings.layout
            strokes = type_text(text, layout, alt_codes=self.settings.alt_codes)
            return [(pause, pack_all(events)) for events in strokes]
        octets = text.encode(self.settings.encoding)
        size = 1 if pause else max(1, -(-len(octets) // 2))
        return [(pause, octets[at : at + size]) for at in range(0, len(octets), size)]

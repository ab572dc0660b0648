"""Devices made of software, for simulators: the far end of a serial port or of an input device, and fingers that type.

A serial port is a real pty. An input device is a named pipe of `struct input_event`: containers have no /dev/uinput.
`device` is the path that a gate opens; it stays the same when the device vanishes and comes back.
"""

from __future__ import annotations

import os
import select
import shutil
import tempfile
import threading
import tty
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Final, Self

from gatepass.readers.keyboard import (
    ENTER,
    EV_KEY,
    EV_SYN,
    KEYPAD_DIGITS,
    LAYOUTS,
    LEFT_ALT,
    LEFT_CONTROL,
    LEFT_SHIFT,
    RIGHT_ALT,
    SYN_REPORT,
    TAB,
    Event,
    pack,
)

Piece = tuple[float, bytes]
"""Seconds to wait, and what is sent then."""

_LOOK_S: Final = 0.05
_FULL_S: Final = 0.2

_ENDS: Final = {"\r": ENTER, "\t": TAB}


class Pretence:
    """One device of software that only speaks. All methods may be called from any thread.

    `link`: where `device` is made; without it, in a temporary folder. `keyboard`: an input device, not a serial port.
    """

    def __init__(self, link: Path | None = None, *, keyboard: bool = False) -> None:
        self._own_folder = Path(tempfile.mkdtemp(prefix="device-")) if link is None else None
        self._link = link if link is not None else Path(self._own_folder or "") / "device"
        self._keyboard = keyboard
        self._ends: tuple[int, ...] = ()
        self._gone = threading.Event()
        self._plays: SimpleQueue[Iterator[Piece] | Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    @property
    def device(self) -> str:
        """The path that the gate opens."""
        return str(self._link)

    def __enter__(self) -> Self:
        self.come_back()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        self.vanish()
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)

    def play(self, pieces: Iterable[Piece]) -> None:
        """Sends each piece at its time, after whatever is being sent; returns at once."""
        self._plays.put(iter(list(pieces)))

    def then(self, act: Callable[[], None]) -> None:
        """Does something when all has been sent; returns at once."""
        self._plays.put(act)

    def drain(self) -> None:
        """Waits until all has been sent."""
        sent = threading.Event()
        self.then(sent.set)
        while not sent.wait(_LOOK_S) and self._thread is not None and self._thread.is_alive():
            pass

    def vanish(self) -> None:
        """The cable is pulled: what was not sent yet is never sent."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._gone.set()
        self._plays.put(None)
        if thread is not threading.current_thread():
            thread.join()
        self._link.unlink(missing_ok=True)
        for end in self._ends:
            os.close(end)

    def come_back(self) -> None:
        """The cable is plugged in (again)."""
        if self._thread is not None:
            return
        self._gone = threading.Event()
        self._plays = SimpleQueue()
        self._ends = self._open_pipe() if self._keyboard else self._open_pty()
        self._thread = threading.Thread(
            target=self._speak, args=(self._ends[0], self._gone, self._plays), name="pretence", daemon=True
        )
        self._thread.start()

    def _open_pty(self) -> tuple[int, ...]:
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        beside = self._link.with_name(f".{self._link.name}.new")
        beside.unlink(missing_ok=True)
        beside.symlink_to(os.ttyname(slave))
        beside.replace(self._link)
        return master, slave

    def _open_pipe(self) -> tuple[int, ...]:
        self._link.unlink(missing_ok=True)
        os.mkfifo(self._link, 0o600)
        # Read and write: without an end of our own for reading, the pipe would be closed whenever no gate listens.
        return (os.open(self._link, os.O_RDWR | os.O_NONBLOCK),)

    @staticmethod
    def _speak(
        end: int, gone: threading.Event, plays: SimpleQueue[Iterator[Piece] | Callable[[], None] | None]
    ) -> None:
        while (pieces := plays.get()) is not None:
            if callable(pieces):
                pieces()
                continue
            for pause, octets in pieces:
                if gone.wait(pause) if pause > 0 else gone.is_set():
                    return
                _send(end, octets)


def _send(end: int, octets: bytes) -> None:
    while octets:
        try:
            octets = octets[os.write(end, octets) :]
        except BlockingIOError:
            if not select.select([], [end], [], _FULL_S)[1]:
                # Nobody reads: as on a real device, it is lost.
                return


# --- fingers

_REPORT: Final = Event(EV_SYN, SYN_REPORT, 0)


def press(*keys: int) -> list[Event]:
    """The keys go down in this order and up in the other, each in a report of its own."""
    events = []
    for key, down in [*((key, 1) for key in keys), *((key, 0) for key in reversed(keys))]:
        events += [Event(EV_KEY, key, down), _REPORT]
    return events


def type_text(text: str, layout: str = "us", *, alt_codes: bool = False) -> list[list[Event]]:
    """The events for each character, as a scanner sends them. CR is Enter.

    What the layout has no key for is an Alt code: a double-byte number for Chinese of GB 2312, else Unicode.
    `alt_codes`: every printable character is one.
    """
    return [_strokes_of(character, layout, alt_codes=alt_codes) for character in text]


def _strokes_of(character: str, layout: str, *, alt_codes: bool) -> list[Event]:
    if character in _ENDS:
        return press(_ENDS[character])
    table = LAYOUTS[layout]
    if not alt_codes:
        for modifiers, keys in (((), table.plain), ((LEFT_SHIFT,), table.shifted), ((RIGHT_ALT,), table.third)):
            for key, written in keys.items():
                if written == character:
                    return press(*modifiers, key)
    if character < " ":
        return press(LEFT_CONTROL, *_key_for_control(character, layout))
    events = [Event(EV_KEY, LEFT_ALT, 1), _REPORT]
    for digit in _alt_number(character):
        events += press(KEYPAD_DIGITS[int(digit)])
    return [*events, Event(EV_KEY, LEFT_ALT, 0), _REPORT]


def _key_for_control(character: str, layout: str) -> tuple[int, ...]:
    wanted = chr(ord(character) | 0x40)
    table = LAYOUTS[layout]
    for key, written in table.plain.items():
        if written.upper() == wanted:
            return (key,)
    return next((LEFT_SHIFT, key) for key, written in table.shifted.items() if written == wanted)


def _alt_number(character: str) -> str:
    try:
        octets = character.encode("gb2312")
    except UnicodeEncodeError:
        return f"0{ord(character)}"
    return f"{int.from_bytes(octets, 'big'):04d}"


def pack_all(events: Iterable[Event]) -> bytes:
    return b"".join(map(pack, events))

"""The line to a scanner: a serial port, or an input device if it pretends to be a keyboard. And how a port is written.

scanner:/dev/serial/by-id/usb-…                    serial; over USB the speed does not matter
scanner:/dev/ttyS0?baud=9600                       a real serial line, at the scanner's speed
scanner:/dev/input/by-id/usb-…-event-kbd           a keyboard
scanner:/dev/input/event3?layout=de                a keyboard that is set to another layout than the US one
…?numbers=any                                      document numbers count in any code, not in bars alone
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gatepass.readers.contract import Attached
from gatepass.readers.evdev import EvdevLink, Sort, find_keyboards, is_input_device, looks_like_a_scanner
from gatepass.readers.keyboard import LAYOUTS
from gatepass.readers.link import Source
from gatepass.readers.port import split_options
from gatepass.readers.scanner.meaning import Numbers
from gatepass.readers.serial import BAUD, SerialLink

_BAUDS = frozenset({1200, 2400, 4800, 9600, 19200, 38400, 57600, 115_200})


@dataclass(frozen=True, slots=True)
class Port:
    """What stands after `scanner:`."""

    path: str
    baud: int = BAUD
    layout: str = "us"
    numbers: Numbers = Numbers.BARS

    @classmethod
    def parse(cls, text: str) -> Port:
        """Raises ValueError for options that are unknown or have no such value."""
        path, options = split_options(text)
        port = cls(
            path,
            baud=int(options.pop("baud", BAUD)),
            layout=options.pop("layout", "us"),
            numbers=Numbers(options.pop("numbers", Numbers.BARS)),
        )
        if options or port.baud not in _BAUDS or port.layout not in LAYOUTS:
            raise ValueError(text)
        return port


async def open_link(port: Port) -> Source:
    """Raises LinkLostError. Which of the two it is, is looked at anew each time: a path may be plugged in later."""
    if is_input_device(port.path):
        return await EvdevLink.open(port.path)
    return await SerialLink.open(port.path, baud=port.baud)


def find(root: Path = Path("/")) -> list[Attached]:
    """Serial ports that are named like scanners, and input devices that are one or may be one."""
    folder = root / "dev/serial/by-id"
    found = [
        Attached("scanner", f"/dev/serial/by-id/{link.name}", link.name.removeprefix("usb-").replace("_", " "))
        for link in sorted(folder.glob("*"))
        if looks_like_a_scanner(link.name)
    ]
    return found + [
        Attached("scanner", keyboard.port, keyboard.name, sure=keyboard.sort is Sort.SCANNER)
        for keyboard in find_keyboards(root)
        if keyboard.sort is not Sort.KEYPAD
    ]

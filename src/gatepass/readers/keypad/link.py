"""The line to a keypad: an input device. And how a port is written.

keypad:/dev/input/by-id/usb-…-event-kbd
keypad:/dev/input/event4?layout=de                 a keyboard whose letters stand elsewhere than on a US one
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gatepass.readers.contract import Attached
from gatepass.readers.evdev import EvdevLink, Sort, find_keyboards
from gatepass.readers.keyboard import LAYOUTS
from gatepass.readers.port import split_options


@dataclass(frozen=True, slots=True)
class Port:
    """What stands after `keypad:`."""

    path: str
    layout: str = "us"

    @classmethod
    def parse(cls, text: str) -> Port:
        """Raises ValueError for options that are unknown or have no such value."""
        path, options = split_options(text)
        port = cls(path, layout=options.pop("layout", "us"))
        if options or port.layout not in LAYOUTS:
            raise ValueError(text)
        return port


async def open_link(port: Port) -> EvdevLink:
    """Raises LinkLostError."""
    return await EvdevLink.open(port.path)


def find(root: Path = Path("/")) -> list[Attached]:
    """Input devices that are a keypad, or may be one."""
    return [
        Attached("keypad", keyboard.port, keyboard.name, sure=keyboard.sort is Sort.KEYPAD)
        for keyboard in find_keyboards(root)
        if keyboard.sort is not Sort.SCANNER
    ]

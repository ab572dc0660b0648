"""Keyboards and whatever pretends to be one, through the kernel's /dev/input/eventN: taken for the gate alone.

`EvdevLink` grabs the device (EVIOCGRAB), so that what is typed or scanned reaches neither the kiosk's page nor a text
console. `find_keyboards` looks into /sys, which anybody may read, and opens nothing: a device that the gate's user may
not open, or that the gate has grabbed already, is found as well.

python-evdev is not used: it has no wheels, and the gate needs four ioctls of it. A named pipe in place of the device
is accepted, for recordings and simulators.

Sources: linux/input.h; the numbers of the ioctls are those of the asm-generic layout (x86, ARM, RISC-V).
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import stat
import struct
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol, cast

from gatepass.readers.keyboard import (
    DIGITS,
    ENTER,
    EVENT,
    KEYPAD_DIGITS,
    KEYPAD_ENTER,
    LED_CAPS_LOCK,
    LETTERS,
)
from gatepass.readers.link import LinkLostError, Tray

INPUT: Final = "dev/input"

_READ: Final = 2
_EVIOCGRAB: Final = 0x40044590
_KEY_BYTES: Final = 96
"""Bits for KEY_MAX (0x2FF) keys."""

_AT_ONCE: Final = 64 * EVENT.size

_HELD_AT_MOST_S: Final = 2.0
_HELD_LOOK_S: Final = 0.05


class Ioctl(Protocol):
    """`fcntl.ioctl`, or a stand-in that answers like a device."""

    def __call__(self, fd: int, request: int, arg: int | bytes = 0, /) -> int | bytes: ...


_IOCTL: Final = cast("Ioctl", fcntl.ioctl)


def eviocg(number: int, length: int) -> int:
    """The request that reads `length` bytes: _IOC(_IOC_READ, 'E', number, length)."""
    return _READ << 30 | length << 16 | ord("E") << 8 | number


_EVIOCGKEY: Final = eviocg(0x18, _KEY_BYTES)
_EVIOCGLED: Final = eviocg(0x19, 2)


class EvdevLink:
    """One grabbed input device. It is a `readers.link.Source` of whole `struct input_event`."""

    def __init__(self, fd: int, *, caps_lock: bool) -> None:
        self._fd = fd
        self._tray = Tray(unit=EVENT.size)
        self.read = self._tray.read
        self.discard = self._tray.discard
        self.caps_lock = caps_lock
        """As it was when the device was opened."""
        asyncio.get_running_loop().add_reader(fd, self._readable)

    @classmethod
    async def open(cls, port: str, *, ioctl: Ioctl = _IOCTL) -> EvdevLink:
        """Raises LinkLostError: `port_missing`, `port_forbidden`, `port_busy` (another program holds it) or
        `port_failed` (it is no input device).
        """
        fd = -1
        try:
            fd = os.open(port, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
            caps_lock = False
            if stat.S_ISFIFO(os.fstat(fd).st_mode):
                _drain(fd)
            else:
                await _wait_until_released(fd, ioctl)
                ioctl(fd, _EVIOCGRAB, 1)
                caps_lock = _bit(_answer(ioctl, fd, _EVIOCGLED, 2), LED_CAPS_LOCK)
            return cls(fd, caps_lock=caps_lock)
        except BaseException as error:
            if fd >= 0:
                os.close(fd)
            if isinstance(error, OSError | ValueError):
                raise LinkLostError(_detail_of(error)) from None
            raise

    def _readable(self) -> None:
        try:
            chunk = os.read(self._fd, _AT_ONCE)
        except BlockingIOError:
            return
        except OSError:  # ENODEV: unplugged
            chunk = b""
        if chunk:
            self._tray.put(chunk)
        else:
            asyncio.get_running_loop().remove_reader(self._fd)
            self._tray.lose()

    async def close(self) -> None:
        """Closing ends the grab."""
        if self._fd >= 0:
            asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1


def _drain(fd: int) -> None:
    """A device gives what happens after it was opened; a pipe has kept what was written before."""
    with suppress(BlockingIOError):
        while os.read(fd, _AT_ONCE):
            pass


async def _wait_until_released(fd: int, ioctl: Ioctl) -> None:
    """A key that is down when the device is grabbed stays down for everybody else, and repeats for ever: the Enter
    with which the gate was started, above all.
    """
    for _ in range(round(_HELD_AT_MOST_S / _HELD_LOOK_S)):
        if not any(_answer(ioctl, fd, _EVIOCGKEY, _KEY_BYTES)):
            return
        await asyncio.sleep(_HELD_LOOK_S)


def _answer(ioctl: Ioctl, fd: int, request: int, length: int) -> bytes:
    """What the device says of its state; nothing, where it does not say. Only the grab decides."""
    try:
        answer = ioctl(fd, request, bytes(length))
    except OSError:
        return b""
    return answer if isinstance(answer, bytes) else b""


def _detail_of(error: OSError | ValueError) -> str:
    number = error.errno if isinstance(error, OSError) else None
    return {
        errno.ENOENT: "port_missing",
        errno.ENODEV: "port_missing",
        errno.ENXIO: "port_missing",
        errno.EACCES: "port_forbidden",
        errno.EPERM: "port_forbidden",
        errno.EBUSY: "port_busy",
    }.get(number or 0, "port_failed")


def is_input_device(port: str) -> bool:
    """Whether the path leads to an input device (or to a pipe that stands for one), and not to a serial port."""
    real = os.path.realpath(port)
    if Path(real).is_relative_to(f"/{INPUT}"):
        return True
    try:
        return stat.S_ISFIFO(Path(real).stat().st_mode)
    except OSError:
        return False


# --- what is attached


class Sort(StrEnum):
    SCANNER = "scanner"
    KEYPAD = "keypad"
    UNSURE = "unsure"
    """All keys of a keyboard and a name that tells nothing: cheap scanners look exactly like keyboards."""


@dataclass(frozen=True, slots=True)
class Keyboard:
    """An input device on which numbers can be typed. `port` is the path that stays the same after replugging."""

    port: str
    name: str
    sort: Sort


_BY_CABLE_OR_RADIO: Final = {0x03, 0x05}
"""USB and Bluetooth. A keyboard that is built in belongs to the machine, not to the gate."""

# Makers of scanners that make no keyboards (usb.ids).
_SCANNER_VENDORS: Final = {0x0536, 0x05E0, 0x05F9, 0x065A, 0x067E, 0x080C, 0x0C2E, 0x1EAB, 0x27DD}
_SCANNER_WORDS: Final = (
    "scan",
    "barcode",
    "bar code",
    "bar-code",
    "qrcode",
    "qr code",
    "imager",
    "honeywell",
    "metrologic",
    "datalogic",
    "symbol tech",
    "zebra",
    "newland",
    "mindeo",
    "opticon",
    "netum",
    "deli code",
    "virtual keyboard",
    "pos hid",
)
_KEYPAD_WORDS: Final = ("keypad", "numpad", "numeric", "number pad")


def looks_like_a_scanner(name: str) -> bool:
    """By what the device calls itself, in its USB descriptor or in a name under /dev/serial/by-id."""
    words = name.lower().replace("_", " ")
    return any(word in words for word in _SCANNER_WORDS)


def sort_of(name: str, vendor: int, keys: frozenset[int]) -> Sort | None:
    """What a device is by name, maker and the keys it says it has. None: numbers cannot be typed on it."""
    digits = frozenset(DIGITS.values()) <= keys or frozenset(KEYPAD_DIGITS.values()) <= keys
    if not digits or not keys & {ENTER, KEYPAD_ENTER}:
        return None
    if vendor in _SCANNER_VENDORS or looks_like_a_scanner(name):
        return Sort.SCANNER
    if any(word in name.lower() for word in _KEYPAD_WORDS) or not frozenset(LETTERS.values()) <= keys:
        return Sort.KEYPAD
    return Sort.UNSURE


def find_keyboards(root: Path = Path("/")) -> list[Keyboard]:
    """Every attached device on which numbers can be typed, by /sys/class/input. Never raises."""
    names = _lasting_names(root / INPUT)
    found = []
    for node in sorted((root / "sys/class/input").glob("event*"), key=lambda node: (len(node.name), node.name)):
        device = node / "device"
        try:
            bus, vendor = (int((device / "id" / field).read_text(), 16) for field in ("bustype", "vendor"))
            keys = bits_of((device / "capabilities/key").read_text())
            name = (device / "name").read_text().strip()
        except (OSError, ValueError):
            continue
        sort = sort_of(name, vendor, keys)
        if bus in _BY_CABLE_OR_RADIO and sort is not None and (root / INPUT / node.name).exists():
            found.append(Keyboard(names.get(node.name, f"/{INPUT}/{node.name}"), name, sort))
    return found


def bits_of(text: str) -> frozenset[int]:
    """The bits of a bitmap as /sys prints it: hexadecimal words of the kernel's `long`, the highest first."""
    width = 8 * struct.calcsize("l")
    found = set()
    for at, word in enumerate(reversed(text.split())):
        number = int(word, 16)
        found |= {at * width + bit for bit in range(number.bit_length()) if number >> bit & 1}
    return frozenset(found)


def _lasting_names(folder: Path) -> dict[str, str]:
    """eventN -> the link under by-id, else by-path, that stays when the device is plugged in again."""
    found: dict[str, str] = {}
    for links in ("by-path", "by-id"):
        try:
            for link in sorted((folder / links).glob("*-event-kbd")):
                found[link.readlink().name] = f"/{INPUT}/{links}/{link.name}"
        except OSError:
            continue
    return found


def _bit(bitmap: bytes, at: int) -> bool:
    return at // 8 < len(bitmap) and bool(bitmap[at // 8] >> at % 8 & 1)

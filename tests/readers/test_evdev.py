"""Input devices: taken for the gate alone, said in words when they cannot be, and found without being opened."""

from __future__ import annotations

import asyncio
import errno
import os
import struct
from collections.abc import Iterable
from pathlib import Path

import pytest

from gatepass.readers import evdev, keyboard
from gatepass.readers.evdev import EvdevLink, Keyboard, Sort, bits_of, find_keyboards, is_input_device, sort_of
from gatepass.readers.keyboard import ENTER, KEYPAD_DIGITS, KEYPAD_ENTER, LETTERS
from gatepass.readers.link import LinkLostError
from gatepass.readers.pretence import Pretence, pack_all, press

A_KEYPAD = frozenset({*KEYPAD_DIGITS.values(), KEYPAD_ENTER, 55, 69, 14})
A_KEYBOARD = frozenset(range(1, 120))
GRAB = 0x40044590


class Device:
    """Answers ioctls like a device; `held` keys are released one look at a time."""

    def __init__(self, *, held: int = 0, grab_error: int = 0, caps_lock: bool = False) -> None:
        self.held, self.grab_error, self.caps_lock = held, grab_error, caps_lock
        self.asked: list[int] = []

    def __call__(self, fd: int, request: int, arg: int | bytes = 0, /) -> int | bytes:
        self.asked.append(request)
        if request == GRAB:
            if self.grab_error:
                raise OSError(self.grab_error, os.strerror(self.grab_error))
            assert arg == 1
            return 0
        if request == evdev.eviocg(0x18, 96):
            self.held -= 1
            return (bytes(11) + b"\x10" + bytes(84)) if self.held >= 0 else bytes(96)
        assert request == evdev.eviocg(0x19, 2)
        return b"\x02\x00" if self.caps_lock else bytes(2)


@pytest.fixture
def tty() -> Iterable[str]:
    """Something that is neither a file nor a pipe, in place of a device."""
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


async def opened(port: str, device: Device) -> EvdevLink:
    return await EvdevLink.open(port, ioctl=device)


def refusal(port: str, **how: object) -> str:
    with pytest.raises(LinkLostError) as refused:
        asyncio.run(EvdevLink.open(port, **how))
    return refused.value.detail


def test_the_requests_are_those_of_the_kernels_header():
    assert evdev.eviocg(0x18, 96) == 0x80604518
    assert evdev.eviocg(0x19, 2) == 0x80024519
    assert keyboard.EVENT.size == struct.calcsize("l") * 2 + 8


def test_a_device_is_grabbed_and_says_whether_caps_lock_is_on(tty):
    async def story():
        device = Device(caps_lock=True)
        link = await opened(tty, device)
        assert GRAB in device.asked
        assert link.caps_lock
        await link.close()
        await link.close()

    asyncio.run(story())


def test_it_is_not_grabbed_while_a_key_is_down_because_that_key_would_never_come_up_again(tty):
    async def story():
        device = Device(held=2)
        link = await opened(tty, device)
        assert device.asked.index(GRAB) == 3
        await link.close()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (errno.EBUSY, "port_busy"),
        (errno.ENODEV, "port_missing"),
        (errno.EPERM, "port_forbidden"),
        (errno.ENOTTY, "port_failed"),
    ],
)
def test_why_it_cannot_be_had_is_said(tty, error, detail):
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert refusal(tty, ioctl=Device(grab_error=error)) == detail
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_path_that_is_not_there_is_missing_and_a_file_is_no_device(tmp_path):
    assert refusal(str(tmp_path / "event3")) == "port_missing"
    (tmp_path / "file").write_text("x")
    assert refusal(str(tmp_path / "file")) == "port_failed"
    assert refusal("with a \0 in it") == "port_failed"


def test_a_device_that_the_user_may_not_open_is_forbidden(tty, monkeypatch):
    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(os, "open", refuse)
    assert refusal(tty) == "port_forbidden"


def test_what_was_written_before_it_was_opened_is_not_read_and_what_goes_on_is():
    async def story():
        with Pretence(keyboard=True) as pipe:
            pipe.play([(0.0, pack_all(press(LETTERS["A"])))])
            pipe.drain()
            link = await EvdevLink.open(pipe.device)
            with pytest.raises(TimeoutError):
                await link.read(0.05)
            pipe.play([(0.0, pack_all(press(LETTERS["B"])))])
            assert (await link.read(2.0))[0] == pack_all(press(LETTERS["B"]))
            pipe.play([(0.0, b"x")])
            pipe.drain()
            await asyncio.sleep(0.05)
            pipe.vanish()
            assert (await link.read(2.0))[0] == b"x"
            with pytest.raises(LinkLostError, match="port_lost"):
                await link.read(2.0)
            await link.close()

    asyncio.run(story())


# --- what is attached


def attach(root: Path, number: int, name: str, keys: frozenset[int], *, bus: int = 3, vendor: int = 0x1A2C) -> None:
    """A device under a /sys and a /dev of our own."""
    device = root / f"sys/class/input/event{number}/device"
    (device / "id").mkdir(parents=True)
    (device / "capabilities").mkdir()
    (device / "name").write_text(f"{name}\n")
    (device / "id/bustype").write_text(f"{bus:04x}\n")
    (device / "id/vendor").write_text(f"{vendor:04x}\n")
    bits = sum(1 << key for key in keys)
    width = 8 * struct.calcsize("l")
    words = []
    while bits:
        words.insert(0, f"{bits & ((1 << width) - 1):x}")
        bits >>= width
    (device / "capabilities/key").write_text(" ".join(words) + "\n")
    (root / "dev/input").mkdir(parents=True, exist_ok=True)
    (root / f"dev/input/event{number}").touch()


def link(root: Path, folder: str, name: str, number: int) -> None:
    (root / "dev/input" / folder).mkdir(exist_ok=True)
    (root / "dev/input" / folder / name).symlink_to(f"../event{number}")


def test_a_machine_without_input_devices_has_none(tmp_path):
    assert find_keyboards(tmp_path) == []


def test_attached_devices_are_found_by_their_lasting_names_and_told_apart(tmp_path):
    attach(tmp_path, 0, "AT Translated Set 2 keyboard", A_KEYBOARD, bus=0x11)
    attach(tmp_path, 1, "Power Button", frozenset({116}), bus=0x19)
    attach(tmp_path, 2, "Honeywell Voyager 1450", A_KEYBOARD)
    attach(tmp_path, 3, "SEM USB Keyboard", A_KEYPAD)
    attach(tmp_path, 4, "SEM USB Keyboard Consumer Control", frozenset({113, 114, 115}))
    attach(tmp_path, 10, "USB Keyboard", A_KEYBOARD)
    attach(tmp_path, 11, "Fujian Newland", A_KEYBOARD, vendor=0x1EAB)
    link(tmp_path, "by-path", "pci-0000:00:14.0-usb-0:2:1.0-event-kbd", 3)
    link(tmp_path, "by-path", "pci-0000:00:14.0-usb-0:1:1.0-event-kbd", 2)
    link(tmp_path, "by-id", "usb-Honeywell_Voyager_1450-event-kbd", 2)
    assert find_keyboards(tmp_path) == [
        Keyboard("/dev/input/by-id/usb-Honeywell_Voyager_1450-event-kbd", "Honeywell Voyager 1450", Sort.SCANNER),
        Keyboard("/dev/input/by-path/pci-0000:00:14.0-usb-0:2:1.0-event-kbd", "SEM USB Keyboard", Sort.KEYPAD),
        Keyboard("/dev/input/event10", "USB Keyboard", Sort.UNSURE),
        Keyboard("/dev/input/event11", "Fujian Newland", Sort.SCANNER),
    ]


def test_a_broken_entry_hides_no_other(tmp_path):
    attach(tmp_path, 1, "Broken", A_KEYBOARD)
    (tmp_path / "sys/class/input/event1/device/capabilities/key").write_text("zz")
    attach(tmp_path, 2, "Gone already", A_KEYBOARD)
    (tmp_path / "dev/input/event2").unlink()
    attach(tmp_path, 3, "Numeric Keypad", A_KEYBOARD)
    (tmp_path / "sys/class/input/event4").mkdir()
    assert [(found.name, found.sort) for found in find_keyboards(tmp_path)] == [("Numeric Keypad", Sort.KEYPAD)]


@pytest.mark.parametrize(
    ("name", "vendor", "keys", "sort"),
    [
        ("WIT Electron Company BARCODE SCANNER", 0, A_KEYBOARD, Sort.SCANNER),
        ("HID KeyBoard", 0x0C2E, A_KEYBOARD, Sort.SCANNER),
        ("HID KeyBoard", 0, A_KEYBOARD, Sort.UNSURE),
        ("USB Keypad", 0, A_KEYBOARD, Sort.KEYPAD),
        ("HCT USB Entry", 0, A_KEYPAD, Sort.KEYPAD),
        ("USB Optical Mouse", 0, frozenset({0x110, 0x111}), None),
        ("Volume", 0, frozenset({ENTER, 113}), None),
        ("Digits without Enter", 0, frozenset(KEYPAD_DIGITS.values()), None),
    ],
)
def test_what_a_device_is_by_its_name_its_maker_and_its_keys(name, vendor, keys, sort):
    assert sort_of(name, vendor, keys) is sort


def test_a_bitmap_is_read_in_words_of_the_kernel():
    width = 8 * struct.calcsize("l")
    assert bits_of("1 0 8002") == frozenset({1, 15, 2 * width})
    assert bits_of("0") == frozenset()


def test_an_input_device_is_told_from_a_serial_port_by_where_it_leads(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/input/event77")
    assert is_input_device("/dev/input/event3")
    assert is_input_device(str(tmp_path / "pipe"))
    assert is_input_device(str(tmp_path / "link"))
    assert not is_input_device("/dev/ttyUSB0")
    assert not is_input_device(str(tmp_path / "nothing"))


def test_the_udev_rules_let_the_gate_open_the_scanners_that_it_knows():
    rules = (Path(__file__).parents[2] / "packaging" / "60-gatepass-readers.rules").read_text()
    assert "|".join(f"{vendor:04x}" for vendor in sorted(evdev._SCANNER_VENDORS)) in rules

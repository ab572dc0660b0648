"""How a port is written, and which scanners are found."""

from __future__ import annotations

import asyncio

import pytest
from tests.readers.test_evdev import A_KEYBOARD, A_KEYPAD, attach, link

from gatepass.readers import Attached
from gatepass.readers.link import LinkLostError
from gatepass.readers.scanner import find
from gatepass.readers.scanner.link import Port, open_link
from gatepass.readers.scanner.meaning import Numbers


def test_a_port_and_its_options():
    assert Port.parse("/dev/ttyACM0") == Port("/dev/ttyACM0", 115_200, "us", Numbers.BARS)
    assert Port.parse("/dev/ttyS0?baud=9600&numbers=any") == Port("/dev/ttyS0", 9600, "us", Numbers.ANYWHERE)
    assert Port.parse("/dev/input/event3?layout=de") == Port("/dev/input/event3", layout="de")


def test_a_serial_port_and_an_input_device_are_told_apart_when_they_are_opened(tmp_path):
    for path in (tmp_path / "nothing", "/dev/input/event199"):
        with pytest.raises(LinkLostError) as refused:
            asyncio.run(open_link(Port(str(path))))
        assert refused.value.detail == "port_missing"


def test_scanners_are_found_by_name_and_doubtful_keyboards_are_said_to_be_doubtful(tmp_path):
    assert find(tmp_path) == []
    serial = tmp_path / "dev/serial/by-id"
    serial.mkdir(parents=True)
    for name in ("usb-Newland_Auto-ID_NLS-EM20-80_USB_CDC-if00", "usb-1a86_USB_Serial-if00-port0"):
        (serial / name).symlink_to("../../ttyACM0")
    attach(tmp_path, 2, "Honeywell Voyager 1450", A_KEYBOARD)
    attach(tmp_path, 3, "USB Keypad", A_KEYPAD)
    attach(tmp_path, 4, "USB Keyboard", A_KEYBOARD)
    link(tmp_path, "by-id", "usb-Honeywell-event-kbd", 2)
    assert find(tmp_path) == [
        Attached("scanner", f"/dev/serial/by-id/{name}", "Newland Auto-ID NLS-EM20-80 USB CDC-if00")
        for name in ("usb-Newland_Auto-ID_NLS-EM20-80_USB_CDC-if00",)
    ] + [
        Attached("scanner", "/dev/input/by-id/usb-Honeywell-event-kbd", "Honeywell Voyager 1450"),
        Attached("scanner", "/dev/input/event4", "USB Keyboard", sure=False),
    ]

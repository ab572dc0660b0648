"""What could be a reader among the devices that are attached."""

from __future__ import annotations

from types import SimpleNamespace

import serialx

from gatepass.readers import Attached
from gatepass.readers.sam import attached, find
from gatepass.readers.sam.simulated_usb import UsbSimulator
from gatepass.readers.sam.usb import find_usb


def port(device: str, vid: int | None, manufacturer: str | None = None, product: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(device=device, vid=vid, manufacturer=manufacturer, product=product)


def test_serial_ports_on_usb_are_candidates_by_the_name_that_stays(monkeypatch):
    monkeypatch.setattr(
        serialx,
        "list_serial_ports",
        lambda: [
            port("/dev/ttyS0", None),
            port("/dev/serial/by-id/usb-FTDI_UART-if00", 0x0403, "FTDI", " FT232R "),
            port("/dev/ttyACM1", 0x1234),
        ],
    )
    assert find() == [
        Attached("sam", "/dev/serial/by-id/usb-FTDI_UART-if00", "FTDI FT232R"),
        Attached("sam", "/dev/ttyACM1", ""),
    ]


def test_one_way_of_looking_that_fails_leaves_the_others(monkeypatch, caplog):
    def fails():
        raise RuntimeError("the bus is on fire")

    monkeypatch.setattr(serialx, "list_serial_ports", fails)
    with UsbSimulator() as reader:
        monkeypatch.setattr(attached, "find_usb", lambda: find_usb(reader.backend))
        assert [str(found) for found in find()] == ["sam:usb:0400:c35a"]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_looking_at_this_very_machine_raises_nothing():
    assert all(isinstance(found, Attached) for found in find())

"""The lines to a SAM reader, and which one a port names:

    /dev/ttyUSB0                    a serial port                        readers.serial
    usb:0400:c35a, usb:VID:PID:SER  USB bulk pipes                       sam.usb
    hid:10c4:0007, hid:/dev/hidraw0 frames inside the reports of a HID   sam.hid

All three are `readers.link.Link`: the same frames come out of each.
"""

from __future__ import annotations

import usb.backend

from gatepass.readers.link import Link, LinkLostError
from gatepass.readers.sam.hid import HidLink, OpenDevice, check_hid, open_hidraw
from gatepass.readers.sam.usb import UsbLink, UsbPort
from gatepass.readers.serial import SerialLink

__all__ = ["Link", "LinkLostError", "check_port", "open_link"]


def check_port(port: str) -> None:
    """ValueError where `port` names no line at all, whatever is attached."""
    transport, _, rest = port.partition(":")
    if transport == "usb":
        UsbPort.parse(rest)
    elif transport == "hid":
        check_hid(rest)


async def open_link(
    port: str, *, usb_backend: usb.backend.IBackend | None = None, open_device: OpenDevice = open_hidraw
) -> Link:
    """Raises LinkLostError, and ValueError as `check_port` does.

    The simulators bring a `usb_backend` or an `open_device` of their own.
    """
    transport, _, rest = port.partition(":")
    if transport == "usb":
        return await UsbLink.open(rest, backend=usb_backend)
    if transport == "hid":
        return await HidLink.open(rest, open_device=open_device)
    return await SerialLink.open(port)

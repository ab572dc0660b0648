"""What could be a SAM reader among the devices that are attached now."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import serialx

from gatepass.readers.contract import Attached
from gatepass.readers.sam.hid import find_hid
from gatepass.readers.sam.usb import find_usb

_logger = logging.getLogger(__name__)


def find() -> list[Attached]:
    """Serial ports on USB (by their name that stays), devices with the four USB pipes, and the HID readers known.

    A serial port says nothing about what hangs on it: each is a candidate, and running it for a moment tells. The
    ports of the main board are left out, because they look the same with and without a reader: name them yourself.
    """
    return [*_tried(_find_serial), *_tried(find_usb), *_tried(find_hid)]


def _find_serial() -> Iterator[Attached]:
    for port in serialx.list_serial_ports():
        if port.vid is not None:
            name = " ".join(word.strip() for word in (port.manufacturer, port.product) if word)
            yield Attached("sam", str(port.device), name)


def _tried(look: Callable[[], Iterator[Attached]]) -> list[Attached]:
    try:
        return list(look())
    except Exception:
        # A device may go while it is looked at, and a library may trip over it; the others are still to be found.
        _logger.exception("one way of looking for readers failed")
        return []

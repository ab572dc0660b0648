"""The line to a SAM reader."""

from __future__ import annotations

from gatepass.readers.link import Link, LinkLostError
from gatepass.readers.serial import SerialLink

__all__ = ["Link", "LinkLostError", "SerialLink"]

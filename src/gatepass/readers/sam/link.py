"""The line to a SAM reader."""

from __future__ import annotations

from gatepass.readers.serial import Link, LinkLostError, SerialLink

__all__ = ["Link", "LinkLostError", "SerialLink"]

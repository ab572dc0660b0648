"""A SAM card reader (second-generation ID cards) on a serial port, USB pipes or HID reports, and its simulators."""

from gatepass.readers.sam.attached import find
from gatepass.readers.sam.module import Fault
from gatepass.readers.sam.reader import SamReader
from gatepass.readers.sam.simulator import SamSimulator
from gatepass.readers.sam.status import Command, StatusWord

__all__ = ["Command", "Fault", "SamReader", "SamSimulator", "StatusWord", "find"]

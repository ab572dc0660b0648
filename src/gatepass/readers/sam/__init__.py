"""A SAM card reader (second-generation ID cards) on a serial port, and its simulator."""

from gatepass.readers.sam.reader import SamReader
from gatepass.readers.sam.simulator import Fault, SamSimulator
from gatepass.readers.sam.status import Command, StatusWord

__all__ = ["Command", "Fault", "SamReader", "SamSimulator", "StatusWord"]

"""A contactless reader of the card service (PC/SC): e-passports and permits, enrolled cards; and its simulator."""

from gatepass.readers.pcsc.keys import AccessKey
from gatepass.readers.pcsc.link import find
from gatepass.readers.pcsc.reader import PcscReader, Port
from gatepass.readers.pcsc.simulator import Fault, PcscSimulator, SoftwareCard
from gatepass.readers.pcsc.software_chip import SoftwareChip

__all__ = ["AccessKey", "Fault", "PcscReader", "PcscSimulator", "Port", "SoftwareCard", "SoftwareChip", "find"]

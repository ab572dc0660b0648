"""QR, bar-code and MRZ scanners, on a serial line or as keyboards, and their simulator."""

from gatepass.readers.scanner.link import Port, find, open_link
from gatepass.readers.scanner.reader import ScannerReader
from gatepass.readers.scanner.simulator import Fault, ScannerSimulator, Settings

__all__ = ["Fault", "Port", "ScannerReader", "ScannerSimulator", "Settings", "find", "open_link"]

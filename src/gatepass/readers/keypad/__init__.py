"""A keypad or keyboard on which the number of a document is typed, and its simulator."""

from gatepass.readers.keypad.link import Port, find, open_link
from gatepass.readers.keypad.reader import KeypadReader, OnProgress
from gatepass.readers.keypad.simulator import Fault, KeypadSimulator

__all__ = ["Fault", "KeypadReader", "KeypadSimulator", "OnProgress", "Port", "find", "open_link"]

"""A camera that reads shown codes and machine-readable zones, and its simulator."""

from gatepass.readers.camera.reader import CameraReader
from gatepass.readers.camera.simulator import CameraSimulator, Fault
from gatepass.readers.camera.sources import find

__all__ = ["CameraReader", "CameraSimulator", "Fault", "find"]

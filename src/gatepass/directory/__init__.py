"""Which colour? The signed, offline status directory: build, publish, fetch and look up, at 3.4 bytes a person."""

from gatepass.directory.build import build
from gatepass.directory.delta import Delta, merge
from gatepass.directory.errors import DirectoryError
from gatepass.directory.lookup import Directory
from gatepass.directory.states import STATES, UNREGISTERED, State

__all__ = ["STATES", "UNREGISTERED", "Delta", "Directory", "DirectoryError", "State", "build", "merge"]

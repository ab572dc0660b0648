"""What a camera and its pictures say about the camera itself, as details of a ReaderState. Pure."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import Final

SILENT_AFTER_S: Final = 5.0
"""Without a frame for so long, a camera does not do its work. Cheap ones take three seconds to begin."""
GARBLED_AFTER: Final = 10
"""Frames in a row that cannot be decoded."""
DARK_AFTER_S: Final = 3.0

# A covered lens: nothing brighter than this (a camera's black is 16 where it uses the range of television) ...
_DARK_MEAN: Final = 28.0
# ... and nothing to be seen in it, beyond the sensor's noise averaged over a cell of 20 x 20 pixels.
_DARK_SPREAD: Final = 2.5

_DETAIL_OF: Final = {
    errno.ENOENT: "port_missing",
    errno.ENODEV: "port_missing",
    errno.ENXIO: "port_missing",
    errno.EACCES: "port_forbidden",
    errno.EPERM: "port_forbidden",
    errno.EBUSY: "port_busy",
    errno.EAGAIN: "port_busy",
}


def detail_of(number: int | None) -> str:
    """The detail for an error number of the operating system."""
    return _DETAIL_OF.get(number or 0, "port_failed")


def is_dark(mean: float, spread: float) -> bool:
    """Grey mean (0 to 255) of a frame, and the standard deviation of its cells of about 20 x 20 pixels."""
    return mean < _DARK_MEAN and spread < _DARK_SPREAD


@dataclass(slots=True)
class Wellness:
    """Collects what frames say; `detail` is what is wrong with the camera now, or empty. Times in seconds."""

    _garbled: int = 0
    _dark_since: float | None = field(default=None)
    detail: str = ""

    def saw(self, now: float, *, mean: float, spread: float) -> None:
        """A frame came and was decoded."""
        self._garbled = 0
        if not is_dark(mean, spread):
            self._dark_since = None
            self.detail = ""
            return
        if self._dark_since is None:
            self._dark_since = now
        if now - self._dark_since >= DARK_AFTER_S:
            self.detail = "picture_dark"
        elif self.detail != "picture_dark":
            self.detail = ""

    def garbled(self) -> None:
        """A frame came and could not be decoded."""
        self._garbled += 1
        if self._garbled >= GARBLED_AFTER:
            self.detail = "reader_garbled"

    def silent(self) -> None:
        """No frame has come for SILENT_AFTER_S."""
        self.detail = "reader_silent"

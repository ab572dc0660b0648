"""How the port of a camera is written.

camera:0                          /dev/video0
camera:/dev/v4l/by-id/usb-…       a camera by the name that stays the same whichever socket the plug is in
camera:/run/camera.mjpeg          a named pipe of JPEG pictures: the simulator, or another program
camera:film.mjpeg                 a film, over and over; a folder of JPEG pictures likewise
camera:push                       pictures that somebody hands to `CameraReader.push`: a tablet's browser
…?codes=qr,code128                these codes, instead of qr,aztec,datamatrix,pdf417
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gatepass.readers.camera.codes import KNOWN, USUAL
from gatepass.readers.port import split_options

PUSHED: Final = "push"


@dataclass(frozen=True, slots=True)
class Port:
    """What stands after `camera:`."""

    path: str
    codes: tuple[str, ...] = USUAL

    @classmethod
    def parse(cls, text: str) -> Port:
        """Raises ValueError for options that are unknown or have no such value."""
        path, options = split_options(text)
        codes = tuple(dict.fromkeys(options.pop("codes", ",".join(USUAL)).split(",")))
        if options or not set(codes) <= KNOWN:
            raise ValueError(text)
        return cls(f"/dev/video{path}" if path.isascii() and path.isdigit() else path, codes)

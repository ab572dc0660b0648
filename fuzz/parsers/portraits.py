"""Portraits out of chips, before faces are looked for in them.

portrait   a picture within its limits, or none
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from fuzz.parsers.promises import ACCEPTED, Parser, require
from gatepass.vision.pictures import LONGEST_SIDE, MOST_PIXELS, SHORTEST_SIDE, is_picture, read_portrait, shown


def parse_portrait(octets: bytes) -> str:
    picture = read_portrait(octets)
    if picture is None:
        return "none"
    height, width = picture.shape[:2]
    require(is_picture(picture), "not a picture as faces are looked for in")
    require(SHORTEST_SIDE <= min(height, width) <= max(height, width) <= LONGEST_SIDE, "its sides")
    require(height * width <= MOST_PIXELS, "its pixels")
    for box in (None, (0.0, 0.0, 10.0, 10.0), (-50.0, -50.0, 20.0, 20.0), (width / 2, height / 2, 1e4, 1e4)):
        small = shown(picture, box)
        require(small is None or read_portrait(small) is not None or min(height, width) < 64, "what a guard is shown")
    return ACCEPTED


def portrait_seeds() -> list[bytes]:
    rows = np.arange(48, dtype=np.uint8)[:, None] * 5
    picture = np.dstack([rows + np.arange(40, dtype=np.uint8) * 3] * 3)
    files = [cv2.imencode(kind, picture)[1].tobytes() for kind in (".jpg", ".jp2", ".png")]
    return [*files, cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()]


PARSERS: Final = (Parser("portrait", portrait_seeds, parse_portrait, 4000),)

"""What a picture is in this family, and how JPEG becomes one."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[Any]
"""uint8, (height, width) for grey or (height, width, 3) for blue, green, red."""

WIDEST: Final = 1_920
"""Pixels that are looked at; a larger picture is made smaller first."""

# One core for one picture: the other has somebody at the card reader. Frames are looked at side by side instead.
cv2.setNumThreads(1)
# OpenCV tells of cameras that are not there on stderr; ReaderState tells it better.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def decode(jpeg: bytes) -> Picture | None:
    """A measured JPEG (`camera.frames`), or our own PNG, as blue, green, red; None where it cannot be read."""
    try:
        return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None


def grey_of(picture: Picture) -> Picture:
    """Grey, and no wider than WIDEST."""
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    longest = max(grey.shape)
    if longest <= WIDEST:
        return grey
    scale = WIDEST / longest
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def cells_of(grey: Picture) -> Picture:
    """64 x 36 cells, averaged: what light and movement are judged by."""
    return cv2.resize(grey, (64, 36), interpolation=cv2.INTER_AREA)

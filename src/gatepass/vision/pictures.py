"""Portraits out of bytes, within limits; and a face cut out of a picture for a guard to look at."""

from __future__ import annotations

import io
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[Any]
"""uint8, (height, width, 3): blue, green, red."""

MOST_BYTES: Final = 512 * 1024
"""Of a portrait. Passports have 12 to 30 kB (ICAO 9303 part 9)."""
MOST_PIXELS: Final = 2_000_000
LONGEST_SIDE: Final = 4_096
"""Of any picture that is looked at."""
SHORTEST_SIDE: Final = 32

_FORMATS: Final = ("JPEG", "JPEG2000", "PNG", "BMP")
"""What chips hold (ISO/IEC 19794-5: JPEG, JPEG 2000) and what programs make of other cards' portraits."""
_SHOWN: Final = 360
"""Longest side of what a guard is shown."""
_AROUND: Final = 0.6
"""Of the face's width and height, on each side of it."""

# One core for one picture: the other has somebody at the card reader.
cv2.setNumThreads(1)
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def read_portrait(octets: bytes) -> Picture | None:
    """A portrait's file as a picture; None where it is none, or is larger than any portrait. Any bytes at all."""
    if not 0 < len(octets) <= MOST_BYTES:
        return None
    try:
        with Image.open(io.BytesIO(octets), formats=_FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE or min(width, height) < SHORTEST_SIDE:
                return None
            pixels = np.asarray(image.convert("RGB"))
    except Exception:  # noqa: BLE001 - whatever a codec has to say of damaged bytes, they are no portrait
        return None
    return np.ascontiguousarray(pixels[:, :, ::-1])


def is_picture(picture: object) -> bool:
    """Whether it is of the kind and size that faces are looked for in."""
    return (
        isinstance(picture, np.ndarray)
        and picture.dtype == np.uint8
        and picture.ndim == 3
        and picture.shape[2] == 3
        and min(picture.shape[:2]) >= SHORTEST_SIDE
        and max(picture.shape[:2]) <= LONGEST_SIDE
    )


def fitted(picture: Picture, longest: int) -> tuple[Picture, float]:
    """The picture with no side over `longest`, and its scale."""
    scale = longest / max(picture.shape[:2])
    if scale >= 1.0:
        return picture, 1.0
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), scale


def shown(picture: Picture, box: tuple[float, float, float, float] | None = None) -> bytes | None:
    """A small JPEG for a guard: of `box` (x, y, width, height) and a little around it, or of all. None where empty."""
    if box is not None:
        x, y, width, height = box
        top, bottom = int(max(0, y - height * _AROUND)), int(min(picture.shape[0], y + height * (1 + _AROUND)))
        left, right = int(max(0, x - width * _AROUND)), int(min(picture.shape[1], x + width * (1 + _AROUND)))
        picture = picture[top:bottom, left:right]
    if picture.size == 0:
        return None
    done, octets = cv2.imencode(".jpg", fitted(picture, _SHOWN)[0], [cv2.IMWRITE_JPEG_QUALITY, 85])
    return octets.tobytes() if done else None

"""Can this face be compared at all? The limits, and why each is there.

They were measured on 64 portraits with known damage (blur, darkness, size), not on a camera at a gate.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gatepass.vision.pictures import Picture


class Unclear(StrEnum):
    """Why nothing can be said."""

    NO_PICTURE = "no_picture"
    """There is none, or it cannot be read."""
    NO_FACE = "no_face"
    SEVERAL = "several"
    """More than one face is in front; in a portrait, more than one at all."""
    SMALL = "small"
    TURNED = "turned"
    DARK = "dark"
    """Too dark, too bright, or without contrast: no light on the face, or the sun behind it."""
    BLURRED = "blurred"


SMALLEST: Final = 60.0
"""Pixels of a face's width before a camera. 120 is better; from 60 down one in thirty fits nobody."""
SMALLEST_PORTRAIT: Final = 40.0
"""... and in a portrait: the chip of a resident identity card has 102 x 126 pixels in all."""
MOST_ROLL: Final = 20.0
"""Degrees by which the head may lie on its side."""
MOST_TURN: Final = 0.25
"""Of the distance between the eyes, by which the nose may lie beside their middle."""
SHARPEST: Final = 40.0
"""Least variance of the Laplacian over the aligned face, its contrast brought to one measure: sharp faces have 67 to
210, those blurred by 2 % of their width, of which every sixth is not known again, 13 to 47."""
DARKEST: Final = 25.0
BRIGHTEST: Final = 235.0
"""Mean grey of the aligned face. Wide on purpose: a limit that asks for a light skin asks the wrong question. What
counts is the contrast."""
FLATTEST: Final = 18.0
"""Standard deviation of grey."""


def unclear_points(face: NDArray[np.float32], smallest: float) -> Unclear | None:
    """By size and points alone: a row of the detector's."""
    if face[2] < smallest:
        return Unclear.SMALL
    right, left, nose = (face[4:6], face[6:8], face[8:10])
    across = left - right
    apart = float(np.hypot(*across))
    if apart < 1.0:
        return Unclear.TURNED
    roll = abs(math.degrees(math.atan2(float(across[1]), float(across[0]))))
    # Of the nose's way from the middle of the eyes, the part along the line between them.
    aside = abs(float(np.dot(nose - (right + left) / 2, across))) / apart**2
    return Unclear.TURNED if roll > MOST_ROLL or aside > MOST_TURN else None


def unclear_pixels(aligned: Picture) -> Unclear | None:
    """By light and sharpness of an aligned face."""
    grey: Any = cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY).astype(np.float32)
    mean, spread = float(grey.mean()), float(grey.std())
    if not DARKEST <= mean <= BRIGHTEST or spread < FLATTEST:
        return Unclear.DARK
    sharpness = float(cv2.Laplacian((grey - mean) * (_CONTRAST / spread), cv2.CV_32F).var())
    return Unclear.BLURRED if sharpness < SHARPEST else None


_CONTRAST: Final = 30.0
"""Standard deviation to which the contrast is brought before sharpness is measured."""

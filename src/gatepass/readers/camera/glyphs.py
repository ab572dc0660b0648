"""The letters of machine-readable zones: OCR-B (ISO 1073-2, size I), from a font in the public domain.

`ocr_b.png` holds them once: cells of 40 by 56 pixels in the order of ALPHABET, black on white, the base line at 49.
Rendered from the OCR-B of Matthew Skala (after Norbert Schwarz), which its authors gave to the public domain.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gatepass.readers.camera.pictures import Picture, decode, grey_of

Numbers = NDArray[np.float64]

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
CELL_WIDTH, CELL_HEIGHT, BASE_LINE = 40, 56, 49

PRINT_WIDTH, PRINT_HEIGHT, PRINT_FILL = 30, 60, 0.7
"""A row that is compared with the glyphs: pixels a slot, its height, the part of it that capitals fill."""
_CAPITAL: Final = 41.5
"""Pixels of the cell, between letters and the taller figures."""
_PLAY = 4, 6
"""Pixels by which a character may be off its place, across and along."""


@cache
def _glyphs() -> dict[str, Picture]:
    sheet = decode(files("gatepass.readers.camera").joinpath("ocr_b.png").read_bytes())
    assert sheet is not None
    sheet = grey_of(sheet)
    return {character: sheet[:, n * CELL_WIDTH : (n + 1) * CELL_WIDTH] for n, character in enumerate(ALPHABET)}


def line_of(text: str) -> Picture:
    """A row of a zone, 40 by 56 pixels a character. Characters outside ALPHABET are left empty."""
    glyphs, blank = _glyphs(), np.full((CELL_HEIGHT, CELL_WIDTH), 255, np.uint8)
    return np.hstack([glyphs.get(character, blank) for character in text])


@cache
def _printed(character: str) -> Picture:
    """The glyph as it lies in a slot of a cut row, white on black."""
    scale = PRINT_FILL * PRINT_HEIGHT / _CAPITAL
    down = PRINT_HEIGHT / 2 - (BASE_LINE - _CAPITAL / 2) * scale
    place = np.array([[PRINT_WIDTH / CELL_WIDTH, 0, 0], [0, scale, down]], np.float32)
    return cv2.warpAffine(255 - line_of(character), place, (PRINT_WIDTH, PRINT_HEIGHT))


class Print:
    """A cut row (`rows.Row.cut`, a slot of margin at each end), to be compared with the glyphs slot by slot."""

    def __init__(self, row: Picture) -> None:
        across, along = _PLAY
        self._inverse = cv2.copyMakeBorder(255 - row, along, along, 0, 0, cv2.BORDER_REPLICATE)
        self._left = PRINT_WIDTH - across
        self._width = PRINT_WIDTH + 2 * across

    def _like(self, slot: int, character: str) -> float:
        """Correlation, 1 for the glyph itself."""
        start = self._left + slot * PRINT_WIDTH
        cell = self._inverse[:, start : start + self._width]
        return float(cv2.matchTemplate(cell, _printed(character), cv2.TM_CCOEFF_NORMED).max())

    def alike(self, text: str) -> Numbers:
        """(slots,): how much each slot is like its character."""
        return np.array([self._like(slot, character) for slot, character in enumerate(text)])

    def shapes(self, looks: Numbers) -> Numbers:
        """(slots,): how much more a slot is like 0 than like O (less tall, and an ellipse); NaN where it is no ring.

        `looks`: (slots, 37), of which O or 0 is the likeliest where it is one.
        """
        rings = np.isin(looks.argmax(axis=1), [ALPHABET.index(character) for character in "O0"])
        return np.array(
            [self._like(slot, "0") - self._like(slot, "O") if ring else np.nan for slot, ring in enumerate(rings)]
        )

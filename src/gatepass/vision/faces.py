"""Who is in front: faces found in a picture, the nearest one turned upright and measured.

Whoever stands behind is smaller, and is not measured unless the one in front turns out to be somebody else: then the
holder of the document may be the one behind, and nobody is called another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gatepass.vision.models import Models
from gatepass.vision.pictures import Picture, fitted, is_picture, read_portrait, shown
from gatepass.vision.quality import SMALLEST, SMALLEST_PORTRAIT, Unclear, unclear_pixels, unclear_points

LOOKED_AT: Final = 480
"""Longest side of what faces are looked for in. The face itself is measured in the whole picture."""
BESIDE: Final = 0.6
"""A second face that is at least this wide, measured by the first, is in front as well."""
_BEHIND: Final = 0.25
_MOST_BEHIND: Final = 2
"""Of those behind, so many are measured: three measurements are the most for one picture."""

Template = NDArray[np.float32]
"""Unit length."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One face that can be compared."""

    template: Template = field(repr=False)
    behind: tuple[NDArray[np.float32], ...] = field(default=(), repr=False)
    """Smaller faces of the same picture, as the detector found them: not measured yet."""
    picture: Picture | None = field(default=None, repr=False)
    face: NDArray[np.float32] | None = field(default=None, repr=False)

    def shown(self) -> bytes | None:
        """A small JPEG of this face alone, for a guard."""
        if self.picture is None or self.face is None:
            return None
        x, y, width, height = (float(value) for value in self.face[:4])
        return shown(self.picture, (x, y, width, height))


class FaceReader:
    """Any picture and any bytes; never raises, and takes no longer than four small networks do. One thread only."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def portrait(self, octets: bytes | None) -> Sighting | Unclear:
        """The face of a portrait as a chip holds it."""
        picture = read_portrait(octets) if octets else None
        if picture is None:
            return Unclear.NO_PICTURE
        faces = self._found(picture)
        if isinstance(faces, Unclear):
            return faces
        if len(faces) > 1 and faces[1][2] >= faces[0][2] * BESIDE:
            return Unclear.SEVERAL
        # Printed and scanned long ago: its light and sharpness are as they are.
        unclear = unclear_points(faces[0], SMALLEST_PORTRAIT)
        return unclear or self._measured(picture, faces[0], strict=False)

    def view(self, picture: Picture | None) -> Sighting | Unclear:
        """The face in front, of a camera's picture."""
        if not is_picture(picture):
            return Unclear.NO_PICTURE
        assert picture is not None
        faces = self._found(picture)
        if isinstance(faces, Unclear):
            return faces
        first, *others = faces
        if any(other[2] >= first[2] * BESIDE for other in others):
            return Unclear.SEVERAL
        unclear = unclear_points(first, SMALLEST)
        if unclear:
            return unclear
        behind = tuple(other for other in others if other[2] >= first[2] * _BEHIND)[:_MOST_BEHIND]
        return self._measured(picture, first, behind=behind, strict=True)

    def behind(self, sighting: Sighting) -> list[Template]:
        """The templates of those who stand behind; whoever cannot be measured is left out."""
        found = []
        for face in sighting.behind:
            other = self._measured(sighting.picture, face, strict=False) if sighting.picture is not None else None
            if isinstance(other, Sighting):
                found.append(other.template)
        return found

    def _found(self, picture: Picture) -> list[NDArray[np.float32]] | Unclear:
        """Faces, the widest first, in pixels of the whole picture."""
        small, scale = fitted(picture, LOOKED_AT)
        try:
            rows = self._models.faces(small)
        except cv2.error:
            return Unclear.NO_FACE
        rows = rows[np.isfinite(rows).all(axis=1)]
        rows[:, :14] /= scale
        # A network may point anywhere; what lies far outside the picture is no face in it.
        reach = 2.0 * max(picture.shape[:2])
        rows = rows[(np.abs(rows[:, :14]) <= reach).all(axis=1) & (rows[:, 2] > 0) & (rows[:, 3] > 0)]
        if not len(rows):
            return Unclear.NO_FACE
        return sorted(rows, key=lambda row: -float(row[2]))

    def _measured(
        self, picture: Picture, face: NDArray[np.float32], *, behind: tuple[NDArray[np.float32], ...] = (), strict: bool
    ) -> Sighting | Unclear:
        try:
            aligned = self._models.aligned(picture, face)
            unclear = unclear_pixels(aligned) if strict else None
            if unclear:
                return unclear
            numbers = self._models.numbers(aligned)
        except cv2.error:
            return Unclear.NO_FACE
        length = float(np.linalg.norm(numbers))
        if not np.isfinite(length) or length <= 0:
            return Unclear.NO_FACE
        return Sighting(numbers / length, behind, picture, face)

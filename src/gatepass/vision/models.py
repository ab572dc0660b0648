"""The two networks, from files that the operator supplies. No weights are part of gatepass.

detector     YuNet: where is a face, and where are its eyes, nose and mouth?   `face_detection_yunet_2023mar.onnx`
recogniser   SFace: 112 x 112 pixels of a face become 128 numbers              `face_recognition_sface_2021dec.onnx`

Both are in OpenCV's collection of models (opencv_zoo). A file is read once, its SHA-256 is compared with the expected
one, and what was compared is what is run: a file that somebody exchanges later changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gatepass.vision.pictures import Picture

YUNET_SHA256: Final = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
"""face_detection_yunet_2023mar.onnx, 232,589 bytes."""
SFACE_SHA256: Final = "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"
"""face_recognition_sface_2021dec.onnx, 38,696,353 bytes, as opencv_zoo's pointer to it says."""

MOST_BYTES: Final = 400 * 1024 * 1024
SIDE: Final = 112
"""Pixels of the square to which a face is turned and scaled before it is measured."""
SURE: Final = 0.8
"""Score of the detector from which on something is a face."""
_OVERLAP: Final = 0.3
_MOST_CANDIDATES: Final = 200


class ModelFault(Exception):  # noqa: N818 - a value that is told, like DocumentError's codes
    """`code`: `face_models_missing`, `face_models_wrong` (another SHA-256), `face_models_unusable`. `file`: which."""

    def __init__(self, code: str, file: str) -> None:
        super().__init__(code)
        self.code, self.file = code, file


@dataclass(frozen=True, slots=True)
class Models:
    """Loaded networks. Not for two threads at once."""

    detector: Any
    recogniser: Any

    def faces(self, picture: Picture) -> NDArray[np.float32]:
        """A row for each face: x, y, width, height, five points x, y (right eye, left eye, nose, right and left corner
        of the mouth, as the person has them), score. Raises cv2.error."""
        self.detector.setInputSize((picture.shape[1], picture.shape[0]))
        _, found = self.detector.detect(picture)
        return np.zeros((0, 15), np.float32) if found is None else found

    def aligned(self, picture: Picture, face: NDArray[np.float32]) -> Picture:
        """The face upright, SIDE x SIDE. Raises cv2.error."""
        return np.asarray(self.recogniser.alignCrop(picture, face))

    def numbers(self, aligned: Picture) -> NDArray[np.float32]:
        """What the recogniser makes of an aligned face. Raises cv2.error."""
        return np.array(self.recogniser.feature(aligned), np.float32).ravel()


def load(
    detector: Path, recogniser: Path, *, detector_sha256: str = YUNET_SHA256, recogniser_sha256: str = SFACE_SHA256
) -> Models:
    """ModelFault where a file is missing, another one, or does not run here."""
    found = _read(detector, detector_sha256)
    measured = _read(recogniser, recogniser_sha256)
    empty = np.zeros(0, np.uint8)
    try:
        finds = cv2.FaceDetectorYN.create("onnx", found, empty, (320, 320), SURE, _OVERLAP, _MOST_CANDIDATES)
    except (cv2.error, SystemError) as error:
        raise ModelFault("face_models_unusable", detector.name) from error
    try:
        models = Models(finds, cv2.FaceRecognizerSF.create("onnx", measured, empty))
    except (cv2.error, SystemError) as error:
        raise ModelFault("face_models_unusable", recogniser.name) from error
    _try(models, detector.name, recogniser.name)
    return models


def _read(path: Path, sha256: str) -> NDArray[np.uint8]:
    try:
        if not 0 < path.stat().st_size <= MOST_BYTES:
            raise ModelFault("face_models_wrong", path.name)
        octets = path.read_bytes()
    except OSError as error:
        raise ModelFault("face_models_missing", path.name) from error
    if hashlib.sha256(octets).hexdigest() != sha256.strip().lower():
        raise ModelFault("face_models_wrong", path.name)
    return np.frombuffer(octets, np.uint8)


def _try(models: Models, detector: str, recogniser: str) -> None:
    """Once each, before anybody stands there: a file may load and yet be no such network."""
    try:
        if models.faces(np.full((320, 320, 3), 127, np.uint8)).shape[1:] != (15,):
            raise ModelFault("face_models_unusable", detector)
    except cv2.error as error:
        raise ModelFault("face_models_unusable", detector) from error
    try:
        numbers = models.numbers(np.full((SIDE, SIDE, 3), 127, np.uint8))
    except cv2.error as error:
        raise ModelFault("face_models_unusable", recogniser) from error
    if not 16 <= numbers.size <= 4096:
        raise ModelFault("face_models_unusable", recogniser)

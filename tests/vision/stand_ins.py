"""Networks that stand in for YuNet and SFace, and pictures that they understand. They know nothing of real faces.

The detector finds a face wherever a cell of its own grid is magenta (a face 96 pixels wide) or cyan (48 pixels). The
recogniser is a fixed random projection, blind to the mean light: one pattern looks like itself, another does not.
Both have the names and shapes of the real ones and run through the same code of OpenCV.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from tests.vision.onnx_file import Network

from gatepass.vision import Models, Picture, load

NEAR, FAR = 32, 16
"""Pixels of the grid's cell, and of the coloured square: a face is three cells wide."""
_COLOURS = {NEAR: (255, 0, 255), FAR: (255, 255, 0)}
# Right eye, left eye, nose, corners of the mouth, from the middle of the face, in cells.
_POINTS = ((-0.6, -0.5), (0.6, -0.5), (0.0, 0.2), (-0.5, 0.8), (0.5, 0.8))


@cache
def detector() -> bytes:
    network = Network({"input": (1, 3, 640, 640)}, tuple(f"{what}_{s}" for what in _PARTS for s in (8, 16, 32)))
    for stride in (8, 16, 32):
        # How much of a cell has its colour: blue, green, red as OpenCV gives them.
        colour = np.zeros(3) if stride == 8 else np.array(_COLOURS[stride]) / 255
        signs = np.where(colour > 0, colour / max(1.0, colour.sum()), -1.0 if stride > 8 else 0.0)
        kernel = np.broadcast_to(signs[None, :, None, None], (1, 3, stride, stride)) / (255 * stride**2)
        _head(network, "cls", stride, kernel, [0.0])
        _head(network, "obj", stride, np.zeros_like(kernel), [1.0])
        whole = [0.5, 0.5, np.log(3.0), np.log(3.0)]
        _head(network, "bbox", stride, np.zeros((4, 3, stride, stride)), whole)
        points = [0.5 + value for point in _POINTS for value in point]
        _head(network, "kps", stride, np.zeros((10, 3, stride, stride)), points)
    return network.write()


_PARTS = ("cls", "obj", "bbox", "kps")


def _head(network: Network, what: str, stride: int, kernel: object, bias: list[float]) -> None:
    name = f"{what}_{stride}"
    weights = [network.weight(f"{name}_w", kernel), network.weight(f"{name}_b", np.array(bias))]
    convolved = network.add(
        "Conv", ["input", *weights], f"{name}_c", kernel_shape=[stride] * 2, strides=[stride] * 2, pads=[0] * 4
    )
    turned = network.add("Transpose", [convolved], f"{name}_t", perm=[0, 2, 3, 1])
    network.add("Reshape", [turned, network.weight(f"{name}_s", np.array([1, -1, len(bias)]))], name)


@cache
def recogniser() -> bytes:
    dice = np.random.default_rng(20261123)
    kernel = dice.standard_normal((8, 3, 16, 16))
    kernel -= kernel.mean(axis=(2, 3), keepdims=True)
    network = Network({"data": (1, 3, 112, 112)}, ("fc1",))
    weights = [network.weight("w", kernel), network.weight("b", np.zeros(8))]
    network.add("Conv", ["data", *weights], "c", kernel_shape=[16, 16], strides=[16, 16], pads=[0] * 4)
    network.add("Reshape", ["c", network.weight("s", np.array([1, 8 * 49]))], "f")
    network.add("MatMul", ["f", network.weight("m", dice.standard_normal((8 * 49, 128)))], "fc1")
    return network.write()


@dataclass(frozen=True)
class Files:
    """Both on disk, with the hashes that an operator would name."""

    detector: Path
    recogniser: Path

    @classmethod
    def make(cls, folder: Path) -> Files:
        files = cls(folder / "detector.onnx", folder / "recogniser.onnx")
        files.detector.write_bytes(detector())
        files.recogniser.write_bytes(recogniser())
        return files

    @property
    def hashes(self) -> tuple[str, str]:
        return hashlib.sha256(detector()).hexdigest(), hashlib.sha256(recogniser()).hexdigest()

    def load(self) -> Models:
        first, second = self.hashes
        return load(self.detector, self.recogniser, detector_sha256=first, recogniser_sha256=second)


@dataclass(frozen=True)
class Drawn:
    """One face of a picture: whose (any number is somebody), and where its cell is on the grid of that size."""

    who: int
    column: int = 4
    row: int = 4
    cell: int = NEAR


def draw(*faces: Drawn, width: int = 320, height: int = 320, noise: float = 0.0, seed: int = 0) -> Picture:
    """A grey wall, and these faces before it. `noise`: of the camera, in grey values."""
    picture = np.full((height, width, 3), 120.0)
    for face in faces:
        _paint(picture, face)
    if noise:
        picture += np.random.default_rng(seed).normal(0, noise, picture.shape)
        for face in faces:
            _mark(picture, face)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _paint(picture: np.ndarray, face: Drawn) -> None:
    pattern = np.random.default_rng(face.who).uniform(30, 225, (14, 14)).astype(np.float32)
    side = face.cell * 4
    grey = cv2.resize(pattern, (side, side), interpolation=cv2.INTER_NEAREST)
    top, left = round((face.row - 1.5) * face.cell), round((face.column - 1.5) * face.cell)
    bottom, right = min(top + side, picture.shape[0]), min(left + side, picture.shape[1])
    y, x = max(top, 0), max(left, 0)
    picture[y:bottom, x:right] = grey[y - top : bottom - top, x - left : right - left, None]
    _mark(picture, face)


def _mark(picture: np.ndarray, face: Drawn) -> None:
    top, left = face.row * face.cell, face.column * face.cell
    picture[top : top + face.cell, left : left + face.cell] = _COLOURS[face.cell]


def as_jpeg(picture: Picture, quality: int = 95) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def as_jpeg_2000(picture: Picture) -> bytes:
    return cv2.imencode(".jp2", picture)[1].tobytes()

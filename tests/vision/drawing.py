"""Faces drawn with ellipses, alike enough to a face for YuNet itself. Nobody's; any number is somebody."""

from __future__ import annotations

import cv2
import numpy as np

from gatepass.vision import Picture


def person(who: int, *, width: int = 320, height: int = 400, scale: float = 1.0, noise: float = 0.0) -> Picture:
    """Head and shoulders before a wall. `scale` 1: a face some 140 pixels wide. `noise`: of the camera."""
    dice = np.random.default_rng(who)
    picture = np.full((height, width, 3), (200, 205, 210), np.uint8)
    middle = np.array((width // 2, height // 2))
    jaw = 70 + dice.integers(-8, 8), 95 + dice.integers(-10, 10)
    skin = np.array((150, 180, 225)) * dice.uniform(0.55, 1.05)
    hair = tuple(int(value) for value in dice.integers(15, 60, 3))

    def ellipse(at: tuple[float, float], axes: tuple[float, float], colour: tuple[int, ...]) -> None:
        centre = [int(value) for value in middle + np.array(at) * scale]
        size = [max(1, int(value * scale)) for value in axes]
        cv2.ellipse(picture, centre, size, 0, 0, 360, colour, -1)

    ellipse((0, -20), (jaw[0] * 1.2, jaw[1] * 1.15), hair)
    ellipse((0, 150), (110, 80), (90, 70, 60))
    tone = tuple(int(value) for value in skin)
    shade = tuple(int(value * 0.75) for value in skin)
    ellipse((0, 90), (25, 40), shade)
    ellipse((0, 0), jaw, tone)
    eye_y, eye_x = -15 - dice.integers(-5, 5), 30 + dice.integers(-4, 4)
    for side in (-1, 1):
        ellipse((side * eye_x, eye_y), (15, 7), (240, 240, 240))
        ellipse((side * eye_x, eye_y), (6, 6), (40, 30, 25))
        ellipse((side * eye_x, eye_y - 18), (19, 4), hair)
    ellipse((0, 18), (9, 14), shade)
    ellipse((0, 18 + 8), (13, 5), shade)
    mouth = 55 + dice.integers(-4, 4), 26 + dice.integers(-5, 5)
    ellipse((0, mouth[0]), (mouth[1], 8), (90, 80, 170))
    ellipse((0, mouth[0]), (mouth[1], 2), (60, 50, 110))
    picture = cv2.GaussianBlur(picture, (0, 0), 1.5 * scale)
    if noise:
        picture = np.clip(picture + dice.normal(0, noise, picture.shape), 0, 255).astype(np.uint8)
    return picture

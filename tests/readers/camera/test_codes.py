"""Codes are read out of pictures as they were written."""

from __future__ import annotations

import io

import numpy as np
import pytest
import segno
import zxingcpp

from gatepass.readers.camera.codes import CodeReader
from gatepass.readers.camera.pictures import grey_of
from gatepass.readers.camera.stage import Shot, code, decoded, photograph

TEXT = "HC1:6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$N"
SIZE = (960, 540)


def picture(thing: np.ndarray, **how: object) -> np.ndarray:
    return grey_of(photograph(thing, Shot(size=SIZE, **({"width": 0.5} | how))))


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"turned": 37},
        {"turned": 180},
        {"tilted": 0.2, "tilt_towards": 70},
        {"inverted": True},
        {"light": 0.12},
        {"moire": 0.8},
        {"noise": 25},
        {"motion": 4},
        {"glare": 0.7, "glare_at": (0.5, 0.5)},
    ],
    ids=str,
)
def test_a_shown_code_is_read(how):
    (found,) = CodeReader().look(picture(code(TEXT), **how))
    assert (found.text, found.symbology) == (TEXT, "qr")


@pytest.mark.parametrize("symbology", ["aztec", "datamatrix", "pdf417"])
def test_the_rarer_kinds_are_read_in_a_hard_look(symbology):
    frame = picture(code(TEXT, symbology=symbology))
    assert CodeReader().look(frame) == []
    (found,) = CodeReader().look(frame, hard=True)
    assert (found.text, found.symbology) == (TEXT, symbology)
    (found,) = CodeReader((symbology,)).look(frame)
    assert found.symbology == symbology


def test_any_characters_come_through():
    text = "姓名=王秀英;ÄÖÜ ß €\n\t{}"
    (found,) = CodeReader().look(picture(code(text)))
    assert found.text == text


def test_a_blurred_code_is_read_in_a_hard_look():
    frame = picture(code(TEXT, error="q"), width=0.3, blur=2.1, motion=2)
    assert CodeReader().look(frame) == []
    assert [found.text for found in CodeReader().look(frame, hard=True)] == [TEXT]


def test_two_phones_are_two_codes_the_nearer_one_first():
    near, far = code("NEAR"), code("FAR")
    frame = picture(np.hstack([near, np.full((near.shape[0], 100), 255, np.uint8), near]), width=0.9)
    frame = grey_of(photograph(near, Shot(size=SIZE, width=0.5, at=(0.25, 0.5))))
    other = grey_of(photograph(far, Shot(size=SIZE, width=0.3, at=(0.8, 0.5))))
    frame[:, SIZE[0] // 2 :] = other[:, SIZE[0] // 2 :]
    assert [found.text for found in CodeReader().look(frame)] == ["NEAR", "FAR"]


def test_a_wall_of_codes_is_four_at_most():
    wall = np.vstack([np.hstack([code(f"{row}{column}") for column in range(4)]) for row in range(2)])
    assert len(CodeReader().look(picture(wall, width=1.0))) == 4


def test_pictures_without_a_code_have_none():
    chance = np.random.default_rng(3)
    for frame in (
        np.zeros((540, 960), np.uint8),
        np.full((64, 64), 255, np.uint8),
        chance.integers(0, 256, (540, 960), np.uint8),
        grey_of(photograph(None, Shot(size=SIZE))),
    ):
        assert CodeReader().look(frame, hard=True) == []


def test_the_small_relatives_of_qr_are_no_codes_of_ours():
    """Nobody prints them here, and the corner of a blurred code looks like one."""
    drawn = io.BytesIO()
    segno.make_micro("94489").save(drawn, kind="png", scale=20, border=4)
    small = grey_of(decoded(drawn.getvalue()))
    assert zxingcpp.read_barcodes(small, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
    for hard in (False, True):
        assert CodeReader().look(small, hard=hard) == []

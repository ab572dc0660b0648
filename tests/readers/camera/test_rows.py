"""Rows of print are found at any angle, and cut out straight."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from tests.identity import zones

from gatepass.readers.camera.pictures import grey_of
from gatepass.readers.camera.rows import find_rows
from gatepass.readers.camera.stage import Shot, line_of, page, photograph

SIZE = (960, 540)


def rows_of(zone: str, shot: Shot) -> list[int]:
    frame = grey_of(photograph(page(zone), shot))
    return sorted(row.slots for row in find_rows(frame) if row.slots >= 20)


@pytest.mark.parametrize("angle", [0, 7, -20, 45, 90, 135, 180, -90])
def test_every_row_is_found_at_any_angle(angle):
    assert rows_of(zones.TD3, Shot(size=SIZE, width=0.55, turned=angle)) == [44, 44]


@pytest.mark.parametrize(
    ("zone", "slots"), [(zones.TD1, [30] * 3), (zones.TD2, [36] * 2), (zones.CR, [30] * 3), (zones.CS, [30])]
)
def test_the_slots_of_a_row_are_counted(zone, slots):
    assert rows_of(zone, Shot(size=SIZE, tilted=0.1, tilt_towards=35)) == slots


def test_a_row_is_cut_out_as_it_was_printed():
    text = "L898902C36UTO7408122F1204159"
    printed = cv2.resize(line_of(text), None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    picture = np.full((200, 800), 255, np.uint8)
    picture[60 : 60 + printed.shape[0], 30 : 30 + printed.shape[1]] = printed
    turn = cv2.getRotationMatrix2D((400, 100), 8, 0.9)
    turned = cv2.warpAffine(picture, turn, (800, 200), borderValue=255)
    (row,) = find_rows(turned)
    assert row.slots == len(text)
    assert abs(row.angle + 8) < 1
    cut = row.cut(turned, 0, len(text), slot=20, height=40, fill=0.8)
    assert cut.shape == (40, 20 * (len(text) + 2))
    straight = cv2.resize(line_of(f" {text} "), (cut.shape[1], 40 * 56 // 50), interpolation=cv2.INTER_AREA)
    alike = cv2.matchTemplate(
        cv2.copyMakeBorder(straight, 10, 10, 10, 10, cv2.BORDER_REPLICATE), cut, cv2.TM_CCOEFF_NORMED
    )
    assert alike.max() > 0.8


def test_words_and_an_empty_room_have_no_row_of_a_zone():
    assert find_rows(grey_of(photograph(None, Shot(size=SIZE)))) == []
    plain = np.full((540, 960), 200, np.uint8)
    for n, word in enumerate(("PASSPORT", "REPUBLIC OF UTOPIA", "Surname", "ERIKSSON")):
        cv2.putText(plain, word, (100, 100 + 80 * n), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 30, 2, cv2.LINE_AA)
    assert [row for row in find_rows(plain) if row.slots >= 30] == []


@pytest.mark.parametrize("size", [(64, 64), (64, 1000), (540, 960)])
@pytest.mark.parametrize("kind", ["noise", "black", "white", "stripes", "gravel", "squares"])
def test_any_picture_is_survived(size, kind):
    chance = np.random.default_rng(1)
    picture = {
        "noise": lambda: chance.integers(0, 256, size, np.uint8),
        "black": lambda: np.zeros(size, np.uint8),
        "white": lambda: np.full(size, 255, np.uint8),
        "stripes": lambda: np.tile(np.repeat([0, 255], 7).astype(np.uint8), (size[0], size[1] // 14 + 1))[:, : size[1]],
        "gravel": lambda: ((cv2.GaussianBlur(chance.integers(0, 256, size, np.uint8), (0, 0), 2) > 127) * 255).astype(
            np.uint8
        ),
        "squares": lambda: np.kron(
            np.indices((size[0] // 8 + 1, size[1] // 8 + 1)).sum(axis=0) % 2 * 255, np.ones((8, 8))
        ).astype(np.uint8)[: size[0], : size[1]],
    }[kind]()
    for row in find_rows(np.ascontiguousarray(picture)):
        row.cut(picture, -3, 44, slot=16, height=48, fill=0.7)

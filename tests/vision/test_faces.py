"""Portraits and pictures: who is in front, who stands behind, and what cannot be compared."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vision.stand_ins import FAR, Drawn, as_jpeg, as_jpeg_2000, draw

from gatepass.vision import FaceReader, Sighting, Unclear
from gatepass.vision.pictures import LONGEST_SIDE, MOST_BYTES, read_portrait


def sighted(found: Sighting | Unclear) -> Sighting:
    assert isinstance(found, Sighting), found
    return found


@pytest.mark.parametrize("encode", [as_jpeg, as_jpeg_2000], ids=["JPEG", "JPEG 2000"])
def test_a_portrait_and_a_picture_of_one_person_are_alike_and_of_two_are_not(reader: FaceReader, encode) -> None:
    portrait = sighted(reader.portrait(encode(draw(Drawn(1)))))
    assert portrait.template @ sighted(reader.view(draw(Drawn(1), noise=12))).template > 0.9
    assert portrait.template @ sighted(reader.view(draw(Drawn(2), noise=12))).template < 0.5


def test_whoever_stands_behind_is_not_the_one_in_front(reader: FaceReader) -> None:
    seen = sighted(reader.view(draw(Drawn(1), Drawn(2, column=14, row=4, cell=FAR))))
    assert seen.template @ sighted(reader.view(draw(Drawn(1)))).template > 0.9


def test_a_face_in_the_distance_alone_is_nobody_at_the_gate(reader: FaceReader) -> None:
    assert reader.view(draw(Drawn(1, column=9, row=9, cell=FAR))) is Unclear.SMALL


def test_two_faces_side_by_side_are_two_people(reader: FaceReader) -> None:
    both = draw(Drawn(1, column=3), Drawn(2, column=11), width=480)
    assert reader.view(both) is Unclear.SEVERAL
    assert reader.portrait(as_jpeg(both)) is Unclear.SEVERAL


def test_an_empty_room_is_nobody(reader: FaceReader) -> None:
    assert reader.view(draw()) is Unclear.NO_FACE
    assert reader.portrait(as_jpeg(draw())) is Unclear.NO_FACE
    assert reader.view(None) is Unclear.NO_PICTURE
    assert reader.portrait(None) is Unclear.NO_PICTURE


def test_light_and_sharpness_are_asked_for_before_a_camera(reader: FaceReader) -> None:
    def changed(change) -> object:
        picture = change(draw(Drawn(1)))
        picture[128:160, 128:160] = (255, 0, 255)  # the stand-in's cell
        return reader.view(picture)

    assert changed(lambda picture: picture // 16) is Unclear.DARK
    assert changed(lambda picture: 255 - (255 - picture) // 24) is Unclear.DARK
    assert changed(lambda picture: cv2.GaussianBlur(picture, (0, 0), 12)) in {Unclear.BLURRED, Unclear.DARK}
    assert isinstance(changed(lambda picture: picture), Sighting)


def test_a_head_on_its_side_or_turned_away_is_not_compared() -> None:
    from gatepass.vision.quality import unclear_points

    def face(right: tuple, left: tuple, nose: tuple, width: float = 100) -> np.ndarray:
        return np.array([0, 0, width, 100, *right, *left, *nose, 35, 80, 65, 80, 0.9], np.float32)

    assert unclear_points(face((30, 40), (70, 40), (50, 60)), 60) is None
    assert unclear_points(face((30, 40), (60, 70), (35, 70)), 60) is Unclear.TURNED
    assert unclear_points(face((30, 40), (70, 40), (70, 60)), 60) is Unclear.TURNED
    assert unclear_points(face((30, 40), (30, 40), (30, 60)), 60) is Unclear.TURNED
    assert unclear_points(face((30, 40), (70, 40), (50, 60), 59), 60) is Unclear.SMALL


def test_what_a_guard_is_shown_is_the_face_and_not_the_room(reader: FaceReader) -> None:
    room = draw(Drawn(1), Drawn(2, column=25, row=4, cell=FAR), width=480)
    shown = read_portrait(sighted(reader.view(room)).shown() or b"")
    assert shown is not None
    assert max(shown.shape[:2]) < 250


def test_nothing_of_a_face_is_in_a_repr(reader: FaceReader) -> None:
    assert repr(sighted(reader.view(draw(Drawn(1))))) == "Sighting()"


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((8, 8, 3), np.uint8),
        np.zeros((64, 64), np.uint8),
        np.zeros((64, 64, 4), np.uint8),
        np.zeros((64, 64, 3), np.float32),
        np.zeros((LONGEST_SIDE + 1, 64, 3), np.uint8),
        "no picture",
    ],
    ids=lambda picture: str(getattr(picture, "shape", picture)),
)
def test_what_is_no_picture_is_told_so(reader: FaceReader, picture) -> None:
    assert reader.view(picture) is Unclear.NO_PICTURE


@pytest.mark.parametrize("shape", [(32, 4096), (4096, 32), (2160, 3840), (33, 33)], ids=str)
def test_pictures_of_any_shape_take_a_bounded_time(reader: FaceReader, shape: tuple[int, int]) -> None:
    dice = np.random.default_rng(1)
    began = time.process_time()
    assert reader.view(dice.integers(0, 255, (*shape, 3), np.uint8)) in set(Unclear)
    assert time.process_time() - began < 2


@settings(max_examples=150)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_portrait_or_none(reader: FaceReader, octets: bytes) -> None:
    for begins in (
        b"",
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"\0\0\0\x0cjP  \r\n\x87\n",
        b"BM",
        b"\xff\x4f\xff\x51",
    ):
        assert reader.portrait(begins + octets) is Unclear.NO_PICTURE


@pytest.mark.slow
@settings(max_examples=120)
@given(st.sampled_from(["jpeg", "jpeg 2000"]), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=20))
def test_a_damaged_portrait_never_raises(reader: FaceReader, kind: str, damage: list[tuple[int, int]]) -> None:
    octets = bytearray((as_jpeg if kind == "jpeg" else as_jpeg_2000)(draw(Drawn(1), width=160, height=160)))
    for at, value in damage:
        octets[at % len(octets)] = value
    assert isinstance(reader.portrait(bytes(octets)), Sighting | Unclear)


def test_a_portrait_that_is_too_large_is_not_decoded() -> None:
    assert read_portrait(bytes(MOST_BYTES + 1)) is None
    assert read_portrait(as_jpeg(np.zeros((2000, 2000, 3), np.uint8))) is None
    assert read_portrait(as_jpeg(np.zeros((16, 16, 3), np.uint8))) is None


@settings(max_examples=60)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=15, max_size=45))
def test_a_network_that_points_anywhere_does_no_harm(reader: FaceReader, numbers: list[float]) -> None:
    class Mad:
        def faces(self, picture: object) -> np.ndarray:
            return np.array(numbers[: len(numbers) // 15 * 15], np.float32).reshape(-1, 15)

        aligned = staticmethod(reader._models.aligned)
        numbers = staticmethod(reader._models.numbers)

    assert isinstance(FaceReader(Mad()).view(draw(Drawn(1))), Sighting | Unclear)  # type: ignore[arg-type]

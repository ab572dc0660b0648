"""Bytes become pictures, whatever lies between them; the size is known before anything is decoded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.readers.camera.frames import MOST_BYTES, FrameFault, JpegStream, Measured, measure
from gatepass.readers.camera.stage import Shot, jpeg_of, photograph

PICTURE = jpeg_of(photograph(None, Shot(size=(160, 90))), 40)


def segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


def header(width: int, height: int, marker: int = 0xC0) -> bytes:
    return segment(marker, b"\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00")


def test_a_picture_is_measured_without_being_decoded():
    assert measure(PICTURE) == Measured(PICTURE, 160, 90)
    assert measure(PICTURE + b"what follows does not matter") == Measured(PICTURE, 160, 90)


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (b"", FrameFault.NOT_A_PICTURE),
        (b"<html>401 Unauthorized</html>", FrameFault.NOT_A_PICTURE),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), FrameFault.NOT_A_PICTURE),
        (b"\xff\xd8\xff\xd9", FrameFault.NOT_A_PICTURE),
        (b"\xff\xd8\x00\x00", FrameFault.NOT_A_PICTURE),
        (b"\xff\xd8" + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\xff\xd9", FrameFault.NOT_A_PICTURE),
        (b"\xff\xd8" + header(640, 480, marker=0xC9) + b"\xff\xd9", FrameFault.NOT_A_PICTURE),
        (b"\xff\xd8\xff\xc0\x00\x03\x08" + bytes(9), FrameFault.NOT_A_PICTURE),
        (PICTURE[:-2], FrameFault.CUT_SHORT),
        (PICTURE[:20], FrameFault.CUT_SHORT),
        (b"\xff\xd8" + header(60_000, 60_000), FrameFault.TOO_MANY_PIXELS),
        (b"\xff\xd8" + header(5_000, 100), FrameFault.TOO_MANY_PIXELS),
        (b"\xff\xd8" + header(8, 8) + b"\xff\xd9", FrameFault.TOO_SMALL),
        (b"\xff\xd8" + header(640, 0) + b"\xff\xd9", FrameFault.TOO_SMALL),
        (PICTURE + bytes(MOST_BYTES), FrameFault.TOO_MANY_BYTES),
    ],
)
def test_what_is_no_picture_says_why(octets, fault):
    assert measure(octets) is fault


def test_a_thumbnail_inside_a_picture_does_not_end_it():
    with_thumbnail = PICTURE[:2] + segment(0xE1, b"Exif\x00\x00" + PICTURE[:200] + b"\xff\xd9") + PICTURE[2:]
    assert measure(with_thumbnail) == Measured(with_thumbnail, 160, 90)
    assert JpegStream().feed(with_thumbnail * 2) == [Measured(with_thumbnail, 160, 90)] * 2


@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
@pytest.mark.parametrize("between", [b"", b"--boundary\r\n\r\n", b"\x00\xff\xd8\x00noise\xff"])
def test_a_stream_is_cut_into_its_pictures_in_whatever_pieces_it_comes(size, between):
    bytes_of_three = between + PICTURE + between + PICTURE + between + PICTURE
    stream = JpegStream()
    pieces = [bytes_of_three[start : start + size] for start in range(0, len(bytes_of_three), size)]
    assert [found for piece in pieces for found in stream.feed(piece)] == [Measured(PICTURE, 160, 90)] * 3


def test_a_picture_that_breaks_off_is_a_fault_and_the_next_one_is_read():
    found = JpegStream().feed(PICTURE[:600] + PICTURE + PICTURE)
    assert found[0] is FrameFault.NOT_A_PICTURE
    assert found[-1] == Measured(PICTURE, 160, 90)


def test_a_picture_without_end_is_given_up():
    stream = JpegStream()
    endless = b"\xff\xd8" + header(640, 480) + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
    found = stream.feed(endless)
    for _ in range(5):
        found += stream.feed(bytes(1_000_000))
        assert len(stream._kept) <= MOST_BYTES + 1_000_000
    assert FrameFault.TOO_MANY_BYTES in found
    assert stream.feed(PICTURE)[-1] == Measured(PICTURE, 160, 90)


def test_noise_without_end_is_forgotten():
    stream = JpegStream()
    for _ in range(100):
        assert stream.feed(b"\xff" * 10_000) == []
        assert len(stream._kept) <= 3
    assert not stream.pending


@given(st.lists(st.binary(max_size=60) | st.sampled_from([PICTURE, PICTURE[:90], b"\xff\xd8\xff"]), max_size=8))
def test_any_bytes_in_any_pieces_are_pictures_or_faults(pieces):
    whole = JpegStream().feed(b"".join(pieces))
    stream = JpegStream()
    assert [found for piece in pieces for found in stream.feed(piece)] == whole
    for found in whole:
        assert isinstance(found, FrameFault) or (found.width, found.height) == (160, 90)


@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8", b"\xff\xd8" + header(640, 480), PICTURE[:300]]))
def test_any_bytes_are_a_picture_or_a_fault(octets, before):
    found = measure(before + octets)
    assert isinstance(found, Measured | FrameFault)

"""What is wrong with a camera, in details that a technician finds in the docs."""

from __future__ import annotations

import errno

import pytest

from gatepass.readers import READER_DETAILS
from gatepass.readers.camera.status import DARK_AFTER_S, GARBLED_AFTER, Wellness, detail_of, is_dark


@pytest.mark.parametrize(
    ("number", "detail"),
    [
        (errno.ENOENT, "port_missing"),
        (errno.ENXIO, "port_missing"),
        (errno.EACCES, "port_forbidden"),
        (errno.EBUSY, "port_busy"),
        (errno.EWOULDBLOCK, "port_busy"),
        (errno.EIO, "port_failed"),
        (None, "port_failed"),
    ],
)
def test_every_error_of_the_system_is_a_detail(number, detail):
    assert detail_of(number) == detail
    assert detail in READER_DETAILS


@pytest.mark.parametrize(
    ("mean", "spread", "dark"),
    [(0, 0, True), (16, 1.5, True), (16, 8, False), (27, 1, True), (60, 1, False), (255, 0, False)],
)
def test_a_picture_is_dark_when_there_is_neither_light_nor_anything_in_it(mean, spread, dark):
    assert is_dark(mean, spread) is dark


def test_dark_is_told_when_it_lasts_and_forgotten_when_there_is_light():
    well = Wellness()
    well.saw(0.0, mean=5, spread=0)
    assert well.detail == ""
    well.saw(DARK_AFTER_S - 0.1, mean=5, spread=0)
    assert well.detail == ""
    well.saw(DARK_AFTER_S, mean=5, spread=0)
    assert well.detail == "picture_dark"
    well.saw(DARK_AFTER_S + 1, mean=120, spread=30)
    assert well.detail == ""
    well.saw(DARK_AFTER_S + 2, mean=5, spread=0)
    assert well.detail == "", "a hand before the lens is no fault"


def test_one_damaged_picture_is_no_fault_and_many_are():
    well = Wellness()
    for _ in range(GARBLED_AFTER - 1):
        well.garbled()
    assert well.detail == ""
    well.saw(0.0, mean=120, spread=30)
    for _ in range(GARBLED_AFTER):
        well.garbled()
    assert well.detail == "reader_garbled"
    well.saw(1.0, mean=120, spread=30)
    assert well.detail == ""


def test_silence_is_told():
    well = Wellness()
    well.silent()
    assert well.detail == "reader_silent"
    assert well.detail in READER_DETAILS

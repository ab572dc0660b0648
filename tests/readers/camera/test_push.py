"""Pictures that a browser pushes: hostile until measured, one at a time, never kept."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.camera.test_frames import PICTURE, header

from gatepass.readers.camera import CameraReader, link
from gatepass.readers.camera.frames import MOST_BYTES, FrameFault
from gatepass.readers.camera.link import PushLink
from gatepass.readers.camera.simulator import Fault, spoilt
from gatepass.readers.camera.stage import Shot, code, jpeg_of, photograph

SHOWN = jpeg_of(photograph(code("HC1:PUSHED"), Shot(size=(640, 360), width=0.5)))
ANSWERS = {"taken", "busy", *FrameFault}


def test_a_pushed_code_is_given_and_every_picture_is_answered(open_camera):
    async def story():
        async with open_camera("push") as gate:
            await asyncio.sleep(0)
            assert await gate.reader.push(SHOWN) == "taken"
            await gate.state("ready")
            assert await gate.text() == "HC1:PUSHED"
            assert await gate.reader.push(SHOWN) == "taken"
            await gate.nothing()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("octets", "answer"),
    [
        (b"", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (PICTURE[:-40], "cut_short"),
        (b"\xff\xd8" + header(60_000, 60_000), "too_many_pixels"),
        (PICTURE + bytes(MOST_BYTES), "too_many_bytes"),
        (b"\xff\xd8" + header(640, 480) + b"\xff\xd9", "not_a_picture"),
        (PICTURE, "taken"),
    ],
)
def test_what_is_no_picture_is_answered(octets, answer):
    assert asyncio.run(CameraReader("push", on_read=None, on_state=None).push(octets)) == answer


def test_a_bomb_is_never_decoded(monkeypatch):
    def never(_: bytes) -> None:
        raise AssertionError

    monkeypatch.setattr(link, "decode", never)
    bomb = spoilt(Fault.BOMB, PICTURE)
    assert len(bomb) < 1000
    assert asyncio.run(PushLink().push(bomb)) == "too_many_pixels"


def test_a_page_that_pushes_too_fast_is_told_so():
    async def story():
        pushed = PushLink()
        answers = await asyncio.gather(*(pushed.push(SHOWN) for _ in range(5)))
        assert sorted(answers) == ["busy"] * 4 + ["taken"]
        assert await pushed.push(SHOWN) == "taken"

    asyncio.run(story())


def test_a_camera_of_this_machine_takes_no_pictures_from_others(camera, open_camera):
    async def story():
        async with open_camera(camera.port) as gate:
            assert await gate.reader.push(SHOWN) == "not_a_pushed_camera"

    asyncio.run(story())


@pytest.mark.slow
def test_a_page_that_was_closed_is_an_absent_camera(open_camera, monkeypatch):
    monkeypatch.setattr("gatepass.readers.camera.reader.SILENT_AFTER_S", 0.3)

    async def story():
        async with open_camera("push") as gate:
            await gate.state("absent", "port_missing")
            while gate.reader.state.condition != "ready":
                await gate.reader.push(SHOWN)
                await asyncio.sleep(0.05)
            await gate.state("absent", "port_lost")

    asyncio.run(story())


@given(st.binary(max_size=400), st.integers(0, len(PICTURE)), st.integers(0, 40))
def test_any_bytes_are_answered(octets, at, cut):
    spoiled = PICTURE[:at] + octets + PICTURE[at + cut :]
    assert asyncio.run(PushLink().push(spoiled)) in ANSWERS
    assert asyncio.run(PushLink().push(octets)) in ANSWERS

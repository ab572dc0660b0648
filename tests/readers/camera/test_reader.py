"""The reader against the simulator: pictures through a pipe, one reading for each thing shown."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import threading
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.identity import zones as specimens
from tests.identity.zones import passport
from tests.readers.camera.conftest import PASSPORT

from gatepass.identity import Assurance, Document, DocumentKind, mrz
from gatepass.readers import READER_DETAILS, CodeText
from gatepass.readers.camera import CameraReader, CameraSimulator, Fault, agreement, stage
from gatepass.readers.camera import reader as camera_reader
from gatepass.readers.camera.sources import open_link
from gatepass.readers.camera.stage import Shot, code

TEXT = "HC1:6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2"
NEXT = "HC1:SOMEBODY-ELSE"
ON_PHONE = Shot(width=0.6)
HELD = Shot(width=0.9)


@cache
def page(zone: str) -> np.ndarray:
    return stage.page(zone)


@pytest.fixture(autouse=True)
def people_are_quick(monkeypatch):
    """What is taken away is gone after one second, so that the stories are short."""
    monkeypatch.setattr(agreement, "GONE_AFTER_S", 1.0)


def test_a_shown_code_is_given_as_it_is(camera, open_camera):
    async def story():
        camera.show(code(TEXT), ON_PHONE, arrives=False)
        async with open_camera(camera.port) as gate:
            assert await gate.next() == CodeText(TEXT, "qr")
            assert gate.readings == 1
            assert gate.reader.read_ms > 0
            await gate.state("ready")

    asyncio.run(story())


@pytest.mark.slow
def test_a_page_held_before_the_camera_is_a_printed_document(camera, open_camera):
    async def story():
        camera.show(page(PASSPORT), HELD, arrives=False)
        async with open_camera(camera.port) as gate:
            document = await gate.document()
            assert document == mrz.parse(PASSPORT)
            assert (document.kind, document.assurance) == (DocumentKind.PASSPORT, Assurance.PRINTED)
            assert gate.readings == 1
            assert gate.reader.read_ms > 0

    asyncio.run(story())


@pytest.mark.slow
def test_a_page_that_stays_and_goes_gives_no_second_passage(camera, open_camera):
    async def story():
        async with open_camera(camera.port) as gate:
            await asyncio.to_thread(camera.show, page(PASSPORT), HELD)
            assert (await gate.document()).number == "L898902C3"
            await gate.nothing(during=1.4)
            await asyncio.to_thread(camera.take_away)
            await gate.nothing(during=1.4)
            assert gate.readings == 1

    asyncio.run(story())


@pytest.mark.slow
def test_a_code_that_stays_is_one_passage_and_another_one_is_another_at_once(camera, open_camera):
    async def story():
        async with open_camera(camera.port) as gate:
            camera.show(code(TEXT), ON_PHONE, arrives=False)
            assert await gate.text() == TEXT
            await gate.nothing(during=1.4)
            camera.show(code(NEXT), ON_PHONE, arrives=False)
            assert await gate.text() == NEXT

    asyncio.run(story())


@pytest.mark.slow
def test_the_same_code_counts_again_when_it_is_shown_again(camera, open_camera):
    async def story():
        async with open_camera(camera.port) as gate:
            for _ in range(2):
                camera.show(code(TEXT), ON_PHONE, arrives=False)
                assert await gate.text() == TEXT
                camera.take_away(leaves=False)
                await gate.nothing(during=1.4)

    asyncio.run(story())


@pytest.mark.slow
def test_the_next_persons_page_may_follow_at_once(camera, open_camera):
    async def story():
        async with open_camera(camera.port) as gate:
            for zone in (specimens.TD3, specimens.TD1, specimens.CR, specimens.TD2):
                camera.show(page(zone), HELD, arrives=False)
                assert await gate.document() == mrz.parse(zone)

    asyncio.run(story())


@pytest.mark.slow
def test_a_page_and_a_phone_in_one_picture_are_both_read(camera, open_camera):
    async def story():
        sheet = page(PASSPORT).copy()
        phone = code(TEXT)[::2, ::2]
        sheet[60 : 60 + phone.shape[0], 900 : 900 + phone.shape[1]] = phone
        camera.show(sheet, HELD, arrives=False)
        async with open_camera(camera.port) as gate:
            given = [await gate.next(), await gate.next()]
            assert {type(reading) for reading in given} == {Document, CodeText}
            assert gate.readings == 2

    asyncio.run(story())


@pytest.mark.slow
def test_two_frames_must_agree_before_anybody_is_anybody(camera, open_camera, monkeypatch):
    """The name is read differently in every frame: no check digit would notice."""
    true_look = camera_reader.ZoneReader.look
    names = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 9)

    def changing(self, grey, **how):
        look = true_look(self, grey, **how)
        if look.zone is not None:
            zone = passport(names=f"ERIKSSON<<{next(names)}")
            look = type(look)(type(look.zone)(zone, mrz.parse(zone), 1.0), seen=True)
        return look

    monkeypatch.setattr(camera_reader.ZoneReader, "look", changing)
    monkeypatch.setattr("gatepass.readers.camera.agreement.UNREADABLE_AFTER_S", 2.0)

    async def story():
        camera.show(page(PASSPORT), HELD, arrives=False)
        async with open_camera(camera.port) as gate:
            assert await gate.code() == "mrz_check"
            assert gate.readings == 1

    asyncio.run(story())


@pytest.mark.slow
def test_a_page_that_cannot_be_read_is_told_once_to_its_holder(camera, open_camera, monkeypatch):
    monkeypatch.setattr("gatepass.readers.camera.agreement.UNREADABLE_AFTER_S", 1.0)
    wrong = passport()
    wrong = wrong[:-1] + ("3" if wrong[-1] != "3" else "7")

    async def story():
        camera.show(page(wrong), HELD, arrives=False)
        async with open_camera(camera.port) as gate:
            assert await gate.code() == "mrz_check"
            await gate.nothing(during=1.5)

    asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in {Fault.BLACK, Fault.WHITE}])
def test_a_fault_that_passes_is_not_worth_a_word(camera, open_camera, fault):
    async def story():
        async with open_camera(camera.port) as gate:
            await gate.state("ready")
            camera.inject(fault, times=6)
            camera.show(code(TEXT), ON_PHONE, arrives=False)
            assert await gate.text() == TEXT
            assert {state.condition for state in gate.states} == {"ready"}

    asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        (Fault.CUT_SHORT, "reader_garbled"),
        (Fault.BOMB, "reader_garbled"),
        (Fault.BLACK, "picture_dark"),
        (Fault.MISSING, "reader_silent"),
        (Fault.GARBAGE, "reader_silent"),
        (Fault.NOT_A_PICTURE, "reader_silent"),
    ],
)
def test_a_fault_that_stays_makes_the_camera_ill_until_it_is_well(camera, open_camera, monkeypatch, fault, detail):
    monkeypatch.setattr("gatepass.readers.camera.status.DARK_AFTER_S", 0.5)
    monkeypatch.setattr(camera_reader, "SILENT_AFTER_S", 0.7)

    async def story():
        async with open_camera(camera.port) as gate:
            await gate.state("ready")
            camera.inject(fault, times=999)
            await gate.state("ill", detail)
            assert detail in READER_DETAILS
            camera.forgive()
            await gate.state("ready")
            camera.show(code(TEXT), ON_PHONE, arrives=False)
            assert await gate.text() == TEXT

    asyncio.run(story())


@pytest.mark.slow
def test_a_lamp_in_the_lens_is_no_fault_of_the_camera(camera, open_camera):
    async def story():
        async with open_camera(camera.port) as gate:
            camera.inject(Fault.WHITE, times=40)
            await gate.state("ready")
            await gate.nothing(during=2.0)
            await gate.state("ready")

    asyncio.run(story())


def test_a_camera_that_is_plugged_in_later_is_found(tmp_path, open_camera):
    async def story():
        link = tmp_path / "camera.mjpeg"
        async with open_camera(str(link)) as gate:
            await gate.state("absent", "port_missing")
            with CameraSimulator(link) as camera:
                await gate.state("ready")
                camera.show(code(TEXT), ON_PHONE, arrives=False)
                assert await gate.text() == TEXT

    asyncio.run(story())


@pytest.mark.slow
def test_the_log_says_once_that_the_camera_is_gone_and_once_that_it_is_back(camera, open_camera, caplog):
    caplog.set_level(logging.INFO, logger="gatepass")

    async def story():
        async with open_camera(camera.port) as gate:
            await gate.state("ready")
            await asyncio.to_thread(camera.vanish)
            await gate.state("absent", "port_missing")
            await asyncio.sleep(1.0)
            camera.come_back()
            await gate.state("ready")
            camera.show(code(TEXT), ON_PHONE, arrives=False)
            assert await gate.text() == TEXT

    asyncio.run(story())
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("gatepass.readers")]
    assert [line.rpartition("/")[2].partition(" ")[2] for line in lines] == ["is absent: port_lost", "is back"]


@pytest.mark.slow
def test_a_camera_that_vanishes_before_the_second_frame_is_told_to_the_person(camera, open_camera, monkeypatch):
    true_look = camera_reader.ZoneReader.look
    read = []

    def once(self, grey, **how):
        look = true_look(self, grey, **how)
        if look.zone is None or read:
            return type(look)(None, seen=True)
        read.append(look)
        return look

    monkeypatch.setattr(camera_reader.ZoneReader, "look", once)

    async def story():
        seen = asyncio.Event()
        camera.show(page(PASSPORT), HELD, arrives=False)
        async with open_camera(camera.port) as gate:
            gate.reader._on_reading = seen.set
            await asyncio.wait_for(seen.wait(), 30)
            await asyncio.to_thread(camera.vanish)
            assert await gate.code() == "reader_vanished"

    asyncio.run(story())


def test_a_camera_that_another_program_holds_is_busy_and_taken_when_it_is_free(camera, open_camera):
    async def story():
        held = os.open(camera.port, os.O_RDONLY | os.O_NONBLOCK)
        fcntl.flock(held, fcntl.LOCK_EX)
        async with open_camera(camera.port) as gate:
            await gate.state("absent", "port_busy")
            os.close(held)
            await gate.state("ready")

    asyncio.run(story())


def test_a_fault_in_the_gate_does_not_stop_the_camera(camera):
    async def story():
        given: list[str] = []
        enough = asyncio.Event()

        async def failing(reading: CodeText) -> None:
            given.append(reading.text)
            if len(given) == 2:
                enough.set()
            raise RuntimeError("the gate has a bug")

        reader = CameraReader(camera.port, on_read=failing, on_state=lambda _: None)
        running = asyncio.create_task(reader.run())
        camera.show(np.hstack([code(TEXT)[:690], code(NEXT)[:690]]), HELD, arrives=False)
        await asyncio.wait_for(enough.wait(), 30)
        assert sorted(given) == sorted([TEXT, NEXT])
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(story())


@pytest.mark.slow
def test_a_fault_in_looking_makes_the_camera_ill_and_it_goes_on(camera, open_camera, monkeypatch):
    true_look = camera_reader.CodeReader.look
    failures = iter([True])

    def failing(self, grey, **how):
        if next(failures, False):
            raise ZeroDivisionError
        return true_look(self, grey, **how)

    monkeypatch.setattr(camera_reader.CodeReader, "look", failing)

    async def story():
        camera.show(code(TEXT), ON_PHONE, arrives=False)
        async with open_camera(camera.port) as gate:
            await gate.state("ill", "reader_error")
            assert await gate.text() == TEXT
            await gate.state("ready")

    asyncio.run(story())


def test_without_the_recogniser_codes_are_read_and_the_log_says_what_is_missing(
    camera, open_camera, monkeypatch, caplog
):
    monkeypatch.setattr(camera_reader, "missing_software", lambda: "rapidocr")

    async def story():
        camera.show(code(TEXT), ON_PHONE, arrives=False)
        async with open_camera(camera.port) as gate:
            assert await gate.text() == TEXT
            assert len([task for task in asyncio.all_tasks() if "_watch_zones" in repr(task)]) == 0

    asyncio.run(story())
    assert "rapidocr is not installed" in caplog.text


@pytest.mark.slow
def test_where_nothing_moves_little_is_done_and_what_lies_there_is_not_read_again(camera, open_camera, monkeypatch):
    monkeypatch.setattr(camera_reader, "_MOVED", 999)
    looked = []
    true_look = camera_reader.ZoneReader.look
    monkeypatch.setattr(
        camera_reader.ZoneReader, "look", lambda self, grey, **how: looked.append(1) or true_look(self, grey, **how)
    )

    async def story():
        camera.show(page(PASSPORT), HELD, arrives=False)
        async with open_camera(camera.port) as gate:
            assert (await gate.document()).number == "L898902C3"
            gate.reader._moved_at = -1e9
            await asyncio.sleep(1.0)
            before = len(looked)
            await gate.nothing(during=1.5)
            assert len(looked) == before
            gate.reader._moved_at = 1e9
            await gate.nothing(during=1.0)
            assert len(looked) > before

    asyncio.run(story())


def test_the_newest_frame_is_there_for_whoever_compares_faces(camera, open_camera):
    async def story():
        async with open_camera(camera.port) as gate:
            await gate.state("ready")
            frame = gate.reader.newest
            assert frame.picture.shape == (540, 960, 3)
            assert "array" not in repr(frame)
        assert gate.reader.newest is None

    asyncio.run(story())


@pytest.mark.slow
def test_no_name_number_or_code_is_in_any_log_line_even_when_everything_is_logged(camera, open_camera, caplog):
    caplog.set_level(logging.DEBUG)

    async def story():
        async with open_camera(camera.port) as gate:
            camera.show(page(PASSPORT), HELD, arrives=False)
            await gate.document()
            camera.show(code(TEXT), ON_PHONE, arrives=False)
            await gate.text()
            await asyncio.to_thread(camera.vanish)
            await gate.state("absent", "port_missing")
            assert TEXT not in repr(vars(gate.reader))

    asyncio.run(story())
    for secret in (TEXT, "ERIKSSON", "L898902C3", "740812"):
        assert secret not in caplog.text


def test_no_frame_is_ever_written(camera, open_camera, monkeypatch, tmp_path):
    """Whatever is opened for writing while the reader runs is not ours."""
    written: list[str] = []
    monkeypatch.setattr(Path, "write_bytes", lambda path, _: written.append(str(path)))
    monkeypatch.setattr("cv2.imwrite", lambda path, *_: written.append(path))
    monkeypatch.chdir(tmp_path)

    async def story():
        camera.show(code(TEXT), ON_PHONE, arrives=False)
        async with open_camera(camera.port) as gate:
            await gate.text()

    asyncio.run(story())
    assert written == []
    assert list(tmp_path.iterdir()) == []


def open_files() -> set[Path]:
    return set(Path("/proc/self/fd").iterdir())


def test_a_gate_that_stops_leaves_no_thread_no_task_and_no_open_port(camera, open_camera):
    async def story():
        before = open_files()
        async with open_camera(camera.port) as gate:
            await gate.state("ready")
        for _ in range(400):
            threads = {thread.name for thread in threading.enumerate() if thread.name.startswith("camera")}
            if threads == {"camera-simulator"}:
                break
            await asyncio.sleep(0.05)
        assert threads == {"camera-simulator"}
        assert len(asyncio.all_tasks()) == 1
        assert open_files() <= before

    asyncio.run(story())


def test_a_slow_looker_gets_the_newest_frame_and_never_an_old_one(camera):
    async def story():
        link = await open_link(camera.port)
        first = await link.frame(0, 5.0)
        await asyncio.sleep(0.5)
        later = await link.frame(first.number, 5.0)
        assert later.number > first.number + 1
        assert later.taken > first.taken
        with pytest.raises(TimeoutError):
            await link.frame(later.number + 1000, 0.05)
        await link.close()
        assert link.newest is None

    asyncio.run(story())

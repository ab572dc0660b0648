"""The reader against the simulator, over a pipe of key events."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import threading
from pathlib import Path

import pytest
from tests.cast import LI, WANG
from tests.readers.test_evdev import A_KEYBOARD, A_KEYPAD, attach, link
from tests.waiting import until

from gatepass.identity import Assurance
from gatepass.readers import Attached
from gatepass.readers.evdev import EvdevLink
from gatepass.readers.keyboard import ESCAPE, KEYPAD_ENTER
from gatepass.readers.keypad import Fault, KeypadReader, KeypadSimulator, Port, find

ENDS_IN_X = "11010519491231002X"


def test_a_typed_number_is_a_typed_document(keypad, open_keypad):
    async def story():
        async with open_keypad(keypad.device) as gate:
            await gate.state("ready")
            for number in (WANG.number, ENDS_IN_X, LI.number):
                keypad.type(number, enter=True)
                document = await gate.document()
                assert (document.number, document.assurance) == (number, Assurance.TYPED)
            assert gate.readings == 3
            assert 0 < gate.reader.read_ms < 1000

    asyncio.run(story())


def test_permits_and_passports_are_typed_on_a_keyboard(open_keypad):
    async def story():
        with KeypadSimulator(keyboard=True) as keyboard:
            async with open_keypad(keyboard.device) as gate:
                await gate.state("ready")
                for typed, number in (("h1234567802", "H12345678"), ("kor/m12345678", "M12345678")):
                    keyboard.type(typed, enter=True)
                    assert (await gate.document()).number == number

    asyncio.run(story())


def test_a_slip_is_named_and_the_next_number_is_read(keypad, open_keypad):
    async def story():
        async with open_keypad(keypad.device) as gate:
            await gate.state("ready")
            keypad.type(WANG.number[:16] + "9" + WANG.number[17], enter=True)
            assert await gate.code() == "number_check"
            keypad.type(WANG.number, enter=True)
            assert (await gate.document()).number == WANG.number

    asyncio.run(story())


def test_a_screen_is_told_how_many_characters_stand_there_and_nothing_else(keypad, open_keypad):
    told = []

    async def story():
        async with open_keypad(keypad.device, on_progress=told.append) as gate:
            await gate.state("ready")
            keypad.type("123")
            keypad.press(ESCAPE)
            keypad.type(WANG.number, enter=True)
            await gate.document()
            keypad.type("12")
            await asyncio.sleep(0.1)

    asyncio.run(story())
    assert max(told) <= 18
    assert told[-1] == 0, "a gate that stops shows no dots"
    assert 2 in told
    assert all(isinstance(count, int) for count in told)


@pytest.mark.parametrize("fault", [Fault.WRAPPED, Fault.HELD])
def test_a_keypad_with_habits_of_its_own_is_read(keypad, open_keypad, fault):
    async def story():
        async with open_keypad(keypad.device) as gate:
            await gate.state("ready")
            keypad.inject(fault)
            keypad.type(WANG.number, enter=True)
            assert (await gate.document()).number == WANG.number

    asyncio.run(story())


def test_a_number_of_which_keys_were_dropped_is_nobodys(keypad, open_keypad):
    async def story():
        async with open_keypad(keypad.device) as gate:
            await gate.state("ready")
            keypad.inject(Fault.DROPPED)
            keypad.type(WANG.number, enter=True)
            assert await gate.code() == "reader_length_error"

    asyncio.run(story())


def test_what_was_typed_is_forgotten_when_nobody_goes_on(keypad, open_keypad, monkeypatch):
    monkeypatch.setattr("gatepass.readers.keypad.frames.FORGET_AFTER_S", 0.1)
    told = []

    async def story():
        async with open_keypad(keypad.device, on_progress=told.append) as gate:
            await gate.state("ready")
            keypad.type("330102")
            await until(lambda: max(told, default=0) > 0 and told[-1] == 0)
            keypad.type(WANG.number, enter=True)
            assert (await gate.document()).number == WANG.number

    asyncio.run(story())


# --- the cable


def test_a_keypad_that_is_plugged_in_later_is_found(open_keypad, tmp_path):
    async def story():
        keypad = KeypadSimulator(tmp_path / "keypad")
        async with open_keypad(keypad.device) as gate:
            await gate.state("absent", "port_missing")
            with keypad:
                await gate.state("ready")
                keypad.type(WANG.number, enter=True)
                assert (await gate.document()).number == WANG.number

    asyncio.run(story())


@pytest.mark.slow
def test_a_number_that_was_half_typed_when_the_cable_was_pulled_is_forgotten(keypad, open_keypad, caplog):
    told = []

    async def story():
        async with open_keypad(keypad.device, on_progress=told.append) as gate:
            await gate.state("ready")
            keypad.inject(Fault.UNPLUGGED)
            keypad.type(WANG.number)
            await gate.state("absent", "port_missing")
            assert told[-1] == 0
            keypad.come_back()
            await gate.state("ready")
            keypad.type(LI.number, enter=True)
            assert (await gate.document()).number == LI.number

    caplog.set_level(logging.DEBUG)
    asyncio.run(story())
    words = [record.getMessage() for record in caplog.records if record.name.startswith("gatepass")]
    assert [word.partition(" is ")[2] for word in words] == ["absent: port_lost", "back"]
    assert not [word for word in words if WANG.number[:6] in word or LI.number in word]


@pytest.mark.parametrize(
    ("error", "detail"), [(errno.EBUSY, "port_busy"), (errno.EACCES, "port_forbidden"), (errno.ENOTTY, "port_failed")]
)
def test_a_keypad_that_cannot_be_had_says_why(open_keypad, error, detail):
    async def open_link(port: Port) -> EvdevLink:
        def refuse(fd: int, request: int, arg: int | bytes = 0, /) -> int:
            raise OSError(error, os.strerror(error))

        return await EvdevLink.open("/dev/null", ioctl=refuse)

    async def story():
        async with open_keypad("/dev/input/event7", open_link=open_link) as gate:
            await gate.state("absent", detail)

    asyncio.run(story())


def test_a_file_that_is_no_device_is_said_to_be_none(open_keypad, tmp_path):
    (tmp_path / "file").write_text("x")

    async def story():
        async with open_keypad(str(tmp_path / "file")) as gate:
            await gate.state("absent", "port_failed")

    asyncio.run(story())


# --- manners


def test_no_number_is_in_any_log_line_or_repr_even_when_everything_is_logged(keypad, open_keypad, caplog):
    async def story():
        async with open_keypad(keypad.device) as gate:
            await gate.state("ready")
            for number in (WANG.number, WANG.number[:17] + "0"):
                keypad.type(number, enter=True)
                assert number not in repr(await gate.next())

    caplog.set_level(logging.DEBUG)
    asyncio.run(story())
    assert not [record for record in caplog.records if WANG.number[:10] in record.getMessage()]


def test_a_fault_in_the_gate_does_not_stop_the_keypad(keypad, open_keypad, caplog):
    async def broken(reading):
        raise RuntimeError("the journal is gone")

    async def story():
        async with open_keypad(keypad.device) as gate:
            await gate.state("ready")
            keep, gate.reader._on_read = gate.reader._on_read, broken
            keypad.type(WANG.number, enter=True)
            await until(lambda: caplog.records)
            gate.reader._on_read = keep
            keypad.type(LI.number, enter=True)
            assert (await gate.document()).number == LI.number
            assert [record.levelname for record in caplog.records] == ["ERROR"]

    asyncio.run(story())


def test_a_gate_that_stops_leaves_no_thread_and_no_open_port(open_keypad, tmp_path):
    before = set(threading.enumerate())

    async def story(keypad):
        async with open_keypad(keypad.device) as gate:
            await gate.state("ready")

    with KeypadSimulator(tmp_path / "keypad") as keypad:
        asyncio.run(story(keypad))
        held = [Path(f"/proc/self/fd/{fd.name}") for fd in Path("/proc/self/fd").iterdir()]
        opened = [fd.resolve() for fd in held if fd.is_symlink()]
        assert opened.count(Path(keypad.device).resolve()) == 1, "the simulator's own end"
    assert set(threading.enumerate()) <= before
    assert not list(tmp_path.iterdir())


def test_keypads_are_found_and_doubtful_keyboards_are_said_to_be_doubtful(tmp_path):
    assert find(tmp_path) == []
    attach(tmp_path, 2, "Honeywell Voyager 1450", A_KEYBOARD)
    attach(tmp_path, 3, "USB Keypad", A_KEYPAD)
    attach(tmp_path, 4, "USB Keyboard", A_KEYBOARD)
    link(tmp_path, "by-id", "usb-Keypad-event-kbd", 3)
    assert find(tmp_path) == [
        Attached("keypad", "/dev/input/by-id/usb-Keypad-event-kbd", "USB Keypad"),
        Attached("keypad", "/dev/input/event4", "USB Keyboard", sure=False),
    ]


@pytest.mark.parametrize("port", ["", "?layout=de", "/dev/input/event3?layout=xx", "/dev/input/event3?baud=9600"])
def test_a_port_with_options_that_do_not_exist_is_refused_before_anything_runs(port):
    with pytest.raises(ValueError):
        KeypadReader(port, on_read=None, on_state=None)


def test_the_simulator_types_the_keys_of_a_keypad():
    async def story():
        with KeypadSimulator() as keypad:
            opened = await EvdevLink.open(keypad.device)
            keypad.type("1x")
            keypad.press(KEYPAD_ENTER)
            keypad.drain()
            heard = b""
            while len(heard) < 12 * 24:
                heard += (await opened.read(2.0))[0]
            await opened.close()
            return heard

    from gatepass.readers.keyboard import EventParser

    codes = [event.code for event in EventParser().feed(asyncio.run(story())) if event.kind == 1]
    assert codes == [79, 79, 55, 55, 96, 96]

"""The reader against the simulator, over a real pty and over a pipe of key events."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import logging
import os
import threading
from pathlib import Path

import pytest
from tests.cast import LI, WANG
from tests.readers.scanner.conftest import PASSPORT
from tests.waiting import until

from gatepass.identity import Assurance, Document, DocumentKind
from gatepass.readers import CodeText
from gatepass.readers.evdev import EvdevLink
from gatepass.readers.link import LinkLostError
from gatepass.readers.scanner import Fault, ScannerReader, ScannerSimulator, Settings
from gatepass.readers.scanner.link import Port

TICKET = "GP1:NCFOXN%TS3DH{WÄ}"
NEXT = "GP1:SOMEBODY-ELSE"


def test_a_shown_code_is_given_as_it_is(scanner, open_scanner):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            scanner.show(TICKET)
            assert await gate.next() == CodeText(TICKET, "")
            assert 0 < gate.reader.read_ms < 1000

    asyncio.run(story())


def test_a_passport_over_the_scanner_is_a_printed_document(scanner, open_scanner):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            scanner.show(PASSPORT)
            document = await gate.document()
            assert (document.kind, document.assurance) == (DocumentKind.PASSPORT, Assurance.PRINTED)
            assert document.holder.latin_name == "ERIKSSON, ANNA MARIA"
            await gate.nothing(0.15)

    asyncio.run(story())


@pytest.mark.usefixtures("impatient")
def test_a_zone_that_lacks_a_line_is_told_to_the_person(scanner, open_scanner):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            scanner.show(PASSPORT.splitlines()[0])
            assert await gate.code() == "mrz_layout"

    asyncio.run(story())


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        (Settings(end="\n", identifiers=True), ""),
        (Settings(end="\r\n", identifiers=True, encoding="gb18030"), ""),
        (Settings(framed=True, identifiers=True), ""),
        (Settings(end="", identifiers=True), ""),
        (Settings(keyboard=True, end="\t", identifiers=True), ""),
        (Settings(keyboard=True, layout="de", identifiers=True), "?layout=de"),
        (Settings(keyboard=True, layout="fr", identifiers=True), "?layout=fr"),
        (Settings(keyboard=True, alt_codes=True, identifiers=True), ""),
    ],
    ids=["LF", "CR LF and GB 18030", "STX ETX", "no end", "Tab", "German", "French", "Alt codes"],
)
def test_whatever_the_scanner_is_set_to_a_number_in_bars_is_a_document(settings, options, open_scanner):
    async def story():
        with ScannerSimulator(settings) as scanner:
            async with open_scanner(scanner.device + options) as gate:
                await gate.state("ready")
                scanner.show(WANG.number, symbology="C0")
                assert (await gate.document()).number == WANG.number
                scanner.show(f"{WANG.name}:GP1", symbology="Q1")
                assert await gate.next() == CodeText(f"{WANG.name}:GP1", "qr")

    asyncio.run(story())


def test_a_number_in_any_code_counts_where_the_installer_said_so(scanner, open_scanner):
    async def story():
        async with open_scanner(f"{scanner.device}?numbers=any") as gate:
            await gate.state("ready")
            scanner.show(WANG.number)
            assert (await gate.document()).number == WANG.number

    asyncio.run(story())


@pytest.mark.slow
def test_a_code_that_stays_in_front_of_the_scanner_is_one_passage(scanner, open_scanner):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            scanner.inject(Fault.REPEATED)
            scanner.show(TICKET)
            assert await gate.text() == TICKET
            scanner.show(NEXT)
            assert await gate.text() == NEXT
            await gate.nothing(0.15)

    asyncio.run(story())


def test_the_next_persons_code_may_follow_at_once(scanner, open_scanner):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            for text in (TICKET, NEXT, "GP1:THIRD"):
                scanner.show(text)
            assert [await gate.text() for _ in range(3)] == [TICKET, NEXT, "GP1:THIRD"]

    asyncio.run(story())


@pytest.mark.slow
def test_the_same_code_counts_again_when_it_is_shown_again(scanner, open_scanner):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            for _ in range(2):
                scanner.show(TICKET)
                assert await gate.text() == TICKET
                await asyncio.sleep(2.2)

    asyncio.run(story())


@pytest.mark.usefixtures("impatient")
def test_half_a_code_is_no_code_and_is_told(scanner, open_scanner):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            scanner.show(TICKET)
            await gate.text()
            scanner.inject(Fault.HALF)
            scanner.show(NEXT)
            assert await gate.code() == "reader_length_error"
            scanner.show(NEXT)
            assert await gate.text() == NEXT

    asyncio.run(story())


@pytest.mark.usefixtures("impatient")
def test_two_numbers_glued_together_are_nobody(scanner, open_scanner):
    async def story():
        async with open_scanner(f"{scanner.device}?numbers=any") as gate:
            await gate.state("ready")
            scanner.inject(Fault.GLUED)
            scanner.show(WANG.number)
            scanner.show(LI.number)
            assert await gate.text() == WANG.number + LI.number
            await gate.nothing(0.15)

    asyncio.run(story())


def test_a_scanner_that_falters_is_waited_for(scanner, open_scanner):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            scanner.show(NEXT)
            await gate.text()
            scanner.inject(Fault.FALTERING)
            scanner.show(TICKET)
            assert await gate.text() == TICKET

    asyncio.run(story())


@pytest.mark.usefixtures("impatient")
def test_garbage_is_told_once_and_makes_the_scanner_ill_when_it_goes_on(scanner, open_scanner):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            scanner.inject(Fault.GARBAGE, 3)
            for _ in range(3):
                scanner.show(TICKET)
            await gate.state("ill", "reader_garbled")
            assert await gate.code() == "reader_check_error"
            await gate.nothing(0.15)
            scanner.show(TICKET)
            assert await gate.text() == TICKET
            await gate.state("ready")

    asyncio.run(story())


@pytest.mark.usefixtures("impatient")
def test_a_flood_is_one_fault_and_the_next_code_is_read(scanner, open_scanner):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            scanner.inject(Fault.FLOOD)
            scanner.show(TICKET)
            scanner.show(NEXT)
            assert await gate.code() == "reader_length_error"
            assert await gate.text() == NEXT

    asyncio.run(story())


@pytest.mark.usefixtures("impatient")
def test_a_flood_of_codes_while_the_gate_is_busy_keeps_the_latest(serial_scanner, open_scanner):
    async def story():
        async with open_scanner(serial_scanner.device) as gate:
            await gate.state("ready")
            busy, free = asyncio.Event(), asyncio.Event()
            keep = gate.reader._on_read

            async def slowly(reading):
                busy.set()
                await free.wait()
                await keep(reading)

            gate.reader._on_read = slowly
            serial_scanner.show("GP1:0000")
            await busy.wait()
            for number in range(1, 30):
                serial_scanner.show(f"GP1:{number:04d}")
            await asyncio.to_thread(serial_scanner.drain)
            await asyncio.sleep(0.1)
            free.set()
            assert [await gate.text() for _ in range(5)] == ["GP1:0000", *(f"GP1:{n:04d}" for n in range(26, 30))]
            await gate.nothing(0.15)

    asyncio.run(story())


def test_on_another_layout_a_number_is_never_another_persons(keyboard_scanner, open_scanner):
    async def story():
        async with open_scanner(f"{keyboard_scanner.device}?numbers=any&layout=fr") as gate:
            await gate.state("ready")
            keyboard_scanner.show(WANG.number)
            assert not isinstance(await gate.next(), Document)
        async with open_scanner(keyboard_scanner.device) as gate:
            await gate.state("ready")
            keyboard_scanner.inject(Fault.OTHER_LAYOUT)
            keyboard_scanner.show(PASSPORT.replace("UTO", "CZE"))
            assert not isinstance(await gate.next(), Document)

    asyncio.run(story())


def test_keys_that_the_kernel_dropped_are_half_a_code(keyboard_scanner, open_scanner):
    async def story():
        async with open_scanner(keyboard_scanner.device) as gate:
            await gate.state("ready")
            keyboard_scanner.inject(Fault.DROPPED)
            keyboard_scanner.show(TICKET)
            assert await gate.code() == "reader_length_error"

    asyncio.run(story())


@pytest.mark.slow
def test_a_long_code_that_comes_slowly_is_announced_and_then_given_once(open_scanner):
    async def story():
        with ScannerSimulator(Settings(keyboard=True, per_byte_s=0.01)) as scanner:
            async with open_scanner(scanner.device) as gate:
                await gate.state("ready")
                scanner.show("GP1:" + "A" * 60)
                await asyncio.sleep(0.5)
                assert gate.readings == 1
                await gate.nothing(0.01)
                assert await gate.text() == "GP1:" + "A" * 60
                scanner.show("GP1:" + "A" * 60)
                await gate.nothing(1.5)
                assert gate.readings == 1, "the same code still lies there"

    asyncio.run(story())


@pytest.mark.usefixtures("impatient")
def test_what_was_announced_is_answered_when_the_rest_never_comes(open_scanner):
    async def story():
        with ScannerSimulator(Settings(keyboard=True, framed=True)) as scanner:
            async with open_scanner(scanner.device) as gate:
                await gate.state("ready")
                scanner.inject(Fault.HALF)
                scanner.show("GP1:" + "A" * 60)
                assert await gate.code() == "reader_length_error"
                assert gate.readings == 1

    asyncio.run(story())


# --- the cable


def test_a_scanner_that_is_plugged_in_later_is_found(open_scanner, tmp_path):
    async def story(settings):
        scanner = ScannerSimulator(settings, tmp_path / f"scanner-{settings.keyboard}")
        async with open_scanner(scanner.device) as gate:
            await gate.state("absent", "port_missing")
            with scanner:
                await gate.state("ready")
                scanner.show(TICKET)
                assert await gate.text() == TICKET

    for settings in (Settings(), Settings(keyboard=True)):
        asyncio.run(story(settings))


@pytest.mark.slow
def test_a_scanner_that_is_pulled_in_the_middle_of_a_code_is_told_to_the_person(scanner, open_scanner):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            scanner.inject(Fault.UNPLUGGED)
            scanner.show(TICKET)
            assert await gate.code() == "reader_vanished"
            await gate.state("absent", "port_missing")
            scanner.come_back()
            await gate.state("ready")
            scanner.show(TICKET)
            assert await gate.text() == TICKET

    asyncio.run(story())


@pytest.mark.slow
def test_the_log_says_once_that_it_is_gone_and_once_that_it_is_back(scanner, open_scanner, caplog):
    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            scanner.vanish()
            await gate.state("absent", "port_missing")
            scanner.come_back()
            await gate.state("ready")

    caplog.set_level(logging.INFO)
    asyncio.run(story())
    words = [record.getMessage() for record in caplog.records if record.name.startswith("gatepass")]
    assert [word.partition(" is ")[2] for word in words] == ["absent: port_lost", "back"]


def test_a_serial_port_that_another_program_holds_is_busy_and_taken_when_it_is_free(serial_scanner, open_scanner):
    async def story():
        holder = os.open(serial_scanner.device, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(holder, fcntl.LOCK_EX)
        try:
            async with open_scanner(serial_scanner.device) as gate:
                await gate.state("absent", "port_busy")
                fcntl.flock(holder, fcntl.LOCK_UN)
                await gate.state("ready")
        finally:
            os.close(holder)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("error", "detail"), [(errno.EBUSY, "port_busy"), (errno.EACCES, "port_forbidden"), (errno.ENOTTY, "port_failed")]
)
def test_a_keyboard_scanner_that_cannot_be_had_says_why_and_is_had_later(keyboard_scanner, open_scanner, error, detail):
    refusals = [OSError(error, os.strerror(error))]

    async def open_link(port: Port) -> EvdevLink:
        if refusals:
            refusal = refusals.pop()

            def refuse(fd: int, request: int, arg: int | bytes = 0, /) -> int:
                raise refusal

            master, slave = os.openpty()
            try:
                return await EvdevLink.open(os.ttyname(slave), ioctl=refuse)
            finally:
                os.close(master)
                os.close(slave)
        return await EvdevLink.open(port.path)

    async def story():
        async with open_scanner(keyboard_scanner.device, open_link=open_link) as gate:
            await gate.state("absent", detail)
            await gate.state("ready")
            keyboard_scanner.show(TICKET)
            assert await gate.text() == TICKET

    asyncio.run(story())


def test_a_port_that_cannot_be_opened_is_looked_for_all_the_time(open_scanner):
    tries = []

    async def open_link(port: Port):
        tries.append(port.path)
        raise LinkLostError("port_missing")

    async def story():
        async with open_scanner("/dev/nothing", open_link=open_link) as gate:
            await asyncio.sleep(0.4)
            assert [state.detail for state in gate.states] == ["port_missing"]

    asyncio.run(story())
    assert len(tries) >= 2


# --- manners


def test_a_fault_in_the_gate_does_not_stop_the_scanner(scanner, open_scanner, caplog):
    async def broken(reading):
        raise RuntimeError("the journal is gone")

    async def story():
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
            keep, gate.reader._on_read = gate.reader._on_read, broken
            scanner.show(TICKET)
            await until(lambda: caplog.records)
            gate.reader._on_read = keep
            scanner.show(NEXT)
            assert await gate.text() == NEXT
            assert [record.levelname for record in caplog.records] == ["ERROR"]

    asyncio.run(story())


def test_no_name_or_number_is_in_any_log_line_or_repr_even_when_everything_is_logged(scanner, open_scanner, caplog):
    async def story():
        async with open_scanner(f"{scanner.device}?numbers=any") as gate:
            await gate.state("ready")
            for text in (WANG.number, f"{WANG.name}{WANG.number}", PASSPORT):
                scanner.show(text)
                assert "ERIKSSON" not in repr(await gate.next())
            scanner.inject(Fault.UNPLUGGED)
            scanner.show(WANG.number * 2)
            await gate.state("absent", "port_missing")

    caplog.set_level(logging.DEBUG)
    asyncio.run(story())
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert not [secret for secret in (WANG.number, WANG.name, "ERIKSSON", "L898902C3") if secret in said]


def test_what_was_shown_is_not_kept_when_it_has_been_given(serial_scanner, open_scanner):
    async def story():
        async with open_scanner(serial_scanner.device) as gate:
            await gate.state("ready")
            serial_scanner.show(TICKET)
            await gate.text()
            assert TICKET not in repr(gate.reader.__dict__) + repr(gate.reader._seen)
            assert all(isinstance(shown, int) for shown in gate.reader._seen)

    asyncio.run(story())


def test_a_gate_that_stops_leaves_no_thread_no_task_and_no_open_port(open_scanner, tmp_path):
    before = set(threading.enumerate())

    async def story(scanner):
        async with open_scanner(scanner.device) as gate:
            await gate.state("ready")
        assert asyncio.all_tasks() == {asyncio.current_task()}

    for keyboard in (False, True):
        with ScannerSimulator(Settings(keyboard=keyboard), tmp_path / "scanner") as scanner:
            asyncio.run(story(scanner))
            held = [Path(f"/proc/self/fd/{fd.name}") for fd in Path("/proc/self/fd").iterdir()]
            opened = [fd.resolve() for fd in held if fd.is_symlink()]
            assert opened.count(Path(scanner.device).resolve()) == 1, "the simulator's own end"
    assert set(threading.enumerate()) <= before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "port", ["", "?baud=9600", "/dev/ttyS0?baud=9601", "/dev/ttyS0?speed=9600", "/dev/x?layout=xx"]
)
def test_a_port_with_options_that_do_not_exist_is_refused_before_anything_runs(port):
    with pytest.raises(ValueError):
        ScannerReader(port, on_read=None, on_state=None)

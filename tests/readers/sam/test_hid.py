"""The line in HID reports, on a device made of software."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import re
import threading
import time
from pathlib import Path

import pytest
from tests.cast import LI, WANG
from tests.identity.blocks import resident_block

from gatepass.readers import Attached
from gatepass.readers.link import LinkLostError
from gatepass.readers.sam import Command
from gatepass.readers.sam.hid import KNOWN, HidLink, find_hid, open_hidraw
from gatepass.readers.sam.reports import reply_reports
from gatepass.readers.sam.simulated_hid import Counting, HidFault, HidSimulator
from gatepass.readers.sam.simulator import synthetic_block

WANGS_CARD = resident_block()
LIS_CARD = synthetic_block(LI.document)
FOREVER = 999

KEYBOARD = "DRIVER=hid-generic\nHID_ID=0003:0000046D:0000C31C\nHID_NAME=Logitech Keyboard\n"
READER = "DRIVER=hid-generic\nHID_ID=0003:000010C4:00000007\nHID_NAME=ZZ MR-300\nHID_PHYS=usb-1/input0\n"


@pytest.fixture
def reader():
    with HidSimulator() as simulator:
        yield simulator


def lost(path: str, **options: object) -> str:
    async def story():
        with pytest.raises(LinkLostError) as refused:
            await HidLink.open(path, **options)
        return refused.value.detail

    return asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize("fault", sorted(set(HidFault) - {HidFault.VANISHED, HidFault.OTHER_NUMBER}))
def test_a_fault_of_hid_that_passes_is_not_worth_a_word(reader, open_gate, fault):
    async def story():
        async with open_gate(reader) as gate:
            reader.inject(fault, on=Command.READ)
            reader.lay(WANGS_CARD)
            assert (await gate.next()).number == WANG.number
            await gate.nothing()
            assert [state.condition for state in gate.states] == ["ready"]

    asyncio.run(story())


@pytest.mark.slow
def test_reports_that_stay_out_of_order_are_told_and_the_next_card_reads(reader, open_gate):
    async def story():
        async with open_gate(reader) as gate:
            reader.inject(HidFault.REPORTS_SWAPPED, FOREVER, on=Command.READ)
            reader.lay(WANGS_CARD)
            assert await gate.code() == "reader_length_error"
            reader.forgive()
            reader.lay(LIS_CARD)
            assert (await gate.next()).number == LI.number

    asyncio.run(story())


@pytest.mark.slow
def test_answers_to_another_request_are_silence(reader, open_gate):
    async def story():
        async with open_gate(reader) as gate:
            await gate.state("ready")
            reader.inject(HidFault.OTHER_NUMBER, FOREVER, on=Command.SELECT)
            reader.lay(WANGS_CARD)
            assert await gate.code() == "reader_silent"

    asyncio.run(story())


@pytest.mark.parametrize("counting", Counting)
@pytest.mark.parametrize("echoes", [True, False])
def test_every_model_that_is_described_is_read(open_gate, counting, echoes):
    async def story():
        with HidSimulator(counting=counting, echoes=echoes) as reader:
            async with open_gate(reader) as gate:
                for card, person in ((WANGS_CARD, WANG), (LIS_CARD, LI)):
                    reader.lay(card)
                    assert (await gate.next()).number == person.number

    asyncio.run(story())


def test_the_late_answer_with_somebody_elses_card_is_not_given(reader, open_gate):
    async def story():
        async with open_gate(reader) as gate:
            await gate.state("ready")
            body = b"\x00\x00\x90\x01\x00\x00\x00" + LIS_CARD
            reader.stale = reply_reports(b"\xaa\xaa\xaa\x96\x69" + body, 1)
            reader.lay(WANGS_CARD)
            assert (await gate.next()).number == WANG.number
            await gate.nothing()

    asyncio.run(story())


def test_a_reader_that_vanishes_in_the_middle_of_a_reply_is_told_to_the_person(reader, open_gate):
    async def story():
        async with open_gate(reader) as gate:
            reader.inject(HidFault.VANISHED, on=Command.READ)
            reader.lay(WANGS_CARD)
            assert await gate.code() == "reader_vanished"
            await gate.state("absent", "port_missing")
            reader.come_back()
            reader.lay(LIS_CARD)
            assert (await gate.next()).number == LI.number

    asyncio.run(story())


# --- opening


def test_what_is_wrong_is_said_in_one_word(reader, tmp_path):
    reader.forbidden = True
    assert lost("/dev/hidraw0", open_device=reader.open_device) == "port_forbidden"
    reader.vanish()
    assert lost("/dev/hidraw0", open_device=reader.open_device) == "port_missing"
    assert lost(str(tmp_path / "nothing")) == "port_missing"
    (tmp_path / "file").write_text("no device")
    assert lost(str(tmp_path / "file")) == "port_failed"
    assert lost(str(tmp_path)) == "port_failed"


def test_a_device_that_another_of_our_programs_reads_is_busy():
    # A pseudo terminal is a character device as hidraw is one; the lock does not care.
    master, slave = os.openpty()
    try:
        path = os.ttyname(slave)
        held = open_hidraw(path)
        assert lost(path) == "port_busy"
        os.close(held)
        os.close(open_hidraw(path))
        fcntl.flock(slave, fcntl.LOCK_UN)
    finally:
        os.close(master)
        os.close(slave)


def attached(root: Path, *uevents: str) -> None:
    for count, told in enumerate(uevents):
        device = root / f"sys/class/hidraw/hidraw{count}/device"
        device.mkdir(parents=True)
        (device / "uevent").write_text(told)


def test_the_readers_are_found_among_the_keyboards_and_none_is_opened(tmp_path):
    attached(tmp_path, KEYBOARD, READER, READER.replace("10C4:00000007", "203B:00000101"), "nonsense\n")
    (tmp_path / "sys/class/hidraw/hidraw9").mkdir()
    assert list(find_hid(tmp_path)) == [
        Attached("sam", "hid:10c4:0007", "ZZ MR-300"),
        Attached("sam", "hid:203b:0101", "ZZ MR-300"),
    ]
    assert list(find_hid(tmp_path / "no sysfs")) == []


def test_of_two_of_a_kind_each_is_named_by_its_node(tmp_path):
    attached(tmp_path, READER, KEYBOARD, READER)
    assert [found.port for found in find_hid(tmp_path)] == ["hid:/dev/hidraw0", "hid:/dev/hidraw2"]


def test_a_reader_named_by_vendor_and_product_is_found_whichever_number_its_node_has(reader, tmp_path):
    opened: list[str] = []

    def open_device(path: str) -> int:
        opened.append(path)
        return reader.open_device(path)

    async def story():
        link = await HidLink.open("10C4:0007", open_device=open_device, root=tmp_path)
        await link.close()

    attached(tmp_path, KEYBOARD, KEYBOARD, READER)
    asyncio.run(story())
    assert opened == ["/dev/hidraw2"]
    assert lost("203b:0101", open_device=open_device, root=tmp_path) == "port_missing"


def test_the_packaged_udev_rules_know_every_reader_that_is_known_here():
    rules = (Path(__file__).parents[3] / "packaging" / "60-gatepass-readers.rules").read_text()
    known = re.compile(r'^SUBSYSTEM=="hidraw", ATTRS\{idVendor\}=="(\w+)", ATTRS\{idProduct\}=="(\w+)"', re.MULTILINE)
    told = set(known.findall(rules))
    assert told == {(f"{vendor:04x}", f"{product:04x}") for vendor, product in KNOWN}


# --- writing


def test_a_device_that_takes_its_time_does_not_stop_the_gate_and_is_silent_not_lost(reader, monkeypatch):
    """The kernel waits up to five seconds for a device that does not take a report."""
    write = os.write

    def slow(fd: int, octets: bytes) -> int:
        if len(octets) != 65:
            return write(fd, octets)
        time.sleep(0.3)
        raise OSError(errno.ETIMEDOUT, "not taken")

    async def story():
        link = await HidLink.open("/dev/hidraw0", open_device=reader.open_device)
        monkeypatch.setattr(os, "write", slow)
        began = time.perf_counter()
        link.write(Command.FIND.request)
        assert time.perf_counter() - began < 0.2, "the gate goes on"
        with pytest.raises(TimeoutError):
            await link.read(0.5)
        monkeypatch.setattr(os, "write", write)
        link.write(Command.FIND.request)
        assert await link.read(1.0)
        await link.close()

    asyncio.run(story())


def test_a_device_that_takes_nothing_any_more_is_lost(reader, monkeypatch):
    def gone(fd: int, octets: bytes) -> int:
        raise OSError(errno.ENODEV, "unplugged")

    async def story():
        link = await HidLink.open("/dev/hidraw0", open_device=reader.open_device)
        with monkeypatch.context() as patched:
            patched.setattr(link, "_writer", Failing(gone))
            link.write(Command.FIND.request)
            with pytest.raises(LinkLostError):
                await link.read(1.0)
            with pytest.raises(LinkLostError):
                link.write(Command.FIND.request)
        await link.close()
        await link.close()
        with pytest.raises(LinkLostError):
            link.write(Command.FIND.request)

    asyncio.run(story())


class Failing:
    """A writer's thread in which every write fails."""

    def __init__(self, write) -> None:
        self._write = write

    def submit(self, _, *arguments):
        from concurrent.futures import Future

        future = Future()
        try:
            self._write(*arguments)
        except OSError as error:
            future.set_exception(error)
        return future


def test_a_gate_that_stops_leaves_no_thread_and_no_open_device(reader):
    before = set(threading.enumerate())
    held = set(Path("/proc/self/fd").iterdir())

    async def story():
        link = await HidLink.open("/dev/hidraw0", open_device=reader.open_device)
        link.write(Command.FIND.request)
        await link.close()

    asyncio.run(story())
    reader.vanish()
    assert set(threading.enumerate()) <= before
    assert set(Path("/proc/self/fd").iterdir()) <= held

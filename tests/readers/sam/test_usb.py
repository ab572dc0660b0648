"""The line on USB bulk pipes: pyusb as it is, on a bus made of software."""

from __future__ import annotations

import asyncio
import threading
from array import array
from contextlib import suppress

import pytest
import usb.backend.libusb1
import usb.core
from tests.cast import LI, WANG
from tests.identity.blocks import resident_block

from gatepass.readers.link import LinkLostError
from gatepass.readers.sam import Command, Fault
from gatepass.readers.sam import usb as sam_usb
from gatepass.readers.sam.frames import BROKEN_REPLY, Frame, FrameParser, build
from gatepass.readers.sam.simulated_usb import SERIAL, UsbFault, UsbSimulator
from gatepass.readers.sam.simulator import synthetic_block
from gatepass.readers.sam.usb import BODY_IN, HEAD_IN, UsbLink, UsbPipes, UsbPort, find_usb, library

WANGS_CARD = resident_block()
LIS_CARD = synthetic_block(LI.document)
FOREVER = 999


@pytest.fixture
def reader():
    with UsbSimulator() as simulator:
        yield simulator


@pytest.fixture
def pipes(reader):
    opened = UsbPipes(UsbPort(0x0400, 0xC35A), reader.backend)
    opened.open()
    yield opened
    opened.close()


def statuses(reply: bytes) -> list[int]:
    return [found.status for found in FrameParser().feed(reply) if isinstance(found, Frame)]


def lost(reader: UsbSimulator, port: str = "0400:c35a") -> str:
    async def story():
        with pytest.raises(LinkLostError) as refused:
            await UsbLink.open(port, backend=reader.backend)
        return refused.value.detail

    return asyncio.run(story())


def test_a_request_goes_in_two_transfers_and_its_reply_comes_in_two(reader, pipes, monkeypatch):
    sent, asked = [], []
    write, read = reader.backend.bulk_write, reader.backend.bulk_read
    monkeypatch.setattr(reader.backend, "bulk_write", lambda *a: (sent.append((a[1], a[3].tobytes())), write(*a))[1])
    monkeypatch.setattr(reader.backend, "bulk_read", lambda *a: (asked.append((a[1], len(a[3]))), read(*a))[1])
    pipes.send(Command.FIND.request)
    assert statuses(pipes.receive(1.0)) == [0x80]
    assert sent == [(0x02, bytes.fromhex("AAAAAA96690003")), (0x06, bytes.fromhex("200122"))]
    assert asked == [(0x81, 64), (0x85, 64)], "in whole packets: a longer last one would break the transfer"


def test_a_whole_card_is_joined_from_its_packets(reader, pipes):
    reader.lay(WANGS_CARD)
    for command, status in ((Command.FIND, 0x9F), (Command.SELECT, 0x90), (Command.READ, 0x90)):
        pipes.send(command.request)
        assert statuses(reply := pipes.receive(1.0)) == [status]
    assert len(reply) == 1295


@pytest.mark.parametrize("fault", [UsbFault.SHORT_TRANSFERS, UsbFault.SHORT_HEAD])
def test_short_transfers_are_put_together(reader, pipes, fault):
    reader.inject(fault, on=Command.MODULE_NUMBER)
    pipes.send(Command.MODULE_NUMBER.request)
    assert statuses(pipes.receive(1.0)) == [0x90]


@pytest.mark.parametrize("fault", [UsbFault.STALLED, UsbFault.STALLED_HEAD, UsbFault.BABBLE])
def test_a_stalled_pipe_is_cleared_and_its_reply_is_broken(reader, pipes, fault):
    reader.inject(fault, on=Command.STATUS)
    pipes.send(Command.STATUS.request)
    assert pipes.receive(1.0) == BROKEN_REPLY
    pipes.send(Command.STATUS.request)
    assert statuses(pipes.receive(1.0)) == [0x90]


def test_half_a_body_is_handed_up_as_it_came(reader, pipes):
    reader.inject(UsbFault.HALF_A_BODY, on=Command.MODULE_NUMBER)
    pipes.send(Command.MODULE_NUMBER.request)
    reply = pipes.receive(1.0)
    assert len(reply) < 27
    assert statuses(reply) == []


def test_late_answers_to_earlier_requests_are_dropped_before_the_next_is_asked(reader, pipes):
    reader.inject(Fault.SILENCE, on=Command.FIND)
    pipes.send(Command.FIND.request)
    with pytest.raises(TimeoutError):
        pipes.receive(0.05)
    late = build(b"\x00\x00\x9f" + bytes(4))
    reader.backend._send([late[:7]], [late[7:]])
    pipes.send(Command.STATUS.request)
    assert statuses(pipes.receive(1.0)) == [0x90]


def test_a_device_that_does_not_take_a_request_is_silent_and_not_lost(reader, pipes):
    reader.inject(UsbFault.NOT_TAKEN, on=Command.STATUS)
    pipes.send(Command.STATUS.request)
    pipes.receive(1.0)
    with pytest.raises(TimeoutError):
        pipes.send(Command.STATUS.request)
    pipes.send(Command.STATUS.request)
    assert statuses(pipes.receive(1.0)) == [0x90]


def test_a_length_that_cannot_be_is_handed_up_and_not_waited_for(reader, pipes):
    reader.stale.append(bytes.fromhex("AAAAAA9669FFFF000090"))
    pipes.send(Command.STATUS.request)
    reply = pipes.receive(1.0)
    assert reply.startswith(bytes.fromhex("AAAAAA9669FFFF000090"))


@pytest.mark.parametrize(
    ("number", "raised"),
    [(19, LinkLostError), (5, LinkLostError), (None, LinkLostError), (110, TimeoutError), (32, BrokenPipeError)],
)
def test_each_error_of_the_library_has_one_meaning(reader, pipes, monkeypatch, number, raised):
    def fails(*_):
        raise usb.core.USBError("no", None, number)

    monkeypatch.setattr(reader.backend, "bulk_read", fails)
    with pytest.raises(raised):
        pipes._read(HEAD_IN, 64, 0.1)


def test_a_stall_that_cannot_be_cleared_is_a_lost_reader(reader, pipes, monkeypatch):
    reader.inject(UsbFault.STALLED, on=Command.STATUS)
    pipes.send(Command.STATUS.request)
    monkeypatch.setattr(reader.backend, "clear_halt", lambda *_: reader.backend._require(object()))
    with pytest.raises(LinkLostError):
        pipes.receive(1.0)


def test_what_babbles_without_end_is_not_listened_to_without_end(reader, pipes, monkeypatch):
    monkeypatch.setattr(reader.backend, "bulk_read", lambda *arguments: len(arguments[3]))
    assert len(pipes._empty(BODY_IN)) <= 8 * 2432


def test_transfers_without_a_byte_are_silence_and_no_endless_loop(reader, pipes, monkeypatch):
    monkeypatch.setattr(reader.backend, "bulk_read", lambda *_: 0)
    pipes.send(Command.STATUS.request)
    with pytest.raises(TimeoutError):
        pipes.receive(0.1)

    def only_the_head(handle, pipe, interface, buffer, timeout):
        if pipe == BODY_IN:
            return 0
        buffer[:7] = array("B", bytes.fromhex("AAAAAA96690004"))
        return 7

    monkeypatch.setattr(reader.backend, "bulk_read", only_the_head)
    assert pipes.receive(0.1) == bytes.fromhex("AAAAAA96690004")


# --- opening


def test_what_is_wrong_is_said_in_one_word(reader):
    reader.forbidden = True
    assert lost(reader) == "port_forbidden"
    reader.forbidden, reader.held = False, True
    assert lost(reader) == "port_busy"
    reader.vanish()
    assert lost(reader) == "port_missing"


def test_of_two_of_a_kind_the_serial_number_decides(reader):
    assert lost(reader, "0400:c35a:OTHER") == "port_missing"
    assert lost(reader, "0400:c35b") == "port_missing"

    async def story():
        link = await UsbLink.open(f"0400:C35A:{SERIAL}", backend=reader.backend)
        await link.close()

    asyncio.run(story())


def test_a_serial_number_that_may_not_be_read_is_said_to_be_forbidden(reader):
    reader.forbidden = True
    assert lost(reader, f"0400:c35a:{SERIAL}") == "port_forbidden"


def test_a_device_with_other_pipes_is_no_reader():
    with UsbSimulator(pipes=(0x01, 0x82)) as camera:
        assert lost(camera) == "port_failed"
        assert list(find_usb(camera.backend)) == []


def test_without_libusb_the_software_is_said_to_be_missing(monkeypatch):
    library.cache_clear()
    monkeypatch.setattr(usb.backend.libusb1, "get_backend", lambda: None)

    async def story():
        with pytest.raises(LinkLostError) as refused:
            await UsbLink.open("0400:c35a")
        return refused.value.detail

    assert asyncio.run(story()) == "software_missing"
    assert list(find_usb()) == []
    library.cache_clear()


def test_a_library_that_fails_in_its_own_way_leaves_a_reader_that_is_absent(reader, monkeypatch, caplog):
    def fails(*_):
        raise AttributeError("'NoneType' object has no attribute 'handle'")

    monkeypatch.setattr(reader.backend, "claim_interface", fails)
    assert lost(reader) == "port_failed"
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_what_is_attached_is_found_by_its_pipes_with_its_name(reader):
    (found,) = find_usb(reader.backend)
    assert str(found) == "sam:usb:0400:c35a"
    assert found.name == "gatepass Simulated card reader"
    reader.forbidden = True
    assert [one.name for one in find_usb(reader.backend)] == [""], "found, though it may not be asked for its name"
    reader.vanish()
    assert list(find_usb(reader.backend)) == []


# --- in the reader


@pytest.mark.slow
@pytest.mark.parametrize("fault", sorted(set(UsbFault) - {UsbFault.VANISHED}))
def test_a_fault_of_usb_that_passes_is_not_worth_a_word(reader, open_gate, fault):
    async def story():
        async with open_gate(reader) as gate:
            reader.inject(fault, on=Command.READ)
            reader.lay(WANGS_CARD)
            assert (await gate.next()).number == WANG.number
            await gate.nothing()
            assert [state.condition for state in gate.states] == ["ready"]

    asyncio.run(story())


@pytest.mark.slow
def test_a_pipe_that_stays_stalled_is_told_and_the_next_card_reads(reader, open_gate):
    async def story():
        async with open_gate(reader) as gate:
            reader.inject(UsbFault.STALLED, FOREVER, on=Command.READ)
            reader.lay(WANGS_CARD)
            assert await gate.code() == "reader_check_error"
            reader.forgive()
            reader.lay(LIS_CARD)
            assert (await gate.next()).number == LI.number

    asyncio.run(story())


def test_a_reader_that_vanishes_between_two_transfers_is_told_to_the_person(reader, open_gate):
    async def story():
        async with open_gate(reader) as gate:
            reader.inject(UsbFault.VANISHED, on=Command.READ)
            reader.lay(WANGS_CARD)
            assert await gate.code() == "reader_vanished"
            await gate.state("absent", "port_missing")
            reader.come_back()
            reader.lay(LIS_CARD)
            assert (await gate.next()).number == LI.number

    asyncio.run(story())


@pytest.mark.parametrize("moment", [0.0, 0.01, 0.1, 0.4])
def test_a_gate_that_stops_at_any_moment_leaves_no_thread_and_no_claim(reader, moment):
    before = set(threading.enumerate())

    async def story():
        opening = asyncio.create_task(UsbLink.open("0400:c35a", backend=reader.backend))
        await asyncio.sleep(moment)
        if moment < 0.05:
            opening.cancel()
        with suppress(asyncio.CancelledError):
            link = await opening
            reader.inject(Fault.SILENCE, on=Command.FIND)
            link.write(Command.FIND.request)
            await asyncio.sleep(0.01)
            await link.close()
            with pytest.raises(LinkLostError):
                link.write(Command.FIND.request)

    asyncio.run(story())
    assert set(threading.enumerate()) <= before
    assert reader.backend._owner is None


def test_the_answer_to_an_earlier_request_is_never_given_for_a_later_one(reader):
    async def story():
        link = await UsbLink.open("0400:c35a", backend=reader.backend)
        link.write(Command.MODULE_NUMBER.request)
        await asyncio.sleep(0.05)
        # It lies in the tray, unread, when the next is asked.
        link.discard()
        link.write(Command.FIND.request)
        link._put(1, build(b"\x00\x00\x90" + bytes(16)))
        reply, _ = await link.read(1.0)
        assert statuses(reply) == [0x80]
        await link.close()

    asyncio.run(story())


def test_pyusb_can_be_told_to_trace_and_still_writes_nobodys_card_into_the_log():
    assert sam_usb.logging.getLogger("usb").getEffectiveLevel() > 10

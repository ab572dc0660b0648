"""The simulator by itself: what it says on the wire, as another program would see it."""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import EVERYBODY
from tests.identity.blocks import resident_block
from tests.identity.strategies import documents_on_cards

from gatepass.identity import chip
from gatepass.readers.sam import Command, Fault, SamSimulator, StatusWord
from gatepass.readers.sam.frames import SHORTEST_REQUEST, Frame, FrameParser, build, split_card_reply
from gatepass.readers.sam.reports import ReplyJoiner, request_in
from gatepass.readers.sam.simulated_hid import Counting, HidSimulator
from gatepass.readers.sam.simulator import synthetic_block

CARD = resident_block()


@contextmanager
def port(sam: SamSimulator) -> Iterator[int]:
    descriptor = os.open(sam.device, os.O_RDWR | os.O_NOCTTY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def ask(descriptor: int, request: bytes, within: float = 2.0) -> Frame | None:
    os.write(descriptor, request)
    parser, end = FrameParser(), time.monotonic() + within
    while (remaining := end - time.monotonic()) > 0:
        readable, _, _ = select.select([descriptor], [], [], remaining)
        if readable and (found := parser.feed(os.read(descriptor, 4096))):
            assert isinstance(found[0], Frame)
            return found[0]
    return None


def test_a_card_goes_through_find_select_read_and_is_then_hidden():
    with SamSimulator() as sam, port(sam) as line:
        assert ask(line, Command.STATUS.request).status == 0x90
        assert ask(line, Command.FIND.request).status == 0x80
        assert ask(line, Command.SELECT.request).status == 0x81
        assert ask(line, Command.READ.request).status == 0x41
        sam.lay(CARD, new_address=chip.encode_address("定安路"))
        assert ask(line, Command.FIND.request).status == 0x9F
        assert not sam.is_read
        assert ask(line, Command.SELECT.request).status == 0x90
        assert split_card_reply(ask(line, Command.READ.request).payload).text == CARD
        assert chip.decode_address(ask(line, Command.READ_NEWEST_ADDRESS.request).payload) == "定安路"
        assert sam.is_read
        assert ask(line, Command.FIND.request).status == 0x80
        sam.lift()
        assert not sam.is_read


def test_it_refuses_what_a_reader_refuses():
    with SamSimulator() as sam, port(sam) as line:
        assert ask(line, build(b"\x77\x01")).status == StatusWord.COMMAND_ERROR
        assert ask(line, Command.FIND.request[:-1] + b"\x00").status == StatusWord.CHECK_ERROR
        assert ask(line, b"\xaa\xaa\xaa\x96\x69\x00\x00").status == StatusWord.LENGTH_ERROR


def test_it_has_a_module_number_and_reads_with_fingerprints():
    with SamSimulator() as sam, port(sam) as line:
        assert len(ask(line, Command.MODULE_NUMBER.request).payload) == 16
        sam.lay(CARD)
        ask(line, Command.FIND.request)
        ask(line, Command.SELECT.request)
        sam.inject(Fault.FINGERPRINTS_1024, on=Command.READ_WITH_FINGERPRINTS)
        assert len(split_card_reply(ask(line, Command.READ_WITH_FINGERPRINTS.request).payload).fingerprints) == 1024


def test_every_fault_can_be_injected_once_and_is_then_over():
    with SamSimulator() as sam, port(sam) as line:
        sam.inject(Fault.SILENCE, on=Command.STATUS)
        assert ask(line, Command.STATUS.request, within=0.1) is None
        assert ask(line, Command.STATUS.request).status == 0x90
        sam.inject(StatusWord.NOT_AUTHORISED, 2, on=Command.STATUS)
        sam.forgive()
        assert ask(line, Command.STATUS.request).status == 0x90


def test_a_held_card_lifts_itself():
    with SamSimulator() as sam, port(sam) as line:
        sam.lay(CARD, hold=0.05)
        assert ask(line, Command.FIND.request).status == 0x9F
        time.sleep(0.06)
        assert ask(line, Command.FIND.request).status == 0x80


def test_the_device_keeps_its_name_when_the_cable_is_pulled_and_plugged_in(tmp_path):
    with SamSimulator(tmp_path / "reader") as sam:
        name = sam.device
        with port(sam) as line:
            sam.vanish()
            assert not Path(name).exists()
            with pytest.raises(OSError):  # noqa: PT012 - which of the two calls notices is the system's choice
                os.write(line, b"x")
                os.read(line, 1)
        sam.vanish()
        sam.come_back()
        sam.come_back()
        assert sam.device == name
        with port(sam) as line:
            assert ask(line, Command.STATUS.request).status == 0x90
    assert not list(tmp_path.iterdir())


def test_it_leaves_no_thread_and_no_file():
    before = threading.active_count()
    sam = SamSimulator().start()
    folder = Path(sam.device).parent
    sam.stop()
    sam.stop()
    assert threading.active_count() == before
    assert not folder.exists()


def test_at_115200_baud_1295_bytes_take_112_ms():
    with SamSimulator(wire_baud=115_200) as sam, port(sam) as line:
        sam.lay(CARD)
        ask(line, Command.FIND.request)
        ask(line, Command.SELECT.request)
        began = time.monotonic()
        assert ask(line, Command.READ.request).status == 0x90
        assert time.monotonic() - began >= 0.112


@pytest.mark.parametrize("person", EVERYBODY, ids=lambda person: person.number[:6])
def test_everybody_of_the_cast_can_be_given_a_card(person):
    document = chip.decode(synthetic_block(person.document))
    assert (document.number, document.holder.native_name) == (person.number, person.name)
    assert document.holder.birth == person.document.holder.birth


@given(
    documents_on_cards(),
    st.binary(min_size=1024, max_size=1024),
    st.sampled_from([None, Fault.FINGERPRINTS_0, Fault.FINGERPRINTS_512, Fault.FINGERPRINTS_1024]),
    st.sampled_from([None, *Counting]),
)
def test_whatever_is_on_a_card_comes_out_of_the_simulator_as_it_went_in(document, portrait, fingerprints, counting):
    """Encoded, laid down, found, selected, read; over a line, and in HID reports; parsed, split and decoded."""
    sam = HidSimulator(counting=counting or Counting.NOT_AT_ALL)
    sam.lay(chip.encode(document), portrait)
    if fingerprints:
        sam.inject(fingerprints)
    joiner, parser = ReplyJoiner(), FrameParser()
    for command in (Command.FIND, Command.SELECT, Command.READ):
        (request,) = FrameParser(shortest=SHORTEST_REQUEST).feed(command.request)
        reply, _ = sam.answer_to(request)
        if counting is not None:
            number, _ = request_in(joiner.next_request(command.request))
            reply = b"".join(joiner.feed(report) for report in sam._reports(reply, number))
        (frame,) = parser.feed(reply)
    card = split_card_reply(frame.payload)
    assert chip.decode(card.text) == document
    assert card.portrait == portrait
    assert len(card.fingerprints) == int((fingerprints or "_0").rpartition("_")[2])

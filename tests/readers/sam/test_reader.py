"""The reader against the simulator, over a real pty."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path

import pytest
from tests.cast import LI, SUN, WANG
from tests.identity.blocks import CARD, resident_block
from tests.waiting import until

from gatepass.identity import Document, chip
from gatepass.readers import READER_DETAILS
from gatepass.readers.sam import Command, Fault, SamSimulator, StatusWord
from gatepass.readers.sam.simulator import synthetic_block

WANGS_CARD = resident_block()
LIS_CARD = synthetic_block(LI.document)
SUNS_CARD = synthetic_block(SUN.document)

FOREVER = 999


def test_a_card_laid_down_is_a_document_with_its_portrait(any_sam, open_gate):
    async def story():
        async with open_gate(any_sam) as gate:
            any_sam.lay(WANGS_CARD, portrait=b"WLf\x00~\x00" + bytes(1018))
            document = await gate.next()
            assert (document.number, document.holder.native_name) == (WANG.number, WANG.name)
            assert document.portrait[:6] == b"WLf\x00~\x00"
            assert len(document.portrait) == 1024
            assert gate.readings == 1
            assert 0 < gate.reader.read_ms < 1000

    asyncio.run(story())


def test_a_card_that_lies_on_gives_no_second_passage(any_sam, open_gate):
    async def story():
        async with open_gate(any_sam) as gate:
            any_sam.lay(WANGS_CARD)
            assert (await gate.next()).number == WANG.number
            await gate.nothing()
            any_sam.lift()
            await gate.nothing()

    asyncio.run(story())


def test_a_reader_that_finds_the_lying_card_again_gives_no_second_passage(any_sam, open_gate):
    async def story():
        async with open_gate(any_sam) as gate:
            any_sam.inject(Fault.FOUND_AGAIN, FOREVER)
            any_sam.lay(WANGS_CARD)
            assert (await gate.next()).number == WANG.number
            await gate.nothing(during=0.6)
            any_sam.lift()
            await gate.nothing()
            assert gate.readings == 1

    asyncio.run(story())


def test_the_next_card_may_be_laid_at_once_and_the_same_card_counts_when_it_is_laid_again(any_sam, open_gate):
    async def story():
        async with open_gate(any_sam) as gate:
            for card, person in ((WANGS_CARD, WANG), (LIS_CARD, LI), (SUNS_CARD, SUN), (LIS_CARD, LI)):
                any_sam.lay(card)
                assert (await gate.next()).number == person.number
            for _ in range(3):
                any_sam.lift()
                any_sam.lay(LIS_CARD)
                assert (await gate.next()).number == LI.number
            await gate.nothing()

    asyncio.run(story())


def test_another_card_is_read_at_once_on_a_reader_that_finds_lying_cards_again(sam, open_gate):
    async def story():
        async with open_gate(sam) as gate:
            sam.inject(Fault.FOUND_AGAIN, FOREVER)
            sam.lay(WANGS_CARD)
            assert (await gate.next()).number == WANG.number
            sam.lay(LIS_CARD)
            assert (await gate.next()).number == LI.number
            await gate.nothing()

    asyncio.run(story())


def test_the_newest_address_replaces_the_printed_one(any_sam, open_gate):
    async def story():
        async with open_gate(any_sam) as gate:
            any_sam.lay(WANGS_CARD, new_address=chip.encode_address("杭州市西湖区文三路1号"))
            assert (await gate.next()).address == "杭州市西湖区文三路1号"
            any_sam.lay(LIS_CARD)
            assert (await gate.next()).number == LI.number

    asyncio.run(story())


@pytest.mark.parametrize("record", [b"\x00\xd8" * 35, b"short", bytes(70)], ids=["surrogates", "short", "zeros"])
def test_a_broken_newest_address_takes_nothing_away(sam, open_gate, record):
    async def story():
        async with open_gate(sam) as gate:
            sam.lay(WANGS_CARD, new_address=record)
            assert (await gate.next()).address == CARD["address"]

    asyncio.run(story())


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.WRONG_CHECK, StatusWord.COMMAND_ERROR, StatusWord.READ_FAILED])
def test_a_reader_without_the_newest_address_still_reads_the_card(sam, open_gate, fault):
    async def story():
        async with open_gate(sam) as gate:
            sam.inject(fault, FOREVER, on=Command.READ_NEWEST_ADDRESS)
            for card, person in ((WANGS_CARD, WANG), (LIS_CARD, LI)):
                sam.lay(card)
                assert (await gate.next()).number == person.number

    asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        Fault.STRAY_BYTES,
        Fault.WRONG_LENGTH,
        Fault.TRUNCATED,
        Fault.WRONG_CHECK,
        Fault.VENDOR_TIMEOUT,
        Fault.FINGERPRINTS_0,
        Fault.FINGERPRINTS_512,
        Fault.FINGERPRINTS_1024,
        StatusWord.CHECK_ERROR,
        StatusWord.LENGTH_ERROR,
        StatusWord.READ_FAILED,
        StatusWord.RANDOM_FAILED,
        StatusWord.CARD_REJECTED,
        StatusWord.UNKNOWN_ERROR,
    ],
)
def test_a_fault_that_passes_is_not_worth_a_word(any_sam, open_gate, fault):
    async def story():
        async with open_gate(any_sam) as gate:
            any_sam.inject(fault)
            any_sam.lay(WANGS_CARD)
            assert (await gate.next()).number == WANG.number
            await gate.nothing()
            assert gate.readings == 1
            assert [state.condition for state in gate.states] == ["ready"]

    asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize("command", [Command.STATUS, Command.FIND, Command.SELECT])
@pytest.mark.parametrize("fault", [Fault.STRAY_BYTES, Fault.WRONG_CHECK, Fault.WRONG_LENGTH])
def test_a_fault_in_any_step_heals(sam, open_gate, fault, command):
    async def story():
        sam.inject(fault, on=command)
        sam.lay(WANGS_CARD)
        async with open_gate(sam) as gate:
            assert (await gate.next()).number == WANG.number

    asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize("hidden", [True, False], ids=["card hidden after it was read", "card found again"])
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.WRONG_CHECK, "reader_check_error"),
        (Fault.WRONG_LENGTH, "reader_length_error"),
        (Fault.TRUNCATED, "reader_length_error"),
        (Fault.VENDOR_TIMEOUT, "reader_length_error"),
        (Fault.GARBAGE, "reader_check_error"),
        (Fault.SILENCE, "reader_silent"),
    ],
)
def test_a_fault_that_stays_is_told_once_and_the_next_card_reads(sam, open_gate, fault, code, hidden):
    async def story():
        async with open_gate(sam) as gate:
            if not hidden:
                sam.inject(Fault.FOUND_AGAIN, FOREVER)
            sam.inject(fault, FOREVER)
            sam.lay(WANGS_CARD)
            assert await gate.code(within=20) == code
            await gate.nothing(during=0.8)
            sam.forgive()
            sam.lay(LIS_CARD)
            assert (await gate.next()).number == LI.number

    asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("word", "code"),
    [
        (StatusWord.READER_REJECTED, "card_rejected"),
        (StatusWord.CARD_REJECTED, "card_rejected"),
        (StatusWord.VERIFICATION_FAILED, "card_rejected"),
        (StatusWord.WRONG_CARD, "card_wrong_kind"),
        (StatusWord.READ_FAILED, "card_read_failed"),
        (StatusWord.RANDOM_FAILED, "card_read_failed"),
        (StatusWord.NO_CONTENT, "card_read_failed"),
        (StatusWord.CHECK_ERROR, "reader_check_error"),
        (StatusWord.LENGTH_ERROR, "reader_length_error"),
        (StatusWord.COMMAND_ERROR, "reader_error"),
        (StatusWord.UNDOCUMENTED, "reader_error"),
        (StatusWord.UNKNOWN_ERROR, "reader_error"),
        (StatusWord.SELF_TEST_FAILED, "reader_self_test_failed"),
        (StatusWord.NOT_AUTHORISED, "reader_not_authorised"),
        (StatusWord.FOUND, "reader_error"),
    ],
)
@pytest.mark.parametrize("command", [Command.SELECT, Command.READ])
def test_every_status_word_has_its_code_and_none_is_a_pass(sam, open_gate, word, code, command):
    async def story():
        async with open_gate(sam) as gate:
            sam.inject(word, FOREVER, on=command)
            sam.lay(WANGS_CARD)
            assert await gate.code() == code
            await gate.nothing()
            sam.forgive()
            sam.lay(LIS_CARD)
            assert (await gate.next()).number == LI.number
            await gate.state("ready")

    asyncio.run(story())


def test_a_failed_select_is_tried_again_because_cards_arrive_at_an_angle(any_sam, open_gate):
    async def story():
        async with open_gate(any_sam) as gate:
            any_sam.inject(StatusWord.SELECT_FAILED, 2)
            any_sam.lay(WANGS_CARD)
            assert (await gate.next()).number == WANG.number
            any_sam.inject(StatusWord.SELECT_FAILED, FOREVER)
            any_sam.lay(LIS_CARD)
            assert await gate.code() == "card_read_failed"

    asyncio.run(story())


def test_a_pulled_card_is_told_to_stay_and_reads_when_it_is_laid_again(any_sam, open_gate):
    async def story():
        async with open_gate(any_sam) as gate:
            any_sam.inject(Fault.PULLED_MID_READ)
            any_sam.lay(WANGS_CARD)
            assert await gate.code() == "card_removed_early"
            await gate.nothing()
            any_sam.lay(WANGS_CARD)
            assert (await gate.next()).number == WANG.number
            assert gate.readings == 2

    asyncio.run(story())


@pytest.mark.parametrize("command", [Command.SELECT, Command.READ])
def test_no_card_in_the_middle_of_a_reading_is_a_pulled_card(sam, open_gate, command):
    async def story():
        async with open_gate(sam) as gate:
            sam.inject(StatusWord.NO_CARD, FOREVER, on=command)
            sam.lay(WANGS_CARD)
            assert await gate.code() == "card_removed_early"

    asyncio.run(story())


@pytest.mark.slow
def test_a_card_held_too_briefly_at_any_moment_is_a_document_or_a_spoken_next_step_and_never_silence(open_gate):
    async def story():
        with SamSimulator(wire_baud=115_200) as sam:
            async with open_gate(sam) as gate:
                await gate.state("ready")
                for milliseconds in range(0, 180, 9):
                    sam.lay(WANGS_CARD, hold=milliseconds / 1000)
                    await asyncio.sleep(0.35)
                outcomes = [gate.results.get_nowait() for _ in range(gate.results.qsize())]
                documents = [outcome for outcome in outcomes if isinstance(outcome, Document)]
                errors = [outcome.code for outcome in outcomes if not isinstance(outcome, Document)]
                assert {document.number for document in documents} == {WANG.number}
                assert set(errors) <= {"card_removed_early"}
                assert len(outcomes) == gate.readings

    asyncio.run(story())


def test_a_card_that_contradicts_itself_is_told_once_and_never_passes(sam, open_gate):
    async def story():
        async with open_gate(sam) as gate:
            sam.inject(Fault.FOUND_AGAIN, FOREVER)
            sam.lay(resident_block(birth="19410313"))
            assert await gate.code() == "number_birth_mismatch"
            await gate.nothing()
            sam.lay(resident_block(flag="K"))
            assert await gate.code() == "layout_unknown"

    asyncio.run(story())


@pytest.mark.slow
def test_the_log_says_once_that_the_reader_is_gone_and_once_that_it_is_back(any_sam, open_gate, caplog):
    async def story():
        async with open_gate(any_sam) as gate:
            await gate.state("ready")
            for _ in range(2):
                caplog.clear()
                any_sam.vanish()
                await gate.state("absent", "port_missing")
                await asyncio.sleep(1.2)
                any_sam.come_back()
                await gate.state("ready")
                any_sam.lay(WANGS_CARD)
                assert (await gate.next()).number == WANG.number
                ours = [record for record in caplog.records if record.name.startswith("gatepass")]
                assert [(record.levelname, record.args[0]) for record in ours] == [
                    ("WARNING", any_sam.device),
                    ("INFO", any_sam.device),
                ]

    caplog.set_level(logging.INFO)
    asyncio.run(story())


def test_a_reader_that_vanishes_under_a_card_is_told_to_the_person(open_gate):
    async def story():
        with SamSimulator(wire_baud=9600) as sam:
            async with open_gate(sam) as gate:
                await gate.state("ready")
                sam.lay(WANGS_CARD)
                await asyncio.sleep(0.5)
                assert gate.readings == 1
                await asyncio.to_thread(sam.vanish)
                assert await gate.code() == "reader_vanished"
                await gate.state("absent", "port_missing")

    asyncio.run(story())


def test_a_reader_that_is_plugged_in_later_is_found(open_gate, tmp_path):
    async def story():
        sam = SamSimulator(tmp_path / "reader")
        async with open_gate(sam) as gate:
            await gate.state("absent", "port_missing")
            with sam:
                await gate.state("ready")
                sam.lay(WANGS_CARD)
                assert (await gate.next()).number == WANG.number

    asyncio.run(story())


def test_a_port_that_is_no_port_is_said_to_be_so(open_gate, tmp_path):
    async def story():
        (tmp_path / "file").write_text("not a port")
        async with open_gate(str(tmp_path / "file")) as gate:
            await gate.state("absent", "port_failed")
        async with open_gate(str(tmp_path)) as gate:
            await gate.state("absent", "port_failed")

    asyncio.run(story())


def test_a_port_that_another_program_holds_is_said_to_be_busy_and_taken_when_it_is_free(any_sam, open_gate):
    async def story():
        async with open_gate(any_sam) as first:
            await first.state("ready")
            async with open_gate(any_sam) as second:
                await second.state("absent", "port_busy")
        async with open_gate(any_sam) as third:
            await third.state("ready")

    asyncio.run(story())


@pytest.mark.slow
def test_a_silent_reader_is_ill_and_well_again_when_it_answers(any_sam, open_gate):
    async def story():
        any_sam.inject(Fault.SILENCE, FOREVER, on=Command.STATUS)
        any_sam.inject(Fault.SILENCE, FOREVER, on=Command.FIND)
        async with open_gate(any_sam) as gate:
            await gate.state("ill", "reader_silent")
            any_sam.forgive()
            await gate.state("ready")
            any_sam.lay(WANGS_CARD)
            assert (await gate.next()).number == WANG.number

    asyncio.run(story())


def test_a_reader_that_failed_its_self_test_is_ill(any_sam, open_gate):
    async def story():
        any_sam.inject(StatusWord.SELF_TEST_FAILED, FOREVER)
        any_sam.inject(StatusWord.SELF_TEST_FAILED, FOREVER, on=Command.FIND)
        async with open_gate(any_sam) as gate:
            await gate.state("ill", "reader_self_test_failed")
            assert gate.states[-1].detail in READER_DETAILS

    asyncio.run(story())


def test_a_reader_that_may_not_read_is_ill_until_it_has_read_a_card(sam, open_gate):
    async def story():
        async with open_gate(sam) as gate:
            sam.inject(StatusWord.NOT_AUTHORISED, FOREVER, on=Command.READ)
            sam.lay(WANGS_CARD)
            assert await gate.code() == "reader_not_authorised"
            await gate.nothing()
            assert [state.condition for state in gate.states] == ["ready", "ill"]
            sam.forgive()
            sam.lay(LIS_CARD)
            assert (await gate.next()).number == LI.number
            await gate.state("ready")

    asyncio.run(story())


def test_a_fault_in_the_gate_does_not_stop_the_reader(sam, open_gate, caplog):
    async def story():
        async with open_gate(sam) as gate:
            keep, gate.reader._on_read = gate.reader._on_read, broken
            sam.lay(WANGS_CARD)
            await until(lambda: caplog.records)
            gate.reader._on_read = keep
            sam.lay(LIS_CARD)
            assert (await gate.next()).number == LI.number
            assert [record.levelname for record in caplog.records] == ["ERROR"]

    async def broken(result):
        raise RuntimeError("the journal is gone")

    asyncio.run(story())


def test_no_name_or_number_is_in_any_log_line_even_when_everything_is_logged(any_sam, open_gate, caplog):
    async def story():
        async with open_gate(any_sam) as gate:
            for fault in (Fault.STRAY_BYTES, Fault.WRONG_CHECK):
                any_sam.inject(fault)
                any_sam.lay(WANGS_CARD)
                assert (await gate.next()).number == WANG.number

    caplog.set_level(logging.DEBUG)
    asyncio.run(story())
    secrets = [
        WANG.number,
        WANG.name,
        str(WANG.number.encode("utf-16-le"))[2:-1],
        str(WANG.name.encode("utf-16-le"))[2:-1],
    ]
    assert not [record for record in caplog.records if any(secret in record.getMessage() for secret in secrets)]


def test_a_gate_that_stops_leaves_no_thread_and_no_open_port(open_gate, tmp_path):
    before = set(threading.enumerate())
    sam = SamSimulator(tmp_path / "reader")

    async def story():
        async with open_gate(sam) as gate:
            await gate.state("ready")

    with sam:
        asyncio.run(story())
        held = [Path(f"/proc/self/fd/{fd.name}") for fd in Path("/proc/self/fd").iterdir()]
        opened = [fd.resolve() for fd in held if fd.is_symlink()]
        assert opened.count(Path(sam.device).resolve()) == 1, "the simulator's own end"
    assert set(threading.enumerate()) <= before
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_at_115200_baud_our_own_share_of_a_reading_is_a_small_part_of_the_wire_time(open_gate):
    async def story():
        loop = asyncio.get_running_loop()
        with SamSimulator(wire_baud=115_200) as sam:
            async with open_gate(sam, poll_s=0.3) as gate:
                await gate.state("ready")
                taken, ours = [], []
                for card in (WANGS_CARD, LIS_CARD) * 5:
                    began = loop.time()
                    sam.lay(card)
                    await gate.next()
                    taken.append(loop.time() - began)
                    ours.append(gate.reader.read_ms)
                assert min(taken) > 0.112, "1,295 bytes cannot arrive sooner"
                assert sorted(taken)[5] < 0.112 + 0.3 + 0.1
                assert sorted(ours)[5] < 5.0

    asyncio.run(story())

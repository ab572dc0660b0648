"""The whole way from a card on the reader to a document, over the simulator in this process."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest
from tests.readers.pcsc.passports import (
    KEY,
    NUMBER,
    OTHER_KEY,
    OTHER_ZONE,
    ZONE,
    files,
    passport,
    state,
    way,
)

from gatepass.identity import Assurance, DocumentError, DocumentKind, mrz
from gatepass.readers.pcsc import AccessKey, Fault, Port, SoftwareCard
from gatepass.readers.pcsc.specimens import SPECIMEN_FACE


def test_a_passport_is_a_document_with_its_face_and_its_issuers_word(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(mrz.parse(ZONE))
            reader.lay(passport())
            document = await gate.document()
            assert (document.kind, document.issuer, document.number) == (DocumentKind.PASSPORT, "UTO", NUMBER)
            assert document.holder.latin_name == "ERIKSSON, ANNA MARIA"
            assert document.portrait == SPECIMEN_FACE
            assert (document.assurance, document.doubt) == (Assurance.VERIFIED, "")
            assert gate.readings == 1
            assert gate.reader.read_ms is not None

    asyncio.run(story())


@pytest.mark.parametrize("name", ["2.1", "2.2", "2.3", "2.4", "4.2", "1.2", "3.4"])
def test_a_chip_that_knows_pace_is_opened_in_the_way_it_offers(name, reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport(ways=[way(name, 13 if name[0] in "24" else 0)]))
            assert (await gate.document()).assurance is Assurance.VERIFIED

    asyncio.run(story())


def test_a_chip_that_lies_open_is_read_without_a_key(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            reader.lay(passport(key=None))
            assert (await gate.document()).assurance is Assurance.VERIFIED

    asyncio.run(story())


def test_a_card_access_number_opens_a_chip_too(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            number = AccessKey.of_can("123456")
            gate.reader.offer_key(number)
            reader.lay(passport(ways=[way()], can=number))
            assert (await gate.document()).number == NUMBER

    asyncio.run(story())


@pytest.mark.parametrize("ways", [[], [way()]], ids=["bac", "pace"])
def test_without_its_page_a_chip_asks_for_it_once_and_is_read_when_it_is_shown(ways, reader, open_gate):
    async def story():
        async with open_gate() as gate:
            reader.lay(passport(ways=ways))
            assert await gate.code() == "mrz_needed"
            await gate.nothing(0.12)
            gate.reader.offer_key(mrz.parse(ZONE))
            assert (await gate.document()).number == NUMBER
            assert gate.readings == 2

    asyncio.run(story())


@pytest.mark.parametrize("ways", [[], [way()]], ids=["bac", "pace"])
def test_somebody_elses_page_does_not_open_it_and_the_right_one_still_does(ways, reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(OTHER_KEY)
            reader.lay(passport(ways=ways))
            assert await gate.code() == "chip_access_denied"
            await gate.nothing(0.12)
            gate.reader.offer_key(KEY)
            assert (await gate.document()).number == NUMBER

    asyncio.run(story())


def test_of_several_pages_that_were_shown_the_one_that_fits_opens_the_chip(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            gate.reader.offer_key(OTHER_KEY)
            reader.lay(passport())
            assert (await gate.document()).number == NUMBER
            reader.lay(passport(OTHER_ZONE))
            assert (await gate.document()).number == "X12345678"

    asyncio.run(story())


def test_a_page_opens_one_chip_once_and_is_forgotten_after_a_minute(reader, open_gate, monkeypatch):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport())
            await gate.document()
            reader.lift()
            reader.lay(passport())
            assert await gate.code() == "mrz_needed"
            reader.lift()
            monkeypatch.setattr("gatepass.readers.pcsc.reader._KEY_LASTS_S", 0.0)
            gate.reader.offer_key(KEY)
            reader.lay(passport())
            assert await gate.code() == "mrz_needed"

    asyncio.run(story())


def test_what_a_chip_said_opens_no_other_chip(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport())
            gate.reader.offer_key(await gate.document())
            reader.lift()
            reader.lay(passport())
            assert await gate.code() == "mrz_needed"

    asyncio.run(story())


def test_a_passport_that_lies_on_is_one_reading_and_counts_again_when_it_is_laid_again(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport())
            await gate.document()
            await gate.nothing(0.12)
            reader.lift()
            gate.reader.offer_key(KEY)
            reader.lay(passport())
            await gate.document()

    asyncio.run(story())


def test_an_enrolled_card_is_known_by_its_number_which_is_plainly_no_proof(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            reader.lay(SoftwareCard(bytes.fromhex("04a2b3c4d5e680")))
            card = await gate.document()
            assert (card.kind, card.issuer, card.number) == (DocumentKind.CARD_UID, "", "04A2B3C4D5E680")
            assert card.assurance is Assurance.COPYABLE
            reader.lay(SoftwareCard(bytes.fromhex("1122334455667788"), resident=True))
            assert (await gate.document()).number == "1122334455667788"

    asyncio.run(story())


def test_a_card_that_makes_up_a_new_number_each_time_is_nobodys(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            reader.lay(SoftwareCard(bytes.fromhex("08a2b3c4")))
            assert await gate.code() == "card_wrong_kind"
            reader.lay(SoftwareCard(b""))
            assert await gate.code() == "card_wrong_kind"
            await gate.nothing(0.12)

    asyncio.run(story())


def test_a_chip_without_a_face_is_a_document_without_a_portrait(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport(files=without(0x0102)))
            document = await gate.document()
            assert (document.portrait, document.assurance) == (None, Assurance.VERIFIED)

    asyncio.run(story())


def test_a_gate_that_compares_no_faces_reads_none(reader, open_gate, tmp_path):
    async def story():
        async with open_gate(f"?face=no&issuers={tmp_path / 'issuers'}") as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport())
            document = await gate.document()
            assert (document.portrait, document.assurance) == (None, Assurance.VERIFIED)

    asyncio.run(story())


def test_a_card_that_finds_a_fault_in_gatepass_stops_nobody_else_and_leaves_nothing_in_the_log(
    reader, open_gate, monkeypatch, caplog
):
    def fails(*_, **__):
        raise RuntimeError(f"the number was {NUMBER}")

    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            with monkeypatch.context() as broken:
                broken.setattr("gatepass.readers.pcsc.reader.document_of", fails)
                reader.lay(passport())
                assert await gate.code() == "chip_not_supported"
            reader.lay(SoftwareCard(b"1234567"))
            await gate.document()

    asyncio.run(story())
    assert "RuntimeError" in caplog.text
    assert NUMBER not in caplog.text


def test_a_chip_without_a_signature_is_read_with_a_doubt(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport(files=without(0x011D)))
            document = await gate.document()
            assert (document.assurance, document.doubt) == (Assurance.CHIP, "signature_missing")

    asyncio.run(story())


def test_a_gate_without_a_list_of_states_reads_chips_with_a_doubt(reader, open_gate):
    async def story():
        async with open_gate("Software?") as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport())
            document = await gate.document()
            assert (document.assurance, document.doubt) == (Assurance.CHIP, "issuer_list_empty")

    asyncio.run(story())


def test_a_chip_that_speaks_of_somebody_else_than_its_page_is_held(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(OTHER_KEY)
            reader.lay(passport(files=files(), key=OTHER_KEY))
            assert await gate.code() == "chip_altered"

    asyncio.run(story())


@pytest.mark.parametrize("file", [0x0101, 0x0102, 0x011D], ids=["dg1", "dg2", "sod"])
def test_a_chip_whose_data_were_changed_is_held_and_never_passes(file, reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport(files={**files(), file: changed(files()[file])}))
            assert await gate.code() == "chip_altered"
            await gate.nothing(0.12)

    asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize("ways", [[], [way("2.2", 12)]], ids=["bac", "pace"])
def test_a_passport_lifted_at_any_moment_is_told_to_stay_and_reads_when_it_is_laid_again(
    ways, reader, open_gate, monkeypatch
):
    monkeypatch.setattr("gatepass.readers.pcsc.reader._GRACE_S", 0.02)

    async def story():
        async with open_gate(poll_s=0.01) as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport(ways=ways))
            await gate.document()
            for moment in range(len(reader.commands)):
                reader.lift()
                reader.inject(Fault.PULLED, at=moment)
                gate.reader.offer_key(KEY)
                reader.lay(passport(ways=ways))
                assert await gate.code() == "card_removed_early", moment
            reader.lay(passport(ways=ways))
            assert (await gate.document()).number == NUMBER

    asyncio.run(story())


def test_a_card_that_flickers_on_its_way_into_the_field_is_worth_no_word(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            chip = passport()
            reader.inject(Fault.PULLED, at=3)
            reader.lay(chip)
            await asyncio.to_thread(reader.until, 4)
            reader.lay(chip)
            assert (await gate.document()).number == NUMBER
            assert gate.readings == 1

    asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault", [Fault.GARBAGE, Fault.TRUNCATED, Fault.EMPTY, Fault.FLIPPED, Fault.ERROR, Fault.SILENT]
)
def test_a_damaged_answer_at_any_moment_is_mended_by_another_attempt(fault, reader, open_gate, monkeypatch):
    monkeypatch.setattr("gatepass.readers.pcsc.reader._SETTLES_S", 0.02)

    async def story():
        async with open_gate(poll_s=0.01) as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport())
            await gate.document()
            for moment in range(len(reader.commands)):
                reader.lift()
                reader.inject(fault, at=moment)
                gate.reader.offer_key(KEY)
                reader.lay(passport())
                reading = await gate.next()
                if isinstance(reading, DocumentError):
                    # A challenge that arrives wrong cannot be told from a wrong key; the radio's own check prevents it.
                    assert (fault, reading.code) == (Fault.FLIPPED, "chip_access_denied"), moment
                else:
                    assert reading.number == NUMBER, moment

    asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault.GARBAGE, "chip_read_failed"), (Fault.SILENT, "card_read_failed"), (Fault.ERROR, "chip_read_failed")],
)
def test_a_fault_that_stays_is_told_once_and_the_next_card_reads(fault, code, reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            reader.inject(fault, at=9, lasting=True)
            reader.lay(passport())
            assert await gate.code() == code
            await gate.nothing(0.12)
            assert (reader.conversations, gate.readings) == (3, 1)
            reader.clear()
            reader.lift()
            reader.lay(passport())
            assert (await gate.document()).number == NUMBER

    asyncio.run(story())


def test_a_slow_chip_is_read_and_one_that_never_ends_is_given_up(reader, open_gate, monkeypatch):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            reader.inject(Fault.SLOW, at=8)
            reader.lay(passport())
            assert (await gate.document()).number == NUMBER
            monkeypatch.setattr("gatepass.readers.pcsc.reader._LONGEST_TALK_S", 0.0)
            reader.lay(passport())
            assert await gate.code() == "chip_read_failed"

    asyncio.run(story())


def test_a_reader_that_is_plugged_in_later_is_found(reader, open_gate):
    async def story():
        reader.unplug()
        async with open_gate() as gate:
            await gate.state("absent", "port_missing")
            reader.plug()
            await gate.state("ready")
            reader.lay(SoftwareCard(b"1234567"))
            await gate.document()

    asyncio.run(story())


def test_the_log_says_once_that_the_reader_is_gone_and_once_that_it_is_back(reader, open_gate, caplog):
    async def story():
        async with open_gate() as gate:
            await gate.state("ready")
            reader.unplug()
            await gate.state("absent", "port_lost")
            await asyncio.sleep(0.6)
            reader.plug()
            await gate.state("ready")

    caplog.set_level(logging.INFO)
    asyncio.run(story())
    lines = [record.message for record in caplog.records if record.name == "gatepass.readers.port"]
    assert len(lines) == 2
    assert "absent" in lines[0]
    assert "back" in lines[1]


def test_a_reader_that_vanishes_under_a_card_is_told_to_the_person(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            reader.inject(Fault.SLOW, at=5)
            reader.lay(passport())
            await asyncio.to_thread(reader.until, 6)
            reader.unplug()
            assert await gate.code() == "reader_vanished"
            await gate.state("absent", "port_missing")

    asyncio.run(story())


def test_a_system_without_its_card_service_is_named_and_found_when_it_starts(reader, open_gate):
    async def story():
        reader.stop_service()
        async with open_gate() as gate:
            await gate.state("absent", "service_missing")
            reader.start_service()
            await gate.state("ready")
            reader.stop_service()
            await gate.state("absent", "service_missing")

    asyncio.run(story())


def test_a_card_that_another_program_holds_is_said_to_be_busy_and_read_when_it_is_free(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            reader.hold(by_another=True)
            reader.lay(passport())
            await gate.state("absent", "port_busy")
            assert await gate.code() == "reader_vanished"
            reader.hold(by_another=False)
            assert (await gate.document()).number == NUMBER

    asyncio.run(story())


def test_a_reader_that_does_not_pass_on_long_commands_is_asked_in_short_ones_ever_after(reader, open_gate):
    async def story():
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            chip = passport(ways=[way()], longest_answer=2048)
            whole = chip.answer

            def short_only(octets: bytes) -> bytes:
                if len(octets) > 6 and octets[0] & 0x0C and octets[4] == 0:
                    reader.inject(Fault.SILENT, at=len(reader.commands))
                return whole(octets)

            chip.answer = short_only
            reader.lay(chip)
            assert (await gate.document()).number == NUMBER

    asyncio.run(story())


def test_a_fault_in_the_gate_does_not_stop_the_reader(reader, open_gate, caplog):
    async def story():
        async with open_gate() as gate:
            taken = gate.on_read

            async def fails(reading):
                await taken(reading)
                raise RuntimeError("the gate is ill")

            gate.reader._on_read = fails
            reader.lay(SoftwareCard(b"1234567"))
            await gate.document()
            reader.lay(SoftwareCard(b"7654321"))
            await gate.document()

    asyncio.run(story())
    assert "the gate failed" in caplog.text


def test_no_name_number_or_key_is_in_any_log_line_or_repr_even_when_everything_is_logged(reader, open_gate, caplog):
    async def story():
        async with open_gate() as gate:
            reader.lay(passport())
            await gate.code()
            gate.reader.offer_key(KEY)
            document = await gate.document()
            assert NUMBER not in repr(document)
            reader.lift()
            gate.reader.offer_key(OTHER_KEY)
            reader.lay(passport())
            await gate.code()
            reader.lay(passport(files={**files(), 0x0101: changed(files()[0x0101])}, key=OTHER_KEY))
            await gate.code()
            reader.lay(SoftwareCard(bytes.fromhex("04a2b3c4d5e680")))
            await gate.document()

    caplog.set_level(logging.DEBUG)
    asyncio.run(story())
    said = caplog.text + repr(KEY) + repr(passport())
    for secret in (NUMBER, "ERIKSSON", "740812", KEY.information, "04A2B3C4D5E680", "04a2b3"):
        assert secret not in said


def test_a_gate_that_stops_leaves_no_thread_whatever_goes_on(reader, open_gate):
    before = set(threading.enumerate())

    async def story(*, reading: bool):
        async with open_gate() as gate:
            gate.reader.offer_key(KEY)
            if reading:
                reader.inject(Fault.SLOW, at=5)
                reader.lay(passport())
                await asyncio.to_thread(reader.until, 6)
            else:
                await gate.state("ready")

    asyncio.run(story(reading=False))
    asyncio.run(story(reading=True))
    assert set(threading.enumerate()) == before


def test_the_port_names_a_reader_and_the_folder_with_the_list_of_states():
    port = Port.parse("ACS ACR1252 1S CL Reader?issuers=/etc/gatepass/issuers")
    assert (port.name, str(port.issuers)) == ("ACS ACR1252 1S CL Reader", "/etc/gatepass/issuers")
    assert Port.parse("") == Port()
    assert Port.parse("?face=no") == Port(face=False)
    for wrong in ("?baud=9600", "?face=perhaps", "?issuers"):
        with pytest.raises(ValueError):
            Port.parse(wrong)


def without(file: int) -> dict[int, bytes]:
    return {identifier: content for identifier, content in files().items() if identifier != file}


def changed(content: bytes) -> bytes:
    """One byte in the middle of what a file says."""
    at = len(content) * 2 // 3
    return content[:at] + bytes((content[at] ^ 0x01,)) + content[at + 1 :]


def test_our_own_share_of_a_reading_is_small(reader, open_gate):
    """What a gate adds after the last byte, beside the 0.4 s that a passport's 20 kB need at 424 kbit/s."""

    async def story():
        async with open_gate() as gate:
            shares = []
            for _ in range(5):
                reader.lift()
                gate.reader.offer_key(KEY)
                reader.lay(passport())
                await gate.document()
                shares.append(gate.reader.read_ms)
            assert 0 < min(shares) < 400

    asyncio.run(story())


def test_a_state_that_is_added_to_the_list_is_known_at_the_next_card(reader, open_gate, tmp_path):
    async def story():
        folder = tmp_path / "later"
        folder.mkdir()
        async with open_gate(f"?issuers={folder}") as gate:
            gate.reader.offer_key(KEY)
            reader.lay(passport())
            assert (await gate.document()).doubt == "issuer_list_empty"
            (folder / "utopia.cer").write_bytes(state().certificate)
            reader.lift()
            gate.reader.offer_key(KEY)
            reader.lay(passport())
            assert (await gate.document()).assurance is Assurance.VERIFIED

    asyncio.run(story())

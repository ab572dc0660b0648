"""The software card behaves as a card does, in this process and behind a socket."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from tests.readers import gate
from tests.readers.pcsc.passports import NUMBER, TODAY, ZONE, passport

from gatepass.identity import Document, DocumentKind, Holder, PartialDate, Sex, Validity, mrz
from gatepass.readers.link import LinkLostError
from gatepass.readers.pcsc import PcscReader, SoftwareCard
from gatepass.readers.pcsc.cards import CardLostError
from gatepass.readers.pcsc.frames import Answer, Command
from gatepass.readers.pcsc.link import open_link
from gatepass.readers.pcsc.messaging import SecureMessaging, Suite
from gatepass.readers.pcsc.specimens import zone_of
from gatepass.readers.pcsc.status import SELECT_EMRTD, File, StatusWord, read_binary, select_file


def test_each_card_that_is_laid_down_is_another_one_to_the_reader(reader):
    link = reader.open_link()
    assert link.presence(0) is None
    chip = passport()
    reader.lay(chip)
    first = link.presence(0)
    reader.lift()
    assert link.presence(0) is None
    reader.lay(chip)
    assert link.presence(0) not in {None, first}


def test_a_lifted_card_answers_no_more_and_neither_does_the_next_one_in_its_place(reader):
    link = reader.open_link()
    reader.lay(passport())
    card = link.connect()
    assert card.transmit(SELECT_EMRTD.octets) == b"\x90\x00"
    reader.lay(passport())
    with pytest.raises(CardLostError):
        card.transmit(SELECT_EMRTD.octets)


def test_a_locked_chip_gives_nothing_and_a_word_out_of_session_ends_the_session():
    chip = passport()
    assert say(chip, SELECT_EMRTD) == StatusWord.DONE
    assert say(chip, select_file(File.DG1)) == StatusWord.SECURITY_NOT_SATISFIED
    assert say(chip, read_binary(0, 8)) == StatusWord.CONDITIONS_NOT_SATISFIED
    stranger = SecureMessaging.of(Suite.DES3, bytes(16))
    assert say(chip, stranger.wrap(select_file(File.DG1))) == StatusWord.WRONG_SECURE_MESSAGING


@pytest.mark.slow
def test_a_card_in_another_process_is_read_over_its_socket(reader, tmp_path):
    path = tmp_path / "card"
    reader.listen(path)

    async def story():
        options = {"poll_s": 0.02, "today": lambda: TODAY}
        async with gate.open_gate(PcscReader, f"unix:{path}", **options) as seen:
            await seen.state("ready")
            reader.lay(SoftwareCard(bytes.fromhex("04a2b3c4d5e680")))
            assert (await seen.document()).number == "04A2B3C4D5E680"
            reader.lift()
            seen.reader.offer_key(mrz.parse(ZONE))
            reader.lay(passport())
            assert (await seen.document()).number == NUMBER
            await seen.nothing()
            reader.close()
            await seen.state("absent", "port_missing" if not path.exists() else "port_lost")

    asyncio.run(story())


def test_a_socket_that_is_not_there_is_a_port_that_is_missing(tmp_path):
    with pytest.raises(LinkLostError) as raised:
        open_link(f"unix:{tmp_path / 'nothing'}")
    assert raised.value.detail == "port_missing"


def test_a_passport_can_be_made_of_any_document_that_it_can_say():
    document = Document(
        kind=DocumentKind.PASSPORT,
        issuer="KOR",
        number="M12345678",
        holder=Holder(latin_name="KIM, MIN JUN", birth=PartialDate(1990, 2, 28), sex=Sex.MALE, nationality="KOR"),
        validity=Validity(None, date(2031, 5, 6)),
    )
    assert mrz.parse(zone_of(document), today=TODAY) == document
    assert len(zone_of(document)) == 88
    for other in (replace(document, number="1234567890"), replace(document, holder=Holder("金敏俊"))):
        with pytest.raises(ValueError, match="no passport"):
            zone_of(other)


def say(chip, command: Command) -> int:
    return Answer.parse(chip.answer(command.octets)).status

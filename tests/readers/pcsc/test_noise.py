"""Chips that answer whatever they like, and messages that somebody has touched."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.pcsc.passports import KEY, NUMBER, OTHER_KEY, passport, way

from gatepass.identity import DocumentError
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.identity.emrtd import Issuers, document_of
from gatepass.readers.pcsc import SoftwareChip
from gatepass.readers.pcsc.chip import ChipTalk, NoDocumentError
from gatepass.readers.pcsc.frames import Answer, Command
from gatepass.readers.pcsc.messaging import SecureMessaging, Suite, pad, unpad
from gatepass.readers.pcsc.software_chip import _Messaging

COMMANDS_AT_MOST = 3000
SUITES = st.sampled_from(list(Suite))


@pytest.mark.slow
@pytest.mark.parametrize(("count", "ways"), [(500, ()), (60, (("2.2", 12),))], ids=["bac", "pace"])
def test_whatever_a_chip_answers_nothing_but_listed_errors_comes_of_it(count, ways):
    """Conversations damaged at up to three places by a dice that is thrown the same way every time."""
    dice = random.Random(20261124)
    outcomes = set()
    for _ in range(count):
        chip = passport(ways=[way(*how) for how in ways])
        places = {dice.randrange(25) for _ in range(dice.randrange(1, 4))}
        outcomes.add(outcome(damaged(chip, places, dice), cautious=dice.random() < 0.3))
    assert outcomes >= {NUMBER, "chip_read_failed", "chip_access_denied"}
    assert outcomes <= {NUMBER, "no document", *DOCUMENT_ERROR_CODES}


@given(st.lists(st.binary(max_size=40), max_size=30), st.booleans())
def test_a_chip_that_talks_nonsense_is_no_document(answers, cautious):
    said = iter(answers)
    chip = passport()
    chip.answer = lambda _: next(said, b"\x6f\x00")
    assert outcome(chip, cautious=cautious) != NUMBER


@given(SUITES, st.binary(min_size=1, max_size=300), st.binary(max_size=200), st.integers(0, 2000), st.integers(1, 255))
def test_a_protected_answer_is_opened_as_it_was_said_or_not_at_all(suite, secret, said, at, change):
    gate, chip = SecureMessaging.of(suite, secret), _Messaging(suite, secret)
    command = Command(0, 0xB0, 0, 0, expected=256)
    assert chip.open(Command.parse(gate.wrap(command).octets)) == command
    answer = chip.close(command.ins, said, 0x9000).octets
    touched = bytearray(answer)
    touched[at % (len(answer) - 2)] ^= change
    try:
        opened = gate.unwrap(Answer.parse(bytes(touched)))
    except DocumentError as error:
        assert error.code == "chip_read_failed"  # noqa: PT017 - both outcomes are right
    else:
        raise AssertionError(f"a message that was touched was opened: {opened.status:x}")


@given(SUITES, st.binary(max_size=60), st.binary(max_size=300), st.none() | st.integers(1, 65_536), st.integers(0, 255))
def test_what_is_wrapped_is_what_the_chip_opens(suite, secret, data, expected, ins):
    gate, chip = SecureMessaging.of(suite, secret), _Messaging(suite, secret)
    for _ in range(3):
        command = Command(0, ins, 1, 2, data, expected)
        assert chip.open(Command.parse(gate.wrap(command).octets)) == command
        assert gate.unwrap(chip.close(ins, data, 0x6282)) == Answer(data, 0x6282)


def test_an_answer_said_twice_and_one_left_out_are_noticed():
    gate, chip = SecureMessaging.of(Suite.AES_128, b"secret"), _Messaging(Suite.AES_128, b"secret")
    chip.open(gate.wrap(Command(0, 0xB0, 0, 0, expected=8)))
    first = chip.close(0xB0, b"first", 0x9000)
    assert gate.unwrap(first).data == b"first"
    gate.wrap(Command(0, 0xB0, 0, 8, expected=8))
    with pytest.raises(DocumentError):
        gate.unwrap(first)


@given(st.binary(max_size=100), st.sampled_from([8, 16]))
def test_padding_comes_off_as_it_went_on(text, block):
    padded = pad(text, block)
    assert len(padded) % block == 0
    assert unpad(padded) == text


def outcome(chip: SoftwareChip, *, cautious: bool) -> str:
    left = iter(range(COMMANDS_AT_MOST))

    def transmit(command: bytes) -> bytes:
        next(left)  # a StopIteration here is a conversation without end
        return chip.answer(command)

    try:
        files = ChipTalk(transmit, atr=chip.atr, cautious=cautious).read([OTHER_KEY, KEY] if cautious else [KEY]).files
        return document_of(files, issuers=Issuers(), today=date(2026, 11, 24)).number
    except DocumentError as error:
        return error.code
    except NoDocumentError:
        return "no document"


def damaged(chip: SoftwareChip, places: set[int], dice: random.Random) -> SoftwareChip:
    whole, count = chip.answer, iter(range(COMMANDS_AT_MOST))

    def answer(octets: bytes) -> bytes:
        said = bytearray(whole(octets))
        if next(count) in places:
            match dice.randrange(5):
                case 0:
                    said[dice.randrange(len(said))] ^= 1 << dice.randrange(8)
                case 1:
                    del said[dice.randrange(len(said)) :]
                case 2:
                    said = bytearray(dice.randbytes(dice.randrange(60)))
                case 3:
                    said[-2:] = dice.randbytes(2)
                case _:
                    said[:0] = dice.randbytes(dice.randrange(1, 4))
        return bytes(said)

    chip.answer = answer
    return chip

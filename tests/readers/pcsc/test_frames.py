"""Commands, answers and answers to reset, as ISO/IEC 7816-4 writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.identity import DocumentError
from gatepass.readers.pcsc.frames import Answer, AnswerToReset, Command
from gatepass.readers.pcsc.status import CARD_NUMBER, RESIDENT_CHIP_NUMBER, SELECT_EMRTD, read_binary, select_file

COMMANDS = st.builds(
    Command,
    *(st.integers(0, 255) for _ in range(4)),
    st.binary(max_size=600),
    st.none() | st.integers(1, 65_536),
)


@pytest.mark.parametrize(
    ("command", "octets"),
    [
        (SELECT_EMRTD, "00a4040c07a0000002471001"),
        (select_file(0x011C), "00a4020c02011c"),
        (read_binary(0, 8), "00b0000008"),
        (read_binary(0x1234, 256), "00b0123400"),
        (read_binary(0x8000, 256), "00b100000454028000" + "00"),
        (read_binary(0, 2000), "00b000000007d0"),
        (read_binary(0, 65_536), "00b00000000000"),
        (CARD_NUMBER, "ffca000000"),
        (RESIDENT_CHIP_NUMBER, "0036000008"),
        (Command(0, 0xD6, 0, 0, bytes(300)), "00d6000000012c" + "00" * 300),
    ],
)
def test_each_command_has_the_bytes_of_the_standard(command, octets):
    assert command.octets.hex() == octets
    assert Command.parse(bytes.fromhex(octets)) == command


@given(COMMANDS)
def test_a_command_is_read_as_it_was_written(command):
    assert Command.parse(command.octets) == command


@given(st.binary(max_size=300))
def test_whatever_the_bytes_only_the_promised_error_comes(octets):
    for read in (Command.parse, Answer.parse):
        try:
            read(octets)
        except DocumentError as error:
            assert error.code == "chip_read_failed"  # noqa: PT017 - both outcomes are right
    AnswerToReset.parse(octets)


@pytest.mark.parametrize(
    ("atr", "historical", "storage", "type_b", "extended"),
    [
        ("3B8F8001804F0CA000000306030001000000006A", "804F0CA00000030603000100000000", True, False, False),
        ("3B8880010000000033818100BA", "0000000033818100", False, True, False),
        ("3B858001" + "8073C02140" + "D7", "8073C02140", False, False, True),
        ("3B858001" + "8073C02100" + "97", "8073C02100", False, False, False),
        ("3B80800101", "", False, False, False),
        ("3B", "", False, False, False),
    ],
)
def test_an_answer_to_reset_says_what_kind_of_card_it_is(atr, historical, storage, type_b, extended):
    told = AnswerToReset.parse(bytes.fromhex(atr))
    assert told.historical.hex().upper() == historical
    assert (told.storage, told.type_b, told.extended) == (storage, type_b, extended)


def test_nothing_that_is_said_is_in_a_repr():
    secret = b"ERIKSSON"
    assert "ERIKSSON" not in repr((Command(0, 0, 0, 0, secret), Answer(secret, 0x9000)))

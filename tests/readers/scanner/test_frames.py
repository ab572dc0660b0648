"""Bytes become codes: ends, identifiers, encodings, lines of a machine-readable zone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import WANG
from tests.readers.scanner.conftest import PASSPORT

from gatepass.readers.keyboard import DIGITS, EV_SYN, LAYOUTS, SYN_DROPPED, SYN_REPORT, Event
from gatepass.readers.pretence import pack_all, press, type_text
from gatepass.readers.scanner.frames import (
    BETWEEN_BYTES_S,
    BETWEEN_LINES_S,
    LONGEST,
    Code,
    CodeParser,
    FrameFault,
    KeyCodeParser,
    decode,
    split,
    split_keys,
)

CR, LF, CRLF, STX, ETX = b"\r", b"\n", b"\r\n", b"\x02", b"\x03"


def texts(stream: bytes) -> list[str]:
    return [found.text if isinstance(found, Code) else found.value for found in split(stream)]


@pytest.mark.parametrize("end", [CR, LF, CRLF, CRLF + CRLF, ETX])
def test_a_code_ends_with_whatever_the_scanner_is_set_to(end):
    assert texts(b"GP1:one" + end + b"GP1:two" + end) == ["GP1:one", "GP1:two"]


def test_between_stx_and_etx_a_code_may_have_lines():
    assert texts(STX + b"line one\rline two\r\n" + ETX + STX + b"second" + ETX + CRLF) == [
        "line one\rline two",
        "second",
    ]


def test_a_scanner_without_an_end_mark_ends_its_codes_by_silence():
    parser = CodeParser()
    assert parser.feed(b"GP1:one") == []
    assert parser.patience == BETWEEN_BYTES_S
    assert parser.silence() == [Code("GP1:one")]
    assert parser.patience is None


def test_once_it_has_sent_an_end_mark_silence_means_that_half_a_code_is_missing():
    parser = CodeParser()
    parser.feed(b"GP1:one\r")
    parser.feed(b"GP1:tw")
    assert parser.silence() == [FrameFault.LENGTH]
    assert parser.feed(b"GP1:three\r") == [Code("GP1:three")]


def test_a_code_that_begins_before_the_last_one_ended_leaves_half_a_code_behind():
    assert texts(STX + b"first" + ETX + STX + b"half" + STX + b"whole" + ETX) == ["first", "length", "whole"]


def test_noise_when_a_plug_bounces_is_nobody():
    for noise in (b"\xff", b"\0\0", b"\x7f\r", b"\r\n", b"  \r", b"ab\r"):
        assert texts(noise) == []
    parser = CodeParser()
    parser.feed(b"\xff\r")
    parser.feed(b"GP1:one")
    assert parser.silence() == [Code("GP1:one")], "one noisy CR does not teach that codes end with CR"


def test_control_characters_are_a_damaged_line_and_separators_of_gs1_data_are_not():
    assert texts(b"abc\x01def\r") == ["characters"]
    assert texts("abcdef\x9f\r".encode("latin-1")) == ["characters"]
    assert texts(b"\0GP1:one\0\r") == ["GP1:one"]
    assert texts(b"]d2010460\x1d10ABC\x1e\x04\r") == ["010460\x1d10ABC\x1e\x04"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"]Q1GP1:abc", Code("GP1:abc", "qr")),
        (b"]C0H12345678", Code("H12345678", "code128")),
        (b"]C1010460123", Code("010460123", "gs1_128")),
        (b"]A0ABCD", Code("ABCD", "code39")),
        (b"]z0ABCD", Code("ABCD", "aztec")),
        (b"]L2ABCD", Code("ABCD", "pdf417")),
        (b"]d1ABCD", Code("ABCD", "datamatrix")),
        (b"]X0ABCD", Code("]X0ABCD")),
        (b"]]]abcd", Code("]]]abcd")),
        (b"[1]Q1abcd", Code("[1]Q1abcd")),
        (rb"]Q1a\000026b", Code(r"a\000026b", "qr")),
        (rb"]Q2a\\b", Code(r"a\b", "qr")),
        (b"]Q2\\000026" + "王".encode() + b"\\000029" + "秀".encode("gb18030") + rb"\\1", Code(r"王秀\1", "qr")),
        (b"]Q2\\000020" + "東京都".encode("shift_jis"), Code("東京都", "qr")),
        (b"]Q2\\000030" + "서울시".encode("euc-kr"), Code("서울시", "qr")),
        (b"]Q2\\000028" + "臺北市".encode("big5"), Code("臺北市", "qr")),
        (b"]Q2\\000999abcd", Code("abcd", "qr")),
    ],
)
def test_the_identifier_in_front_says_what_kind_of_code_it_was(sent, code):
    assert split(sent + CR) == [code]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WANG.name, "utf-8"),
        (WANG.name, "gb18030"),
        ("朱镕基,喆", "gb18030"),
        ("姓名：王秀英 No.7", "gb18030"),
        ("Zoë Müller", "latin-1"),
        ("Müller", "latin-1"),
        ("Señor Núñez", "latin-1"),
        ("Zoë Müller", "utf-8"),
        ("김철수", "utf-8"),
        ("plain", "ascii"),
    ],
)
def test_the_encoding_is_told_by_what_makes_sense(text, encoding):
    assert decode(text.encode(encoding)) == text


def test_lines_of_a_zone_within_a_moment_are_one_code():
    sent = PASSPORT.replace("\n", "\r").encode() + CR
    assert texts(b"GP1:one\r" + sent + b"GP1:two\r") == ["GP1:one", PASSPORT, "GP1:two"]
    assert texts(b"]o1" + sent.replace(b"\r", b"\r\n]o1", 1)) == [PASSPORT]
    assert texts(STX + sent + ETX) == [PASSPORT.replace("\n", "\r")]
    three = "IDUTO1234567890<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
    assert texts(three.encode() + LF) == [three]


def test_a_zone_that_lacks_a_line_is_given_after_the_moment_as_it_is():
    parser = CodeParser()
    line = PASSPORT.splitlines()[0]
    assert parser.feed(line.encode() + CR) == []
    assert parser.begun
    assert parser.patience == BETWEEN_LINES_S
    assert parser.silence() == [Code(line)]
    assert parser.patience is None
    assert texts(line.encode() + CR + b"GP1:one\r") == [line, "GP1:one"]
    assert texts(line.encode() + CR + PASSPORT.replace("\n", "\r").encode() + CR)[0].startswith(line)


def test_a_code_that_only_has_the_length_of_a_zone_line_is_a_code():
    assert texts(b"X" * 30 + CR) == ["X" * 30]
    assert texts(b"A" * 30 + CR + b"GP1:one\r") == ["A" * 30, "GP1:one"]


def test_a_flood_without_an_end_is_forgotten_and_told_once():
    parser = CodeParser()
    for _ in range(100):
        assert parser.feed(b"7" * 1000) == []
        assert parser.pending <= LONGEST
    assert parser.feed(b"\rGP1:one\r") == [FrameFault.LENGTH, Code("GP1:one")]
    parser.feed(b"7" * 100_000)
    assert parser.silence() == [FrameFault.LENGTH]


def test_the_longest_code_there_is_comes_through():
    assert texts(b"7" * 7827 + CR) == ["7" * 7827]


@given(st.binary(max_size=600), st.lists(st.integers(1, 90), max_size=12))
def test_codes_come_in_any_pieces(stream, sizes):
    parser, found, at = CodeParser(), [], 0
    for size in sizes:
        found += parser.feed(stream[at : at + size])
        at += size
    assert [*found, *parser.feed(stream[at:]), *parser.silence(), *parser.silence()] == split(stream)


@pytest.mark.slow
@given(st.text(st.characters(codec="gb2312", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=4, max_size=60))
def test_any_text_that_is_shown_arrives_in_utf_8(text):
    assert split(text.encode() + CR)[0].text == text if not text.startswith("]") else True


# --- as a keyboard


def keys(text: str, layout: str = "us") -> bytes:
    return pack_all(event for events in type_text(text, layout) for event in events)


def test_key_strokes_give_the_same_codes_as_bytes():
    assert split_keys(keys("]Q1GP1:{王}\r]C0H12345678\t")) == [Code("GP1:{王}", "qr"), Code("H12345678", "code128")]
    assert split_keys(keys(PASSPORT.replace("\n", "\r") + "\r")) == [Code(PASSPORT)]
    assert split_keys(keys("\x02two\rlines\x03")) == [Code("two\rlines")]


def test_a_key_that_is_held_down_writes_once():
    held = [event._replace(value=2) for event in press(DIGITS[7])[:1]] * 50
    stream = keys("GP1:") + pack_all([*press(DIGITS[7])[:1], *held, *press(DIGITS[7])[2:]]) + keys("\r")
    assert split_keys(stream) == [Code("GP1:7")]


@pytest.mark.parametrize("at", [0, 1, 4, 8])
def test_a_code_of_which_the_kernel_dropped_keys_is_no_code(at):
    text = "GP1:one7"
    dropped = pack_all([Event(EV_SYN, SYN_DROPPED, 0), Event(EV_SYN, SYN_REPORT, 0)])
    stream = keys(text[:at]) + dropped + keys(text[at:] + "\rGP1:two\r")
    if at == len(text):
        assert split_keys(stream)[-1] == Code("GP1:two")
    else:
        assert split_keys(stream) == [FrameFault.LENGTH, Code("GP1:two")]


def test_a_scanner_on_another_layout_needs_to_be_told_and_then_reads():
    german = keys("ZYX-<1>\r", "de")
    assert split_keys(german) != [Code("ZYX-<1>")]
    assert split_keys(german, "de") == [Code("ZYX-<1>")]
    french = keys(f"{WANG.number}\r", "fr")
    assert split_keys(french, "fr") == [Code(WANG.number)]
    assert WANG.number not in split_keys(french)[0].text


def test_caps_lock_that_was_on_is_reckoned_with():
    parser = KeyCodeParser(LAYOUTS["us"], caps_lock=True)
    assert parser.feed(keys("gp1:ONE\r")) == [Code("GP1:one")]


def test_a_code_shows_nothing_of_itself_in_a_log():
    assert WANG.number not in repr(split(WANG.number.encode() + CR))

"""Key events become text: layouts, modifiers, Alt codes, and what the kernel dropped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.readers import keyboard
from gatepass.readers.keyboard import (
    CAPS_LOCK,
    DROPPED,
    ENTER,
    EV_KEY,
    EV_LED,
    EV_SYN,
    KEYPAD_DIGITS,
    LAYOUTS,
    LEFT_ALT,
    LETTERS,
    SYN_DROPPED,
    SYN_REPORT,
    Event,
    EventParser,
    Typist,
    type_out,
)
from gatepass.readers.pretence import pack_all, press, type_text

HEADER = Path("/usr/include/linux/input-event-codes.h")
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


def written(events: list[Event], layout: str = "us", *, caps_lock: bool = False) -> str:
    return "".join(stroke.text for stroke in Typist(LAYOUTS[layout], caps_lock=caps_lock).feed(events))


def typed(text: str, layout: str = "us", **how: bool) -> bytes:
    return pack_all(event for events in type_text(text, layout, **how) for event in events)


def alt_code(digits: str, key: int = LEFT_ALT) -> list[Event]:
    pressed = [event for digit in digits for event in press(KEYPAD_DIGITS[int(digit)])]
    return [Event(EV_KEY, key, 1), *pressed, Event(EV_KEY, key, 0)]


@pytest.mark.parametrize("layout", ["us", "gb", "de", "jp", "fr"])
def test_every_printable_character_comes_through_on_every_layout(layout):
    assert type_out(typed(PRINTABLE + "\r", layout), layout).decode() == PRINTABLE + "\r"


@given(st.text(st.sampled_from(PRINTABLE + "王秀英李建国孙丽，。（）、"), max_size=30), st.sampled_from(list(LAYOUTS)))
def test_chinese_comes_as_alt_codes_in_the_bytes_of_gb_18030(text, layout):
    assert type_out(typed(text, layout), layout) == text.encode("gb18030")
    assert type_out(typed(text, layout, alt_codes=True), layout) == text.encode("gb18030")


@pytest.mark.parametrize(
    ("digits", "octets"),
    [
        ("065", b"A"),
        ("0065", b"A"),
        ("13", b"\r"),
        ("029", b"\x1d"),
        ("0214", b"\xd6"),
        ("54992", "中".encode("gb18030")),
        ("20013", "中".encode()),
        ("029579", "王".encode()),
        ("99999999", "\ufffd".encode()),
        ("1234567890123", "\ufffd".encode()),
        ("55400", "\ufffd".encode()),
    ],
)
def test_an_alt_code_is_ascii_a_byte_a_double_byte_or_unicode(digits, octets):
    assert type_out(pack_all(alt_code(digits))) == octets


def test_a_chinese_name_in_bytes_of_gbk_arrives_as_those_bytes():
    octets = "王秀英".encode("gb18030")
    events = [event for octet in octets for event in alt_code(f"0{octet}")]
    assert type_out(pack_all(events)) == octets


def test_hexadecimal_alt_codes_are_read():
    plus, c = keyboard.KEYPAD_PLUS, LETTERS["C"]
    held = [*press(plus), *press(KEYPAD_DIGITS[8]), *press(KEYPAD_DIGITS[4]), *press(c)]
    events = [Event(EV_KEY, LEFT_ALT, 1), *held, Event(EV_KEY, LEFT_ALT, 0)]
    assert written(events) == chr(0x84C)


def test_shift_and_caps_lock_are_the_two_ways_to_a_capital():
    a, one = LETTERS["A"], keyboard.DIGITS[1]
    shift = keyboard.LEFT_SHIFT
    assert written([*press(a), *press(shift, a), *press(shift, one)]) == "aA!"
    assert written([*press(a), *press(shift, a), *press(one)], caps_lock=True) == "Aa1"
    assert written([*press(CAPS_LOCK), *press(a), *press(CAPS_LOCK), *press(a)]) == "Aa"
    assert written([Event(EV_LED, 1, 1), *press(a), Event(EV_LED, 1, 0), *press(a)]) == "Aa"


def test_the_separators_of_gs1_data_come_as_control_keys():
    assert type_out(typed("01\x1d10\x1e\x04")) == b"01\x1d10\x1e\x04"


def test_keys_without_a_character_and_shortcuts_write_nothing():
    f5, meta = 63, 125
    assert written([*press(f5), *press(meta, LETTERS["L"]), *press(LEFT_ALT, LETTERS["F"])]) == ""


def test_a_key_that_is_held_repeats_and_says_so():
    held = [Event(EV_KEY, LETTERS["A"], value) for value in (1, 2, 2, 0)]
    strokes = Typist(LAYOUTS["us"]).feed(held)
    assert [(stroke.text, stroke.again) for stroke in strokes] == [("a", False), ("a", True), ("a", True)]
    assert type_out(pack_all(held)) == b"a"


def test_events_that_the_kernel_dropped_are_told_and_what_follows_up_to_the_report_is_not_believed():
    shift = Event(EV_KEY, keyboard.LEFT_SHIFT, 1)
    lost = [Event(EV_SYN, SYN_DROPPED, 0), *press(LETTERS["B"])[:1], Event(EV_SYN, SYN_REPORT, 0)]
    strokes = Typist(LAYOUTS["us"]).feed([shift, *lost, *press(LETTERS["A"])])
    assert [(stroke.key, stroke.text) for stroke in strokes] == [(DROPPED, ""), (LETTERS["A"], "a")]


@given(st.binary(max_size=2000), st.lists(st.integers(1, 60), max_size=20))
def test_events_come_in_any_pieces(stream, sizes):
    parser, pieces, at = EventParser(), [], 0
    for size in sizes:
        pieces += parser.feed(stream[at : at + size])
        at += size
    assert [*pieces, *parser.feed(stream[at:])] == EventParser().feed(stream)
    assert len(parser._kept) < keyboard.EVENT.size


@given(st.binary(max_size=3000), st.sampled_from(list(LAYOUTS)))
def test_any_bytes_at_all_type_something_or_nothing(stream, layout):
    type_out(stream, layout)


@given(st.lists(st.tuples(st.sampled_from([0, 1, 4, 17]), st.integers(0, 130), st.integers(-1, 3)), max_size=200))
def test_any_keys_in_any_order_write_text_that_can_be_sent(keys):
    typist = Typist(LAYOUTS["us"])
    for stroke in typist.feed([Event(*key) for key in keys]):
        keyboard.as_bytes(stroke)
    assert len(typist._alt_digits) <= 8


@pytest.mark.skipif(not HEADER.is_file(), reason="the kernel's headers are not installed (linux-libc-dev)")
def test_the_numbers_are_those_of_the_kernels_header():
    numbers = {
        name: int(value, 0) for name, value in re.findall(r"#define\s+(\w+)\s+(0x\w+|\d+)\s", HEADER.read_text())
    }
    for name, ours in (
        ("KEY_ESC", keyboard.ESCAPE),
        ("KEY_BACKSPACE", keyboard.BACKSPACE),
        ("KEY_ENTER", ENTER),
        ("KEY_KPENTER", keyboard.KEYPAD_ENTER),
        ("KEY_CAPSLOCK", CAPS_LOCK),
        ("KEY_NUMLOCK", keyboard.NUM_LOCK),
        ("KEY_KPASTERISK", keyboard.KEYPAD_ASTERISK),
        ("KEY_KPSLASH", keyboard.KEYPAD_SLASH),
        ("KEY_NUMERIC_STAR", keyboard.PHONE_STAR),
        ("KEY_DELETE", keyboard.DELETE),
        ("KEY_CLEAR", keyboard.CLEAR),
        ("KEY_CANCEL", keyboard.CANCEL),
        ("SYN_DROPPED", SYN_DROPPED),
        ("EV_LED", EV_LED),
        *((f"KEY_{letter}", code) for letter, code in LETTERS.items()),
        *((f"KEY_{digit}", code) for digit, code in keyboard.DIGITS.items()),
        *((f"KEY_KP{digit}", code) for digit, code in KEYPAD_DIGITS.items()),
    ):
        assert numbers[name] == ours, name

"""Key strokes become whole numbers: what each key does, and when what was typed is forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.readers.keyboard import (
    BACKSPACE,
    CLEAR,
    DELETE,
    DIGITS,
    ENTER,
    ESCAPE,
    EV_KEY,
    EV_SYN,
    KEYPAD_ASTERISK,
    KEYPAD_DIGITS,
    KEYPAD_DOT,
    KEYPAD_ENTER,
    KEYPAD_MINUS,
    LETTERS,
    NUM_LOCK,
    SPACE,
    SYN_DROPPED,
    SYN_REPORT,
    Event,
)
from gatepass.readers.keypad.frames import FORGET_AFTER_S, LONGEST, WRAPPED_WITHIN_S, KeypadParser, Typed, split
from gatepass.readers.pretence import pack_all, press, type_text

WRITTEN = {"*": KEYPAD_ASTERISK, "-": KEYPAD_MINUS, ".": KEYPAD_DOT, "\r": KEYPAD_ENTER}


def on_keypad(text: str) -> bytes:
    return pack_all(
        event for one in text for event in press(WRITTEN[one] if one in WRITTEN else KEYPAD_DIGITS[int(one)])
    )


def on_keyboard(text: str) -> bytes:
    return pack_all(event for events in type_text(text) for event in events)


def keys(*codes: int) -> bytes:
    return pack_all(event for code in codes for event in press(code))


def numbers(stream: bytes) -> list[str]:
    return [typed.number if isinstance(typed, Typed) else typed.value for typed in split(stream)]


def test_enter_ends_a_number_and_an_empty_one_is_nobody():
    assert numbers(on_keypad("\r\r12345678\r\r0270225603\r")) == ["12345678", "0270225603"]
    assert numbers(keys(DIGITS[1], DIGITS[2], ENTER)) == ["12"]


def test_the_star_is_the_x_that_a_keypad_lacks_and_case_does_not_matter():
    assert numbers(on_keypad("11010519491231002*\r")) == ["11010519491231002X"]
    assert numbers(on_keyboard("11010519491231002x\rh12345678\rKor/M1\r")) == [
        "11010519491231002X",
        "H12345678",
        "KOR/M1",
    ]


def test_separators_are_not_taken():
    assert numbers(on_keypad("02702256-03\r1.2-3\r")) == ["0270225603", "123"]
    assert numbers(keys(DIGITS[1], SPACE, DIGITS[2], ENTER)) == ["12"]


def test_a_slip_is_taken_back_one_character_or_all():
    one, two, three = (KEYPAD_DIGITS[n] for n in (1, 2, 3))
    assert numbers(keys(one, two, BACKSPACE, three, KEYPAD_ENTER)) == ["13"]
    assert numbers(keys(BACKSPACE, one, BACKSPACE, BACKSPACE, two, KEYPAD_ENTER)) == ["2"]
    for clear in (ESCAPE, DELETE, CLEAR):
        assert numbers(keys(one, two, clear, three, KEYPAD_ENTER)) == ["3"]


def test_a_held_digit_counts_once_and_a_held_backspace_takes_all_back():
    held = [Event(EV_KEY, KEYPAD_DIGITS[7], value) for value in (1, *(2,) * 30, 0)]
    assert numbers(pack_all(held) + keys(KEYPAD_ENTER)) == ["7"]
    erasing = [Event(EV_KEY, BACKSPACE, value) for value in (1, *(2,) * 30, 0)]
    assert numbers(on_keypad("123456") + pack_all(erasing) + on_keypad("9\r")) == ["9"]
    entering = [Event(EV_KEY, ENTER, value) for value in (1, *(2,) * 30, 0)]
    assert numbers(on_keypad("1") + pack_all(entering)) == ["1"]


def test_num_lock_clears_when_a_finger_presses_it():
    parser = KeypadParser()
    parser.feed(on_keypad("12"), at=10.0)
    parser.feed(keys(NUM_LOCK), at=12.0)
    assert parser.patience == WRAPPED_WITHIN_S
    assert [typed.number for typed in parser.feed(on_keypad("3\r"), at=13.0)] == ["3"]
    parser.feed(on_keypad("12"), at=14.0)
    parser.feed(keys(NUM_LOCK), at=15.0)
    parser.silence()
    assert (parser.count, parser.patience) == (0, None)


def test_num_lock_that_the_keypad_presses_itself_around_each_digit_clears_nothing():
    parser = KeypadParser()
    at = 10.0
    for digit in "123":
        for octets in (keys(NUM_LOCK), on_keypad(digit), keys(NUM_LOCK)):
            parser.feed(octets, at)
            at += 0.008
        at += 0.5
    assert parser.count == 3
    assert [typed.number for typed in parser.feed(keys(KEYPAD_ENTER), at)] == ["123"]


def test_what_was_typed_is_forgotten_when_nobody_goes_on():
    parser = KeypadParser()
    assert parser.patience is None
    parser.feed(on_keypad("110105"), at=0.0)
    assert (parser.count, parser.patience) == (6, FORGET_AFTER_S)
    parser.silence()
    assert (parser.count, parser.patience) == (0, None)
    assert parser.feed(on_keypad("\r"), at=30.0) == []


@pytest.mark.parametrize("at", [0, 3, 10])
def test_a_number_of_which_the_kernel_dropped_keys_is_none(at):
    dropped = pack_all([Event(EV_SYN, SYN_DROPPED, 0), Event(EV_SYN, SYN_REPORT, 0)])
    number = "3301021941"
    assert numbers(on_keypad(number[:at]) + dropped + on_keypad(number[at:] + "\r12345678\r")) == ["length", "12345678"]
    assert numbers(on_keypad("33") + dropped + on_keypad("7") + keys(ESCAPE) + on_keypad("12345678\r")) == ["12345678"]


def test_a_number_without_end_is_cut_at_what_no_number_reaches():
    assert [len(number) for number in numbers(on_keypad("7" * 500 + "\r"))] == [LONGEST]


def test_other_keys_do_nothing():
    others = keys(*(code for code in range(59, 69)), 113, 140, LETTERS["A"] + 500)
    assert numbers(on_keypad("1") + others + on_keypad("2\r")) == ["12"]


@given(st.binary(max_size=2000))
def test_any_bytes_are_numbers_or_nothing(stream):
    for typed in split(stream):
        if not isinstance(typed, Typed):
            continue
        assert 0 < len(typed.number) <= LONGEST
        assert typed.number not in repr(typed)


@given(st.lists(st.tuples(st.integers(0, 130), st.integers(0, 2), st.floats(0, 30)), max_size=120))
def test_any_keys_at_any_time_are_numbers_or_nothing(presses):
    parser, at = KeypadParser(), 0.0
    for code, value, pause in presses:
        at += pause
        parser.feed(pack_all([Event(EV_KEY, code, value)]), at)
        assert 0 <= parser.count <= LONGEST


@pytest.mark.parametrize("layout", ["us", "de", "fr"])
def test_letters_are_those_of_the_layout(layout):
    from gatepass.readers.keyboard import LAYOUTS

    stream = pack_all(event for events in type_text("MAZY12\r", layout) for event in events)
    assert [typed.number for typed in KeypadParser(LAYOUTS[layout]).feed(stream, 0.0)] == ["MAZY12"]

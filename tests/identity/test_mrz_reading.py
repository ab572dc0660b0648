from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gatepass.identity import DocumentError, PartialDate, Sex
from gatepass.identity.mrz_reading import read_zone

TODAY = date(2026, 11, 28)
# ICAO's own specimen (Doc 9303-4, appendix B), valid a little longer.
SPECIMEN = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def test_a_zone_that_fits_leaves_nothing_in_doubt() -> None:
    read = read_zone(SPECIMEN, today=TODAY)
    assert (read.doubtful, read.sum_wrong, read.document.number) == ((), False, "L898902C3")


@pytest.mark.parametrize(
    ("old", "new", "doubtful"),
    [
        ("L898902C36", "L898902C46", "number"),
        ("7408122", "7408132", "birth"),
        ("1204159", "1204169", "expiry"),
    ],
)
def test_the_field_whose_check_digit_does_not_fit_is_named_and_left_empty(old: str, new: str, doubtful: str) -> None:
    read = read_zone(SPECIMEN.replace(old, new), today=TODAY)
    assert read.doubtful == (doubtful,)
    known = {
        "number": read.document.number,
        "birth": read.document.holder.birth,
        "expiry": read.document.validity.last,
    }
    right = {"number": "L898902C3", "birth": PartialDate(1974, 8, 12), "expiry": date(2012, 4, 15)}
    assert known == {
        name: None if name == doubtful and name != "number" else value for name, value in right.items()
    } | ({"number": ""} if doubtful == "number" else {})
    assert (read.document.holder.latin_name, read.document.holder.sex) == ("ERIKSSON, ANNA MARIA", Sex.FEMALE)


def test_two_fields_are_named_and_a_state_that_is_none_as_well() -> None:
    read = read_zone(SPECIMEN.replace("7408122", "7408132").replace("L898902C36UTO", "L898902C46QQQ"), today=TODAY)
    assert read.doubtful == ("number", "birth", "nationality")
    assert read.document.issuer == "UTO"


def test_a_misread_field_without_a_digit_of_its_own_shows_in_the_sum() -> None:
    read = read_zone(SPECIMEN.replace("ZE184226B<<<<<10", "ZE184226B<<<<<13"), today=TODAY)
    assert (read.doubtful, read.sum_wrong) == ((), True)
    assert read.document.number == "L898902C3"


def test_what_is_no_zone_is_said() -> None:
    with pytest.raises(DocumentError, match="mrz_layout"):
        read_zone("Hello")


@given(st.text("ABCPUTO0123456789<\n", max_size=100) | st.text(max_size=100))
def test_any_text_is_a_reading_or_an_error(text: str) -> None:
    try:
        read = read_zone(text, today=TODAY)
    except DocumentError:
        return
    assert read.document.number or "number" in read.doubtful or not read.doubtful


@given(st.integers(0, 87), st.sampled_from("ABCO0189<"))
def test_one_changed_letter_never_gives_a_wrong_number_without_a_word(place: int, letter: str) -> None:
    zone = SPECIMEN.replace("\n", "")
    changed = zone[:place] + letter + zone[place + 1 :]
    # A letter and one ten values further are the same to a check digit of weights 7, 3, 1: L and B, L and 1.
    assume(zone[place] == letter or _value(zone[place]) % 10 != _value(letter) % 10)
    try:
        read = read_zone(changed, today=TODAY)
    except DocumentError:
        return
    assert read.document.number in {"L898902C3", ""} or read.doubtful or read.sum_wrong


def _value(letter: str) -> int:
    return 0 if letter == "<" else int(letter, 36)

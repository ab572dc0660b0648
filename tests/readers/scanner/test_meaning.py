"""What a code is: the table that decides it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import WANG, check_character
from tests.readers.scanner.conftest import PASSPORT

from gatepass.identity import Assurance, Document, DocumentError, DocumentKind
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.readers import CodeText
from gatepass.readers.scanner.frames import Code, FrameFault
from gatepass.readers.scanner.meaning import Numbers, looks_like_a_zone, read

TODAY = date(2026, 1, 1)
RESIDENCE = "810000199408230021"
PR_2023 = "932682198501010017"
PR_2017 = "PAK310080010103"
UPPER, LOWER = PASSPORT.splitlines()

CODE = "a code"
"""Left to the judge, as it is."""


@pytest.mark.parametrize(
    ("text", "symbology", "believe", "outcome"),
    [
        # machine-readable zones, however they arrive
        (PASSPORT, "", Numbers.BARS, DocumentKind.PASSPORT),
        (PASSPORT, "ocr", Numbers.NOWHERE, DocumentKind.PASSPORT),
        (PASSPORT, "qr", Numbers.BARS, DocumentKind.PASSPORT),
        (PASSPORT.replace("\n", ""), "", Numbers.BARS, DocumentKind.PASSPORT),
        (PASSPORT.replace("\n", "\r\n"), "pdf417", Numbers.BARS, DocumentKind.PASSPORT),
        (UPPER, "", Numbers.BARS, "mrz_layout"),
        (UPPER + "\n" + LOWER[:-1], "", Numbers.BARS, "mrz_layout"),
        (UPPER + "\n" + LOWER.replace("L898", "L899"), "", Numbers.BARS, "mrz_check"),
        (UPPER.replace("UTO", "QQQ") + "\n" + LOWER, "", Numbers.BARS, "state_code"),
        (PASSPORT.replace("<", "«"), "ocr", Numbers.BARS, "mrz_characters"),
        # numbers in bars
        (WANG.number, "code128", Numbers.BARS, DocumentKind.RESIDENT_CARD),
        (
            f" {WANG.number[:6]} {WANG.number[6:14]} {WANG.number[14:]} ",
            "code39",
            Numbers.BARS,
            DocumentKind.RESIDENT_CARD,
        ),
        ("11010519491231002x", "code128", Numbers.BARS, DocumentKind.RESIDENT_CARD),
        (RESIDENCE, "code128", Numbers.BARS, DocumentKind.HMT_RESIDENCE),
        (PR_2023, "code39", Numbers.BARS, DocumentKind.FOREIGNER_PR),
        (PR_2017, "code39", Numbers.BARS, DocumentKind.FOREIGNER_PR),
        (WANG.number, "itf", Numbers.BARS, DocumentKind.RESIDENT_CARD),
        # ... and elsewhere
        (WANG.number, "qr", Numbers.BARS, CODE),
        (WANG.number, "", Numbers.BARS, CODE),
        (WANG.number, "qr", Numbers.ANYWHERE, DocumentKind.RESIDENT_CARD),
        (WANG.number, "", Numbers.ANYWHERE, DocumentKind.RESIDENT_CARD),
        (WANG.number, "code128", Numbers.NOWHERE, CODE),
        # goods have numbers too: 18 digits of a pallet in a GS1-128 code
        (WANG.number, "gs1_128", Numbers.ANYWHERE, CODE),
        (WANG.number, "ean", Numbers.BARS, CODE),
        # a wrong check character, or none at all, is no document
        (WANG.number[:17] + "0", "code128", Numbers.ANYWHERE, CODE),
        (WANG.number + WANG.number, "code128", Numbers.ANYWHERE, CODE),
        (WANG.number[:15], "code128", Numbers.ANYWHERE, CODE),
        ("610104620927690", "code128", Numbers.ANYWHERE, CODE),
        ("12345678", "code128", Numbers.ANYWHERE, CODE),
        ("0270225603", "code128", Numbers.ANYWHERE, CODE),
        ("H12345678", "code128", Numbers.ANYWHERE, CODE),
        ("M1234567802", "code39", Numbers.ANYWHERE, CODE),
        ("E12345678", "code39", Numbers.ANYWHERE, CODE),
        # everything else
        ("GP1:NCFOXN%TS3DH", "qr", Numbers.BARS, CODE),
        ("HC1:6BF<XYZ", "qr", Numbers.BARS, CODE),
        ("https://example.org/?a<b", "qr", Numbers.BARS, CODE),
        ("A<B", "qr", Numbers.BARS, CODE),
        ("X" * 44, "", Numbers.BARS, CODE),
        ("C" * 30, "", Numbers.BARS, CODE),
        ("王秀英", "qr", Numbers.BARS, CODE),
    ],
)
def test_what_each_code_is(text, symbology, believe, outcome):
    reading = read(Code(text, symbology), believe=believe, today=TODAY)
    if outcome is CODE:
        assert reading == CodeText(text, symbology)
    elif isinstance(outcome, DocumentKind):
        assert isinstance(reading, Document), reading
        assert (reading.kind, reading.assurance) == (outcome, Assurance.PRINTED)
    else:
        assert isinstance(reading, DocumentError), reading
        assert reading.code == outcome


@pytest.mark.parametrize(
    ("fault", "code"), [(FrameFault.LENGTH, "reader_length_error"), (FrameFault.CHARACTERS, "reader_check_error")]
)
def test_a_fault_is_told_to_the_person_as_something_to_try_again(fault, code):
    reading = read(fault)
    assert isinstance(reading, DocumentError)
    assert reading.code == code


@pytest.mark.parametrize("symbology", ["", "qr", "code128"])
def test_no_slip_of_one_digit_is_anybodys_document(symbology):
    for at in range(18):
        for digit in "0123456789":
            if digit != WANG.number[at]:
                text = WANG.number[:at] + digit + WANG.number[at + 1 :]
                assert isinstance(read(Code(text, symbology), believe=Numbers.ANYWHERE), CodeText)


def test_two_zones_glued_together_are_not_one_of_them():
    assert read(Code(PASSPORT + "\n" + PASSPORT)).code == "mrz_layout"
    assert read(Code((PASSPORT + PASSPORT).replace("\n", ""))).code == "mrz_layout"


def test_a_zone_is_known_by_its_alphabet_and_its_lengths():
    assert looks_like_a_zone(PASSPORT)
    assert looks_like_a_zone(LOWER) is False, "only a first line begins with the kind of document"
    assert looks_like_a_zone("P<UTOERIKSSON<<<")
    assert not looks_like_a_zone("P" * 88)


@given(st.text(max_size=200), st.sampled_from(["", "qr", "ocr", "code128", "gs1_128"]), st.sampled_from(Numbers))
def test_any_text_is_a_reading(text, symbology, believe):
    reading = read(Code(text, symbology), believe=believe)
    assert not isinstance(reading, DocumentError) or reading.code in DOCUMENT_ERROR_CODES


@given(st.from_regex(r"[ACIPV][A-Z0-9<]{28,100}", fullmatch=True))
def test_anything_like_a_zone_is_a_reading(text):
    reading = read(Code(text))
    assert not isinstance(reading, DocumentError) or reading.code in DOCUMENT_ERROR_CODES


@given(st.dates(date(1900, 1, 1), date(2025, 1, 1)), st.integers(0, 999))
def test_every_citizens_number_in_bars_is_their_document(birth, order):
    seventeen = f"330102{birth:%Y%m%d}{order:03d}"
    number = seventeen + check_character(seventeen)
    reading = read(Code(number, "code128"))
    assert isinstance(reading, Document)
    assert reading.number == number

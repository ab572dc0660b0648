"""What a typed number is, and what is said about a slip."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import WANG

from gatepass.identity import Assurance, Document, DocumentError, DocumentKind
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.readers.keypad.frames import FrameFault, Typed
from gatepass.readers.keypad.meaning import read

TODAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("typed", "kind", "issuer", "number"),
    [
        (WANG.number, DocumentKind.RESIDENT_CARD, "CHN", WANG.number),
        ("11010519491231002X", DocumentKind.RESIDENT_CARD, "CHN", "11010519491231002X"),
        ("610104620927690", DocumentKind.RESIDENT_CARD, "CHN", "610104196209276908"),
        ("810000199408230021", DocumentKind.HMT_RESIDENCE, "CHN", "810000199408230021"),
        ("932682198501010017", DocumentKind.FOREIGNER_PR, "CHN", "932682198501010017"),
        ("PAK310080010103", DocumentKind.FOREIGNER_PR, "CHN", "PAK310080010103"),
        ("H1234567802", DocumentKind.HKM_PERMIT, "CHN", "H12345678"),
        ("12345678", DocumentKind.TAIWAN_PERMIT, "CHN", "12345678"),
        ("0270225603", DocumentKind.TAIWAN_PERMIT, "CHN", "02702256"),
        ("KOR/M12345678", DocumentKind.PASSPORT, "KOR", "M12345678"),
        ("JPN/12345678", DocumentKind.PASSPORT, "JPN", "12345678"),
        ("CHN/E12345678", DocumentKind.PASSPORT, "CHN", "E12345678"),
    ],
)
def test_a_typed_number_is_the_document_on_which_it_stands(typed, kind, issuer, number):
    document = read(Typed(typed), today=TODAY)
    assert isinstance(document, Document), document
    assert (document.kind, document.issuer, document.number) == (kind, issuer, number)
    assert document.assurance is Assurance.TYPED


@pytest.mark.parametrize(
    ("typed", "code", "fields"),
    [
        (WANG.number[:10] + WANG.number[11] + WANG.number[10] + WANG.number[12:], "number_birth_date", "swapped"),
        (WANG.number[:15] + WANG.number[16] + WANG.number[15] + WANG.number[17], "number_check", "swapped"),
        (WANG.number[:16] + "9" + WANG.number[17], "number_check", "mistyped"),
        (WANG.number[:17], "number_length", "found"),
        ("000000194912310020", "number_region", "slip"),
        ("E12345678", "state_code", "field"),
        ("QQQ/E12345678", "state_code", "field"),
        ("1", "number_length", "found"),
        ("7" * 32, "number_length", "found"),
        ("/", "number_length", "found"),
        ("KOR/", "number_length", "found"),
    ],
)
def test_a_slip_has_its_code_and_its_place(typed, code, fields):
    error = read(Typed(typed), today=TODAY)
    assert isinstance(error, DocumentError), error
    assert error.code == code
    assert fields in error.fields
    assert len(typed) < 8 or typed not in str(error.fields)


def test_a_number_that_did_not_arrive_whole_is_said_to_be_so():
    assert read(FrameFault.LENGTH).code == "reader_length_error"


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ/", max_size=32))
def test_anything_that_can_be_typed_is_a_document_or_a_listed_error(typed):
    reading = read(Typed(typed))
    assert isinstance(reading, Document) or reading.code in DOCUMENT_ERROR_CODES

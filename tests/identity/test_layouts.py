"""The three cards beside the resident one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import number
from tests.identity.blocks import resident_block
from tests.identity.cards import CARD_2017, CARD_2023, PERMANENT_15, PERMANENT_18, RESIDENCE, RESIDENCE_CARD, block
from tests.identity.strategies import documents_on_cards

from gatepass.identity import Document, DocumentError, DocumentKind, Holder, PartialDate, Sex, Validity, chip, numbers
from gatepass.identity.checks import icao
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.identity.layouts import ETHNICITY_CODES, LAYOUTS
from gatepass.wire.keys import person_key

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "readers" / "reader_vectors.json"
SECRET = bytes(range(32))


def code_of(block: bytes) -> str:
    with pytest.raises(DocumentError) as refused:
        chip.decode(block)
    return refused.value.code


def test_a_residence_permit_becomes_its_document_with_the_travel_permit_it_goes_with():
    assert chip.decode(block(RESIDENCE_CARD)) == Document(
        kind=DocumentKind.HMT_RESIDENCE,
        issuer="CHN",
        number=RESIDENCE,
        holder=Holder(native_name="样本", birth=PartialDate(1994, 8, 23), sex=Sex.MALE, nationality="HKG"),
        validity=Validity(date(2020, 1, 1), date(2025, 1, 1)),
        address="样本路3号",
        authority="深圳市公安局",
        permit_number="H12345678",
        issue_count=1,
    )


def test_a_permanent_residence_card_of_2017_becomes_its_document():
    assert chip.decode(block(CARD_2017)) == Document(
        kind=DocumentKind.FOREIGNER_PR,
        issuer="CHN",
        number=PERMANENT_15,
        holder=Holder(
            native_name="证件样本",
            latin_name="ZHENGJIAN,YANGBEN",
            birth=PartialDate(1980, 1, 1),
            sex=Sex.FEMALE,
            nationality="PAK",
        ),
        validity=Validity(date(2023, 8, 8), date(2033, 8, 7)),
        authority="1500",
    )


def test_a_permanent_residence_card_of_2023_names_the_number_of_its_forerunner():
    document = chip.decode(block(CARD_2023))
    assert (document.number, document.former_number, document.renewals) == (PERMANENT_18, PERMANENT_15, 0)
    assert document.address == "", "the English name lies where other cards have the address"
    assert document.holder.latin_name == "ZHENGJIAN, YANGBEN"
    assert chip.decode(block(CARD_2023, link="")).former_number == ""


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("A" * 35, "BC", "A" * 35 + "BC"),
        ("A" * 34 + " ", "BC", "A" * 34 + " BC"),
        ("A" * 35, " BC", "A" * 35 + " BC"),
        ("MARIA", "", "MARIA"),
    ],
    ids=["in a word", "the first piece ends with a space", "the second begins with one", "one piece"],
)
def test_the_english_name_in_two_pieces_loses_no_space_where_it_is_broken(first, second, whole):
    read = block(CARD_2023, latin_1=first, latin_2=second)
    assert chip.decode(read).holder.latin_name == whole
    assert chip.encode(chip.decode(read)) == read


@pytest.mark.parametrize("card", [RESIDENCE_CARD, CARD_2017, CARD_2023], ids=["J", "I", "Y"])
def test_every_card_can_be_long_term_and_is_written_back_byte_for_byte(card):
    for changed in ({}, {"valid_to": "长期"}, {"sex": "0"}, {"sex": "9"}):
        read = block(card, **changed)
        assert chip.encode(chip.decode(read)) == read
    assert chip.decode(block(card, valid_to="长期")).validity.last is None
    assert chip.decode(block(card, sex="0")).holder.sex is Sex.UNKNOWN


@pytest.mark.parametrize(
    ("card", "changed", "code"),
    [
        (RESIDENCE_CARD, {"name": ""}, "name_missing"),
        (RESIDENCE_CARD, {"number": number("330102", "19940823", "002")}, "number_kind_mismatch"),
        (RESIDENCE_CARD, {"birth": "19940824"}, "number_birth_mismatch"),
        (RESIDENCE_CARD, {"valid_to": "20190101"}, "validity_order"),
        (CARD_2017, {"name": "", "latin_name": ""}, "name_missing"),
        (CARD_2017, {"number": "PAK310080010104"}, "number_check"),
        (CARD_2017, {"number": "PAK990080010103"}, "number_region"),
        (CARD_2017, {"birth": "19800102"}, "number_birth_mismatch"),
        (CARD_2017, {"birth": "20800101"}, "number_birth_mismatch"),
        (CARD_2017, {"birth": "18800101"}, "number_birth_mismatch"),
        (CARD_2017, {"nationality": "P1K"}, "state_code"),
        (CARD_2017, {"nationality": ""}, "state_code"),
        (CARD_2017, {"sex": "F"}, "sex_code"),
        (CARD_2023, {"number": PERMANENT_18[:17] + "9"}, "number_check"),
        (CARD_2023, {"number": PERMANENT_15}, "number_kind_mismatch"),
        (CARD_2023, {"number": RESIDENCE}, "number_characters"),
        (CARD_2023, {"birth": "19800201"}, "number_birth_mismatch"),
        (CARD_2023, {"valid_from": ""}, "validity_date"),
    ],
)
def test_a_malformed_field_has_its_code(card, changed, code):
    assert code_of(block(card, **changed)) == code


@pytest.mark.parametrize("written", ["", "-1", "X", "１"])
def test_nobody_is_turned_away_over_a_count_or_a_link_that_says_nothing(written):
    assert chip.decode(block(RESIDENCE_CARD, issues=written)).issue_count is None
    document = chip.decode(block(CARD_2023, renewals=written, link=written))
    assert (document.renewals, document.former_number) == (None, "")


def test_somebody_of_a_hundred_years_is_not_refused_over_two_digits():
    fourteen = "PAK31001301010"
    aged = block(CARD_2017, number=fourteen + icao(fourteen), birth="19130101")
    assert chip.decode(aged, today=date(2024, 11, 23)).holder.birth == PartialDate(1913, 1, 1)


def test_a_card_read_and_its_number_typed_are_one_person():
    for read, typed in [
        (block(CARD_2023), "９３１５８６ 19800101 0028"),
        (block(CARD_2017), "pak310080010103"),
        (block(RESIDENCE_CARD), f"{RESIDENCE[:6]}-{RESIDENCE[6:]}"),
    ]:
        assert person_key(SECRET, chip.decode(read)) == person_key(SECRET, numbers.parse(typed))
    former = replace(chip.decode(block(CARD_2017)), number=chip.decode(block(CARD_2023)).former_number)
    assert person_key(SECRET, former) == person_key(SECRET, chip.decode(block(CARD_2017)))


@pytest.mark.parametrize(
    ("card", "changed", "code"),
    [
        (CARD_2023, {"former_number": "PAK320080010103"}, "number_kind_mismatch"),
        (CARD_2023, {"former_number": "nonsense"}, "number_kind_mismatch"),
        (CARD_2023, {"renewals": 100}, "text_length"),
        (CARD_2017, {"authority": "15001"}, "text_length"),
        (RESIDENCE_CARD, {"issue_count": -1}, "text_length"),
        (RESIDENCE_CARD, {"permit_number": "H123456789"}, "text_length"),
    ],
)
def test_a_card_that_cannot_exist_is_not_encoded(card, changed, code):
    with pytest.raises(DocumentError) as refused:
        chip.encode(replace(chip.decode(block(card)), **changed))
    assert refused.value.code == code


def test_a_name_longer_than_both_pieces_is_not_encoded():
    whole = chip.decode(block(CARD_2023))
    assert chip.encode(replace(whole, holder=replace(whole.holder, latin_name="A" * 46)))
    with pytest.raises(DocumentError, match="text_length"):
        chip.encode(replace(whole, holder=replace(whole.holder, latin_name="A" * 47)))


def test_no_number_is_in_a_repr():
    shown = repr(chip.decode(block(CARD_2023))) + repr(chip.decode(block(RESIDENCE_CARD)))
    for secret in (PERMANENT_15, PERMANENT_18, RESIDENCE, "H12345678", "ZHENGJIAN", "样本"):
        assert secret not in shown


@given(documents_on_cards())
def test_what_is_encoded_is_decoded_whatever_the_layout(document):
    assert chip.decode(chip.encode(document)) == document


@given(st.sampled_from([RESIDENCE_CARD, CARD_2017, CARD_2023]), st.integers(0, 255), st.integers(1, 255))
def test_one_damaged_byte_never_makes_another_person(card, position, damage):
    damaged = bytearray(block(card))
    damaged[position] ^= damage
    try:
        document = chip.decode(bytes(damaged))
    except DocumentError as error:
        assert error.code in DOCUMENT_ERROR_CODES  # noqa: PT017 - both outcomes are right
    else:
        whole = chip.decode(block(card))
        assert document.kind is whole.kind
        assert not _a_check_digit_sees(whole.number, document.number)
        assert document.holder.birth == whole.holder.birth


def _a_check_digit_sees(one: str, other: str) -> bool:
    """Letters that are ten apart (P and Z) are one to a sum modulo ten, whatever their weight."""
    return any((int(a, 36) - int(b, 36)) % 10 for a, b in zip(one, other, strict=True))


# How the published vectors call the facts of a Document.
_FACTS = {
    "name": lambda d: d.holder.native_name,
    "name_cn": lambda d: d.holder.native_name,
    "name_en": lambda d: d.holder.latin_name,
    "name_en_1": lambda d: d.holder.latin_name[:35].strip(),
    "name_en_2": lambda d: d.holder.latin_name[35:],
    "sex": lambda d: {Sex.UNKNOWN: "0", Sex.MALE: "1", Sex.FEMALE: "2", Sex.UNSTATED: "9"}[d.holder.sex],
    "nation": lambda d: d.ethnicity,
    "birth": lambda d: d.holder.birth.isoformat().replace("-", ""),
    "address": lambda d: d.address,
    "id_number": lambda d: d.number,
    "pr_number": lambda d: d.number,
    "nationality": lambda d: d.holder.nationality,
    "issuer": lambda d: d.authority,
    "authority_code": lambda d: d.authority,
    "valid_from": lambda d: d.validity.first.strftime("%Y%m%d"),
    "valid_to": lambda d: "长期" if d.validity.last is None else d.validity.last.strftime("%Y%m%d"),
    "renewals": lambda d: f"{d.renewals:02d}",
    "issue_count": lambda d: f"{d.issue_count:02d}",
    "pass_number": lambda d: d.permit_number,
    "old_number_link": lambda d: numbers.old_number_link(d.former_number),
}
_NOT_IN_A_DOCUMENT = {"type_flag", "card_version"}


def test_the_published_synthetic_cards_decode_as_they_say():
    if not VECTORS.exists():
        pytest.skip("the shared reader vectors are not on this machine")
    cards = json.loads(VECTORS.read_text())["synthetic_cards"]
    assert {card["kind"] for card in cards} == {"resident", "foreigner_2017_I", "foreigner_2023_Y", "hmt_J"}
    for card in cards:
        read, said = bytes.fromhex(card["text_hex"]), card["expected"]
        document = chip.decode(read)
        assert {fact: _FACTS[fact](document) for fact in said.keys() - _NOT_IN_A_DOCUMENT} == {
            fact: text for fact, text in said.items() if fact not in _NOT_IN_A_DOCUMENT
        }
        assert chip.encode(document) == read


_NAMES_OF_THE_VECTORS = {
    "nation": "ethnicity", "id_number": "number", "pr_number": "number", "name_en": "latin_name", "name_cn": "name",
    "issuer": "authority", "authority_code": "authority", "card_version": "version", "pass_number": "permit",
    "issue_count": "issues", "old_number_link": "link", "name_en_1": "latin_name",
}  # fmt: skip


def test_the_published_layouts_and_codes_are_ours():
    """Field by field; what is reserved is not read, and the flag chooses the layout."""
    if not VECTORS.exists():
        pytest.skip("the shared reader vectors are not on this machine")
    vectors = json.loads(VECTORS.read_text())
    flag_of = {"resident": " ", "foreigner_2017_I": "I", "foreigner_2023_Y": "Y", "hmt_J": "J"}
    assert set(vectors["type_flag"]["values"]) == set(LAYOUTS)
    assert vectors["type_flag"]["offset"] == 248
    for kind, fields in vectors["layouts"].items():
        ours = LAYOUTS[flag_of[kind]].fields
        told = {each["field"]: (each["offset"], each["length"]) for each in fields}
        rest = told.pop("name_en_2", None)
        if rest is not None:
            assert rest == (ours["latin_name"].rest.offset, ours["latin_name"].rest.length)
        assert {
            _NAMES_OF_THE_VECTORS.get(name, name): place
            for name, place in told.items()
            if not name.startswith("reserved") and name != "type_flag"
        } == {name: (field.offset, field.length) for name, field in ours.items()}
    assert set(vectors["nation_codes"]) == ETHNICITY_CODES
    sexes = {"unknown": Sex.UNKNOWN, "male": Sex.MALE, "female": Sex.FEMALE, "not stated": Sex.UNSTATED}
    for code, meaning in vectors["sex_codes"].items():
        assert chip.decode(resident_block(sex=code)).holder.sex is sexes[meaning]


def test_a_new_card_is_never_read_with_the_old_layout():
    """Readers that ignore the flag take a foreigner's English name for an address."""
    for card, flag in ((RESIDENCE_CARD, "J"), (CARD_2017, "I"), (CARD_2023, "Y")):
        whole = block(card)
        for other in " JIY".replace(flag, ""):
            assert code_of(whole[:248] + other.encode("utf-16-le") + whole[250:]) in DOCUMENT_ERROR_CODES
    assert chip.decode(resident_block()).kind is DocumentKind.RESIDENT_CARD

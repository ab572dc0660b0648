from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import LI, WANG, number
from tests.identity.blocks import CARD, resident_block
from tests.identity.strategies import resident_documents

from gatepass.identity import Document, DocumentError, DocumentKind, Holder, PartialDate, Sex, Validity, chip
from gatepass.identity.documents import DOCUMENT_ERROR_CODES


def code_of(block: bytes) -> str:
    with pytest.raises(DocumentError) as refused:
        chip.decode(block)
    return refused.value.code


def test_a_resident_card_becomes_its_document():
    assert chip.decode(resident_block()) == Document(
        kind=DocumentKind.RESIDENT_CARD,
        issuer="CHN",
        number=WANG.number,
        holder=Holder(native_name="王秀英", birth=PartialDate(1941, 3, 12), sex=Sex.FEMALE, nationality="CHN"),
        validity=Validity(date(2015, 6, 1), None),
        address=CARD["address"],
        authority=CARD["authority"],
        ethnicity="01",
    )


def test_long_term_cards_have_no_last_day_and_are_not_refused():
    assert chip.decode(resident_block(valid_to="长期")).validity.last is None
    assert chip.decode(resident_block(valid_to="20350601")).validity.last == date(2035, 6, 1)


@pytest.mark.parametrize(
    ("written", "sex"), [("0", Sex.UNKNOWN), ("1", Sex.MALE), ("2", Sex.FEMALE), ("9", Sex.UNSTATED)]
)
def test_sex_0_is_unknown_not_female(written, sex):
    assert chip.decode(resident_block(sex=written)).holder.sex is sex


def test_a_sex_that_differs_from_the_number_is_read_as_the_card_says():
    assert chip.decode(resident_block(sex="1")).holder.sex is Sex.MALE


def test_all_56_ethnicities_and_97_and_98_are_kept_and_57_to_59_are_none_of_them():
    for code in [f"{n:02d}" for n in range(1, 57)] + ["97", "98"]:
        assert chip.decode(resident_block(ethnicity=code)).ethnicity == code
    for code in ("57", "58", "59", "00", "99", ""):
        assert chip.decode(resident_block(ethnicity=code)).ethnicity == "", "unlisted, and nobody is refused for it"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": ""}, "name_missing"),
        ({"name": "\u3000"}, "name_missing"),
        ({"name": "王\x00英"}, "text_encoding"),
        ({"name": "王\u202e英"}, "text_encoding"),
        ({"name": "王\uffff英"}, "text_encoding"),
        ({"name": "王\ud800"}, "text_encoding"),
        ({"address": "定安路\n9号"}, "text_encoding"),
        ({"sex": "3"}, "sex_code"),
        ({"sex": "女"}, "sex_code"),
        ({"sex": ""}, "sex_code"),
        ({"ethnicity": "汉"}, "ethnicity_code"),
        ({"ethnicity": "²1"}, "ethnicity_code"),
        ({"birth": "19411312"}, "birth_date"),
        ({"birth": "194103"}, "birth_date"),
        ({"birth": "１９４１０３１２"}, "birth_date"),
        ({"birth": "19410313"}, "number_birth_mismatch"),
        ({"number": WANG.number[:17]}, "number_length"),
        ({"number": WANG.number[:-2] + WANG.number[-1] * 2}, "number_check"),
        ({"number": "33010219410312182Y"}, "number_characters"),
        ({"number": LI.number}, "number_birth_mismatch"),
        ({"number": number("990102", "19410312", "182")}, "number_region"),
        ({"number": number("810000", "19410312", "182")}, "number_kind_mismatch"),
        ({"valid_from": ""}, "validity_date"),
        ({"valid_from": "20150631"}, "validity_date"),
        ({"valid_from": "长期"}, "validity_date"),
        ({"valid_to": ""}, "validity_date"),
        ({"valid_to": "永久"}, "validity_date"),
        ({"valid_to": "20150531"}, "validity_order"),
    ],
)
def test_a_malformed_field_has_its_code(changed, code):
    assert code_of(resident_block(**changed)) == code


@pytest.mark.parametrize("length", [0, 1, 255, 257, 1024])
def test_a_block_that_is_not_256_bytes_is_refused(length):
    assert code_of(resident_block()[:length].ljust(length, b"\x00")) == "block_length"


@pytest.mark.parametrize("flag", ["I", "Y", "J"])
def test_the_type_flag_decides_so_that_no_other_card_is_misread_as_a_residents(flag):
    assert code_of(resident_block(flag=flag)) in DOCUMENT_ERROR_CODES


@pytest.mark.parametrize("flag", ["\x00", "K", "j", "\uffff", "\ud800"])
def test_an_unknown_type_flag_is_refused(flag):
    block = resident_block()
    assert code_of(block[:248] + flag.encode("utf-16-le", "surrogatepass") + block[250:]) == "layout_unknown"


@pytest.mark.parametrize("octet", [0x00, 0x20, 0xFF])
def test_erased_memory_is_refused(octet):
    assert code_of(bytes([octet]) * 256)


def test_a_rare_character_takes_two_units_and_moves_no_other_field():
    rare = "王\U00020bb7英"
    document = chip.decode(resident_block(name=rare))
    assert document.holder.native_name == rare
    assert document.number == WANG.number


def test_a_character_from_the_private_use_area_is_a_name_that_the_police_printed():
    assert chip.decode(resident_block(name="王\ue863")).holder.native_name == "王\ue863"


def test_the_newest_address_is_read_and_may_be_empty():
    address = "杭州市西湖区文三路1号"
    assert chip.decode_address(_record(address)) == address
    assert chip.decode_address(_record("")) == ""
    for record in (b"", bytes(69), _record("定安路")[:-2]):
        with pytest.raises(DocumentError, match="block_length"):
            chip.decode_address(record)


def _record(address: str) -> bytes:
    return address.ljust(35).encode("utf-16-le")


def test_encode_writes_the_very_bytes_of_the_layout():
    assert chip.encode(chip.decode(resident_block())) == resident_block()
    assert chip.encode_address("定安路9号") == _record("定安路9号")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"address": "长" * 36}, "text_length"),
        ({"holder": Holder(native_name="\ud800", birth=PartialDate(1941, 3, 12))}, "text_encoding"),
        ({"holder": Holder(native_name="王", birth=PartialDate(1941, 3))}, "birth_date"),
        ({"holder": Holder(native_name="王")}, "birth_date"),
        ({"validity": Validity()}, "validity_date"),
        ({"kind": DocumentKind.PASSPORT}, "layout_not_supported"),
    ],
)
def test_a_card_that_cannot_exist_is_not_encoded(changed, code):
    whole = chip.decode(resident_block())
    facts = {name: getattr(whole, name) for name in whole.__dataclass_fields__} | changed
    with pytest.raises(DocumentError) as refused:
        chip.encode(Document(**facts))
    assert refused.value.code == code
    with pytest.raises(DocumentError, match="text_length"):
        chip.encode_address("长" * 36)


def test_no_name_number_or_address_is_in_a_repr():
    shown = repr(chip.decode(resident_block()))
    for secret in (CARD["name"], CARD["number"], CARD["address"], CARD["authority"], "1941"):
        assert secret not in shown


@given(resident_documents())
def test_what_is_encoded_is_decoded(document):
    block = chip.encode(document)
    assert len(block) == 256
    assert chip.decode(block) == document


@given(st.binary(min_size=256, max_size=256))
def test_random_bytes_are_a_listed_error(block):
    assert code_of(block) in DOCUMENT_ERROR_CODES


@given(st.integers(0, 255), st.integers(1, 255))
def test_one_damaged_byte_never_makes_another_person(position, damage):
    block = bytearray(resident_block())
    block[position] ^= damage
    try:
        document = chip.decode(bytes(block))
    except DocumentError as error:
        assert error.code in DOCUMENT_ERROR_CODES  # noqa: PT017 - both outcomes are right
    else:
        assert document.number == WANG.number
        assert document.holder.birth == PartialDate(1941, 3, 12)

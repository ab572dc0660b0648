"""Every number that a guard types or a scanner sends, and what is said about a wrong one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import WANG, check_character, number

from gatepass.identity import Document, DocumentError, DocumentKind, Holder, PartialDate, Sex, checks, numbers
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.identity.numbers import NumberKind, identify, parse
from gatepass.identity.states import ALPHA_3_OF, state
from gatepass.wire.keys import person_key

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "readers" / "reader_vectors.json"
SECRET = bytes(range(32))


def refusal_of(text: str, kind: DocumentKind | None = None, **options: str) -> DocumentError:
    with pytest.raises(DocumentError) as refused:
        parse(text, kind, **options)
    return refused.value


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("11010519491231002x", [NumberKind.CITIZEN_18]),
        ("６１０１０４ ６２０９２７ ６９０", [NumberKind.CITIZEN_15]),
        ("820000199001010029", [NumberKind.RESIDENCE_18]),
        ("932682198501010017", [NumberKind.FOREIGNER_PR_18]),
        ("pak 3100 800101 03", [NumberKind.FOREIGNER_PR_15]),
        ("h12345678", [NumberKind.HKM_PERMIT, NumberKind.PASSPORT]),
        ("H12345678 02", [NumberKind.HKM_PERMIT_1999]),
        ("MA1234567", [NumberKind.HKM_PERMIT_NON_CHINESE, NumberKind.PASSPORT]),
        ("12345678", [NumberKind.TAIWAN_PERMIT, NumberKind.PASSPORT]),
        ("02702256-03", [NumberKind.TAIWAN_PERMIT_COUNTED]),
        ("M123A4567", [NumberKind.PASSPORT]),
        ("Ｅ１２３４５６７８", [NumberKind.PASSPORT]),
        ("11010519491231002Y", []),
        ("PASSPORT", []),
        ("", []),
        ("1" * 65, []),
        ("王秀英", []),
    ],
)
def test_a_number_is_told_by_its_form(typed, kinds):
    assert identify(typed) == tuple(kinds)


@pytest.mark.parametrize(
    ("typed", "document"),
    [
        (
            "610104620927690",
            Document(
                kind=DocumentKind.RESIDENT_CARD,
                issuer="CHN",
                number=number("610104", "19620927", "690"),
                holder=Holder(birth=PartialDate(1962, 9, 27), sex=Sex.FEMALE, nationality="CHN"),
                former_number="610104620927690",
            ),
        ),
        (
            "911124198108030024",
            Document(
                kind=DocumentKind.FOREIGNER_PR,
                issuer="CHN",
                number="911124198108030024",
                holder=Holder(birth=PartialDate(1981, 8, 3), sex=Sex.FEMALE, nationality="CAN"),
            ),
        ),
        (
            "PAK310080010103",
            Document(
                kind=DocumentKind.FOREIGNER_PR,
                issuer="CHN",
                number="PAK310080010103",
                holder=Holder(birth=PartialDate(1980, 1, 1), nationality="PAK"),
            ),
        ),
        (
            "M1234567811",
            Document(
                kind=DocumentKind.HKM_PERMIT,
                issuer="CHN",
                number="M12345678",
                holder=Holder(nationality="MAC"),
                issue_count=11,
            ),
        ),
        ("HA1234567", Document(kind=DocumentKind.HKM_PERMIT, issuer="CHN", number="HA1234567")),
        (
            "02702256-03",
            Document(
                kind=DocumentKind.TAIWAN_PERMIT,
                issuer="CHN",
                number="02702256",
                holder=Holder(nationality="TWN"),
                issue_count=3,
            ),
        ),
    ],
)
def test_a_typed_number_becomes_a_document_with_all_that_it_says(typed, document):
    assert parse(typed) == document


def test_a_citizen_number_is_read_as_ever():
    assert parse(WANG.number) == numbers.parse_citizen(WANG.number)


def test_people_born_before_1900_kept_their_century_in_four_order_codes():
    assert parse("330102890312998").holder.birth == PartialDate(1889, 3, 12)
    assert parse("330102890312995").holder.birth == PartialDate(1989, 3, 12)


def test_a_passport_needs_its_state_and_a_foreign_state_makes_it_a_passport():
    assert parse("m12345678", issuer="kor") == Document(kind=DocumentKind.PASSPORT, issuer="KOR", number="M12345678")
    assert parse("H12345678", DocumentKind.PASSPORT, issuer="CHN").kind is DocumentKind.PASSPORT
    assert parse("C01X00T47", issuer="D").issuer == "DEU", "Germany writes D"
    assert refusal_of("M123A4567").code == "state_code"
    assert refusal_of("M123A4567").fields == {"field": "issuer"}
    assert refusal_of("M12345678", issuer="XYZ").code == "state_code"
    assert refusal_of("M12345678910", issuer="KOR").code == "number_length"


def test_the_kind_of_document_narrows_the_choice():
    assert parse("12345678", DocumentKind.PASSPORT, issuer="KOR").kind is DocumentKind.PASSPORT
    assert refusal_of("12345678", DocumentKind.HKM_PERMIT).code == "number_length"
    assert refusal_of("A12345678", DocumentKind.HKM_PERMIT).code == "number_characters"
    assert refusal_of(WANG.number, DocumentKind.FOREIGNER_PR).code == "number_characters"
    assert refusal_of("12345678", DocumentKind.OTHER).code == "number_length"
    assert parse("810000199408230021", DocumentKind.RESIDENT_CARD).kind is DocumentKind.HMT_RESIDENCE, "one register"


@pytest.mark.parametrize(
    "right",
    [
        "34052419800101001X",  # python-stdnum raises KeyError, even from is_valid
        "440524188001010014",  # and refuses counties that were founded after the birth
        "120110198012010073",  # or abolished since
        "810000199408230021",  # refuses every residence number
        "830000199201300022",
        "932682198501010017",  # and, as id-validator does, every permanent residence number
        "911124198108030024",
    ],
)
def test_right_numbers_that_other_libraries_refuse_or_die_of_are_read(right):
    assert parse(right).number == right


def test_a_birth_in_the_future_that_other_libraries_accept_is_refused():
    assert refusal_of("110105209912310029").code == "number_birth_range"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1234", "number_length"),
        ("1" * 17, "number_length"),
        ("1" * 65, "number_length"),
        ("H1234567８①", "number_characters"),
        ("932682198513010017", "number_birth_date"),
        ("932682209901010017", "number_birth_range"),
        ("999682198501010017", "number_region"),
        ("610104621327690", "number_birth_date"),
        ("990104620927690", "number_region"),
        ("CAN110081080319", "number_check"),
        ("CAN110019810803", "number_birth_date"),
    ],
)
def test_a_wrong_number_says_what_is_wrong_with_it(typed, code):
    assert refusal_of(typed).code == code


def test_swapped_neighbours_are_named_by_their_positions():
    told = 0
    for at in range(16):
        slipped = f"{WANG.number[:at]}{WANG.number[at + 1]}{WANG.number[at]}{WANG.number[at + 2 :]}"
        if slipped != WANG.number:
            fields = refusal_of(slipped).fields
            assert fields["slip"] == "transposition"
            assert f"{at + 1}-{at + 2}" in fields["swapped"].split(",")
            told += 1
    assert told > 10


def test_one_wrong_digit_is_among_the_positions_to_look_at():
    for right in (WANG.number, "932682198501010017", "PAK310080010103"):
        for at in range(4, len(right)):
            wrong = right[:at] + str((int(right[at]) + 3) % 10 if right[at] != "X" else 0) + right[at + 1 :]
            assert str(at + 1) in refusal_of(wrong).fields["mistyped"].split(","), (right, at)


def test_a_slip_never_tells_the_number_that_would_be_right():
    fields = refusal_of("110101197608056896").fields
    assert fields == {"slip": "digit", "swapped": "", "mistyped": "5,6,9,12,14,15,16,17,18"}
    said = repr(fields) + repr(refusal_of("932682198501010018"))
    for right in ("93268219850101001", "11010119760805689"):
        assert right not in said


def test_what_no_single_slip_explains_is_called_unknown():
    assert refusal_of("000000000000000000").fields["slip"] == "unknown"


def test_the_old_number_follows_from_the_new_card_and_its_link():
    assert numbers.former_number("931586198001010028", "PAK", "000") == "PAK310080010103"
    assert numbers.old_number_link("PAK310080010103") == "000"
    for blank in [("931586198001010028", "PAK", ""), ("", "PAK", "000"), ("931586198001010028", "", "000")]:
        assert numbers.former_number(*blank) == ""
    assert numbers.old_number_link("nonsense") == ""


def test_a_permit_that_is_issued_again_is_the_same_person():
    for earlier, later in [("H1234567801", "H12345678"), ("H1234567801", "H1234567802"), ("0270225603", "02702256")]:
        assert person_key(SECRET, parse(earlier)) == person_key(SECRET, parse(later))
        kept = replace(parse(later), number=numbers.normalise(earlier))
        assert person_key(SECRET, kept) == person_key(SECRET, parse(later)), "however it came into the registry"
    assert numbers.lifelong(DocumentKind.PASSPORT, "1234567890") == "1234567890"


def test_the_holders_state_typed_for_the_issuer_changes_no_key_of_a_chinese_document():
    for text in ("932682198501010017", "H12345678", "12345678"):
        document = parse(text)
        assert person_key(SECRET, replace(document, issuer="SAU")) == person_key(SECRET, document)


def test_there_are_249_states_and_regions_and_those_that_9303_writes_otherwise():
    assert len(ALPHA_3_OF) == len(set(ALPHA_3_OF.values())) == 249
    assert (ALPHA_3_OF["156"], ALPHA_3_OF["410"], ALPHA_3_OF["276"]) == ("CHN", "KOR", "DEU")
    assert [state(code) for code in ("D<<", "GBN", "UTO", "XXA", "RKS")] == ["DEU", "GBR", "UTO", "XXA", "RKS"]
    assert [state(code) for code in ("", "XYZ", "chn", "CH", "<<<")] == [None] * 5


@given(
    st.text(max_size=80) | st.text("0123456789XxHMAPK０１９Ｘ -", max_size=20),
    st.sampled_from([None, *DocumentKind]),
    st.sampled_from(["", "CHN", "KOR", "d", "\ud800"]) | st.text(max_size=4),
)
def test_any_text_is_a_document_or_a_listed_error(text, kind, issuer):
    try:
        document = parse(text, kind, issuer=issuer)
    except DocumentError as error:
        assert error.code in DOCUMENT_ERROR_CODES  # noqa: PT017 - both outcomes are right
    else:
        assert kind is None or kind.family == document.kind.family
        assert parse(document.number, document.kind, issuer=document.issuer).number == document.number
    assert set(identify(text)) <= set(NumberKind)


@given(st.dates(date(1950, 1, 1), date(2024, 10, 31)), st.integers(0, 999), st.sampled_from(sorted(ALPHA_3_OF)))
def test_every_permanent_residence_number_of_2023_is_told(birth, order, country):
    seventeen = f"931{country}{birth:%Y%m%d}{order:03d}"
    document = parse(seventeen + check_character(seventeen))
    assert identify(document.number) == (NumberKind.FOREIGNER_PR_18,)
    assert document.holder.nationality == ALPHA_3_OF[country]
    assert document.holder.birth == PartialDate.from_date(birth)


_KINDS_OF_VECTORS = {
    "citizen18": {NumberKind.CITIZEN_18},
    "citizen15": {NumberKind.CITIZEN_15},
    "hmt_residence18": {NumberKind.RESIDENCE_18},
    "foreigner_pr18": {NumberKind.FOREIGNER_PR_18},
    "foreigner_pr15": {NumberKind.FOREIGNER_PR_15},
    "hkm_permit_1999": {NumberKind.HKM_PERMIT_1999},
    "hkm_permit_2013": {NumberKind.HKM_PERMIT},
    "hkm_permit_non_chinese_2024": {NumberKind.HKM_PERMIT_NON_CHINESE},
    "hkm_permit": {NumberKind.HKM_PERMIT, NumberKind.HKM_PERMIT_1999, NumberKind.HKM_PERMIT_NON_CHINESE},
    "tw_permit_2015": {NumberKind.TAIWAN_PERMIT},
    "tw_permit_old": {NumberKind.TAIWAN_PERMIT_COUNTED},
    "tw_permit": {NumberKind.TAIWAN_PERMIT, NumberKind.TAIWAN_PERMIT_COUNTED},
}


def test_the_published_numbers_are_told_as_they_say():
    """Among them those that python-stdnum refuses or dies of: 81 to 83, 9, abolished counties, 34052419800101001X."""
    if not VECTORS.exists():
        pytest.skip("the shared reader vectors are not on this machine")
    vectors = json.loads(VECTORS.read_text())
    assert {case["kind"] for case in vectors["numbers"]} == set(_KINDS_OF_VECTORS)
    for case in vectors["numbers"]:
        assert bool(set(identify(case["number"])) & _KINDS_OF_VECTORS[case["kind"]]) == case["valid"], case
    derivation = vectors["pr_old_number_derivation"]
    given_ = derivation["input"]
    assert numbers.former_number(given_["new"], given_["nationality"], given_["link"]) == derivation["output"]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"slip": "transposition", "swapped": "7-8,11-12", "mistyped": "3"}, ("swapped", "7-8, 11-12")),
        ({"slip": "digit", "swapped": "", "mistyped": "11,12"}, ("mistyped", "11, 12")),
        ({"slip": "digit", "swapped": "", "mistyped": "1,2,3,4,5"}, None),
        ({"slip": "unknown", "swapped": "", "mistyped": ""}, None),
        ({"expected": 18, "found": 17}, None),
        ({}, None),
    ],
)
def test_a_few_places_are_pointed_at_and_many_are_not(fields, place):
    assert checks.place_of_slip(fields) == place


def test_the_documents_that_a_number_can_stand_on():
    assert numbers.document_kinds("M12345678") == (DocumentKind.HKM_PERMIT, DocumentKind.PASSPORT)
    assert numbers.document_kinds("1234 5678") == (DocumentKind.TAIWAN_PERMIT, DocumentKind.PASSPORT)
    assert numbers.document_kinds(WANG.number) == (DocumentKind.RESIDENT_CARD,)
    assert numbers.document_kinds("hello") == ()

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import EVERYBODY, SUN, WANG, check_character, number

from gatepass.identity import DocumentError, DocumentKind, PartialDate, Sex, numbers
from gatepass.identity.documents import DOCUMENT_ERROR_CODES

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "readers" / "reader_vectors.json"


def code_of(text: str, **options: date) -> str:
    with pytest.raises(DocumentError) as refused:
        numbers.parse_citizen(text, **options)
    return refused.value.code


@pytest.mark.parametrize("person", EVERYBODY, ids=lambda person: person.latin or person.number[:6])
def test_a_typed_number_tells_birth_sex_and_origin(person):
    document = numbers.parse_citizen(person.number)
    assert document.kind is DocumentKind.RESIDENT_CARD
    assert (document.issuer, document.number) == ("CHN", person.number)
    assert document.holder == person.document.holder.__class__(
        birth=person.document.holder.birth, sex=person.sex, nationality="CHN"
    )


@pytest.mark.parametrize(
    ("region", "origin"),
    [("810000", "HKG"), ("820000", "MAC"), ("830000", "TWN")],
    ids=["Hong Kong", "Macao", "Taiwan"],
)
def test_a_residence_number_is_its_own_kind_and_says_where_the_holder_is_from(region, origin):
    document = numbers.parse_citizen(number(region, "19900101", "002"))
    assert document.kind is DocumentKind.HMT_RESIDENCE
    assert document.kind.family == "gb11643"
    assert document.holder.nationality == origin
    assert document.holder.sex is Sex.FEMALE


def test_only_the_three_residence_prefixes_exist_in_81_to_83():
    assert code_of(number("810101", "19900101", "002")) == "number_region"
    assert code_of(number("840000", "19900101", "002")) == "number_region"


@pytest.mark.parametrize("province", sorted(numbers.PROVINCES))
def test_every_province_is_accepted(province):
    assert numbers.parse_citizen(number(f"{province}0102", "19900101", "001")).holder.nationality == "CHN"


def test_there_are_34_divisions_31_of_them_provinces_of_the_mainland_and_no_other_prefix_is_accepted():
    assert len(numbers.PROVINCES - {"71"}) == 31
    for prefix in range(100):
        text = number(f"{prefix:02d}0102", "19900101", "001")
        if f"{prefix:02d}" not in numbers.PROVINCES:
            assert code_of(text) == "number_region"


@pytest.mark.parametrize(
    "typed",
    [
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２ｘ",
        " 110105 19491231 002X\r\n",
        "110105-19491231-002X",
        "110105\u300019491231\u00a0002X",
        "\ufeff110105194912310\u200b02X",
    ],
    ids=["full width", "lower case", "full-width lower case", "spaces", "hyphens", "wide spaces", "invisible marks"],
)
def test_what_people_and_scanners_type_is_folded(typed):
    assert numbers.parse_citizen(typed).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "number_length"),
        ("1101051949123100", "number_length"),
        ("110105491231002", "number_length"),
        ("1" * 100_000, "number_length"),
        ("11010519491231002Y", "number_characters"),
        ("1101051949123100X2", "number_characters"),
        ("①10105194912310029", "number_characters"),
        ("²10105194912310029", "number_characters"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "number_characters"),
        ("110105194913310026", "number_birth_date"),
        ("110105194902300029", "number_birth_date"),
        ("110105000001010029", "number_birth_date"),
        ("110105209912310029", "number_birth_range"),
        ("110105184912310029", "number_birth_range"),
        ("110105194912310021", "number_check"),
        ("990426199112010074", "number_region"),
        ("000000000000000000", "number_region"),
    ],
)
def test_a_wrong_number_says_what_is_wrong_with_it(typed, code):
    assert code_of(typed) == code


def test_a_leap_day_is_a_birthday_only_in_leap_years():
    assert numbers.parse_citizen(number("330102", "20000229", "001")).holder.birth == PartialDate(2000, 2, 29)
    assert code_of(number("330102", "19000229", "001")) == "number_birth_date"


def test_a_child_born_today_is_accepted_and_one_born_tomorrow_is_not():
    born_today = number("330102", "20241123", "001")
    assert numbers.parse_citizen(born_today, today=date(2024, 11, 23)).number == born_today
    assert code_of(born_today, today=date(2024, 11, 22)) == "number_birth_range"


def test_the_morning_in_china_is_not_the_future_though_it_is_yesterday_in_greenwich(time_machine):
    time_machine.move_to("2025-05-01T22:30:00+00:00")
    assert numbers.parse_citizen(number("330102", "20250502", "001"))


def test_a_gate_whose_clock_fell_back_to_1970_still_knows_that_people_are_born(time_machine):
    time_machine.move_to("1970-01-01T00:05:00+00:00")
    assert numbers.parse_citizen(SUN.number).number == SUN.number


def test_one_wrong_digit_and_two_swapped_neighbours_never_pass():
    right = WANG.number
    wrong = [right[:i] + digit + right[i + 1 :] for i in range(17) for digit in "0123456789" if digit != right[i]]
    wrong += [right[:i] + right[i + 1] + right[i] + right[i + 2 :] for i in range(16) if right[i] != right[i + 1]]
    for text in wrong:
        assert code_of(text)


def test_the_check_character_agrees_with_the_standards_own_specimen():
    assert numbers.check_character("11010519491231002") == "X"
    with pytest.raises(DocumentError):
        numbers.check_character("1101051949123100²")


@given(st.text(alphabet="0123456789", min_size=17, max_size=17))
def test_the_check_character_is_iso_7064_mod_11_2(seventeen):
    assert numbers.check_character(seventeen) == check_character(seventeen)


@given(st.one_of(st.text(max_size=40), st.text(alphabet="0123456789Xx０１９Ｘ -", min_size=15, max_size=24)))
def test_any_text_is_a_document_or_a_listed_error(text):
    try:
        document = numbers.parse_citizen(text)
    except DocumentError as error:
        assert error.code in DOCUMENT_ERROR_CODES  # noqa: PT017 - both outcomes are right
    else:
        assert document.number == numbers.normalise(text)


def test_the_number_is_in_no_repr_and_in_no_error():
    assert WANG.number not in repr(numbers.parse_citizen(WANG.number))
    with pytest.raises(DocumentError) as refused:
        numbers.parse_citizen(WANG.number[:-1] + ("0" if WANG.number[-1] != "0" else "1"))
    assert WANG.number[:17] not in repr(refused.value) + repr(refused.value.fields)


def test_the_published_vectors_are_judged_as_they_say():
    if not VECTORS.exists():
        pytest.skip("the shared reader vectors are not on this machine")
    cases = [
        case for case in json.loads(VECTORS.read_text())["numbers"] if case["kind"] in {"citizen18", "hmt_residence18"}
    ]
    assert cases
    for case in cases:
        try:
            document = numbers.parse_citizen(case["number"])
        except DocumentError:
            assert not case["valid"], case
        else:
            assert case["valid"], case
            assert (document.kind is DocumentKind.HMT_RESIDENCE) == (case["kind"] == "hmt_residence18")

"""Which telephone numbers can take a text message, and how they are written then."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.centre.phone.reaching import _read, mobile

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)
EXAMPLES = [
    (country, phonenumbers.national_significant_number(example))
    for country in COUNTRIES
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    if (example := phonenumbers.example_number_for_type(country, kind))
]


def read_by_the_library(number: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None


def test_a_mobile_number_is_written_in_full_and_a_line_at_home_takes_no_message(settings) -> None:
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"country": "CN"})
    assert mobile("13800012345") == mobile("+86 138 0001 2345") == mobile("0086-13800012345") == "+8613800012345"
    assert mobile("057188888888") == mobile("") == mobile("120") == mobile("call the neighbour") == ""
    assert mobile("+31 6 12345678") == "+31612345678"


def test_the_short_way_reads_every_countrys_numbers_as_the_library_does() -> None:
    assert len(EXAMPLES) > 400
    for country, number in EXAMPLES:
        for said in (number, f"0{number}", f"8{number}", f"1{number}", number[1:], number + "7"):
            assert _read(said, country) == read_by_the_library(said, country), (said, country)


@given(st.sampled_from(EXAMPLES), st.text("0123456789", max_size=6), st.text("0123456789", max_size=4))
def test_nor_is_any_other_number_read_differently(example, before: str, after: str) -> None:
    country, number = example
    for said in (before + number[len(before) :], before + number, number[: len(number) - len(after)] + after):
        assert _read(said, country) == read_by_the_library(said, country)


@pytest.mark.parametrize("country", ["CN", "KR", "JP", "NL", "US", "GB", "RU", "MX", "AR", "BR", "IT"])
def test_what_people_type_is_read_alike(country: str) -> None:
    for said in ("(0)6 1234", "+1 202 555 0123", "００１３８", "tel:123", "1" * 300, "+", "000", "11", "٠١٢٣"):
        assert _read(said, country) == read_by_the_library(said, country)

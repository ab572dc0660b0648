from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.errors import RefusedError
from gatepass.centre.sending.models import Channel


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("138 0001 2345", "+8613800012345"),
        ("１３８０００１２３４５", "+8613800012345"),
        ("+82 10-2345-6789", "+821023456789"),
        ("0571-87654321", "+8657187654321"),
        (" Daughter@Example.ORG ", "daughter@example.org"),
    ],
)
def test_a_contact_is_written_in_one_way_however_it_is_typed(typed: str, address: str) -> None:
    assert read_contact(typed).address == address


@pytest.mark.parametrize("typed", ["", "12", "not a number", "@", "a@b", "+999 123", "1" * 200, "138000123456789"])
def test_what_is_neither_a_telephone_nor_a_mailbox_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_contact(typed)
    assert refused.value.code == "contact_wrong"


@given(st.text(max_size=130))
def test_any_text_is_a_contact_or_refused(typed: str) -> None:
    try:
        contact = read_contact(typed)
    except RefusedError:
        return
    assert contact.channel in Channel
    assert read_contact(contact.address) == contact


def test_a_masked_contact_shows_too_little_for_a_bystander() -> None:
    assert read_contact("13800012345").masked == "+86138****45"
    assert read_contact("kim@example.org").masked == "k****@example.org"
    assert "138" not in repr(read_contact("13800012345"))

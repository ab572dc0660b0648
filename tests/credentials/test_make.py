"""Making codes: their size is known, and what cannot be one is refused."""

from __future__ import annotations

from typing import Any

import pytest
import segno
from tests.credentials.town import DAY, NOON, PHONE, PHONE_PUBLIC, SERIAL, TOWN, WANG_KEY, dynamic, grant, paper

from gatepass.credentials import CredentialError, make

GOOD: dict[str, Any] = {"person": WANG_KEY, "serial": SERIAL, "issued": NOON, "expires": NOON + DAY}


def test_codes_have_always_the_same_size() -> None:
    assert len(paper()) == 199
    assert len(grant()) == 175
    assert len(dynamic()) == 415


def test_they_fit_into_small_qr_codes() -> None:
    """Version 10 has 57 modules a side, version 12 has 65; Q mends a quarter of the symbol, M 15 %."""
    on_paper = segno.make(paper(), error="q", boost_error=False)
    on_screen = segno.make(dynamic(), error="m", boost_error=False)
    assert (on_paper.version, on_paper.mode) == (10, "alphanumeric")
    assert (on_screen.version, on_screen.mode) == (12, "alphanumeric")


def test_ed25519_signs_the_same_claims_with_the_same_bytes() -> None:
    assert paper() == paper()
    assert grant() == grant()


def test_serials_are_not_guessed() -> None:
    serials = {make.new_serial() for _ in range(100)}
    assert len(serials) == 100
    assert {len(serial) for serial in serials} == {8}


@pytest.mark.parametrize(
    ("slip", "code"),
    [
        ({"person": WANG_KEY[:15]}, "person_length"),
        ({"serial": b""}, "serial_length"),
        ({"expires": NOON}, "period"),
        ({"expires": NOON.replace(year=2107)}, "period"),
        ({"issued": NOON.replace(year=1969)}, "period"),
    ],
)
def test_what_cannot_be_a_code_is_refused(slip: dict[str, Any], code: str) -> None:
    with pytest.raises(CredentialError, match=code):
        make.paper(TOWN, **(GOOD | slip))
    with pytest.raises(CredentialError, match=code):
        make.grant(TOWN, phone=PHONE_PUBLIC, **(GOOD | slip))


@pytest.mark.parametrize("phone", [b"", bytes(64), bytes(65), b"\x04" + bytes(64), PHONE_PUBLIC[:33]])
def test_a_grant_needs_a_key_of_the_phone(phone: bytes) -> None:
    with pytest.raises(CredentialError, match="key_length"):
        grant(phone=phone)


def test_a_proof_needs_a_moment_and_a_nonce_of_eight_bytes() -> None:
    with pytest.raises(CredentialError, match="serial_length"):
        make.prove(PHONE, grant(), made=NOON, nonce=b"7")
    with pytest.raises(CredentialError, match="period"):
        make.prove(PHONE, grant(), made=NOON.replace(year=1960))

"""The person key: the same for card and typed number, another for everybody else."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cast import EVERYBODY, WANG

from gatepass.identity import Document, DocumentKind, Holder
from gatepass.identity.numbers import parse_citizen
from gatepass.wire.keys import KEY_BYTES, person_key

SECRET = bytes(range(32))


def test_a_card_and_its_typed_number_give_the_same_key() -> None:
    for person in EVERYBODY:
        typed = parse_citizen(f" {person.number.lower()} ")
        assert person_key(SECRET, typed) == person_key(SECRET, person.document)


def test_a_residence_card_of_another_authority_meets_the_typed_number() -> None:
    number = "830000199201300022"
    card = Document(kind=DocumentKind.HMT_RESIDENCE, issuer="TWN", number=number)
    typed = Document(kind=DocumentKind.RESIDENT_CARD, issuer="CHN", number=number)
    assert person_key(SECRET, card) == person_key(SECRET, typed)


def test_a_new_name_or_address_changes_nothing() -> None:
    moved = replace(WANG.document, address="定安路1号", holder=Holder(native_name="王秀莹"), portrait=b"face")
    assert person_key(SECRET, moved) == person_key(SECRET, WANG.document)


def test_every_document_and_every_town_has_its_own_key() -> None:
    passport = Document(kind=DocumentKind.PASSPORT, issuer="KOR", number="M12345678")
    keys = {person_key(SECRET, person.document) for person in EVERYBODY}
    keys |= {
        person_key(SECRET, passport),
        person_key(SECRET, replace(passport, issuer="JPN")),
        person_key(SECRET, replace(passport, number="M12345679")),
        person_key(SECRET, replace(passport, kind=DocumentKind.OTHER)),
        person_key(bytes(32), passport),
    }
    assert len(keys) == len(EVERYBODY) + 5
    assert {len(key) for key in keys} == {KEY_BYTES}


def test_parts_of_an_identity_never_run_into_each_other() -> None:
    one = Document(kind=DocumentKind.PASSPORT, issuer="KO", number="RM1")
    other = Document(kind=DocumentKind.PASSPORT, issuer="KOR", number="M1")
    assert person_key(SECRET, one) != person_key(SECRET, other)


def test_the_key_is_what_the_documentation_says() -> None:
    """Written out a second time: a gate built elsewhere must come to the same bytes."""
    parts = [b"gb11643", b"CHN", WANG.number.encode()]
    identity = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    salt = hashlib.blake2b(b"", digest_size=32, key=SECRET, person=b"gatepass-salt-1").digest()
    stretched = hashlib.scrypt(identity, salt=salt, n=512, r=8, p=1, dklen=32)
    expected = hashlib.blake2b(stretched, digest_size=16, key=SECRET, person=b"gatepass-key-1").digest()
    assert person_key(SECRET, WANG.document) == expected


@pytest.mark.parametrize("secret", [b"", bytes(16), bytes(33)])
def test_a_secret_of_another_length_is_refused(secret: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        person_key(secret, WANG.document)


def test_a_document_without_a_number_has_no_key() -> None:
    with pytest.raises(ValueError, match="number"):
        person_key(SECRET, replace(WANG.document, number=""))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(DocumentKind), st.text(max_size=8), st.text(min_size=1, max_size=40))
def test_any_text_in_a_document_gives_sixteen_bytes(kind: DocumentKind, issuer: str, number: str) -> None:
    assert len(person_key(SECRET, Document(kind=kind, issuer=issuer, number=number))) == KEY_BYTES


def test_half_of_a_surrogate_pair_is_no_way_to_crash_a_tap() -> None:
    assert len(person_key(SECRET, Document(kind=DocumentKind.OTHER, issuer="CHN", number="\ud800"))) == KEY_BYTES

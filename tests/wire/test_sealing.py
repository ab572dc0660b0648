"""Strangers' identities travel sealed; only the holder of the tracing key reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cast import EVERYBODY, STRANGER

from gatepass.identity import Document, DocumentKind, Holder, PartialDate, Sex
from gatepass.wire.sealing import MAX_SEALED, SealingError, new_sealing_key, open_sealed, seal

PRIVATE, PUBLIC = new_sealing_key()


def test_the_tracing_key_opens_what_the_gate_sealed() -> None:
    for person in EVERYBODY:
        assert open_sealed(PRIVATE, seal(PUBLIC, person.document)) == person.document


def test_a_birth_date_that_the_passport_does_not_state_in_full_stays_so() -> None:
    for birth in (None, PartialDate(1961), PartialDate(1961, 4), PartialDate(1961, 4, 30)):
        holder = Holder(latin_name="VAN DER BERG KEES", birth=birth, sex=Sex.MALE, nationality="NLD")
        passport = Document(kind=DocumentKind.PASSPORT, issuer="NLD", number="NX0000021", holder=holder)
        assert open_sealed(PRIVATE, seal(PUBLIC, passport)) == passport


def test_portrait_and_address_are_never_sealed() -> None:
    rich = replace(STRANGER.document, portrait=bytes(1024), address="定安路1号", authority="上城分局", ethnicity="01")
    assert open_sealed(PRIVATE, seal(PUBLIC, rich)) == STRANGER.document


def test_no_name_shows_through_the_seal_and_no_two_seals_are_alike() -> None:
    one, two = seal(PUBLIC, STRANGER.document), seal(PUBLIC, STRANGER.document)
    assert one != two
    assert STRANGER.name.encode() not in one
    assert STRANGER.number.encode() not in one


def test_the_length_does_not_tell_a_long_name_from_a_short_one() -> None:
    short = replace(STRANGER.document, holder=Holder(native_name="丁一"))
    long = replace(STRANGER.document, holder=Holder(native_name="阿卜杜热合曼·买买提依明江", latin_name="A" * 60))
    assert len(seal(PUBLIC, short)) == len(seal(PUBLIC, long)) == 304


def test_another_key_or_an_altered_byte_opens_nothing() -> None:
    sealed = seal(PUBLIC, STRANGER.document)
    other, _ = new_sealing_key()
    altered = [bytes([*sealed[:at], sealed[at] ^ 1, *sealed[at + 1 :]]) for at in range(0, len(sealed), 7)]
    for private, text in [
        (other, sealed),
        (PRIVATE, sealed[:-1]),
        (PRIVATE, b""),
        *((PRIVATE, each) for each in altered),
    ]:
        with pytest.raises(SealingError) as refusal:
            open_sealed(private, text)
        assert refusal.value.code == "sealed_wrong"


def test_what_opens_but_is_no_identity_is_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    key = X25519PublicKey.from_public_bytes(PUBLIC)
    for text in (b"", b"\x00", b"\x00\x05hello", b"\xff\xff" + bytes(300), b"\x00\x01\x90"):
        with pytest.raises(SealingError) as refusal:
            open_sealed(PRIVATE, suite.encrypt(text, key, info=b"gatepass sealed identity 1"))
        assert refusal.value.code == "sealed_wrong"


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(32), b"\x01" + bytes(31)])
def test_a_key_that_seals_for_everybody_is_refused(public: bytes) -> None:
    with pytest.raises(SealingError) as refusal:
        seal(public, STRANGER.document)
    assert refusal.value.code == "sealing_key_wrong"


def test_a_private_key_of_another_length_is_refused() -> None:
    with pytest.raises(SealingError) as refusal:
        open_sealed(b"short", seal(PUBLIC, STRANGER.document))
    assert refusal.value.code == "sealing_key_wrong"


@settings(max_examples=100)
@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=90), st.sampled_from(DocumentKind))
def test_any_document_is_sealed_within_the_limit_of_a_record(
    native: str, latin: str, number: str, kind: DocumentKind
) -> None:
    document = Document(kind=kind, issuer=number, number=number, holder=Holder(native, latin, nationality=latin))
    sealed = seal(PUBLIC, document)
    assert len(sealed) <= MAX_SEALED
    assert open_sealed(PRIVATE, sealed).holder.native_name == native[:200]


def test_the_widest_text_stays_within_the_limit_of_a_record() -> None:
    wide = "\U0001f600" * 1000
    document = Document(DocumentKind.OTHER, wide, wide, Holder(wide, wide, PartialDate(9999, 12, 31), nationality=wide))
    assert len(seal(PUBLIC, document)) <= MAX_SEALED
    assert open_sealed(PRIVATE, seal(PUBLIC, replace(document, number="\udc00"))).number == "?"


@settings(max_examples=300)
@given(st.binary(max_size=5000), st.binary(min_size=30, max_size=34))
def test_random_bytes_raise_a_sealing_error_and_nothing_else(sealed: bytes, private: bytes) -> None:
    with pytest.raises(SealingError):
        open_sealed(private, sealed)

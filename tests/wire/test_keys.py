"""The person key: the same for card and typed number, another for everybody else."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cast import EVERYBODY, WANG

from gatepass.identity import Document, DocumentKind, Holder
from gatepass.identity.numbers import parse, parse_citizen
from gatepass.wire.keys import KEY_BYTES, named_by, person_key, person_keys

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


PERMANENT = Document(
    kind=DocumentKind.FOREIGNER_PR,
    issuer="CHN",
    number="931586198001010028",
    former_number="PAK310080010103",
    holder=Holder(latin_name="KHAN AYESHA", nationality="PAK"),
)
OF_HONG_KONG = Document(
    kind=DocumentKind.HMT_RESIDENCE,
    issuer="CHN",
    number="810000199408230021",
    permit_number="H1234567802",
    holder=Holder(native_name="陳大文", nationality="HKG"),
)
OF_TAIWAN = replace(
    OF_HONG_KONG, number="830000199201300022", permit_number="12345678", holder=Holder(nationality="TWN")
)


@pytest.mark.parametrize(
    ("laid", "registered"),
    [
        (PERMANENT, "PAK310080010103"),
        (OF_HONG_KONG, "H12345678"),
        (OF_HONG_KONG, "h1234567801"),
        (OF_TAIWAN, "12345678"),
    ],
)
def test_who_is_registered_under_a_number_that_the_card_itself_states_is_found(laid: Document, registered: str) -> None:
    keys = list(person_keys(SECRET, laid))
    assert keys == [person_key(SECRET, laid), person_key(SECRET, parse(registered))]


def test_a_further_key_is_made_only_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    scrypt = hashlib.scrypt

    def counted(*parts: object, **more: object) -> bytes:
        nonlocal made
        made += 1
        return scrypt(*parts, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(hashlib, "scrypt", counted)
    next(person_keys(SECRET, PERMANENT))
    assert made == 1


@pytest.mark.parametrize(
    "laid",
    [
        WANG.document,
        replace(WANG.document, number="610104196209276908", former_number="610104620927690"),
        replace(OF_HONG_KONG, permit_number="\ud800 not a number"),
        replace(OF_HONG_KONG, permit_number="12345678"),
        replace(PERMANENT, former_number="PAK310080010104"),
        replace(WANG.document, permit_number="H12345678"),
        Document(kind=DocumentKind.PASSPORT, issuer="KOR", number="M12345678", former_number="M1111111"),
    ],
    ids=lambda document: document.kind.value,
)
def test_a_card_that_states_no_other_number_has_one_key(laid: Document) -> None:
    assert list(person_keys(SECRET, laid)) == [person_key(SECRET, laid)]
    assert named_by(laid) == ()


@pytest.mark.parametrize(("kind", "number"), [
    (DocumentKind.RESIDENT_CARD, WANG.number), (DocumentKind.HMT_RESIDENCE, "810000199408230021"),
    (DocumentKind.FOREIGNER_PR, "PAK310080010103"), (DocumentKind.HKM_PERMIT, "H12345678"),
    (DocumentKind.TAIWAN_PERMIT, "12345678"), (DocumentKind.CARD_UID, "04A2B3C4D5E680"),
])  # fmt: skip
def test_one_register_one_key_whatever_is_put_down_as_the_issuer(kind: DocumentKind, number: str) -> None:
    keys = {person_key(SECRET, Document(kind=kind, issuer=issuer, number=number)) for issuer in ("CHN", "PAK", "")}
    assert len(keys) == 1


@pytest.mark.parametrize("kind", [DocumentKind.PASSPORT, DocumentKind.OTHER])
def test_many_registers_many_keys(kind: DocumentKind) -> None:
    keys = {person_key(SECRET, Document(kind=kind, issuer=issuer, number="12345678")) for issuer in ("CHN", "KOR")}
    assert len(keys) == 2


@pytest.mark.parametrize(("kind", "counted", "plain"), [
    (DocumentKind.HKM_PERMIT, "M1234567803", "M12345678"), (DocumentKind.TAIWAN_PERMIT, "0270225603", "02702256"),
])  # fmt: skip
def test_a_permit_that_prints_its_count_of_issues_is_the_same_person(
    kind: DocumentKind, counted: str, plain: str
) -> None:
    one, other = (Document(kind=kind, issuer="CHN", number=number) for number in (counted, plain))
    assert person_key(SECRET, one) == person_key(SECRET, other)


def test_a_passport_number_that_ends_like_a_count_of_issues_keeps_its_end() -> None:
    long, short = (
        Document(kind=DocumentKind.PASSPORT, issuer="KOR", number=number) for number in ("M1234567803", "M12345678")
    )
    assert person_key(SECRET, long) != person_key(SECRET, short)


@pytest.mark.parametrize("secret", [b"", bytes(16), bytes(33)])
def test_a_secret_of_another_length_is_refused(secret: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        person_key(secret, WANG.document)


def test_a_document_without_a_number_has_no_key() -> None:
    with pytest.raises(ValueError, match="number"):
        person_key(SECRET, replace(WANG.document, number=""))


@settings(max_examples=60)
@given(st.sampled_from(DocumentKind), st.text(max_size=8), st.text(min_size=1, max_size=40))
def test_any_text_in_a_document_gives_sixteen_bytes(kind: DocumentKind, issuer: str, number: str) -> None:
    assert len(person_key(SECRET, Document(kind=kind, issuer=issuer, number=number))) == KEY_BYTES


def test_half_of_a_surrogate_pair_is_no_way_to_crash_a_tap() -> None:
    assert len(person_key(SECRET, Document(kind=DocumentKind.OTHER, issuer="CHN", number="\ud800"))) == KEY_BYTES

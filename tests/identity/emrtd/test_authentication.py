"""Passive authentication: signed is verified, what cannot be is a doubt, what contradicts itself is held."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from tests.identity.emrtd.specimens import GROUPS, TODAY, chip, judged, known, utopia, with_signed_data

from gatepass.identity import Assurance, DocumentError
from gatepass.identity.emrtd import DOUBTS, ChipFiles, Issuers, document_of, sentences, tlv
from gatepass.identity.emrtd.countries import may_sign_for
from gatepass.identity.states import ALPHA_3_OF
from gatepass.languages import LANGUAGES
from gatepass.readers.pcsc.specimens import SPECIMEN_FACE, Signer, SpecimenState

VERIFIED = ("verified", "")


def test_what_a_known_state_signed_is_verified_with_its_face():
    document = document_of(chip(), issuers=known(utopia()), today=TODAY)
    assert (document.number, document.issuer, document.portrait) == ("L898902C3", "UTO", SPECIMEN_FACE)
    assert (document.assurance, document.doubt) == (Assurance.VERIFIED, "")


@pytest.mark.parametrize(
    "signing",
    [lambda: rsa.generate_private_key(65537, 2048), lambda: ec.generate_private_key(ec.BrainpoolP384R1())],
    ids=["rsa", "brainpool"],
)
def test_states_sign_with_keys_of_several_kinds(signing):
    state = SpecimenState("UT", key=signing())
    assert judged(chip(state.signer(key=signing())), known(state)) == VERIFIED


def test_a_state_with_several_keys_is_known_by_whichever_signed():
    older, younger = SpecimenState("UT"), SpecimenState("UT")
    assert judged(chip(younger.signer()), known(utopia(), older, younger)) == VERIFIED


def test_a_signer_that_the_chip_does_not_carry_may_be_on_the_list():
    signer = utopia().signer()
    files = without_certificates(chip(signer))
    states = known(utopia())
    assert judged(files, states) == ("chip", "signer_missing")
    states.signers.append(type(states.authorities["UT"][0])(signer.octets))
    assert judged(files, states) == VERIFIED


@pytest.mark.parametrize(
    ("doubt", "make"),
    [
        ("issuer_list_empty", lambda: (chip(), Issuers())),
        ("issuer_unknown", lambda: (chip(), known(SpecimenState("DE")))),
        ("issuer_key_unknown", lambda: (chip(), known(SpecimenState("UT")))),
        ("signature_missing", lambda: (replace(chip(), sod=None), known(utopia()))),
        ("signer_missing", lambda: (without_certificates(chip()), known(utopia()))),
        ("signer_expired", lambda: (chip(utopia().signer(last=date(2026, 11, 23))), known(utopia()))),
        ("signer_expired", lambda: (chip(utopia().signer(first=date(2026, 11, 25))), known(utopia()))),
        ("algorithm_unknown", lambda: (with_algorithm(chip(), "1.2.3.4"), known(utopia()))),
    ],
)
def test_what_cannot_be_verified_is_a_doubt_and_no_accusation(doubt, make):
    assert judged(*make()) == ("chip", doubt)


@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("data_group", lambda: replace(chip(), dg1=chip(groups={1: GROUPS[1].replace(b"ANNA", b"ANNE")}).dg1)),
        ("data_group", lambda: replace(chip(), dg2=GROUPS[2][:-1] + b"\0")),
        ("data_group", lambda: replace(chip(groups={1: GROUPS[1]}), dg2=GROUPS[2])),
        ("data_group", lambda: replace(chip(), others={14: b"a key that nobody signed"})),
        ("signature", lambda: with_signature_of(chip(), chip(groups={1: GROUPS[1]}))),
        ("issuer", lambda: chip(SpecimenState("DE").signer())),
        ("issuer", lambda: chip(utopia().signer(country="DE"))),
        ("purpose", lambda: chip(utopia().signer(purposes=["2.23.136.1.1.3"]))),
        ("security_object", lambda: replace(chip(), sod=b"\x77\x03abc")),
        ("security_object", lambda: replace(chip(), sod=b"")),
    ],
)
def test_what_contradicts_itself_is_held(what, make):
    with pytest.raises(DocumentError) as raised:
        judged(make(), known(utopia(), SpecimenState("DE")))
    assert (raised.value.code, raised.value.fields["what"]) == ("chip_altered", what)


def test_a_revoked_signer_is_held_and_another_one_of_the_same_state_is_not():
    good, bad = utopia().signer(), utopia().signer()
    states = known(utopia(), revocations=utopia().revocations(bad))
    assert judged(chip(good), states) == VERIFIED
    with pytest.raises(DocumentError) as raised:
        judged(chip(bad), states)
    assert raised.value.fields["what"] == "revoked"


def test_a_signer_that_names_a_key_which_did_not_sign_it_is_held():
    genuine = utopia().signer().certificate
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        genuine.issuer, genuine.subject, key.public_key(), 7, genuine.not_valid_before_utc, genuine.not_valid_after_utc
    )
    for extension in genuine.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    forged = Signer(builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()), key)
    with pytest.raises(DocumentError) as raised:
        judged(chip(forged), known(utopia()))
    assert raised.value.fields["what"] == "signature"


@pytest.mark.slow
def test_no_changed_byte_makes_another_document_that_is_verified():
    files, states = chip(), known(utopia())
    genuine = document_of(files, issuers=states, today=TODAY)
    for name in ("dg1", "dg2"):
        content = getattr(files, name)
        for at in range(0, len(content), 3):
            with pytest.raises(DocumentError) as raised:
                judged(replace(files, **{name: flipped(content, at)}), states)
            assert raised.value.code == "chip_altered"
    verified = 0
    for at in range(len(files.sod)):
        try:
            document = document_of(replace(files, sod=flipped(files.sod, at)), issuers=states, today=TODAY)
        except DocumentError as error:
            assert error.code == "chip_altered"  # noqa: PT017 - both outcomes are right
        else:
            assert document == genuine
            verified += document.assurance is Assurance.VERIFIED
    # Bytes that no signature covers and that decide nothing: the wrapping, versions, the name beside the certificate.
    assert verified < len(files.sod) / 6


def test_a_face_that_nobody_can_find_takes_nothing_from_who_somebody_is():
    files = chip(groups={1: GROUPS[1], 2: b"\x75\x03abc"})
    document = document_of(files, issuers=known(utopia()), today=TODAY)
    assert (document.portrait, document.assurance) == (None, Assurance.VERIFIED)


def test_a_whole_chip_with_a_zone_that_nobody_reads_is_not_supported():
    groups = {1: GROUPS[1].replace(b"P<UTO", b"Q<UTO")}
    with pytest.raises(DocumentError) as raised:
        judged(chip(groups=groups), known(utopia()))
    assert (raised.value.code, raised.value.fields["what"]) == ("chip_not_supported", "mrz_layout")


def test_every_doubt_has_its_sentence_in_every_language():
    assert sentences().keys() == DOUBTS
    for texts in sentences().values():
        assert texts.keys() == set(LANGUAGES)
        assert all(text.strip() for text in texts.values())


def test_every_state_has_the_two_letters_that_may_sign_for_it():
    assert all(may_sign_for("XX", state) is False for state in ALPHA_3_OF.values())
    for country, state in {"DE": "DEU", "KR": "KOR", "JP": "JPN", "TW": "TWN", "GB": "GBR", "UT": "UTO"}.items():
        assert may_sign_for(country, state)
    assert all(may_sign_for(country, "CHN") for country in ("CN", "HK", "MO"))
    assert not may_sign_for("TW", "CHN")
    assert may_sign_for("XP", "XPO")


def without_certificates(files: ChipFiles) -> ChipFiles:
    def change(parts):
        return [part.whole for part in parts if part.tag != 0xA0]

    return replace(files, sod=with_signed_data(files.sod, change))


def with_signature_of(files: ChipFiles, other: ChipFiles) -> ChipFiles:
    theirs = tlv.first(tlv.first(tlv.first(other.sod).value).children[1].value).children

    def change(parts):
        return [theirs[-1].whole if part.tag == tlv.SET and part is parts[-1] else part.whole for part in parts]

    return replace(files, sod=with_signed_data(files.sod, change))


def with_algorithm(files: ChipFiles, dotted: str) -> ChipFiles:
    def change(parts):
        info = tlv.first(parts[-1].value).children
        info[4] = tlv.first(tlv.build(tlv.SEQUENCE, tlv.build(tlv.OBJECT_IDENTIFIER, tlv.oid_value(dotted))))
        return [
            *(part.whole for part in parts[:-1]),
            tlv.build(tlv.SET, tlv.build(tlv.SEQUENCE, *(part.whole for part in info))),
        ]

    return replace(files, sod=with_signed_data(files.sod, change))


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes((content[at] ^ (1 << at % 8),)) + content[at + 1 :]

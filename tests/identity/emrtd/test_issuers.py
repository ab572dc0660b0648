"""The list of issuing states, from whatever an operator can get."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.emrtd.specimens import TODAY, chip, judged, known, utopia

from gatepass.identity import DocumentError
from gatepass.identity.emrtd import issuers, tlv
from gatepass.identity.emrtd.certificates import Certificate
from gatepass.identity.emrtd.issuers import Problem
from gatepass.readers.pcsc.specimens import MASTER_LIST, SpecimenState, signed_data

GERMANY, KOREA = SpecimenState("DE"), SpecimenState("kr")


def test_single_certificates_are_taken_in_either_dress():
    found, problems = issuers.read(
        [("ut.cer", utopia().certificate), ("several.pem", pem(GERMANY) + b"\n" + pem(KOREA))]
    )
    assert (sorted(found.authorities), len(found), problems) == (["DE", "KR", "UT"], 3, [])


def test_a_master_list_gives_all_its_states_and_each_of_them_once():
    content = utopia().master_list(GERMANY.certificate, KOREA.certificate)
    found, problems = issuers.read([("one.ml", content), ("two.ml", content), ("de.cer", GERMANY.certificate)])
    assert (sorted(found.authorities), len(found), problems) == (["DE", "KR", "UT"], 3, [])
    assert judged(chip(), found) == ("verified", "")


def test_a_master_list_that_was_changed_or_signed_by_nobody_on_it_is_not_used():
    content = utopia().master_list(GERMANY.certificate)
    at = content.index(b"CSCA")
    changed = content[:at] + b"CSCB" + content[at + 4 :]
    assert issuers.read([("changed.ml", changed)])[1] == [Problem("changed.ml", "signature")]
    forged = SpecimenState("UT").signer()
    inside = tlv.build(tlv.SEQUENCE, tlv.build(tlv.INTEGER, b"\0"), tlv.build(tlv.SET, GERMANY.certificate))
    found, problems = issuers.read([("forged.ml", signed_data(MASTER_LIST, inside, forged))])
    assert (len(found), problems) == (0, [Problem("forged.ml", "signature")])


def test_the_files_of_the_public_key_directory_are_read():
    lines = [b"dn: c=UT,dc=data,dc=download,dc=pkd,dc=icao,dc=int", b"objectClass: top"]
    written = base64.b64encode(utopia().master_list(KOREA.certificate))
    lines.append(b"pkdMasterListContent:: " + b"\n ".join(written[at : at + 70] for at in range(0, len(written), 70)))
    lines.append(b"userCertificate;binary:: " + base64.b64encode(utopia().signer().octets))
    lines.append(b"certificateRevocationList;binary:: " + base64.b64encode(utopia().revocations()))
    found, problems = issuers.read([("icaopkd.ldif", b"\n".join(lines))])
    assert (sorted(found.authorities), len(found.signers), len(found.revocations), problems) == (["KR", "UT"], 1, 1, [])


def test_a_revocation_list_counts_only_with_the_signature_of_its_state():
    bad = utopia().signer()
    impostor = SpecimenState("UT").revocations(bad)
    found, problems = issuers.read([("ut.cer", utopia().certificate), ("list.crl", impostor)])
    assert problems == [Problem("list.crl", "unknown_issuer")]
    assert judged(chip(bad), found) == ("verified", "")
    assert not found.revoked(Certificate(bad.octets))


def test_what_is_no_list_is_named_and_the_rest_is_used():
    files = [
        ("readme.pem", b"-----BEGIN nothing"),
        ("empty.ml", b""),
        ("ut.cer", utopia().certificate),
        ("x.der", b"\x30\x03abc"),
    ]
    found, problems = issuers.read(files)
    assert len(found) == 1
    assert problems == [Problem(name, "unreadable") for name in ("readme.pem", "empty.ml", "x.der")]


def test_states_first_keys_that_say_nothing_of_themselves_are_authorities_on_a_master_list():
    signer = GERMANY.signer()
    content = utopia().master_list(signer.octets)
    assert len(issuers.read([("one.ml", content)])[0].authorities["DE"]) == 1
    assert "DE" not in issuers.read([("signer.cer", signer.octets)])[0].authorities


def test_certificates_that_libraries_refuse_are_read():
    """Parameters where none belong, as six certificates of a German master list of 2026 have them."""
    certificate = Certificate(without_sense(utopia().certificate))
    assert (certificate.country, certificate.is_authority) == ("UT", True)
    assert certificate.is_valid(TODAY)
    assert certificate.key == Certificate(utopia().certificate).key


@pytest.mark.parametrize(
    ("day", "valid"),
    [(date(2020, 12, 31), False), (date(2021, 1, 1), True), (date(2036, 1, 1), True), (date(2036, 1, 2), False)],
)
def test_a_certificate_is_valid_from_its_first_day_to_its_last(day, valid):
    assert Certificate(utopia().certificate).is_valid(day) is valid


def test_a_certificate_of_the_last_century_and_of_the_second_half_of_this_one_is_dated_rightly():
    old = Certificate(SpecimenState("UT", first=date(1999, 5, 6)).certificate)
    assert (old.first_day, old.last_day) == (date(1999, 5, 6), date(2014, 5, 6))
    late = Certificate(SpecimenState("UT", first=date(2045, 5, 6)).certificate)
    assert (late.first_day, late.last_day) == (date(2045, 5, 6), date(2060, 5, 6))


@pytest.mark.parametrize(
    "key",
    [lambda: ec.generate_private_key(ec.SECP521R1()), lambda: rsa.generate_private_key(65537, 2048)],
    ids=["521", "rsa"],
)
def test_a_master_list_may_be_signed_with_a_key_of_any_kind(key):
    state = SpecimenState("CH", key=key())
    assert sorted(issuers.read([("ch.ml", state.master_list(GERMANY.certificate))])[0].authorities) == ["CH", "DE"]


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x30\x82\x01\x00", b"-----BEGIN X509 CRL-----", b"dn: c\nuserCertificate:: "]),
)
def test_whatever_the_file_a_list_and_its_problems_come_of_it(octets, head):
    found, problems = issuers.read([("file", head + octets)])
    assert len(found) == 0
    assert len(problems) == 1


@given(st.integers(0, 2000), st.integers(1, 255))
def test_a_damaged_certificate_is_none_or_one_and_never_an_error(at, change):
    octets = bytearray(utopia().certificate)
    octets[at % len(octets)] ^= change
    certificate = Certificate.read(bytes(octets))
    if certificate is not None:
        for look in (
            lambda: certificate.is_authority,
            lambda: certificate.purposes,
            lambda: certificate.key_identifier,
        ):
            try:
                look()
            except DocumentError as error:
                assert error.code.startswith("chip_")  # noqa: PT017 - both outcomes are right
        assert judged(chip(), known(utopia())) == ("verified", "")


def pem(state: SpecimenState) -> bytes:
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(state.certificate) + b"-----END CERTIFICATE-----"


def without_sense(octets: bytes) -> bytes:
    """ecdsa-with-SHA256 with parameters, in both places."""
    signed, algorithm, signature = tlv.first(octets).children
    wrong = tlv.build(tlv.SEQUENCE, algorithm.children[0].whole, tlv.build(tlv.SEQUENCE, tlv.build(tlv.INTEGER, b"\1")))
    parts = [wrong if part.whole == algorithm.whole else part.whole for part in signed.children]
    return tlv.build(tlv.SEQUENCE, tlv.build(tlv.SEQUENCE, *parts), wrong, signature.whole)

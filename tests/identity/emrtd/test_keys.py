"""Keys and signatures in the many ways in which states write them."""

from __future__ import annotations

import hashlib
import secrets

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gatepass.identity import DocumentError
from gatepass.identity.emrtd import keys, tlv
from gatepass.identity.emrtd.curves import Curve, standard_curves
from gatepass.identity.emrtd.keys import CurveKey, UnknownAlgorithmError
from gatepass.identity.emrtd.tlv import Tlv

CURVES = {curve.name: curve for curve in standard_curves().values()}
NAMES = {name: dotted for dotted, name in keys._CURVE_OIDS.items()}
SHA_256 = "2.16.840.1.101.3.4.2.1"


@pytest.mark.parametrize("curve", CURVES.values(), ids=lambda curve: curve.name)
@pytest.mark.parametrize("writing", ["named", "written out", "compressed", "numbered"])
def test_a_curve_is_known_by_its_name_its_parameters_and_its_number(curve, writing):
    point = curve.multiply(secrets.randbelow(curve.n - 1) + 1, curve.base)
    read = keys.key_with_standard_domain if writing == "numbered" else keys.public_key
    assert read(info(curve, point, writing)) == CurveKey(curve, point)


def test_a_curve_of_ones_own_making_is_nobodys():
    curve = CURVES["brainpoolP256r1"]
    x, y = curve.multiply(3, curve.base)
    own = Curve(curve.name, curve.p, curve.a, curve.b, x, y, curve.n)
    with pytest.raises(UnknownAlgorithmError):
        keys.public_key(info(own, curve.base, "written out"))


def test_a_point_that_lies_elsewhere_is_no_key():
    curve = CURVES["secp256r1"]
    with pytest.raises(DocumentError):
        keys.public_key(info(curve, (1, 1), "named"))


@pytest.mark.parametrize("name", ["brainpoolP192r1", "brainpoolP224r1", "brainpoolP320r1"])
@pytest.mark.parametrize(("arc", "digest"), [("1", "sha1"), ("3.2", "sha256"), ("3.4", "sha512")])
def test_curves_that_the_library_does_not_know_are_verified_all_the_same(name, arc, digest):
    curve = CURVES[name]
    secret = secrets.randbelow(curve.n - 1) + 1
    key = CurveKey(curve, curve.multiply(secret, curve.base))
    signature = sign(curve, secret, hashlib.new(digest, b"message").digest())
    algorithm = identifier(f"1.2.840.10045.4.{arc}")
    assert keys.verifies(key, algorithm, "", signature, b"message")
    assert not keys.verifies(key, algorithm, "", signature, b"another")
    assert not keys.verifies(key, algorithm, "", b"no signature", b"message")


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.BrainpoolP512R1()], ids=lambda curve: curve.name)
def test_a_signature_that_names_only_the_kind_of_key_is_verified_with_the_hash_beside_it(curve):
    private = ec.generate_private_key(curve)
    key = keys.public_key(info_of(private.public_key()))
    signature = private.sign(b"message", ec.ECDSA(hashes.SHA256()))
    assert keys.verifies(key, identifier("1.2.840.10045.2.1"), SHA_256, signature, b"message")
    with pytest.raises(UnknownAlgorithmError):
        keys.verifies(key, identifier("1.2.840.10045.2.1"), "1.2.3", signature, b"message")


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize(
    ("arc", "digest"), [(5, hashes.SHA1()), (11, hashes.SHA256()), (13, hashes.SHA512()), (1, hashes.SHA256())]
)
def test_rsa_is_verified_with_the_hash_that_its_name_says(private, arc, digest):
    key = keys.public_key(info_of(private.public_key()))
    signature = private.sign(b"message", padding.PKCS1v15(), digest)
    algorithm = identifier(f"1.2.840.113549.1.1.{arc}", b"\x05\x00")
    assert keys.verifies(key, algorithm, SHA_256, signature, b"message")
    assert not keys.verifies(key, algorithm, SHA_256, signature, b"another")


@pytest.mark.parametrize("salt", [20, 32, 0])
@pytest.mark.parametrize(
    ("digest", "dotted"), [(hashes.SHA1(), ""), (hashes.SHA256(), SHA_256), (hashes.SHA512(), "2.16.840.1.101.3.4.2.3")]
)
def test_pss_is_verified_with_all_its_parameters_and_with_none(private, digest, dotted, salt):
    key = keys.public_key(info_of(private.public_key()))
    signature = private.sign(b"message", padding.PSS(padding.MGF1(digest), salt), digest)
    parts = b""
    if dotted:
        named = tlv.build(tlv.SEQUENCE, oid(dotted), b"\x05\x00")
        parts += tlv.build(0xA0, named) + tlv.build(0xA1, tlv.build(tlv.SEQUENCE, oid("1.2.840.113549.1.1.8"), named))
    if salt != 20:
        parts += tlv.build(0xA2, tlv.build(tlv.INTEGER, bytes((salt,))))
    algorithm = identifier("1.2.840.113549.1.1.10", tlv.build(tlv.SEQUENCE, parts))
    assert keys.verifies(key, algorithm, "", signature, b"message")
    assert not keys.verifies(key, algorithm, "", signature, b"another")


def test_a_kind_of_key_that_nobody_knows_is_neither_right_nor_wrong(private):
    with pytest.raises(UnknownAlgorithmError):
        keys.public_key(tlv.first(tlv.build(tlv.SEQUENCE, identifier("1.2.840.10040.4.1").whole, b"\x03\x02\x00\x01")))
    with pytest.raises(UnknownAlgorithmError):
        keys.verifies(private.public_key(), identifier("1.2.840.113549.1.1.4"), "", b"", b"")


def info(curve: Curve, point: tuple[int, int], writing: str) -> Tlv:
    """A SubjectPublicKeyInfo."""
    name = "1.2.840.10045.2.1"
    if writing == "numbered":
        number = next(number for number, known in standard_curves().items() if known is curve)
        name, parameters = "0.4.0.127.0.7.1.2", tlv.build(tlv.INTEGER, bytes((number,)))
    elif writing == "named":
        parameters = oid(NAMES[curve.name])
    else:
        base = curve.encode(curve.base)
        if writing == "compressed":
            base = bytes((2 | curve.y & 1,)) + base[1 : 1 + curve.size]
        parameters = tlv.build(
            tlv.SEQUENCE,
            tlv.build(tlv.INTEGER, b"\1"),
            tlv.build(tlv.SEQUENCE, oid("1.2.840.10045.1.1"), integer(curve.p)),
            tlv.build(
                tlv.SEQUENCE,
                *(tlv.build(tlv.OCTET_STRING, part.to_bytes(curve.size, "big")) for part in (curve.a, curve.b)),
            ),
            tlv.build(tlv.OCTET_STRING, base),
            integer(curve.n),
            tlv.build(tlv.INTEGER, b"\1"),
        )
    bits = tlv.build(tlv.BIT_STRING, b"\0", curve.encode(point))
    return tlv.first(tlv.build(tlv.SEQUENCE, tlv.build(tlv.SEQUENCE, oid(name), parameters), bits))


def info_of(key) -> Tlv:
    return tlv.first(key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))


def identifier(dotted: str, parameters: bytes = b"") -> Tlv:
    return tlv.first(tlv.build(tlv.SEQUENCE, oid(dotted), parameters))


def oid(dotted: str) -> bytes:
    return tlv.build(tlv.OBJECT_IDENTIFIER, tlv.oid_value(dotted))


def integer(number: int) -> bytes:
    return tlv.build(tlv.INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def sign(curve: Curve, secret: int, digest: bytes) -> bytes:
    """ECDSA, written here a second time: a test must not trust what it tests."""
    number = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - curve.n.bit_length())
    once = secrets.randbelow(curve.n - 1) + 1
    r = curve.multiply(once, curve.base)[0] % curve.n
    return encode_dss_signature(r, pow(once, -1, curve.n) * (number + r * secret) % curve.n)

"""Public keys and signatures as travel documents and their issuers write them (9303-12, RFC 5280, RFC 5480, RFC 8017).

States name a curve, write out its parameters (as 9303-12 wants), or give the number of 9303-11, and some sign on
curves that `cryptography` does not know; all are read here, and verified by `cryptography` wherever it can.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from gatepass.identity.documents import DocumentError
from gatepass.identity.emrtd import tlv
from gatepass.identity.emrtd.curves import Curve, curve_with, standard_curves
from gatepass.identity.emrtd.tlv import Tlv

HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "1.3.14.3.2.26": hashes.SHA1(),  # noqa: S303 - passports of the first years are signed so, and are still valid
    "2.16.840.1.101.3.4.2.4": hashes.SHA224(),
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}

_RSA: Final = "1.2.840.113549.1.1.1"
_LONGEST_RSA: Final = 1025
"""Bytes: 8192 bits and a sign. States use up to 6144; a longer key only keeps a gate busy."""
_RSA_PSS: Final = "1.2.840.113549.1.1.10"
_MGF1: Final = "1.2.840.113549.1.1.8"
_EC: Final = "1.2.840.10045.2.1"
_STANDARD_DOMAIN: Final = "0.4.0.127.0.7.1.2"

_SHA: Final = dict(zip(("1", "224", "256", "384", "512"), HASHES.values(), strict=True))
_RSA_WITH: Final = {
    f"1.2.840.113549.1.1.{arc}": _SHA[sha]
    for arc, sha in ((5, "1"), (14, "224"), (11, "256"), (12, "384"), (13, "512"))
}
_ECDSA_WITH: Final = {
    f"1.2.840.10045.4.{arc}": _SHA[sha]
    for arc, sha in (("1", "1"), ("3.1", "224"), ("3.2", "256"), ("3.3", "384"), ("3.4", "512"))
}

_CURVE_OIDS: Final = {
    "1.2.840.10045.3.1.1": "secp192r1",
    "1.3.132.0.33": "secp224r1",
    "1.2.840.10045.3.1.7": "secp256r1",
    "1.3.132.0.34": "secp384r1",
    "1.3.132.0.35": "secp521r1",
} | {
    f"1.3.36.3.3.2.8.1.1.{arc}": f"brainpoolP{bits}r1"
    for arc, bits in ((3, 192), (5, 224), (7, 256), (9, 320), (11, 384), (13, 512))
}
_KNOWN_TO_CRYPTOGRAPHY: Final[dict[str, type[ec.EllipticCurve]]] = {
    curve.name: curve
    for curve in (
        *(ec.SECP192R1, ec.SECP224R1, ec.SECP256R1, ec.SECP384R1, ec.SECP521R1),
        *(ec.BrainpoolP256R1, ec.BrainpoolP384R1, ec.BrainpoolP512R1),
    )
}


class UnknownAlgorithmError(Exception):
    """A key or a signature of a kind that nobody here can verify: neither right nor wrong."""


@dataclass(frozen=True, slots=True)
class CurveKey:
    """A public point on a standard curve."""

    curve: Curve
    point: tuple[int, int]


PublicKey = rsa.RSAPublicKey | CurveKey


def public_key(info: Tlv) -> PublicKey:
    """The key of a SubjectPublicKeyInfo. Raises UnknownAlgorithmError, DocumentError."""
    algorithm, bits = _pair(info)
    name, parameters = _algorithm(algorithm)
    if name in {_RSA, _RSA_PSS}:
        # A key bound to PSS is written like any RSA key: whether PSS was used, the signature's own algorithm says.
        return _rsa_key(bits.value[1:])
    if name != _EC or parameters is None:
        raise UnknownAlgorithmError(name)
    curve = _curve(parameters)
    return CurveKey(curve, point_on(curve, bits.value[1:]))


def key_with_standard_domain(info: Tlv) -> CurveKey:
    """As `public_key`, for the keys of chips, which may give the number of 9303-11, 9.5.1."""
    algorithm, bits = _pair(info)
    name, parameters = _algorithm(algorithm)
    if name != _STANDARD_DOMAIN or parameters is None:
        key = public_key(info)
        if isinstance(key, CurveKey):
            return key
        raise UnknownAlgorithmError(name)
    curve = standard_curves().get(int.from_bytes(parameters.value, "big"))
    if curve is None:
        raise UnknownAlgorithmError(name)
    return CurveKey(curve, point_on(curve, bits.value[1:]))


def point_on(curve: Curve, octets: bytes) -> tuple[int, int]:
    """DocumentError `chip_altered` where the octets are no point on the curve."""
    point = curve.decode(octets)
    if point is None:
        raise DocumentError("chip_altered", what="key")
    return point


def verifies(key: PublicKey, algorithm: Tlv, digest_algorithm: str, signature: bytes, message: bytes) -> bool:
    """Whether `signature` is `key`'s on `message`. `digest_algorithm` (an OID of HASHES) speaks where `algorithm` names
    the key's kind only, as some states write. Raises UnknownAlgorithmError.
    """
    name, parameters = _algorithm(algorithm)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            scheme, digest = _rsa_scheme(name, parameters, digest_algorithm)
            key.verify(signature, message, scheme, digest)
            return True
        digest_of_name = HASHES.get(digest_algorithm) if name == _EC else _ECDSA_WITH.get(name)
        if digest_of_name is None:
            raise UnknownAlgorithmError(name)
        return _curve_key_verifies(key, signature, message, digest_of_name)
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm:
        raise UnknownAlgorithmError(name) from None


def _curve_key_verifies(key: CurveKey, signature: bytes, message: bytes, digest: hashes.HashAlgorithm) -> bool:
    known = _KNOWN_TO_CRYPTOGRAPHY.get(key.curve.name)
    if known is not None:
        public = ec.EllipticCurvePublicNumbers(*key.point, known()).public_key()
        public.verify(signature, message, ec.ECDSA(digest))
        return True
    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        return False
    return key.curve.verifies(key.point, hashlib.new(digest.name, message).digest(), r, s)


def _rsa_scheme(
    name: str, parameters: Tlv | None, digest_algorithm: str
) -> tuple[padding.AsymmetricPadding, hashes.HashAlgorithm]:
    if name == _RSA_PSS:
        return _pss(parameters)
    digest = HASHES.get(digest_algorithm) if name == _RSA else _RSA_WITH.get(name)
    if digest is None:
        raise UnknownAlgorithmError(name)
    return padding.PKCS1v15(), digest


def _pss(parameters: Tlv | None) -> tuple[padding.PSS, hashes.HashAlgorithm]:
    """RSASSA-PSS-params (RFC 8017, A.2.3): every part has a default."""
    parts = {} if parameters is None else {part.tag: part for part in parameters.children}
    digest = mask = _SHA["1"]
    if 0xA0 in parts:
        digest = _hash(parts[0xA0].children)
    if 0xA1 in parts:
        name, inner = _algorithm(tlv.first(parts[0xA1].value))
        if name != _MGF1 or inner is None:
            raise UnknownAlgorithmError(name)
        mask = _hash([inner])
    salt = int.from_bytes(tlv.first(parts[0xA2].value).value, "big") if 0xA2 in parts else 20
    if salt > 512:
        raise UnknownAlgorithmError(_RSA_PSS)
    return padding.PSS(padding.MGF1(mask), salt), digest


def _hash(algorithm: list[Tlv]) -> hashes.HashAlgorithm:
    name = _algorithm(algorithm[0])[0] if algorithm else ""
    if name not in HASHES:
        raise UnknownAlgorithmError(name)
    return HASHES[name]


def _rsa_key(octets: bytes) -> rsa.RSAPublicKey:
    modulus, exponent = _pair(tlv.first(octets))
    if max(len(modulus.value), len(exponent.value)) > _LONGEST_RSA:
        raise UnknownAlgorithmError(_RSA)
    try:
        numbers = rsa.RSAPublicNumbers(int.from_bytes(exponent.value, "big"), int.from_bytes(modulus.value, "big"))
        return numbers.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise UnknownAlgorithmError(_RSA) from None


def _curve(parameters: Tlv) -> Curve:
    """ECParameters: a name, or all of them written out (RFC 3279, 2.3.5)."""
    if parameters.tag == tlv.OBJECT_IDENTIFIER:
        name = _CURVE_OIDS.get(tlv.oid(parameters.value))
        curve = next((curve for curve in standard_curves().values() if curve.name == name), None)
    else:
        curve = _curve_written_out(parameters.children)
    if curve is None:
        raise UnknownAlgorithmError(_EC)
    return curve


def _curve_written_out(parts: list[Tlv]) -> Curve | None:
    if len(parts) < 5:
        return None
    field, coefficients = parts[1].children, parts[2].children
    if len(field) < 2 or len(coefficients) < 2:
        return None
    p, a, b, n = (int.from_bytes(part.value, "big") for part in (field[1], coefficients[0], coefficients[1], parts[4]))
    return curve_with(p, a, b, parts[3].value, n)


def _algorithm(item: Tlv) -> tuple[str, Tlv | None]:
    """The name and the parameters of an AlgorithmIdentifier."""
    parts = item.children
    if not parts or parts[0].tag != tlv.OBJECT_IDENTIFIER:
        raise DocumentError("chip_altered", what="algorithm")
    return tlv.oid(parts[0].value), parts[1] if len(parts) > 1 else None


def _pair(item: Tlv) -> tuple[Tlv, Tlv]:
    parts = item.children
    if len(parts) < 2:
        raise DocumentError("chip_altered", what="key")
    return parts[0], parts[1]

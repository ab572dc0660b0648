"""COSE_Sign1 (RFC 9052, section 4.2): one signature over a protected header and a payload. EdDSA and ES256 (RFC 9053).

18([protected : bytes, unprotected : map, payload : bytes, signature : bytes])
what is signed: ["Signature1", protected, h'', payload]
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from gatepass.credentials import cbor
from gatepass.credentials.errors import CredentialError

ALGORITHM: Final = 1
KEY_ID: Final = 4
EDDSA: Final = -8
ES256: Final = -7
_SIGN1: Final = 18
_SIGNATURE_BYTES: Final = 64
"""Of both algorithms: R and S of Ed25519, r and s of P-256."""

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey
PublicKey = Ed25519PublicKey | EllipticCurvePublicKey


@dataclass(frozen=True, slots=True)
class Sign1:
    """A COSE_Sign1 that was taken apart. Nothing about its signature has been checked."""

    protected: bytes
    header: dict[cbor.Key, cbor.Value]
    payload: bytes
    signature: bytes

    @classmethod
    def decode(cls, data: bytes) -> Sign1:
        """The tagged form with an empty unprotected header, which nobody signs. Raises: CredentialError: cbor, cose."""
        match cbor.decode(data):
            case cbor.Tag(18, [bytes() as protected, dict() as unprotected, bytes() as payload, bytes() as signature]):
                header = cbor.decode(protected)
                if not unprotected and isinstance(header, dict) and len(signature) == _SIGNATURE_BYTES:
                    return cls(protected, header, payload, signature)
        raise CredentialError("cose")

    def is_signed_by(self, key: PublicKey) -> bool:
        """Whether the signature holds, and its algorithm is the one for this kind of key."""
        algorithm = EDDSA if isinstance(key, Ed25519PublicKey) else ES256
        if self.header.get(ALGORITHM) != algorithm:
            return False
        signed = _to_be_signed(self.protected, self.payload)
        try:
            if isinstance(key, Ed25519PublicKey):
                key.verify(self.signature, signed)
            else:
                r, s = int.from_bytes(self.signature[:32], "big"), int.from_bytes(self.signature[32:], "big")
                key.verify(encode_dss_signature(r, s), signed, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


def sign(header: dict[cbor.Key, cbor.Value], payload: bytes, key: PrivateKey) -> bytes:
    """The encoded COSE_Sign1. `header` is protected, and the algorithm is put into it by the kind of `key`."""
    algorithm = EDDSA if isinstance(key, Ed25519PrivateKey) else ES256
    protected = cbor.encode({ALGORITHM: algorithm, **header})
    signed = _to_be_signed(protected, payload)
    if isinstance(key, Ed25519PrivateKey):
        signature = key.sign(signed)
    else:
        r, s = decode_dss_signature(key.sign(signed, ECDSA(SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return cbor.encode(cbor.Tag(_SIGN1, [protected, {}, payload, signature]))


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor.encode(["Signature1", protected, b"", payload])


# COSE_Key (RFC 9053, section 7): key type, curve, x, y. The y of P-256 is its sign alone, which saves 31 bytes.
_KEY_TYPE, _CURVE, _X, _Y = 1, -1, -2, -3
_OKP, _EC2 = 1, 2
_P256, _ED25519 = 1, 6


def key_map(key: PublicKey) -> dict[cbor.Key, cbor.Value]:
    """The COSE_Key of a public key."""
    if isinstance(key, Ed25519PublicKey):
        return {_KEY_TYPE: _OKP, _CURVE: _ED25519, _X: key.public_bytes_raw()}
    point = key.public_numbers()
    return {_KEY_TYPE: _EC2, _CURVE: _P256, _X: point.x.to_bytes(32, "big"), _Y: bool(point.y & 1)}


def key_of(value: cbor.Value) -> PublicKey:
    """The public key in a COSE_Key of exactly these fields. Raises: CredentialError: cose."""
    match value:
        case dict() if len(value) == 3 and (value.get(_KEY_TYPE), value.get(_CURVE)) == (_OKP, _ED25519):
            x = value.get(_X)
            if isinstance(x, bytes) and len(x) == 32:
                return ed25519_key(x)
        case dict() if len(value) == 4 and (value.get(_KEY_TYPE), value.get(_CURVE)) == (_EC2, _P256):
            x, odd = value.get(_X), value.get(_Y)
            if isinstance(x, bytes) and len(x) == 32 and isinstance(odd, bool):
                return p256_key(bytes([3 if odd else 2]) + x)
    raise CredentialError("cose")


@lru_cache(maxsize=64)
def ed25519_key(raw: bytes) -> Ed25519PublicKey:
    """From 32 bytes. Raises: CredentialError: cose."""
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise CredentialError("cose") from None


def p256_key(point: bytes) -> EllipticCurvePublicKey:
    """From a point as SEC 1 writes it, 33 or 65 bytes. Raises: CredentialError: cose, also for one off the curve."""
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError:
        raise CredentialError("cose") from None

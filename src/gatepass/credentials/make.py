"""Making health codes: the town's side (`paper`, `grant`), and the phone's side in Python (`prove`).

The phone itself runs `centre/codes/static/codes/health-code.js`, which makes the same bytes; a test compares the two
through `judge`. Every text is ready for a QR code in alphanumeric mode.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gatepass.credentials import base45, cbor, cose
from gatepass.credentials.errors import CredentialError
from gatepass.credentials.health_code import (
    CONFIRMATION,
    COSE_KEY,
    EXPIRES,
    GRANT,
    ISSUED,
    LAST_SECOND,
    NONCE_BYTES,
    PERSON,
    PERSON_BYTES,
    PREFIX,
    SERIAL,
    SERIAL_BYTES,
)
from gatepass.credentials.trust import key_id


def new_serial() -> bytes:
    """8 random bytes: the name of one paper or grant, by which it can be revoked."""
    return secrets.token_bytes(SERIAL_BYTES)


def paper(key: Ed25519PrivateKey, *, person: bytes, serial: bytes, issued: datetime, expires: datetime) -> str:
    """A paper code, 199 characters. `person` is a person key (16 bytes); moments are aware and cut to whole seconds.

    Raises:
        CredentialError: person_length, serial_length, period.
    """
    claims = _town_claims(person, serial, issued, expires)
    return PREFIX + base45.encode(_town_sign(key, claims))


def grant(
    key: Ed25519PrivateKey, *, person: bytes, phone: bytes, serial: bytes, issued: datetime, expires: datetime
) -> bytes:
    """What a phone is given, 175 bytes: until `expires` it may make codes for this person without the network.

    `phone` is the phone's public key: 65 bytes as WebCrypto exports P-256 in the form "raw", or 32 of Ed25519.

    Raises:
        CredentialError: key_length, person_length, serial_length, period.
    """
    if len(phone) == 32:
        public: cose.PublicKey = cose.ed25519_key(phone)
    elif len(phone) == 65:
        try:
            public = cose.p256_key(phone)
        except CredentialError:
            raise CredentialError("key_length") from None
    else:
        raise CredentialError("key_length")
    claims = _town_claims(person, serial, issued, expires)
    return _town_sign(key, {**claims, CONFIRMATION: {COSE_KEY: cose.key_map(public)}})


def prove(key: cose.PrivateKey, granted: bytes, *, made: datetime, nonce: bytes | None = None) -> str:
    """A dynamic code, 415 characters, from a grant and the private key that belongs to it. No network.

    Raises:
        CredentialError: period; serial_length for a nonce that has not 8 bytes.
    """
    nonce = secrets.token_bytes(NONCE_BYTES) if nonce is None else nonce
    if len(nonce) != NONCE_BYTES:
        raise CredentialError("serial_length")
    claims: dict[cbor.Key, cbor.Value] = {ISSUED: _seconds(made), SERIAL: nonce, GRANT: granted}
    return PREFIX + base45.encode(cose.sign({}, cbor.encode(claims), key))


def _town_claims(person: bytes, serial: bytes, issued: datetime, expires: datetime) -> dict[cbor.Key, cbor.Value]:
    if len(person) != PERSON_BYTES:
        raise CredentialError("person_length")
    if len(serial) != SERIAL_BYTES:
        raise CredentialError("serial_length")
    begins, ends = _seconds(issued), _seconds(expires)
    if begins >= ends:
        raise CredentialError("period")
    return {EXPIRES: ends, ISSUED: begins, SERIAL: serial, PERSON: person}


def _town_sign(key: Ed25519PrivateKey, claims: dict[cbor.Key, cbor.Value]) -> bytes:
    public = key.public_key().public_bytes_raw()
    return cose.sign({cose.KEY_ID: key_id(public)}, cbor.encode(claims), key)


def _seconds(moment: datetime) -> int:
    seconds = int(moment.timestamp())
    if not 0 <= seconds <= LAST_SECOND:
        raise CredentialError("period")
    return seconds

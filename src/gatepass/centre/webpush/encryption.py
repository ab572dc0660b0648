"""The bytes of a push message: encrypted for one browser (RFC 8291, RFC 8188), sent in the town's name (RFC 8292).

The push service in between carries them and cannot read them. Our own few lines rather than a library: `pywebpush`
brings two HTTP clients, and the message must leave by ours, which checks where it goes (`webhooks.reaching`).
"""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD: Final = 4096
"""Bytes of the one record (RFC 8291, section 4); what a push service takes at most."""
MOST_TEXT: Final = RECORD - 86 - 17
"""Less the header (RFC 8188, section 2.1, with a key of 65 bytes), the delimiter and the tag."""
VAPID_LIVES: Final = timedelta(hours=12)
"""A day at most (RFC 8292, section 2)."""


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """65 bytes, uncompressed."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_point(key: bytes) -> bool:
    """Whether these are 65 bytes that name a point of P-256."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    except ValueError:
        return False
    return len(key) == 65


def encrypted(
    text: bytes,
    their_key: bytes,
    secret: bytes,
    *,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of `Content-Encoding: aes128gcm`. `their_key` 65 bytes, `secret` 16; salt and key fresh each time."""
    if len(text) > MOST_TEXT:
        raise ValueError(f"at most {MOST_TEXT} bytes")
    salt = salt or secrets.token_bytes(16)
    own = own or ec.generate_private_key(ec.SECP256R1())
    own_key = public_bytes(own)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), their_key))
    key, nonce = keys_of(shared, secret, their_key, own_key, salt)
    sealed = AESGCM(key).encrypt(nonce, text + b"\x02", None)
    return salt + RECORD.to_bytes(4) + len(own_key).to_bytes(1) + own_key + sealed


def keys_of(shared: bytes, secret: bytes, their_key: bytes, own_key: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Key (16) and nonce (12) of the one record: RFC 8291, section 3.4."""
    mixed = _derived(shared, secret, b"WebPush: info\0" + their_key + own_key, 32)
    return (
        _derived(mixed, salt, b"Content-Encoding: aes128gcm\0", 16),
        _derived(mixed, salt, b"Content-Encoding: nonce\0", 12),
    )


def vapid(endpoint: str, key: ec.EllipticCurvePrivateKey, contact: str, now: datetime) -> str:
    """The `Authorization` of one message: who sends it, for this push service alone. `contact`: https: or mailto:."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + VAPID_LIVES).timestamp()),
        "sub": contact,
    }
    signed = ".".join(base64url(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signed}.{base64url(r.to_bytes(32) + s.to_bytes(32))}"
    return f"vapid t={token}, k={base64url(public_bytes(key))}"


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """ValueError for what is none."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _derived(secret: bytes, salt: bytes, told: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, told).derive(secret)

"""What the QR code on a release notice, or an order, carries: that the town issued the paper of this serial, and when.

    {6: issued, 7: serial} under the protected header {1: EdDSA, 4: key id, 16: "gatepass-release" or "gatepass-order"}

A COSE_Sign1 as in `health_code`; the type in its header (RFC 9596) keeps it from being taken for a health code, and its
claims lack what a health code needs. Nothing about the person is in it: whoever checks it asks the centre, which knows
whether the notice still stands. In an address it is written in Base64 for URLs, without padding: some 150 characters.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gatepass.credentials import cbor, cose
from gatepass.credentials.errors import CredentialError
from gatepass.credentials.health_code import ISSUED, LAST_SECOND, SERIAL, SERIAL_BYTES
from gatepass.credentials.trust import key_id

TYPE: Final = 16
RELEASE: Final = "gatepass-release"
ORDER: Final = "gatepass-order"
MAX_CHARACTERS: Final = 400


@dataclass(frozen=True, slots=True)
class SignedNotice:
    serial: bytes
    issued: datetime
    kind: str = RELEASE


def make(key: Ed25519PrivateKey, serial: bytes, issued: datetime, kind: str = RELEASE) -> str:
    """The text; `kind` is RELEASE or ORDER. The same facts and second give the same text.

    Raises: CredentialError: serial_length, period.
    """
    seconds = int(issued.timestamp())
    if len(serial) != SERIAL_BYTES:
        raise CredentialError("serial_length")
    if not 0 <= seconds <= LAST_SECOND:
        raise CredentialError("period")
    header: dict[cbor.Key, cbor.Value] = {
        cose.KEY_ID: key_id(key.public_key().public_bytes_raw()),
        TYPE: kind,
    }
    signed = cose.sign(header, cbor.encode({ISSUED: seconds, SERIAL: serial}), key)
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def read(text: str, trusted: Iterable[bytes]) -> SignedNotice:
    """What a text says that one of these public keys (32 bytes each) has signed. Any input; it raises nothing else than

    CredentialError: notice_damaged (no such text), notice_unknown (by another town), notice_forged.
    """
    sign1, payload = _taken_apart(text)
    known = [key for key in trusted if key_id(key) == sign1.header.get(cose.KEY_ID)]
    if not known:
        raise CredentialError("notice_unknown")
    if not any(sign1.is_signed_by(cose.ed25519_key(key)) for key in known):
        raise CredentialError("notice_forged")
    if isinstance(payload, dict) and set(payload) == {ISSUED, SERIAL}:
        seconds, serial = payload[ISSUED], payload[SERIAL]
        whole = isinstance(seconds, int) and not isinstance(seconds, bool)
        if whole and isinstance(serial, bytes) and len(serial) == SERIAL_BYTES and 0 <= seconds <= LAST_SECOND:  # type: ignore[operator]
            kind = str(sign1.header[TYPE])
            return SignedNotice(serial, datetime.fromtimestamp(seconds, UTC), kind)  # type: ignore[arg-type]
    raise CredentialError("notice_damaged")


def _taken_apart(text: str) -> tuple[cose.Sign1, cbor.Value]:
    if len(text) > MAX_CHARACTERS or not text.isascii():
        raise CredentialError("notice_damaged")
    try:
        sign1 = cose.Sign1.decode(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        payload = cbor.decode(sign1.payload)
    except (CredentialError, binascii.Error, ValueError):
        raise CredentialError("notice_damaged") from None
    kind = sign1.header.get(TYPE)
    if not isinstance(kind, str) or kind not in {RELEASE, ORDER}:
        raise CredentialError("notice_damaged")
    return sign1, payload

"""How a webhook is signed: Standard Webhooks 1.0 (https://www.standardwebhooks.com), for which any language has a
library.

    webhook-id: evt_…                 of the event; the same when it is sent again
    webhook-timestamp: 1795500000     seconds since 1970 UTC, of this sending
    webhook-signature: v1,…           base64 of HMAC-SHA256 over `id.timestamp.body`; several, with spaces between,
                                      while a secret is being changed

A secret is `whsec_` and the base64 of 24 to 64 bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Final

PREFIX: Final = "whsec_"
TOLERANCE_S: Final = 300
"""So far the time of sending may be from the receiver's own: an old message that somebody sends again is refused."""
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class SignatureError(Exception):
    """Not to be believed. `code`: `missing`, `secret`, `old` or `wrong`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers_for(keys: Iterable[str], event: str, at: int, body: bytes) -> dict[str, str]:
    """`keys`: the secret, and the one before it while both hold. `at`: seconds since 1970 UTC."""
    signatures = " ".join(f"v1,{_signature(secret, event, str(at), body)}" for secret in keys)
    return {ID: event, TIMESTAMP: str(at), SIGNATURE: signatures}


def check(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """The id of the event. SignatureError unless the body is as it was signed, and lately."""
    told = {name.lower(): value for name, value in headers.items()}
    event, at, signatures = told.get(ID, ""), told.get(TIMESTAMP, ""), told.get(SIGNATURE, "")
    if not event or not signatures or not (at.isascii() and at.isdigit() and len(at) < 16):
        raise SignatureError("missing")
    if abs(now - int(at)) > TOLERANCE_S:
        raise SignatureError("old")
    right = f"v1,{_signature(secret, event, at, body)}"
    # Every one of them is compared, in constant time.
    if not sum([hmac.compare_digest(one.encode(), right.encode()) for one in signatures.split(" ")[:10]]):
        raise SignatureError("wrong")
    return event


def _signature(secret: str, event: str, at: str, body: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError("secret") from None
    if len(key) < 24:
        raise SignatureError("secret")
    return base64.b64encode(hmac.digest(key, f"{event}.{at}.".encode() + body, hashlib.sha256)).decode()

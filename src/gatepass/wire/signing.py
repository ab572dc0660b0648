"""One narrow profile of HTTP Message Signatures (RFC 9421) for every request between gate and centre.

    Content-Digest:   sha-256=:...:                                                  (RFC 9530)
    Signature-Input:  gate=("@method" "@path" "@query" "content-digest");created=...;nonce="...";keyid="...";alg="..."
    Signature:        gate=:...:

Covered are the method, the path and the query as they were sent, and the body through its digest. `@authority` and
the scheme are not: a proxy or a town's load balancer may rename the host, and a signature that breaks on that gets
switched off. Nothing is lost by it: a key is made for one centre and known to that centre alone, and the name of the
host is TLS's matter.

`alg` is `ed25519` (the device's own key) or `hmac-sha256` (a short-lived session key, for the status path: 106 us for
an Ed25519 verification is 9,400 a second and no more). Which one is right follows from the key that the key id names,
never from the message.

Why not the library: http-message-signatures 3.0 parses any profile and spends some 100 us on that (205 us to verify an
Ed25519 message where we need 90), which a MAC verified in 8 us cannot afford. We accept one signature with these
components in this order, so that one regular expression parses it. The tests prove that each side verifies what the
other signs.

SignatureError(code)    signature_missing | signature_malformed | signature_key_unknown | signature_wrong
                        | digest_wrong | clock_skew | replayed
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gatepass.wire.replay import WINDOW_SECONDS, NonceWindow, Sighting

Code = Literal[
    "signature_missing",
    "signature_malformed",
    "signature_key_unknown",
    "signature_wrong",
    "digest_wrong",
    "clock_skew",
    "replayed",
]

_LABEL: Final = "gate"
_COMPONENTS: Final = '("@method" "@path" "@query" "content-digest")'
_NONCE_BYTES: Final = 16

# Parameters in any order, each at most once (checked below). Every branch begins with another name and every length
# is bounded: there is nothing to backtrack over.
_INPUT = re.compile(
    r"(?P<label>[a-z][a-z0-9_-]{0,31})=(?P<params>"
    + re.escape(_COMPONENTS)
    + r'(?:;created=[0-9]{1,11}|;nonce="[A-Za-z0-9+/=_-]{16,64}"|;keyid="[A-Za-z0-9:._-]{1,64}"'
    r'|;alg="(?:ed25519|hmac-sha256)"){4})'
)
# The order in which `sign` writes them: one match instead of a match and a dictionary, on every request of every gate.
_OWN_INPUT = re.compile(
    rf"{_LABEL}=("
    + re.escape(_COMPONENTS)
    + r';created=([0-9]{1,11});nonce="([A-Za-z0-9+/=_-]{16,64})";keyid="([A-Za-z0-9:._-]{1,64})"'
    r';alg="(ed25519|hmac-sha256)")'
)
_SIGNATURE = re.compile(r"(?P<label>[a-z][a-z0-9_-]{0,31})=:(?P<value>[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==):")
_KEY_ID = re.compile(r"[A-Za-z0-9:._-]{1,64}")


class SignatureError(Exception):
    """The request is not what it claims, or too late. `code` is stable; nothing else is told to the sender."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


def sign(
    method: str,
    url: str,
    body: bytes,
    *,
    key: Ed25519PrivateKey | bytes,
    key_id: str,
    now_ms: int,
    nonce: bytes | None = None,
) -> dict[str, str]:
    """The three headers (lower-case names) that make this request one's own. `url` is absolute or begins with `/`.

    `key` is the device's Ed25519 key, or the bytes of a session key. `nonce` is 12 to 48 bytes and fresh by default:
    give one only in tests. ValueError for a key id, nonce or URL that the other side would refuse.
    """
    if _KEY_ID.fullmatch(key_id) is None:
        raise ValueError("a key id is 1 to 64 characters of A-Z a-z 0-9 : . _ -")
    if not 0 <= now_ms < 10**14:
        raise ValueError("the clock shows no time that a message can state")
    nonce = os.urandom(_NONCE_BYTES) if nonce is None else nonce
    if not 12 <= len(nonce) <= 48:
        raise ValueError("a nonce has 12 to 48 bytes")
    parts = urlsplit(url)
    digest = _digest(body)
    algorithm = "hmac-sha256" if isinstance(key, bytes) else "ed25519"
    text = base64.b64encode(nonce).decode("ascii")
    params = f'{_COMPONENTS};created={now_ms // 1000};nonce="{text}";keyid="{key_id}";alg="{algorithm}"'
    base = _base(method, parts.path or "/", parts.query, digest, params)
    signature = hmac.digest(key, base, "sha256") if isinstance(key, bytes) else key.sign(base)
    return {
        "content-digest": digest,
        "signature-input": f"{_LABEL}={params}",
        "signature": f"{_LABEL}=:{base64.b64encode(signature).decode('ascii')}:",
    }


def verify(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    key_for: Callable[[str], Ed25519PublicKey | bytes | None],
    now_ms: int,
    window: NonceWindow,
) -> str:
    """The key id whose holder made this request, just now and for the first time. Raises SignatureError, nothing else.

    `path` and `query` are the bytes of the request line as text, still percent-encoded, the query without its `?`
    (ASGI: `raw_path` and `query_string`); `headers` has lower-case names. `key_for` gives the key of a key id that may
    call at present, or None.

    1. The headers are there and have the one form that we speak.
    2. The key id is known, and the algorithm is the one of that key.
    3. The signature is right; only now is anything in the message believed.
    4. The body has the signed digest.
    5. `created` is within the window around this clock.
    6. The nonce is new. It is remembered only now, so that only a key's holder can fill that key's memory.
    """
    message = _parsed(headers)
    key = key_for(message.key_id)
    if key is None:
        raise SignatureError("signature_key_unknown")
    digest = headers.get("content-digest", "")
    try:
        base = _base(method, path or "/", query, digest, message.params)
    except ValueError as error:
        raise SignatureError("signature_malformed") from error
    if not _is_signed(key, message.algorithm, message.signature, base):
        raise SignatureError("signature_wrong")
    if not hmac.compare_digest(digest, _digest(body)):
        raise SignatureError("digest_wrong")
    if abs(now_ms - message.created * 1000) > WINDOW_SECONDS * 1000:
        raise SignatureError("clock_skew")
    sighting = window.see(message.key_id, message.nonce, message.created, now_ms // 1000)
    if sighting is not Sighting.NEW:
        raise SignatureError("replayed" if sighting is Sighting.SEEN else "clock_skew")
    return message.key_id


class _Message(NamedTuple):
    params: str
    created: int
    nonce: str
    key_id: str
    algorithm: str
    signature: bytes


def _parsed(headers: Mapping[str, str]) -> _Message:
    given, given_signature = headers.get("signature-input"), headers.get("signature")
    if not given or not given_signature:
        raise SignatureError("signature_missing")
    signature = _SIGNATURE.fullmatch(given_signature)
    if signature is None:
        raise SignatureError("signature_malformed")
    label, value = signature.groups()
    own = _OWN_INPUT.fullmatch(given)
    if own is not None:
        given_label = _LABEL
        params, created, nonce, key_id, algorithm = own.groups()
    else:
        given_label, params, created, nonce, key_id, algorithm = _parsed_in_any_order(given)
    if given_label != label:
        raise SignatureError("signature_malformed")
    # The pattern admits nothing that cannot be decoded.
    return _Message(params, int(created), nonce, key_id, algorithm, binascii.a2b_base64(value))


def _parsed_in_any_order(given: str) -> tuple[str, str, str, str, str, str]:
    found = _INPUT.fullmatch(given)
    if found is None:
        raise SignatureError("signature_malformed")
    label, params = found.groups()
    named = dict(part.split("=", 1) for part in params[len(_COMPONENTS) + 1 :].split(";"))
    if len(named) != 4:  # one parameter twice, another not at all
        raise SignatureError("signature_malformed")
    return label, params, named["created"], named["nonce"][1:-1], named["keyid"][1:-1], named["alg"][1:-1]


def _is_signed(key: Ed25519PublicKey | bytes, algorithm: str, signature: bytes, base: bytes) -> bool:
    if isinstance(key, bytes):
        return algorithm == "hmac-sha256" and hmac.compare_digest(hmac.digest(key, base, "sha256"), signature)
    if algorithm != "ed25519":
        return False
    try:
        key.verify(signature, base)
    except InvalidSignature:
        return False
    return True


def _base(method: str, path: str, query: str, digest: str, params: str) -> bytes:
    """The signature base (RFC 9421, section 2.5). ValueError where a value is not printable ASCII."""
    text = f'"@method": {method}\n"@path": {path}\n"@query": ?{query}\n"content-digest": {digest}\n'
    # A line feed inside a value would let one value pose as two.
    if not text.isascii() or not text.replace("\n", "", 4).isprintable():
        raise ValueError("not printable ASCII")
    return f'{text}"@signature-params": {params}'.encode("ascii")


def _digest(body: bytes) -> str:
    return _digest_of(body) if body else _DIGEST_OF_NOTHING


def _digest_of(body: bytes) -> str:
    return f"sha-256=:{binascii.b2a_base64(hashlib.sha256(body).digest(), newline=False).decode('ascii')}:"


_DIGEST_OF_NOTHING: Final = _digest_of(b"")
"""A GET has no body; its digest need not be made anew each time."""

"""A push service on this machine, and a browser that is subscribed there and decrypts as RFC 8291 has it."""

from __future__ import annotations

import base64
import json
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

from gatepass.centre.webpush.encryption import base64url, from_base64url, public_bytes


def _hmac(key: bytes, text: bytes) -> bytes:
    made = HMAC(key, hashes.SHA256())
    made.update(text)
    return made.finalize()


@dataclass
class PretendedBrowser:
    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def told(self) -> dict[str, Any]:
        keys = {"p256dh": base64url(public_bytes(self.private)), "auth": base64url(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def opened(self, body: bytes) -> bytes:
        """RFC 8291, section 3.4, and RFC 8188, section 2, written down a second time with nothing but HMAC."""
        salt, length = body[:16], body[20]
        their_key, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.private.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), their_key)
        )
        first = _hmac(self.auth, shared)
        mixed = _hmac(first, b"WebPush: info\x00" + public_bytes(self.private) + their_key + b"\x01")
        second = _hmac(salt, mixed)
        key = _hmac(second, b"Content-Encoding: aes128gcm\x00\x01")[:16]
        nonce = _hmac(second, b"Content-Encoding: nonce\x00\x01")[:12]
        record = AESGCM(key).decrypt(nonce, sealed, None)
        assert record[-1] == 2, "the last record of a message"
        return record[:-1]


@dataclass
class PushService:
    address: str
    answers: list[int] = field(default_factory=list)
    """Statuses that come first; then 201."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def claims(self, place: int = 0) -> dict[str, Any]:
        """Of a message's `Authorization`, whose signature is checked under the key that stands beside it."""
        said = dict(part.strip().split("=", 1) for part in self.got[place][0]["authorization"][6:].split(","))
        signed, _dot, signature = said["t"].rpartition(".")
        raw = from_base64url(signature)
        town = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(said["k"]))
        r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
        town.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
        return {"k": said["k"], **json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))}


@pytest.fixture
def push_service(settings) -> Iterator[PushService]:
    service = PushService("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            service.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(service.answers.pop(0) if service.answers else 201)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.address = f"http://127.0.0.1:{server.server_address[1]}"
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(
        update={"push_hosts": "127.0.0.1 .push.apple.com", "push_networks": "127.0.0.0/8"}
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield service
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(push_service: PushService) -> PretendedBrowser:
    return PretendedBrowser(f"{push_service.address}/push/{secrets.token_urlsafe(12)}")

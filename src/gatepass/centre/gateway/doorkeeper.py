"""Who calls: the signature of every request, the device behind it, and what a device of its kind may ask.

A device's key is looked up at most once a second, so that a revocation bites within a second; the answer *none* is
kept no longer. A device may trade an Ed25519-signed call for a session key (HMAC): verifying costs 2 us instead of 106,
which is what lets one core answer more than 9,400 look-ups a second. A session dies with its device.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import close_old_connections, connection

from gatepass.centre.gateway.http import Request
from gatepass.centre.gateway.problems import ProblemError
from gatepass.centre.sites.devices import DeviceCredential, active_device
from gatepass.centre.sites.models import Device
from gatepass.wire.messages import SessionReply
from gatepass.wire.replay import NonceWindow
from gatepass.wire.signing import SignatureError, verify

KNOWN_FOR = 1.0
"""Seconds for which an answer about a device is believed."""
SESSION_SECONDS = 900
SESSIONS_OF_A_DEVICE = 4
DEVICES_REMEMBERED = 20_000

# What each kind of caller may ask, by the names of the calls. Nothing else is answered.
ALLOWED: Final[dict[str, frozenset[str]]] = {
    "gate": frozenset({"passages", "status", "heartbeat", "session", "updates", "metadata", "targets"}),
    "gate session": frozenset({"status"}),
}

_KEY_ID = re.compile(r';keyid="([A-Za-z0-9:._-]{1,64})"')


@dataclass(frozen=True, slots=True)
class Registered:
    """What the register of devices says of a key id: a device that may call, one that was revoked, or neither."""

    device: DeviceCredential | None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class _Answer:
    device: DeviceCredential | None
    key: Ed25519PublicKey | None
    revoked: bool
    until: float


@dataclass(frozen=True, slots=True)
class _Session:
    device: str
    key: bytes
    until_ms: int


class Doorkeeper:
    """`clock` gives milliseconds since 1970 UTC; `registered` may block. One event loop; `close` at the end."""

    def __init__(self, *, clock: Callable[[], int], registered: Callable[[str], Registered] | None = None) -> None:
        self._clock = clock
        self._registered = registered or registered_device
        self._answers: OrderedDict[str, _Answer] = OrderedDict()
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        self._window = NonceWindow(not_before=clock() // 1000)
        # A thread of its own: a slow page of the staff site must not keep the gates waiting.
        self._thread = ThreadPoolExecutor(1, "gateway-devices")

    async def admit(self, request: Request, call: str) -> DeviceCredential:
        """The device that made this request, just now and for the first time. Raises ProblemError."""
        signature = request.signature
        stated = signature.get("signature-input", "")
        named = _KEY_ID.search(stated)
        if named is None:
            raise ProblemError("signature_malformed" if stated else "signature_missing")
        key_id = named[1]
        session = self._sessions.get(key_id)
        if session is not None and session.until_ms <= self._clock():
            del self._sessions[key_id]
            session = None
        answer = await self._answer(session.device if session else key_id)
        if answer.device is None or answer.key is None:
            raise ProblemError("device_revoked" if answer.revoked else "signature_key_unknown")
        key = session.key if session else answer.key
        try:
            verify(
                request.method,
                request.path,
                request.query,
                signature,
                request.body,
                key_for=lambda asked: key if asked == key_id else None,
                now_ms=self._clock(),
                window=self._window,
            )
        except SignatureError as error:
            raise ProblemError(error.code, at=self._clock() if error.code == "clock_skew" else 0) from None
        if call not in ALLOWED["gate session" if session else "gate"]:
            raise ProblemError("call_not_allowed")
        return answer.device

    def open_session(self, device: DeviceCredential) -> SessionReply:
        """A fresh MAC key for the status path. The oldest session of a device makes room."""
        now = self._clock()
        own = [key_id for key_id, session in self._sessions.items() if session.device == device.key_id]
        for key_id in own[: max(0, len(own) + 1 - SESSIONS_OF_A_DEVICE)]:
            del self._sessions[key_id]
        for key_id in [key_id for key_id, session in self._sessions.items() if session.until_ms <= now]:
            del self._sessions[key_id]
        key_id, key = f"ses-{secrets.token_hex(12)}", secrets.token_bytes(32)
        self._sessions[key_id] = _Session(device.key_id, key, now + SESSION_SECONDS * 1000)
        return SessionReply(key_id=key_id, key=key, until=now + SESSION_SECONDS * 1000)

    async def _answer(self, key_id: str) -> _Answer:
        answer = self._answers.get(key_id)
        if answer is None or answer.until <= time.monotonic():
            until = time.monotonic() + KNOWN_FOR  # from before the question: what changes meanwhile is asked again
            found = await asyncio.get_running_loop().run_in_executor(self._thread, self._registered, key_id)
            key = Ed25519PublicKey.from_public_bytes(found.device.public_key) if found.device else None
            answer = _Answer(found.device, key, found.revoked, until)
            self._answers[key_id] = answer
            self._answers.move_to_end(key_id)
            if len(self._answers) > DEVICES_REMEMBERED:
                self._answers.popitem(last=False)
        return answer

    def close(self) -> None:
        self._thread.submit(connection.close)
        self._thread.shutdown()


def registered_device(key_id: str) -> Registered:
    """From the database; one indexed query for a device that may call."""
    close_old_connections()
    device = active_device(key_id)
    if device is not None:
        return Registered(device)
    return Registered(None, revoked=Device.objects.filter(pk=key_id, revoked_at__isnull=False).exists())

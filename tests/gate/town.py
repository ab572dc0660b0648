"""What the gate's tests share: an enrolled folder, and a centre of a few lines that misbehaves on request."""

from __future__ import annotations

import asyncio
import random
import secrets
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import parse_qs

import httpx2
import msgspec
import uvicorn
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from tests.cast import GUARD_PIN, RESIDENTS

from gatepass.directory.publishing import Publisher
from gatepass.gate import guard
from gatepass.gate.clock import Clock
from gatepass.gate.device import Device, GateFolder, Site
from gatepass.identity import Document
from gatepass.policy import Advice, Colour, SiteRules
from gatepass.wire.erasure import ErasureOrders
from gatepass.wire.interpreting import InterpretingAnswer
from gatepass.wire.keys import person_key
from gatepass.wire.messages import (
    EnrolReply,
    EnrolRequest,
    Heartbeat,
    HeartbeatReply,
    PassageBatch,
    PassageReceipt,
    PersonStatus,
    Problem,
    Record,
    StatusQuery,
    StatusReply,
    UpdatesReply,
)
from gatepass.wire.replay import NonceWindow
from gatepass.wire.sealing import new_sealing_key
from gatepass.wire.signing import SignatureError, verify

SECRET = bytes(range(32))
SEALING_PRIVATE, SEALING_PUBLIC = new_sealing_key()
DEVICE_ID = "device-1"
OLD_HEARTBEAT = {"software", "at", "directory", "knowledge_at", "waiting", "entered", "left", "readers", "kiosk"}
"""What a centre of the first release knows."""


@cache  # a key takes a millisecond on purpose, and a town has many
def key_of(document: Document) -> bytes:
    return person_key(SECRET, document)


def registry() -> dict[bytes, tuple[Colour | None, Advice]]:
    """The residents of the cast, as the directory has them."""
    return {key_of(who.document): (Colour(who.colour) if who.colour else None, Advice.NONE) for who in RESIDENTS}


def enrolled(
    path: Path, *, centre: str = "http://centre.test", trust_root: bytes = b"{}", direction: str = "in"
) -> GateFolder:
    """A gate folder as enrolment leaves it, with the guard's PIN of the cast."""
    folder = GateFolder(path)
    folder.make()
    folder.store_enrolment(
        Device(
            device=DEVICE_ID,
            gate="gate-1",
            centre=centre,
            private_key=Ed25519PrivateKey.generate().private_bytes_raw(),
            person_key_secret=SECRET,
            sealing_key=SEALING_PUBLIC,
            trust_root=trust_root,
            journal_key=secrets.token_bytes(32),
            enrolled_at=0,
        ),
        Site("东门", "定安路社区", direction, SiteRules()),  # type: ignore[arg-type]
    )
    # The hash says itself what it costs to be tried: a hundredth of a real one, in each of hundreds of gates.
    with patch.object(guard, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):
        guard.set_pin(folder, GUARD_PIN)
    return folder


class MovedClock(Clock):
    """A clock whose wall can be stepped, and whose seconds pass by hand."""

    def __init__(self, wall_ms: int | None = None) -> None:
        self.wall = int(time.time() * 1000) if wall_ms is None else wall_ms
        self.seconds = 1000.0
        super().__init__(wall_ms=lambda: self.wall, monotonic=lambda: self.seconds)

    def pass_time(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += int(seconds * 1000)

    def step_wall(self, seconds: float) -> None:
        self.wall += int(seconds * 1000)


Misbehaviour = Callable[[str], Awaitable[None]]

_ALWAYS_THE_SAME: Final = {"/gate/v1/erasures": ErasureOrders([]), "/gate/v1/interpreting": InterpretingAnswer()}


@dataclass
class FakeCentre:
    """The gateway's calls over ASGI. Everything is checked as the real one would: signature, order, idempotency.

    `up` False: no answer at all. `before` is awaited with each path and may sleep or raise. `lose_replies`: so many
    batches are stored, and their receipts lost. `mischief`: batches are lost, delivered late or twice, or stored while
    their receipt is lost, as the dice fall. `forget(seqs)`: as if restored from an older backup.
    """

    public_key: Ed25519PublicKey
    publisher: Publisher | None = None
    up: bool = True
    revoked: bool = False
    people: dict[bytes, tuple[Colour | None, Advice]] = field(default_factory=dict)
    rules: SiteRules = field(default_factory=SiteRules)
    gate_name: str = "东门"
    configuration: int = 0
    """0: a centre of the time before configurations had numbers. It refuses fields that it does not know."""
    find_s: int = 0
    clock_ahead_ms: int = 0
    status_as_of: int | None = None
    lose_replies: int = 0
    drop_batches: int = 0
    mischief: random.Random | None = None
    before: Misbehaviour | None = None
    stored: dict[int, Record] = field(default_factory=dict)
    conflicts: list[int] = field(default_factory=list)
    deliveries: int = 0
    batches: int = 0
    heartbeats: list[Heartbeat] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=lambda: {"K7QM-2VXD"})
    window: NonceWindow = field(default_factory=NonceWindow)

    @classmethod
    def of(cls, folder: GateFolder, **facts: Any) -> FakeCentre:
        return cls(folder.device().signing_key.public_key(), **facts)

    def now_ms(self) -> int:
        return int(time.time() * 1000) + self.clock_ahead_ms

    def receipt(self) -> PassageReceipt:
        highest = max(self.stored, default=0)
        missing: list[tuple[int, int]] = []
        for seq in range(1, highest + 1):
            if seq not in self.stored:
                if missing and missing[-1][1] == seq - 1:
                    missing[-1] = (missing[-1][0], seq)
                else:
                    missing.append((seq, seq))
        return PassageReceipt(next=missing[0][0] if missing else highest + 1, missing=missing)

    def forget(self, *seqs: int) -> None:
        for seq in seqs:
            self.stored.pop(seq, None)

    def take(self, records: list[Record]) -> None:
        for record in records:
            self.deliveries += 1
            earlier = self.stored.setdefault(record.seq, record)
            if earlier != record:
                self.conflicts.append(record.seq)

    # --- as a transport ---

    @property
    def transport(self) -> httpx2.AsyncBaseTransport:
        return _Cable(self)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI, so that the same centre can stand behind uvicorn."""
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, kind, content = await self.answer(
            scope["method"], scope["path"], scope["query_string"].decode(), headers, body
        )
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode())]})
        await send({"type": "http.response.body", "body": content})

    async def answer(
        self, method: str, path: str, query: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, bytes]:
        self.requests.append(path)
        if not self.up:
            return 503, "text/plain", b"no centre here"
        if self.before:
            await self.before(path)
        if path == "/gate/v1/enrol":
            return self._enrol(body)
        try:
            verify(
                method, path, query, headers, body,
                key_for=lambda key_id: self.public_key if key_id == DEVICE_ID else None,
                now_ms=self.now_ms(), window=self.window,
            )  # fmt: skip
        except SignatureError as error:
            return self._refuse(401, error.code)
        if self.revoked:
            return self._refuse(403, "device_revoked")
        if path in _ALWAYS_THE_SAME:
            return _packed(_ALWAYS_THE_SAME[path])
        return await self._signed(path, query, body)

    async def _signed(self, path: str, query: str, body: bytes) -> tuple[int, str, bytes]:
        match path:
            case "/gate/v1/passages":
                return self._passages(body)
            case "/gate/v1/heartbeat":
                return self._heartbeat(body)
            case "/gate/v1/status":
                query_ = msgspec.msgpack.decode(body, type=StatusQuery)
                self.asked += query_.people
                return _packed(
                    StatusReply(
                        self.status_as_of or self.now_ms(), 9, [self._status(person) for person in query_.people]
                    )
                )
            case "/gate/v1/updates":
                return await self._updates(int(parse_qs(query)["after"][0]))
        if self.publisher and path.startswith("/gate/v1/updates/"):
            file = self.publisher.repository / path.removeprefix("/gate/v1/updates/")
            if file.is_file():
                return 200, "application/octet-stream", file.read_bytes()
        return self._refuse(404, "not_found")

    def _heartbeat(self, body: bytes) -> tuple[int, str, bytes]:
        if self.configuration == 0 and msgspec.msgpack.decode(body).keys() - OLD_HEARTBEAT:
            return self._refuse(422, "malformed")
        self.heartbeats.append(msgspec.msgpack.decode(body, type=Heartbeat))
        place = (self.gate_name, "定安路社区", "in")
        return _packed(HeartbeatReply(self.now_ms(), self.rules, *place, self.configuration, self.find_s))

    def _passages(self, body: bytes) -> tuple[int, str, bytes]:
        self.batches += 1
        records = msgspec.msgpack.decode(body, type=PassageBatch).records
        fate = self.mischief.choice(("well", "well", "lost", "late", "receipt", "twice")) if self.mischief else "well"
        if self.drop_batches or fate == "lost":
            self.drop_batches = max(0, self.drop_batches - 1)
            return 503, "text/plain", b""
        if fate == "late":  # overtaken by what is sent after it
            asyncio.get_running_loop().call_later(0.2, self.take, records)
            return 504, "text/plain", b""
        for _ in range(2 if fate == "twice" else 1):
            self.take(records)
        if self.lose_replies or fate == "receipt":
            self.lose_replies = max(0, self.lose_replies - 1)
            return 502, "text/plain", b""
        return _packed(self.receipt())

    def _status(self, person: bytes) -> PersonStatus:
        if person not in self.people:
            return PersonStatus(False, None, Advice.NONE)
        return PersonStatus(True, *self.people[person])

    async def _updates(self, after: int) -> tuple[int, str, bytes]:
        for _ in range(500):
            version = self.publisher.version if self.publisher else 0
            if version > after:
                break
            await asyncio.sleep(0.05)
        return _packed(UpdatesReply(version))

    def _enrol(self, body: bytes) -> tuple[int, str, bytes]:
        request = msgspec.json.decode(body, type=EnrolRequest)
        Ed25519PublicKey.from_public_bytes(request.public_key).verify(request.proof, request.code.encode())
        if request.code not in self.codes:
            return self._refuse(403, "code_unknown")
        self.codes.remove(request.code)
        self.public_key = Ed25519PublicKey.from_public_bytes(request.public_key)
        reply = EnrolReply(
            DEVICE_ID, "gate-1", self.gate_name, "定安路社区", "in", self.rules, SECRET, SEALING_PUBLIC,
            self.publisher.trust_root if self.publisher else b"{}",
        )  # fmt: skip
        return 200, "application/json", msgspec.json.encode(reply)

    def _refuse(self, status: int, code: str) -> tuple[int, str, bytes]:
        self.refusals.append(code)
        problem = Problem(f"about:gatepass/{code}", code, code, status, at=self.now_ms())
        return status, "application/problem+json", msgspec.json.encode(problem)


def _packed(message: object) -> tuple[int, str, bytes]:
    return 200, "application/msgpack", msgspec.msgpack.encode(message)


class _Cable(httpx2.AsyncBaseTransport):
    """Between gate and fake centre: an unplugged one raises, as a network does."""

    def __init__(self, centre: FakeCentre) -> None:
        self._centre = centre

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if not self._centre.up:
            raise httpx2.ConnectError("unplugged", request=request)
        status, kind, content = await self._centre.answer(
            request.method, request.url.path, request.url.query.decode(), dict(request.headers), await request.aread()
        )
        return httpx2.Response(status, headers={"content-type": kind}, content=content)


class NoDownloads(httpx2.BaseTransport):
    """The update repository is not there."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("unplugged", request=request)


class Downloads(httpx2.BaseTransport):
    """Files straight out of a publisher's folder; signatures are the gateway's own test."""

    def __init__(self, centre: FakeCentre) -> None:
        self._centre = centre

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if not self._centre.up or self._centre.publisher is None:
            raise httpx2.ConnectError("unplugged", request=request)
        file = self._centre.publisher.repository / request.url.path.removeprefix("/gate/v1/updates/")
        if not file.is_file():
            return httpx2.Response(404)
        return httpx2.Response(200, content=file.read_bytes())


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
    return port


@contextmanager
def served(centre: FakeCentre, port: int) -> Iterator[None]:
    """The fake centre behind a real server on loopback, in a thread of its own."""
    server = uvicorn.Server(
        uvicorn.Config(centre, host="127.0.0.1", port=port, log_level="error", lifespan="off", access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join()

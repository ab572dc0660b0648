"""The gateway's calls without a server and without Django's database: enrolled devices, a directory, a real log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gatepass.centre.gateway.calls import Calls
from gatepass.centre.gateway.doorkeeper import Doorkeeper
from gatepass.centre.gateway.gate_calls import GateCalls
from gatepass.centre.gateway.knowledge import Knowledge
from gatepass.centre.gateway.registry import Registry
from gatepass.centre.passages.intake import Intake
from gatepass.centre.passages.log import PassageLog
from gatepass.centre.passages.sqlite_log import SqlitePassageLog
from gatepass.centre.sites.devices import DeviceCredential
from gatepass.directory.publishing import Publisher
from gatepass.directory.states import State
from gatepass.policy import Method, Outcome
from gatepass.wire import signing
from gatepass.wire.ids import uuid7
from gatepass.wire.messages import CONTENT_TYPE, PassageBatch, Problem, Record

MSGPACK = {"content-type": CONTENT_TYPE}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> Problem:
        assert self.headers["content-type"] == "application/problem+json", self.body
        return msgspec.json.decode(self.body, type=Problem)

    def read(self, kind: type) -> Any:
        assert self.status == 200, self.body
        return msgspec.msgpack.decode(self.body, type=kind)


@dataclass
class Terminal:
    """A device with its key, as it stands at a gate."""

    name: str
    gate: int
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    revoked: bool = False
    seq: int = 0

    @property
    def credential(self) -> DeviceCredential:
        return DeviceCredential(self.name, self.gate, self.key.public_key().public_bytes_raw(), 1, 1)

    def sign(self, method: str, url: str, body: bytes = b"", **changes: Any) -> dict[str, str]:
        facts = {"key": self.key, "key_id": self.name, "now_ms": now_ms(), **changes}
        return signing.sign(method, url, body, **facts)

    def record(self, **changes: Any) -> Record:
        self.seq += 1
        now = now_ms()
        usual = {
            "seq": self.seq, "id": uuid7(now), "at": now, "person": b"wang" * 4, "direction": "in",
            "outcome": Outcome.PASS, "reasons": ("green",), "method": Method.CARD, "document": "resident_card",
            "knowledge": 1,
        }  # fmt: skip
        return Record(**{**usual, **changes})

    def batch(self, *records: Record) -> bytes:
        return msgspec.msgpack.encode(PassageBatch(list(records) or [self.record()]))


async def call(
    app: Any,
    method: str,
    url: str,
    body: bytes | Iterable[bytes] = b"",
    headers: Mapping[str, str] | None = None,
    *,
    pause: float = 0.0,
    address: str = "127.0.0.1",
) -> Answer:
    """One request to an ASGI application. A body in pieces arrives piece by piece, `pause` seconds apart."""
    path, _, query = url.partition("?")
    pieces = [body] if isinstance(body, bytes) else list(body)
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        "client": (address, 40000), "server": ("127.0.0.1", 8600),
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if pieces:
            if pause:
                await asyncio.sleep(pause)
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    text = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(start["status"], {n.decode().lower(): v.decode() for n, v in start["headers"]}, text)


@dataclass
class Gateway:
    app: Any
    log: PassageLog
    intake: Intake
    knowledge: Knowledge
    publisher: Publisher
    terminals: dict[str, Terminal]

    async def send(self, terminal: Terminal, method: str, url: str, body: bytes = b"", **changes: Any) -> Answer:
        """Signed as the terminal would."""
        headers = terminal.sign(method, url, body, **changes)
        return await call(self.app, method, url, body, {**headers, **(MSGPACK if body else {})})


@dataclass
class Shelf:
    """A register of devices without a database."""

    terminals: dict[str, Terminal]

    def state(self) -> str:
        return f"{len(self.terminals)} {sum(one.revoked for one in self.terminals.values())}"

    def devices(self) -> list[tuple[DeviceCredential, bool]]:
        return [(one.credential, one.revoked) for one in self.terminals.values()]

    def close(self) -> None:
        return None


@asynccontextmanager
async def gateway(
    folder: Path,
    *terminals: Terminal,
    people: Mapping[bytes, State] | None = None,
    as_of: datetime | None = None,
    log: PassageLog | None = None,
) -> AsyncIterator[Gateway]:
    by_name = {one.name: one for one in terminals}

    def publish() -> Publisher:
        publisher = Publisher(folder / "updates")
        if people is not None:
            publisher.publish_base(people, as_of or datetime.now(UTC))
        return publisher

    publisher = await asyncio.to_thread(publish)
    log = log or SqlitePassageLog(folder / "passages", ZoneInfo("Asia/Shanghai"), clock=now_ms)
    intake = Intake(log, lambda _batches: None)
    knowledge = Knowledge(publisher.repository, folder / "directory", publisher.trust_root)
    registry = Registry(Shelf(by_name))
    doorkeeper = Doorkeeper(registry, clock=now_ms)
    calls = Calls(doorkeeper=doorkeeper, intake=intake, knowledge=knowledge, clock=now_ms)
    intake.start()
    await knowledge.start()
    await registry.start()
    try:
        yield Gateway(GateCalls(registry, doorkeeper, calls), log, intake, knowledge, publisher, by_name)
    finally:
        await knowledge.stop()
        await intake.stop()
        await asyncio.to_thread(calls.close)
        await registry.stop()
        log.close()

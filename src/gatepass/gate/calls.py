"""The signed calls that a gate makes to its centre (`wire.messages` lists them).

CallError
├── UnreachableError       no network, a time-out, a centre that is ill (5xx) or busy (429): later it may work
└── RefusedError(code)     the centre understood and said no
    └── RevokedError       this device is no longer wanted; nothing more is sent

A refusal for the clock (`clock_skew`) carries the centre's time: the gate sets its own by it and asks once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import httpx2
import msgspec

from gatepass.gate.clock import Clock
from gatepass.gate.device import Device
from gatepass.gate.metrics import Metrics
from gatepass.wire import signing
from gatepass.wire.erasure import ErasureNoted, ErasureOrders, ErasureReceipt
from gatepass.wire.interpreting import InterpretingAnswer, InterpretingQuestion
from gatepass.wire.messages import (
    CONTENT_TYPE,
    Heartbeat,
    HeartbeatReply,
    PassageBatch,
    PassageReceipt,
    Problem,
    Record,
    StatusQuery,
    StatusReply,
    UpdatesReply,
)
from gatepass.wire.questions import GateAnswer, GateQuestion
from gatepass.wire.reports import ReportBatch, ReportReply
from gatepass.wire.visitors import VisitBatch, VisitReply

TIMEOUT_S = 10.0
LONG_POLL_S = 25.0
REVOKED = "device_revoked"
CLOCK = "clock_skew"

Reply = TypeVar("Reply")


class CallError(Exception):
    pass


class UnreachableError(CallError):
    pass


class RefusedError(CallError):
    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


class RevokedError(RefusedError):
    pass


class Calls:
    """One keep-alive client. `transport` lets a test stand in for the network."""

    def __init__(
        self, device: Device, clock: Clock, metrics: Metrics, *, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._device, self._clock, self._metrics = device, clock, metrics
        self._key = device.signing_key
        # Proxies and certificates come from the system's trust store and our settings, never from a stray variable.
        self._client = httpx2.AsyncClient(timeout=TIMEOUT_S, transport=transport, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, records: list[Record]) -> PassageReceipt:
        body = msgspec.msgpack.encode(PassageBatch(records))
        return await self._ask("POST", "/gate/v1/passages", body, PassageReceipt)

    async def beat(self, heartbeat: Heartbeat) -> HeartbeatReply:
        """Sets the clock by the answer."""
        asked = self._clock.monotonic()
        reply = await self._ask("POST", "/gate/v1/heartbeat", msgspec.msgpack.encode(heartbeat), HeartbeatReply)
        self._clock.hear_centre(reply.at, asked=asked, answered=self._clock.monotonic())
        return reply

    async def status(self, people: list[bytes]) -> StatusReply:
        reply = await self._ask("POST", "/gate/v1/status", msgspec.msgpack.encode(StatusQuery(people)), StatusReply)
        if len(reply.people) != len(people):
            raise RefusedError("reply_malformed", 200)
        return reply

    async def updates(self, after: int) -> UpdatesReply:
        """Answers when there is a version above `after`, or after 25 seconds."""
        path = f"/gate/v1/updates?after={after}"
        return await self._ask("GET", path, b"", UpdatesReply, timeout_s=LONG_POLL_S + TIMEOUT_S)

    async def erasures(self) -> ErasureOrders:
        """Whom this gate must forget."""
        return await self._ask("GET", "/gate/v1/erasures", b"", ErasureOrders)

    async def erased(self, receipt: ErasureReceipt) -> ErasureNoted:
        return await self._ask("POST", "/gate/v1/erased", msgspec.msgpack.encode(receipt), ErasureNoted)

    async def interpreting(self, question: InterpretingQuestion) -> InterpretingAnswer:
        body = msgspec.msgpack.encode(question)
        return await self._ask("POST", "/gate/v1/interpreting", body, InterpretingAnswer, timeout_s=4.0)

    async def visits(self, batch: VisitBatch) -> VisitReply:
        return await self._ask("POST", "/gate/v1/visits", msgspec.msgpack.encode(batch), VisitReply)

    async def reports(self, batch: ReportBatch) -> ReportReply:
        return await self._ask("POST", "/gate/v1/reports", msgspec.msgpack.encode(batch), ReportReply)

    async def question(self, question: GateQuestion) -> GateAnswer:
        return await self._ask(
            "POST", "/gate/v1/questions", msgspec.msgpack.encode(question), GateAnswer, timeout_s=4.0
        )

    async def _ask(
        self, method: str, path: str, body: bytes, reply: type[Reply], *, timeout_s: float = TIMEOUT_S
    ) -> Reply:
        try:
            return await self._once(method, path, body, reply, timeout_s)
        except RefusedError as refusal:
            if refusal.code != CLOCK:
                raise
        return await self._once(method, path, body, reply, timeout_s)

    async def _once(self, method: str, path: str, body: bytes, reply: type[Reply], timeout_s: float) -> Reply:
        url = self._device.centre + path
        headers = signing.sign(
            method, url, body, key=self._key, key_id=self._device.device, now_ms=self._clock.now_ms()
        )
        if body:
            headers["content-type"] = CONTENT_TYPE
        asked = self._clock.monotonic()
        try:
            response = await self._client.request(method, url, content=body or None, headers=headers, timeout=timeout_s)
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            self._metrics.calls.labels("unreachable").inc()
            raise UnreachableError(type(error).__name__) from error
        if not response.is_success:
            self._metrics.calls.labels("refused").inc()
            raise self._refusal(response, asked)
        try:
            answer = msgspec.msgpack.decode(response.content, type=reply)
        except msgspec.MsgspecError as error:
            self._metrics.calls.labels("refused").inc()
            raise RefusedError("reply_malformed", response.status_code) from error
        self._metrics.calls.labels("answered").inc()
        return answer

    def _refusal(self, response: httpx2.Response, asked: float) -> CallError:
        if response.status_code >= 500 or response.status_code in {408, 425, 429}:
            return UnreachableError(f"status {response.status_code}")
        return self._refused(response.status_code, response.content, asked)

    def _refused(self, status: int, content: bytes, asked: float) -> RefusedError:
        try:
            problem = msgspec.json.decode(content, type=Problem)
        except (msgspec.MsgspecError, ValueError):
            # Not our centre: a captive portal, a proxy. Kept apart from what the centre itself may say.
            return RefusedError("not_a_centre", status)
        if problem.code == CLOCK:
            self._clock.hear_centre(problem.at, asked=asked, answered=self._clock.monotonic())
        return RevokedError(problem.code, status) if problem.code == REVOKED else RefusedError(problem.code, status)


class SignedDownloads:
    """Files of the update repository, for the directory's subscriber, which works in a thread of its own."""

    def __init__(self, device: Device, clock: Clock, *, transport: httpx2.BaseTransport | None = None) -> None:
        self._device, self._clock = device, clock
        self._key = device.signing_key
        self._client = httpx2.Client(timeout=TIMEOUT_S, transport=transport, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def stream(self, url: str) -> Iterator[bytes]:
        """The file's bytes in pieces. UnreachableError, or RefusedError with the HTTP status."""
        headers = signing.sign("GET", url, b"", key=self._key, key_id=self._device.device, now_ms=self._clock.now_ms())
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                if response.status_code >= 500:
                    raise UnreachableError(f"status {response.status_code}")
                if not response.is_success:
                    raise RefusedError("download_refused", response.status_code)
                yield from response.iter_bytes(65536)
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise UnreachableError(type(error).__name__) from error

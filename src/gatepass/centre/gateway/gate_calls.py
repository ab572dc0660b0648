"""The ASGI application in front of Django: `/gate/v1/…` for devices, `/live/…` for streams, the rest for people.

A request for a device goes through, in this order, so that what is cheap to refuse is refused first:
1. the address and method are known (404, 405); 2. the content type fits (415); 3. the body is small enough and comes in
time (413, 408); 4. the signature is a known, unrevoked device's, new and just made (401, 403); 5. the device may make
this call (403); 6. the message can be read (422).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog

from gatepass.centre.gateway.calls import Calls, pieces
from gatepass.centre.gateway.doorkeeper import Doorkeeper
from gatepass.centre.gateway.http import ClientGone, Patience, Receive, Request, Scope, Send, answer, answer_problem
from gatepass.centre.gateway.problems import ProblemError
from gatepass.centre.gateway.registry import Registry
from gatepass.centre.sites.devices import DeviceCredential
from gatepass.wire.messages import CONTENT_TYPE

ROOT: Final = "/gate/v1/"
ENROL: Final = "/gate/v1/enrol"
JSON: Final = "application/json"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the table below. `most` is the largest body, in bytes."""

    method: str
    most: int
    kind: str = CONTENT_TYPE


CALLS: Final[dict[str, Call]] = {
    # 1,000 records, each with a sealed identity of up to 4 kB.
    "passages": Call("POST", 5 * 1024 * 1024),
    "status": Call("POST", 32 * 1024),
    "heartbeat": Call("POST", 16 * 1024),
    "session": Call("POST", 0),
    "erasures": Call("GET", 0),
    "erased": Call("POST", 1024),
    # Forty descriptions of sound and picture at most; one is some five thousand characters.
    "interpreting": Call("POST", 900 * 1024),
    "questions": Call("POST", 16 * 1024),
    # A hundred events, each with what a guard wrote.
    "visits": Call("POST", 256 * 1024),
    # Fifty reports, each with what a guard wrote.
    "reports": Call("POST", 96 * 1024),
    "enrol": Call("POST", 4 * 1024, JSON),
    "updates": Call("GET", 0),
    "updates/metadata": Call("GET", 0),
    "updates/targets": Call("GET", 0),
}


class GateCalls:
    """The part below `/gate/v1/`."""

    def __init__(self, registry: Registry, doorkeeper: Doorkeeper, calls: Calls) -> None:
        self._registry = registry
        self._doorkeeper = doorkeeper
        self._calls = calls
        self._patience = Patience()
        self._answers: dict[str, Callable[[DeviceCredential, bytes], Awaitable[bytes]]] = {
            "passages": calls.passages,
            "status": calls.status,
            "heartbeat": calls.heartbeat,
            "session": calls.session,
            "erasures": calls.erasures,
            "erased": calls.erased,
            "interpreting": calls.interpreting,
            "questions": calls.questions,
            "visits": calls.visits,
            "reports": calls.reports,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            await self._answer(request, send)
        except ProblemError as problem:
            await answer_problem(send, problem, request.language)
        except ClientGone:
            return
        except Exception:
            # Nobody foresaw it: a line in the log without the request's contents, and a Problem if there is still time.
            log.exception("gateway fault", call=request.path.split("/")[3:5])
            if request.answered:
                raise
            await answer_problem(send, ProblemError("internal"), request.language)

    async def _answer(self, request: Request, send: Send) -> None:
        name, _, file = request.path.removeprefix(ROOT).partition("/")
        if file:
            folder, _, file = file.partition("/")
            name = f"{name}/{folder}"
        call = CALLS.get(name)
        if call is None or ("/" in name) != bool(file):
            raise ProblemError("not_found")
        if request.method != call.method:
            raise ProblemError("method_not_allowed", headers={"allow": call.method})
        request.expect_type(call.kind)
        await request.read(call.most, self._patience)
        if name == "enrol":
            body = await self._calls.enrol(request)
            await self._registry.refresh()
            request.answered = True
            await answer(send, body, kind=JSON.encode())
            return
        device = self._doorkeeper.admit(request, name.removeprefix("updates/"))
        if name == "updates":
            await self._long_poll(request, send)
        elif file:
            await self._send_file(request, send, name.removeprefix("updates/"), file)
        else:
            body = await self._answers[name](device, request.body)
            request.answered = True
            await answer(send, body)

    async def _long_poll(self, request: Request, send: Send) -> None:
        """Whoever hangs up while waiting is not waited for."""
        asked = asyncio.ensure_future(self._calls.updates(request.query))
        gone = asyncio.ensure_future(request.gone())
        try:
            await asyncio.wait({asked, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise ClientGone
            body = asked.result()
            request.answered = True
            await answer(send, body)
        finally:
            for task in (asked, gone):
                task.cancel()
            await asyncio.gather(asked, gone, return_exceptions=True)

    async def _send_file(self, request: Request, send: Send, folder: str, name: str) -> None:
        file, length = self._calls.file(folder, name)
        request.answered = True
        with file:
            # A target carries its SHA-256 in its name: what was fetched once never changes.
            cache = b"private, max-age=31536000, immutable" if folder == "targets" else b"no-store"
            headers: list[tuple[bytes, bytes]] = [
                (b"content-type", b"application/octet-stream"),
                (b"content-length", b"%d" % length),
                (b"cache-control", cache),
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            async for piece in pieces(file):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

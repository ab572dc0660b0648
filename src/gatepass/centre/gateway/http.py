"""The little of HTTP that the gateway needs, over bare ASGI: a bounded request, and answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from gatepass.centre.gateway.problems import ProblemError, language_of
from gatepass.languages import Language
from gatepass.wire.messages import CONTENT_TYPE, PROBLEM_TYPE

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_WITHIN = 10.0
"""Seconds in which a whole body must have arrived: a gate on a poor line sends less, not slower."""

_MSGPACK = (b"content-type", CONTENT_TYPE.encode())
_NO_STORE = (b"cache-control", b"no-store")


class ClientGone(Exception):  # noqa: N818 - an end, not an error: nobody is there to be told
    """The caller hung up in the middle of its request."""


class Request:
    """Method, raw path and query as sent, headers with lower-case names. `body` is empty until it is read."""

    __slots__ = ("_receive", "_scope", "body", "headers", "method", "path", "query")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self.method: str = scope["method"]
        # Non-ASCII bytes cannot be in a signed path or query: they become what no signature covers.
        self.path: str = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        self.query: str = scope["query_string"].decode("latin-1")
        self.headers: dict[str, str] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        self.body = b""

    @property
    def language(self) -> Language:
        return language_of(self.headers.get("accept-language", ""))

    @property
    def address(self) -> str:
        client = self._scope.get("client")
        return client[0] if client else ""

    def expect_type(self, content_type: str) -> None:
        """A stated type must be the right one; a body says what it is by itself, so none at all is let through."""
        stated = self.headers.get("content-type", content_type).partition(";")[0].strip().lower()
        if stated != content_type or self.headers.get("content-encoding", "identity") != "identity":
            raise ProblemError("unsupported_media_type", detail=f"expected {content_type}")

    async def read(self, most: int) -> bytes:
        """The body, at most so many bytes, within BODY_WITHIN seconds. ProblemError too_large, too_slow; ClientGone."""
        length = self.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            raise ProblemError("too_large", detail=f"at most {most} bytes", headers={"connection": "close"})
        pieces: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(BODY_WITHIN):
                while size <= most:
                    message = await self._receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGone
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    if not message.get("more_body"):
                        self.body = b"".join(pieces)
                        return self.body
        except TimeoutError:
            raise ProblemError("too_slow", headers={"connection": "close"}) from None
        raise ProblemError("too_large", detail=f"at most {most} bytes", headers={"connection": "close"})

    async def gone(self) -> None:
        """Returns when the caller has hung up."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def answer(send: Send, body: bytes, *, status: int = 200, kind: bytes = _MSGPACK[1]) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", kind), (b"content-length", b"%d" % len(body)), _NO_STORE],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def answer_message(send: Send, message: msgspec.Struct) -> None:
    await answer(send, msgspec.msgpack.encode(message))


async def answer_problem(send: Send, problem: ProblemError, language: Language) -> None:
    body = problem.body(language)
    headers = [
        (b"content-type", PROBLEM_TYPE.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"content-language", language.encode()),
        _NO_STORE,
        *((name.encode(), value.encode()) for name, value in problem.headers.items()),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

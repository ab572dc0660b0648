"""The little of HTTP that the gateway needs, over bare ASGI: a bounded request, and answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

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

_NO_STORE = (b"cache-control", b"no-store")
_SIGNATURE = (b"content-digest", b"signature-input", b"signature")


class ClientGone(Exception):  # noqa: N818 - an end, not an error: nobody is there to be told
    """The caller hung up in the middle of its request."""


class Patience:
    """Ends requests whose body does not come. One look at all of them now and then: a timer for each would cost more
    than the look-up that it guards."""

    def __init__(self) -> None:
        self._reading: dict[asyncio.Task[Any], float] = {}
        self._ended: set[asyncio.Task[Any]] = set()
        self._looking = False

    def begin(self) -> asyncio.Task[Any]:
        """The running task now waits for a body; `end` when it is there."""
        task = asyncio.current_task()
        assert task is not None
        self._reading[task] = time.monotonic()
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_later(BODY_WITHIN / 4, self._look)
        return task

    def is_out_with(self, task: asyncio.Task[Any]) -> bool:
        """Whether it was this that cancelled the task."""
        return task in self._ended

    def end(self, task: asyncio.Task[Any]) -> None:
        del self._reading[task]
        self._ended.discard(task)

    def _look(self) -> None:
        oldest = time.monotonic() - BODY_WITHIN
        for task, since in self._reading.items():
            if since < oldest:
                self._ended.add(task)
                task.cancel()
        self._looking = bool(self._reading)
        if self._looking:
            asyncio.get_running_loop().call_later(BODY_WITHIN / 4, self._look)


class Request:
    """Method, raw path and query as sent. `body` is empty until it is read; `answered` once an answer has begun."""

    __slots__ = ("_receive", "_scope", "_texts", "answered", "body", "method", "path", "query")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._texts: dict[bytes, bytes] = dict(scope["headers"])
        self.method: str = scope["method"]
        # Non-ASCII bytes cannot be in a signed path or query: they become what no signature covers.
        self.path: str = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        self.query: str = scope["query_string"].decode("latin-1")
        self.body = b""
        self.answered = False

    def header(self, name: bytes, default: str = "") -> str:
        """The value of a header by its lower-case name. Of one that is there twice, the last: no list is expected."""
        value = self._texts.get(name)
        return default if value is None else value.decode("latin-1")

    @property
    def signature(self) -> dict[str, str]:
        """The three headers of `wire.signing`, as far as they are there."""
        texts = self._texts
        return {name.decode(): texts[name].decode("latin-1") for name in _SIGNATURE if name in texts}

    @property
    def language(self) -> Language:
        return language_of(self.header(b"accept-language"))

    @property
    def address(self) -> str:
        client = self._scope.get("client")
        return client[0] if client else ""

    def expect_type(self, content_type: str) -> None:
        """A stated type must be the right one; a body says what it is by itself, so none at all is let through."""
        stated = self.header(b"content-type", content_type)
        if stated != content_type:  # the usual case is over here
            stated = stated.partition(";")[0].strip().lower()
        if stated != content_type or b"content-encoding" in self._texts:
            raise ProblemError("unsupported_media_type", detail=f"expected {content_type}")

    async def read(self, most: int, patience: Patience) -> None:
        """Fills `body`, with at most so many bytes. Raises ProblemError too_large, too_slow; ClientGone."""
        length = self.header(b"content-length", "0")
        if not length.isdecimal() or int(length) > most:
            raise _too_large(most)
        pieces: list[bytes] = []
        size = 0
        task = patience.begin()
        try:
            while True:
                message = await self._receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                pieces.append(message.get("body", b""))
                size += len(pieces[-1])
                if size > most:
                    raise _too_large(most)
                if not message.get("more_body"):
                    break
        except asyncio.CancelledError:
            if not patience.is_out_with(task):
                raise
            task.uncancel()
            raise ProblemError("too_slow", headers={"connection": "close"}) from None
        finally:
            patience.end(task)
        self.body = pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def gone(self) -> None:
        """Returns when the caller has hung up."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _too_large(most: int) -> ProblemError:
    return ProblemError("too_large", detail=f"at most {most} bytes", headers={"connection": "close"})


async def answer(send: Send, body: bytes, kind: bytes = CONTENT_TYPE.encode()) -> None:
    """A whole answer, 200. Few headers on purpose: uvicorn checks each, and nobody may cache the answer to a POST."""
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", kind), (b"content-length", b"%d" % len(body))],
        }
    )
    await send({"type": "http.response.body", "body": body})


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

"""Server-sent events (WHATWG HTML section 9.2) for staff: who is let in, for how long, and what keeps a line open.

Each frame holds the parts of a page that differ from the frame before, as the page's own templates draw them; the first
one holds all of them. So nothing can be missed: whoever reconnects, or was too slow for some frames, simply gets what
is true now. A slow reader costs its own connection and no more: a frame is made when the last one has been taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Final, Generic, TypeVar

from gatepass.centre.connections import DatabaseThread
from gatepass.centre.gateway.http import Receive, Request, Scope, Send, answer_problem
from gatepass.centre.gateway.problems import ProblemError

BEAT: Final = 15.0
"""Seconds of silence after which a comment keeps proxies from hanging up."""
ASK_AGAIN: Final = 5.0
"""Seconds after which the reader's log-in and role are looked at again: some 0.3 ms each."""

Reader = TypeVar("Reader")
Answer = TypeVar("Answer")


class Streams(ABC, Generic[Reader]):
    """All open streams of one kind, on one event loop; `readers` are how many. It asks in a thread of its own."""

    event: ClassVar[str]
    most_readers: ClassVar[int]
    shortest: ClassVar[float]
    """Seconds between two frames of one reader, at the least."""
    longest: ClassVar[float] = 0.0
    """Seconds for which `heard` is waited for before the next drawing; 0: it is not waited for."""

    def __init__(self) -> None:
        self.readers = 0
        self._stopping = False
        self._news = asyncio.Event()
        self._thread = DatabaseThread(f"live-{self.event}")

    @abstractmethod
    def reader_of(self, request: Request) -> Reader | None:
        """In the thread. Whoever the cookie stands for; None for nobody."""

    @abstractmethod
    def may_read(self, reader: Reader) -> bool: ...

    @abstractmethod
    def draw(self, reader: Reader) -> dict[str, str]:
        """In the thread. Every part of the page that the reader sees now."""

    def said(self, changed: dict[str, str]) -> Any:
        """What goes out as JSON of the parts that changed."""
        return changed

    def heard(self) -> None:
        """Something has changed: whoever waits is drawn anew."""
        self._news.set()
        self._news = asyncio.Event()

    def stop(self) -> None:
        """Ends every stream: a server that goes down does not wait for readers who never leave."""
        self._stopping = True
        self.heard()

    def close(self) -> None:
        self._thread.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            reader = await self._admit(request)
        except ProblemError as problem:
            await answer_problem(send, problem, request.language)
            return
        self.readers += 1
        stream = asyncio.create_task(self._stream(request, reader, send))
        gone = asyncio.create_task(request.gone())
        try:
            await asyncio.wait({stream, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.readers -= 1
            for task in (stream, gone):
                task.cancel()
            for task in (stream, gone):
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await task

    async def _admit(self, request: Request) -> Reader:
        if request.method != "GET":
            raise ProblemError("method_not_allowed", headers={"allow": "GET"})
        if self.readers >= self.most_readers or self._stopping:
            raise ProblemError("too_many_requests", headers={"retry-after": "10"})
        reader = await self._in_thread(lambda: self.reader_of(request))
        if reader is None:
            raise ProblemError("login_required")
        if not self.may_read(reader):
            raise ProblemError("page_not_allowed")
        return reader

    async def _in_thread(self, question: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    async def _stream(self, request: Request, reader: Reader, send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),  # nginx would hold frames back
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _say(send, b"retry: 2000\n\n")
        shown: dict[str, str] = {}
        asked = said = time.monotonic()
        while not self._stopping:
            news = self._news
            began = time.monotonic()
            if began - asked >= ASK_AGAIN:
                asked = began
                if await self._in_thread(lambda: self.reader_of(request)) != reader:
                    break  # logged out, or another role: the page comes back and is asked anew
            parts = await self._in_thread(lambda: self.draw(reader))
            changed = {name: html for name, html in parts.items() if shown.get(name) != html}
            if changed:
                data = json.dumps(self.said(changed), ensure_ascii=False)
                await _say(send, f"event: {self.event}\ndata: {data}\n\n".encode())
                shown, said = parts, time.monotonic()
            elif time.monotonic() - said > BEAT:
                await _say(send, b": here\n\n")
                said = time.monotonic()
            await asyncio.sleep(max(0.0, self.shortest - (time.monotonic() - began)))
            if self.longest:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), self.longest)
        await send({"type": "http.response.body", "body": b""})


async def _say(send: Send, text: bytes) -> None:
    await send({"type": "http.response.body", "body": text, "more_body": True})

"""`GET /live/board`: what the board shows, pushed as it changes (server-sent events, WHATWG HTML section 9.2).

Each frame holds the sections of the page that differ from the frame before, as the page's own template draws them; the
first one holds all of them. So nothing can be missed: whoever reconnects, or was too slow for some frames, simply gets
what is true now. A slow reader costs its own connection and no more: a frame is made when the last one has been taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar
from urllib.parse import parse_qs

import structlog
from django.db import close_old_connections, connection

from gatepass.centre.gateway.http import Receive, Request, Scope, Send, answer_problem
from gatepass.centre.gateway.problems import ProblemError
from gatepass.centre.passages.watching import Watcher, drawn_board, watcher_of

LIVE: Final = "/live/"
SHORTEST: Final = 0.5
"""Seconds between two frames of one reader: two a second are as many as a person can follow."""
LONGEST: Final = 5.0
"""Seconds after which a frame is drawn though nothing was heard: waiting times grow, gates fall silent."""
BEAT: Final = 15.0
"""Seconds of silence after which a comment keeps proxies from hanging up."""
ASK_AGAIN: Final = 5.0
"""Seconds after which the reader's log-in and role are looked at again: some 0.3 ms each."""
READERS: Final = 500

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class LiveBoard:
    """One event loop. `heard()` after each commit of passages; `readers` are the open streams."""

    def __init__(self) -> None:
        self.readers = 0
        self._version = 0
        self._news = asyncio.Event()
        self._stopping = False
        self._thread = ThreadPoolExecutor(1, "live-board")
        self._drawn: dict[Watcher, tuple[int, float, dict[str, str]]] = {}

    def heard(self) -> None:
        self._version += 1
        self._news.set()
        self._news = asyncio.Event()

    def stop(self) -> None:
        """Ends every stream: a server that goes down does not wait for readers who never leave."""
        self._stopping = True
        self.heard()

    def close(self) -> None:
        self._thread.submit(connection.close)
        self._thread.shutdown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            watcher = await self._admit(request)
        except ProblemError as problem:
            await answer_problem(send, problem, request.language)
            return
        self.readers += 1
        stream = asyncio.create_task(self._stream(request, watcher, send))
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

    async def _admit(self, request: Request) -> Watcher:
        if request.path != f"{LIVE}board":
            raise ProblemError("not_found")
        if request.method != "GET":
            raise ProblemError("method_not_allowed", headers={"allow": "GET"})
        if self.readers >= READERS or self._stopping:
            raise ProblemError("too_many_requests", headers={"retry-after": "10"})
        watcher = await self._in_thread(lambda: _asks(request))
        if watcher is None:
            raise ProblemError("login_required")
        if not watcher.may_watch:
            raise ProblemError("page_not_allowed")
        return watcher

    async def _in_thread(self, question: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    async def _stream(self, request: Request, watcher: Watcher, send: Send) -> None:
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
                if await self._in_thread(lambda: _asks(request)) != watcher:
                    break  # logged out, or another role: the page comes back and is asked anew
            sections = await self._in_thread(lambda: self._draw(watcher))
            changed = {name: html for name, html in sections.items() if shown.get(name) != html}
            if changed:
                await _say(send, f"event: board\ndata: {json.dumps(changed, ensure_ascii=False)}\n\n".encode())
                shown, said = sections, time.monotonic()
            elif time.monotonic() - said > BEAT:
                await _say(send, b": here\n\n")
                said = time.monotonic()
            await asyncio.sleep(max(0.0, SHORTEST - (time.monotonic() - began)))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), LONGEST)
        await send({"type": "http.response.body", "body": b""})

    def _draw(self, watcher: Watcher) -> dict[str, str]:
        """In the thread. Readers with the same eyes share a drawing."""
        version, now = self._version, time.monotonic()
        known = self._drawn.get(watcher)
        if known and known[0] == version and now - known[1] < LONGEST - SHORTEST:
            return known[2]
        close_old_connections()
        sections = drawn_board(watcher)
        self._drawn = {one: drawing for one, drawing in self._drawn.items() if now - drawing[1] < 60}
        self._drawn[watcher] = (version, now, sections)
        return sections


async def _say(send: Send, text: bytes) -> None:
    await send({"type": "http.response.body", "body": text, "more_body": True})


def _asks(request: Request) -> Watcher | None:
    close_old_connections()
    asked = parse_qs(request.query)
    return watcher_of(request.header(b"cookie"), asked.get("gate", [""])[0], asked.get("site", [""])[0])

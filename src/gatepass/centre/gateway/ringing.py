"""`/live/calls`: what rings for an interpreter, as server-sent events. It reads the cookie that her pages have.

Two questions a second for all readers together (has any call moved?), and one for each reader when it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from django.db import close_old_connections, connection
from django.template.loader import render_to_string
from django.utils import translation

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.gateway.http import Receive, Request, Scope, Send, answer_problem
from gatepass.centre.gateway.problems import ProblemError
from gatepass.centre.interpreting.access import ringing_for, version
from gatepass.centre.passages.watching import watcher_of

PATH: Final = "/live/calls"
EVERY: Final = 0.5
BEAT: Final = 15.0
ASK_AGAIN: Final = 30.0
READERS: Final = 200

Answer = TypeVar("Answer")


class LiveCalls:
    """One event loop."""

    def __init__(self) -> None:
        self.readers = 0
        self._stopping = False
        self._thread = ThreadPoolExecutor(1, "live-calls")
        self._known: tuple[float, str] = (0.0, "")

    def stop(self) -> None:
        self._stopping = True

    def close(self) -> None:
        self._thread.submit(connection.close)
        self._thread.shutdown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            user = await self._admit(request)
        except ProblemError as problem:
            await answer_problem(send, problem, request.language)
            return
        self.readers += 1
        stream = asyncio.create_task(self._stream(request, user, send))
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

    async def _admit(self, request: Request) -> int:
        if request.method != "GET":
            raise ProblemError("method_not_allowed", headers={"allow": "GET"})
        if self.readers >= READERS or self._stopping:
            raise ProblemError("too_many_requests", headers={"retry-after": "10"})
        user = await self._in_thread(lambda: _asks(request))
        if user is None:
            raise ProblemError("login_required")
        if not user:
            raise ProblemError("page_not_allowed")
        return user

    async def _in_thread(self, question: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    async def _stream(self, request: Request, user: int, send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _say(send, b"retry: 2000\n\n")
        seen, shown = "", ""
        asked = said = time.monotonic()
        while not self._stopping:
            now = time.monotonic()
            if now - asked > ASK_AGAIN:
                asked = now
                if await self._in_thread(lambda: _asks(request)) != user:
                    break
            newest = await self._in_thread(self._version)
            if newest != seen:
                seen = newest
                html = await self._in_thread(lambda: _drawn(user))
                if html != shown:
                    shown, said = html, now
                    await _say(send, f"event: calls\ndata: {json.dumps(html, ensure_ascii=False)}\n\n".encode())
            elif now - said > BEAT:
                said = now
                await _say(send, b": here\n\n")
            await asyncio.sleep(EVERY)
        await send({"type": "http.response.body", "body": b""})

    def _version(self) -> str:
        """In the thread; readers share it."""
        at, known = self._known
        if time.monotonic() - at >= EVERY / 2:
            close_old_connections()
            known = version()
            self._known = (time.monotonic(), known)
        return known


def _asks(request: Request) -> int | None:
    """The interpreter behind the cookie; 0 for somebody who is none; None for nobody."""
    close_old_connections()
    watcher = watcher_of(request.header(b"cookie"), "")
    if watcher is None:
        return None
    user = User.objects.filter(pk=watcher.user).first()
    return watcher.user if user is not None and may_open(user, "calls") else 0


def _drawn(user: int) -> str:
    close_old_connections()
    found = User.objects.get(pk=user)
    with translation.override(found.language):
        return render_to_string("interpreting/ringing.html", {"ringing": ringing_for(found)})


async def _say(send: Send, text: bytes) -> None:
    await send({"type": "http.response.body", "body": text, "more_body": True})

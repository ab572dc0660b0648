"""The pages that are connected: a queue for each, and a heartbeat, so that a page knows when the agent is dead."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

# A page that is this far behind is not being looked at; it reconnects and gets the present state.
QUEUE_MOST = 64
CLOSE_TRY_AGAIN_LATER = 1013

Message = Mapping[str, Any]
_encode = msgspec.json.Encoder().encode


class Listener:
    """One connected page."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.queue: asyncio.Queue[str | None] = asyncio.Queue(QUEUE_MOST)

    def say(self, message: Message) -> None:
        try:
            self.queue.put_nowait(_encode(message).decode())
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)


class Audience:
    def __init__(self, heartbeat_s: float) -> None:
        self._heartbeat_s = heartbeat_s
        self._listeners: set[Listener] = set()

    def __len__(self) -> int:
        return len(self._listeners)

    def say(self, message: Message, *, to: Callable[[Listener], bool] = lambda _listener: True) -> None:
        for listener in self._listeners:
            if to(listener):
                listener.say(message)

    async def attend(
        self,
        listener: Listener,
        greeting: Callable[[], Iterable[Message]],
        heard: Callable[[str], None],
    ) -> None:
        """Serve one accepted socket until it closes. `greeting` tells a new page everything that it has to know.

        `heard` is given what the page says; where that cannot be decoded, it is dropped.
        """
        self._listeners.add(listener)
        for message in greeting():
            listener.say(message)
        tasks = [
            asyncio.create_task(self._speak(listener)),
            asyncio.create_task(self._beat(listener)),
            asyncio.create_task(self._listen(listener, heard)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._listeners.discard(listener)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @staticmethod
    async def _speak(listener: Listener) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while (text := await listener.queue.get()) is not None:
                await listener.websocket.send_text(text)
            await listener.websocket.close(CLOSE_TRY_AGAIN_LATER)

    async def _beat(self, listener: Listener) -> None:
        number = 0
        while True:
            await asyncio.sleep(self._heartbeat_s)
            number += 1
            listener.say({"type": "beat", "n": number})

    @staticmethod
    async def _listen(listener: Listener, heard: Callable[[str], None]) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                text = await listener.websocket.receive_text()
                with contextlib.suppress(msgspec.MsgspecError, UnicodeError):
                    heard(text)

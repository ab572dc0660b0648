"""Eyes and ears for `demo --check`: a kiosk page that only listens, and a member of staff who reads the live board."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from typing import Any, Self

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException


class KioskWitness:
    """Speaks the kiosk's side of the socket: beats, acknowledges each `show` as painted, remembers all of them."""

    def __init__(self, gate_url: str) -> None:
        self.gate_url = gate_url
        self.shown: list[dict[str, Any]] = []
        self.knowledge: dict[str, Any] = {}
        self.connected = asyncio.Event()
        self._news = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch())
        await asyncio.wait_for(self.connected.wait(), 10)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def next_show(self, after: int, within: float) -> dict[str, Any] | None:
        """The first result shown after the `after` first ones, or None when nothing came in time."""
        async with self._news:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait_for(lambda: len(self.shown) > after), within)
        return self.shown[after] if len(self.shown) > after else None

    async def until_knowledge(self, within: float, **wanted: Any) -> bool:
        def fits() -> bool:
            return all(self.knowledge.get(key) == value for key, value in wanted.items())

        async with self._news:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait_for(fits), within)
        return fits()

    async def until_reader(self, state: str, within: float, family: str = "sam") -> bool:
        def fits() -> bool:
            readers = self.knowledge.get("readers", [])
            return any((reader["family"], reader["state"]) == (family, state) for reader in readers)

        async with self._news:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait_for(fits), within)
        return fits()

    async def _watch(self) -> None:
        url = self.gate_url.replace("http", "ws", 1) + "/kiosk/socket"
        while True:
            with contextlib.suppress(OSError, WebSocketException):
                async with connect(url, origin=self.gate_url, open_timeout=3) as socket:  # type: ignore[arg-type]
                    self.connected.set()
                    await self._listen(socket)
            self.connected.clear()
            await asyncio.sleep(0.05)

    async def _listen(self, socket: ClientConnection) -> None:
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "beat":
                await socket.send(json.dumps({"type": "beat", "n": message.get("n", 0)}))
            elif message["type"] == "show":
                await socket.send(json.dumps({"type": "painted", "id": message["id"], "ms": 0}))
            async with self._news:
                if message["type"] == "show":
                    self.shown.append({**message, "heard": time.monotonic()})
                elif message["type"] == "knowledge":
                    self.knowledge = message
                self._news.notify_all()


class StaffWitness:
    """A browserless member of staff: logs in as a person does, with the form and its token."""

    def __init__(self, centre_url: str) -> None:
        self.client = httpx2.AsyncClient(base_url=centre_url, timeout=10, follow_redirects=True)

    async def post(self, path: str, page: str, form: dict[str, str]) -> httpx2.Response:
        """Send a form of a page that was read before, with its token; the page that the answer leads to."""
        origin = str(self.client.base_url).rstrip("/")
        filled = {**form, "csrfmiddlewaretoken": form_token(page)}
        answer = await self.client.post(path, data=filled, headers={"referer": origin + path, "origin": origin})
        answer.raise_for_status()
        return answer

    async def log_in(self, username: str, password: str) -> bool:
        page = await self.client.get("/login/")
        answer = await self.post("/login/", page.text, {"username": username, "password": password})
        return "login" not in answer.url.path

    async def close(self) -> None:
        await self.client.aclose()


def form_token(page: str) -> str:
    """The form's CSRF token; empty when the page has no form."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return found.group(1) if found else ""

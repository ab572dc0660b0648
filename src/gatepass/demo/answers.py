"""What the gate answered to what was presented, as its own desk is told; the tray lists it beside the things.

The desk's socket is listened to and not the kiosk's: a gate whose screen is dark must still say so in the demo.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from typing import Any

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

MOST_KEPT = 60
WAIT_S = 6.0
"""Longer than any reader needs: what was not answered by then is not answered any more."""
HELD_WAIT_S = 20.0
"""... but for a camera: two of its pictures must agree, and a busy machine looks at few."""
AGAIN_AFTER_S = 2.0
"""The same answer within one visit makes no new passage; after so long it is taken for the answer."""


class Answer(msgspec.Struct, frozen=True):
    number: int
    key: str
    at: int
    """Milliseconds since 1970."""
    outcome: str
    """Empty where the gate has said nothing: it has no power, or the reader is unplugged."""
    reason: str
    document: str
    method: str
    took_ms: int
    again: bool
    """The same visit and the same answer as before: no further passage."""


class Answers:
    """Newest first in `kept`. One thing waits for its answer at a time, as at a real gate."""

    def __init__(self, gate_url: str) -> None:
        self._gate_url = gate_url
        self.kept: deque[Answer] = deque(maxlen=MOST_KEPT)
        self.last_of: dict[str, Answer] = {}
        self._latest: dict[str, Any] | None = None
        self._waiting: tuple[str, float] | None = None
        self._patience = WAIT_S
        self._told_again: dict[str, Any] | None = None
        self._answered = asyncio.Event()
        self._answered.set()
        self._number = 0

    def expect(self, key: str, within: float = WAIT_S) -> None:
        """Something is presented now, and is answered `within` seconds or not at all."""
        self._settle(late=True)
        self._waiting, self._told_again = (key, time.monotonic()), None
        self._patience = within
        self._answered.clear()

    def look(self) -> list[Answer]:
        """Newest first; whatever has waited too long is settled before."""
        self._settle(late=False)
        return list(self.kept)

    async def settled(self, within: float) -> None:
        """Until the gate has answered what was presented last, or the time is up."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._answered.wait(), within)

    async def listen(self) -> None:
        """Until cancelled; the gate may die and come back meanwhile."""
        url = self._gate_url.replace("http", "ws", 1) + "/desk/socket"
        while True:
            with contextlib.suppress(OSError, WebSocketException):
                async with connect(url, origin=self._gate_url, open_timeout=3) as socket:  # type: ignore[arg-type]
                    self._latest = None
                    async for text in socket:
                        message = json.loads(text)
                        if message["type"] == "beat":
                            await socket.send(json.dumps({"type": "beat", "n": message.get("n", 0)}))
                        elif message["type"] == "recent":
                            self.hear(message["items"])
            await asyncio.sleep(0.2)

    def hear(self, items: list[dict[str, Any]]) -> None:
        """The gate's list of the last passages, newest first."""
        newest = {name: items[0][name] for name in ("id", "outcome", "reasons", "document", "method")} if items else {}
        known, self._latest = self._latest, newest
        if self._waiting is None or not newest:
            return
        if newest != known:
            self._keep(newest, again=False)
        else:
            self._told_again = newest

    def _settle(self, *, late: bool) -> None:
        if self._waiting is None:
            return
        waited = time.monotonic() - self._waiting[1]
        if self._told_again is not None and (late or waited > AGAIN_AFTER_S):
            self._keep(self._told_again, again=True)
        elif late or waited > self._patience:
            self._keep({"outcome": "", "reasons": [""], "document": "", "method": ""}, again=False)

    def _keep(self, told: dict[str, Any], *, again: bool) -> None:
        if self._waiting is None:
            return
        (key, began), self._waiting, self._told_again = self._waiting, None, None
        self._answered.set()
        self._number += 1
        answer = Answer(
            self._number,
            key,
            round(time.time() * 1000),
            told["outcome"],
            told["reasons"][0],
            told["document"],
            told["method"],
            round((time.monotonic() - began) * 1000),
            again,
        )
        self.kept.appendleft(answer)
        self.last_of[key] = answer

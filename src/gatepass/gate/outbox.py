"""What a gate has yet to tell its centre: one encrypted SQLite file, and the loop that sends what is in it.

    class Letters(Outbox):
        schema = "CREATE TABLE IF NOT EXISTS letters (id BLOB PRIMARY KEY, body BLOB NOT NULL, sent INTEGER NOT NULL);"
        unanswered = "SELECT count(*) FROM letters WHERE sent = 0"
        name = "letters"

        async def send_once(self) -> int: ...

What is kept is durable before anybody is told so, and is sent until the centre has answered; each thing has one id
however often it is sent, so that it counts once. The file is asked in a thread, by one at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final, TypeVar

import apsw
import msgspec
import structlog

from gatepass.gate.calls import CallError, Calls, RevokedError
from gatepass.gate.clock import Clock
from gatepass.gate.encrypted import open_or_begin

TRY_AGAIN_S: Final = 20.0

Found = TypeVar("Found")
log = structlog.get_logger("gatepass.gate.outbox")


class Outbox(ABC):
    schema: ClassVar[str]
    unanswered: ClassVar[str]
    """How many things the centre has not answered yet: a query of one figure."""
    name: ClassVar[str]
    """In the log."""

    def __init__(self, file: Path, key: bytes, *, calls: Calls, clock: Clock) -> None:
        """A damaged file is put aside and begun anew."""
        self.file = file
        self._calls, self._clock = calls, clock
        self._lock = asyncio.Lock()
        self._stored = asyncio.Event()
        self._connection = open_or_begin(file, key, self.schema, now_ms=clock.now_ms())

    def close(self) -> None:
        self._connection.close()

    @property
    def waiting(self) -> int:
        return int(next(self._connection.execute(self.unanswered))[0])

    async def run(self) -> None:
        """Sends what waits, until cancelled or revoked."""
        while True:
            self._stored.clear()
            pause: float | None = TRY_AGAIN_S
            try:
                while await self.send_once():
                    pass
                pause = await self._pause()
            except RevokedError:
                return
            except CallError:
                pass  # the uplink says that the centre is away; what is kept is sent later
            except (apsw.Error, OSError, msgspec.MsgspecError) as error:
                log.warning("not_sent", what=self.name, error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stored.wait()

    @abstractmethod
    async def send_once(self) -> int:
        """A batch; how many things were answered. CallError, apsw.Error."""

    async def _pause(self) -> float | None:
        """Seconds until it is tried again; None: until something is kept."""
        return TRY_AGAIN_S if await self._in_turn(lambda: self.waiting) else None

    async def _in_turn(self, work: Callable[..., Found], *about: object) -> Found:
        """In a thread, under the lock: whatever else reads or writes the file waits."""
        async with self._lock:
            return await asyncio.to_thread(work, *about)

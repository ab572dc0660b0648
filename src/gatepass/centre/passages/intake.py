"""Group commit: what all connections deliver in the same moment is made durable together, and each is then answered.

One thread writes. While one group is being synced to the disk, the next one gathers: the slower the disk, the larger
the groups, so that the rate hardly falls. Nothing waits for company: an idle log commits a single record at once.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence

import structlog

from gatepass.centre.passages.log import Appended, Batch, LogUnavailableError, PassageLog
from gatepass.wire.messages import PassageReceipt

GROUP = 8_000
"""Records in one commit at most: some 0.2 s of a slow disk."""
WAITING = 64_000
"""Records that may wait. Beyond this, the gates are asked to come again: their journals hold the records safely."""

log = structlog.get_logger(__name__)


class Intake:
    """Between `start()` and `stop()`, `append` from one event loop. `heard` gets each group's fresh batches."""

    def __init__(self, passage_log: PassageLog, heard: Callable[[list[Batch]], None]) -> None:
        self._log = passage_log
        self._heard = heard
        self._waiting: deque[tuple[Batch, asyncio.Future[PassageReceipt]]] = deque()
        self._records = 0
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._write, name="passage-intake", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Writes what is waiting, then ends the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.ident is not None:
            await asyncio.to_thread(self._thread.join)

    async def append(self, batch: Batch) -> PassageReceipt:
        """Durable on return. Raises LogUnavailableError: nothing may be taken as stored, send it again."""
        future: asyncio.Future[PassageReceipt] = asyncio.get_running_loop().create_future()
        with self._changed:
            if self._stopping or self._records + len(batch.records) > WAITING:
                raise LogUnavailableError("too many records are waiting")
            self._records += len(batch.records)
            self._waiting.append((batch, future))
            self._changed.notify()
        return await future

    def _next_group(self) -> list[tuple[Batch, asyncio.Future[PassageReceipt]]]:
        with self._changed:
            while not self._waiting and not self._stopping:
                self._changed.wait()
            group: list[tuple[Batch, asyncio.Future[PassageReceipt]]] = []
            records = 0
            while self._waiting and (not group or records + len(self._waiting[0][0].records) <= GROUP):
                group.append(self._waiting.popleft())
                records += len(group[-1][0].records)
            self._records -= records
            return group

    def _write(self) -> None:
        assert self._loop is not None
        while group := self._next_group():
            batches = [batch for batch, _ in group]
            answers: Sequence[Appended | Exception]
            try:
                answers = self._log.append(batches)
            except Exception as error:  # whatever it is, every waiting gate must be answered
                log.exception("passages not stored")
                answers = [LogUnavailableError(type(error).__name__)] * len(group)
            self._loop.call_soon_threadsafe(self._answer, group, answers)

    def _answer(
        self, group: list[tuple[Batch, asyncio.Future[PassageReceipt]]], answers: Sequence[Appended | Exception]
    ) -> None:
        fresh: list[Batch] = []
        for (batch, future), answer in zip(group, answers, strict=True):
            if isinstance(answer, Appended):
                if answer.fresh:
                    fresh.append(Batch(batch.gate, batch.journal, answer.fresh))
                if not future.done():  # a gate that hung up meanwhile
                    future.set_result(answer.receipt)
            else:
                log.warning("passages not stored", gate=batch.gate, reason=str(answer))
                if not future.done():
                    future.set_exception(answer)
        if fresh:
            self._heard(fresh)

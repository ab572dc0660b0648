"""What the gate tells the centre, and what it learns from it. The gate never waits for any of this.

Three loops, each with back-off and jitter up to a minute, none of which ever gives up:

- `_forward`: journal records in batches, in order, from the first that the centre has not acknowledged. Sending twice
  is harmless, because (gate, seq) is the key. The receipt says what is missing, lost on the way or by the centre.
- `_beat`: every five seconds how this gate is; the answer brings names, direction, rules and the time, and whether
  somebody looks for this terminal. What is new is confirmed at once.
- `_follow`: waits at the centre for a newer directory and fetches it; once in a while anyway, for its date.

A revoked device stops all three and goes on deciding. `online` means that the last call was answered.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

import stamina
import structlog

from gatepass.gate.calls import CallError, Calls, RefusedError, RevokedError, UnreachableError
from gatepass.gate.clock import Clock
from gatepass.gate.device import Site
from gatepass.gate.metrics import Metrics
from gatepass.gate.visits import Known
from gatepass.gate.writing import JournalWriter
from gatepass.policy import Knowledge, Status
from gatepass.wire.messages import Heartbeat, PassageReceipt, Record

BATCH_MOST = 500
BATCH_WAIT_S = 0.2
BEAT_EVERY_S = 5.0
ASK_WITHIN_S = 0.8
FOLLOW_AT_LEAST_S = 1.0

log = structlog.get_logger("gatepass.gate.uplink")


class RefreshError(Exception):
    """The directory's update did not succeed. `forged`: it arrived and failed its check."""

    def __init__(self, code: str, *, forged: bool) -> None:
        super().__init__(code)
        self.code = code
        self.forged = forged


class Follows(Protocol):
    """The directory's subscription."""

    @property
    def version(self) -> int: ...
    def refresh(self) -> bool:
        """Blocking. Fetch what is newer; True where something changed. RefreshError."""


class Uplink:
    def __init__(
        self,
        *,
        calls: Calls,
        journal: JournalWriter,
        clock: Clock,
        metrics: Metrics,
        directory: Follows,
        heartbeat: Callable[[], Heartbeat],
        on_site: Callable[[Site], None],
        on_change: Callable[[], None],
        on_find: Callable[[int], None],
        retry_first_s: float = 0.5,
        retry_most_s: float = 60.0,
        beat_every_s: float = BEAT_EVERY_S,
    ) -> None:
        self._calls, self._journal, self._clock, self._metrics = calls, journal, clock, metrics
        self._directory = directory
        self._heartbeat, self._on_site, self._on_change, self._on_find = heartbeat, on_site, on_change, on_find
        self._retry_first_s, self._retry_most_s, self._beat_every_s = retry_first_s, retry_most_s, beat_every_s
        self._stored = asyncio.Event()
        self._batch_most = BATCH_MOST
        self._refusal = ""
        self._forged = False
        self._has_news_to_confirm = False
        self.online = False
        self.revoked = False

    # --- for the session ---

    async def status_of(self, people: Sequence[bytes]) -> list[Known] | None:
        """What the centre knows of them now, in their order. None where it is not there, or takes longer than 0.8 s."""
        if not self.online or self.revoked:
            return None
        try:
            async with asyncio.timeout(ASK_WITHIN_S):
                reply = await self._calls.status(list(people))
        except (TimeoutError, CallError):
            return None
        as_of = datetime.fromtimestamp(reply.as_of / 1000, UTC)
        return [
            Known(
                Status(Knowledge.REGISTERED if each.registered else Knowledge.UNKNOWN, as_of, each.colour, each.advice),
                reply.version,
            )
            for each in reply.people
        ]

    def stored(self, _records: list[Record]) -> None:
        """The journal has new records: called after every commit."""
        self._stored.set()

    @property
    def states(self) -> list[str]:
        if self.revoked:
            return ["revoked"]
        found = {
            "offline": not self.online,
            "uplink_refused": bool(self._refusal),
            "directory_refused": self._forged,
        }
        return [code for code, holds in found.items() if holds]

    # --- loops ---

    async def run(self) -> None:
        """Until cancelled, or until the centre revokes the device."""
        loops = [asyncio.create_task(loop()) for loop in (self._beat, self._forward, self._follow)]
        try:
            await asyncio.gather(*loops)
        except RevokedError:
            self.revoked = True
            log.warning("device_revoked")
            self._connected(online=False)
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    async def _beat(self) -> None:
        while True:
            await self._until_done(self._beat_once)
            if self._has_news_to_confirm:  # at once, and once: somebody at the centre waits for it
                await self._until_done(self._beat_once)
            # Gates that were switched on together shall not call together.
            await asyncio.sleep(self._beat_every_s * random.uniform(0.9, 1.1))  # noqa: S311 - spreads load, guards nothing

    async def _beat_once(self) -> None:
        heartbeat = self._heartbeat()
        reply = await self._calls.beat(heartbeat)
        self._connected(online=True)
        self._refusal = ""
        self._on_site(Site(reply.gate_name, reply.site_name, reply.direction, reply.rules, reply.configuration))
        self._on_find(reply.find_s)
        said, wanted = (heartbeat.configuration, heartbeat.finding), (reply.configuration, reply.find_s > 0)
        self._has_news_to_confirm = said != wanted

    async def _forward(self) -> None:
        while True:
            self._stored.clear()
            if self._journal.last <= self._journal.acked:
                await self._stored.wait()
            if self._journal.last - self._journal.acked < self._batch_most:
                await asyncio.sleep(BATCH_WAIT_S)
            await self._until_done(self._send_batch)

    async def _send_batch(self) -> None:
        first, last = self._journal.acked + 1, self._journal.last
        records = await self._journal.ask(lambda journal: journal.between(first, last, self._batch_most))
        if not records:  # numbers that were lost with a damaged journal: nobody can send them any more
            await self._journal.mark_acked(last)
            return
        try:
            receipt = await self._calls.send(records)
        except RefusedError as refusal:
            if refusal.status in {400, 413, 422} and len(records) > 1:
                self._batch_most = max(1, len(records) // 2)  # find the one record that the centre does not take
            raise
        receipt = await self._send_missing(receipt, records[-1].seq)
        self._batch_most = min(BATCH_MOST, self._batch_most * 2)
        self._metrics.sent.inc(len(records))
        self._connected(online=True)
        await self._journal.mark_acked(records[-1].seq)
        if self._still_missing(receipt, records[-1].seq) and not self._journal.damaged:
            log.warning("centre_misses_records_that_are_gone", next=receipt.next)

    async def _send_missing(self, receipt: PassageReceipt, sent: int) -> PassageReceipt:
        """Send again whatever the centre lacks up to `sent` and the journal still has; the last receipt."""
        for first, last in self._still_missing(receipt, sent):
            position = first
            while records := await self._journal.ask(
                lambda journal, low=position, high=last: journal.between(low, high, BATCH_MOST)  # type: ignore[misc]
            ):
                receipt = await self._calls.send(records)
                position = records[-1].seq + 1
        for first, last in self._still_missing(receipt, sent):
            if await self._journal.ask(lambda journal, low=first, high=last: journal.between(low, high, 1)):  # type: ignore[misc]
                raise UnreachableError("the centre did not keep what it was sent")
        return receipt

    @staticmethod
    def _still_missing(receipt: PassageReceipt, sent: int) -> list[tuple[int, int]]:
        """Ranges up to `sent` that the centre does not have. Without ranges, `next` alone tells."""
        ranges = receipt.missing or [(receipt.next, sent)]
        return [(first, min(last, sent)) for first, last in ranges if first <= min(last, sent)]

    async def _follow(self) -> None:
        announced = 0
        while True:
            began = self._clock.monotonic()
            await self._until_done(self._refresh)
            newest = await self._until_newer(announced)
            if newest == announced:
                # Nothing new but perhaps its date; not in a hurry, even if a centre answers at once every time.
                await asyncio.sleep(max(0.0, FOLLOW_AT_LEAST_S - (self._clock.monotonic() - began)))
            announced = newest

    async def _until_newer(self, announced: int) -> int:
        version = 0

        async def wait() -> None:
            nonlocal version
            version = (await self._calls.updates(announced)).version
            self._connected(online=True)

        await self._until_done(wait)
        return version

    async def _refresh(self) -> None:
        try:
            changed = await asyncio.to_thread(self._directory.refresh)
        except RefreshError as failure:
            if failure.forged and not self._forged:
                log.warning("directory_refused", code=failure.code)
            self._forged = self._forged or failure.forged
            raise
        self._forged = False
        if changed:
            log.info("directory_changed", version=self._directory.version)
            self._on_change()

    async def _until_done(self, verb: Callable[[], Awaitable[None]]) -> None:
        """Run `verb` until it succeeds. RevokedError goes through."""
        async for attempt in stamina.retry_context(
            on=self._worth_another_try,
            attempts=None,
            timeout=None,
            wait_initial=self._retry_first_s,
            wait_max=self._retry_most_s,
            wait_jitter=min(1.0, self._retry_first_s),
        ):
            with attempt:
                await verb()

    def _worth_another_try(self, error: BaseException) -> bool:
        if isinstance(error, RevokedError) or not isinstance(error, Exception):  # stamina shows us cancellation too
            return False
        if isinstance(error, RefusedError):
            if self._refusal != error.code:
                log.error("centre_refuses", code=error.code, status=error.status)
            self._refusal = error.code
            self._on_change()
        elif isinstance(error, UnreachableError):
            self._connected(online=False)
        elif not isinstance(error, RefreshError):
            log.error("uplink_stumbled", error=type(error).__name__, exc_info=error)
        return True

    def _connected(self, *, online: bool) -> None:
        if online != self.online:
            self.online = online
            log.info("centre_reached" if online else "centre_lost", waiting=self._journal.waiting)
            self._on_change()

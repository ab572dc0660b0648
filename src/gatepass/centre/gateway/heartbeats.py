"""Signs of life of many gates, made durable together: five thousand gates speak a thousand times a second.

A heartbeat that comes alone is kept and answered at once. Those that come while others are being written wait for
them, and are then written in one transaction: a commit that is synced to the disk for each of them would take the whole
disk, and the one place in which the centre writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError
from django.utils import timezone

from gatepass.centre.insights.stages import Told, record_stages_of
from gatepass.centre.sites.actions import Beat, record_heartbeats, rules_of, seconds_to_find
from gatepass.centre.sites.devices import DeviceCredential
from gatepass.centre.sites.models import Gate
from gatepass.wire.messages import Heartbeat, HeartbeatReply

GROUP: Final = 500
"""Heartbeats in one transaction: some 30 ms in which nobody else at the centre writes."""
PAUSE_S: Final = 0.1
"""Between two groups, so that the second is worth its commit."""


@dataclass(frozen=True, slots=True)
class Heard:
    device: DeviceCredential
    heartbeat: Heartbeat
    at: datetime


class Heartbeats:
    """One event loop. `thread` asks the database; `clock` gives milliseconds since 1970 UTC."""

    def __init__(self, thread: Executor, clock: Callable[[], int]) -> None:
        self._thread, self._clock = thread, clock
        self._waiting: list[tuple[Heard, asyncio.Future[HeartbeatReply]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def heard(self, device: DeviceCredential, heartbeat: Heartbeat) -> HeartbeatReply:
        future: asyncio.Future[HeartbeatReply] = asyncio.get_running_loop().create_future()
        self._waiting.append((Heard(device, heartbeat, timezone.now()), future))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await future

    async def _write(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
                await self._answer(group)
                if self._waiting:
                    await asyncio.sleep(PAUSE_S)
        finally:
            self._writing = None

    async def _answer(self, group: list[tuple[Heard, asyncio.Future[HeartbeatReply]]]) -> None:
        loop = asyncio.get_running_loop()
        try:
            replies = await loop.run_in_executor(self._thread, kept, [heard for heard, _ in group], self._clock)
        except IntegrityError as error:
            if len(group) > 1:  # one of them is of a device that is gone: the others must not suffer for it
                for one in group:
                    await self._answer([one])
                return
            _fail(group, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, every waiting gate must be answered
            _fail(group, error)
        else:
            for (_, future), reply in zip(group, replies, strict=True):
                if not future.done():  # a gate that hung up meanwhile
                    future.set_result(reply)


def _fail(group: list[tuple[Heard, asyncio.Future[HeartbeatReply]]], error: Exception) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error)


def kept(group: Sequence[Heard], clock: Callable[[], int]) -> list[HeartbeatReply]:
    """Durable on return; what each gate is told. Blocking."""
    record_heartbeats([Beat(one.device.key_id, one.heartbeat, one.at) for one in group])
    record_stages_of([Told(one.device.key_id, one.device.gate, one.heartbeat) for one in group])
    gates = Gate.objects.select_related("site").in_bulk({one.device.gate for one in group})
    return [_reply(gates[one.device.gate], clock()) for one in group]


def _reply(gate: Gate, now: int) -> HeartbeatReply:
    return HeartbeatReply(
        at=now,
        rules=rules_of(gate),
        gate_name=gate.name,
        site_name=gate.site.name,
        direction=gate.direction,  # type: ignore[arg-type]
        configuration=gate.configuration,
        find_s=seconds_to_find(gate),
    )

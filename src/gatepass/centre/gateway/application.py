"""`front(django)`: one ASGI application from the gateway and Django, and what lives as long as the server does.

Started in this order, stopped in the reverse one: the log's writer, the workers (`one_worker`: publication, sending,
colours, lists, forgetting, alarms), the gateway's own copy of the directory, the live board.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import structlog
from django.conf import settings
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from gatepass.centre import updates
from gatepass.centre.alarms.worker import AlarmThread
from gatepass.centre.codes.publication import PublishingThread
from gatepass.centre.collecting import COLLECT_AFTER
from gatepass.centre.gateway.calls import Calls
from gatepass.centre.gateway.doorkeeper import Doorkeeper
from gatepass.centre.gateway.gate_calls import ENROL, ROOT, GateCalls
from gatepass.centre.gateway.http import App, Receive, Request, Scope, Send, answer_problem
from gatepass.centre.gateway.knowledge import Knowledge
from gatepass.centre.gateway.live import LIVE, LiveBoard
from gatepass.centre.gateway.problems import ProblemError
from gatepass.centre.gateway.registry import Registry
from gatepass.centre.gateway.ringing import PATH as CALLS
from gatepass.centre.gateway.ringing import LiveCalls
from gatepass.centre.interpreting.worker import CallThread
from gatepass.centre.one_worker import Worker
from gatepass.centre.passages.intake import Intake
from gatepass.centre.passages.log import Batch
from gatepass.centre.passages.retention import DaysThread
from gatepass.centre.passages.storage import close_passage_log, now_ms, passage_log
from gatepass.centre.people.imports.work import ImportingThread
from gatepass.centre.policies.worker import ColourThread, RunThread
from gatepass.centre.privacy.worker import ForgettingThread
from gatepass.centre.quarantine import leaving
from gatepass.centre.quarantine.worker import LeavingThread, QuarantineThread
from gatepass.centre.sending.thread import SendingThread
from gatepass.centre.webhooks.worker import WebhookThread
from gatepass.centre.webpush.worker import PushThread

SWITCH_INTERVAL = 0.001
"""Seconds a thread keeps Python's interpreter lock when another one wants it (5 ms by default): with the writer and
Django's threads beside the event loop, a fifth of the waiting at both."""

TRUSTED_PROXIES = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
"""uvicorn's own setting: whose X-Forwarded-For and X-Forwarded-Proto are believed."""

log = structlog.get_logger(__name__)


def behind_proxy(application: App) -> App:
    """`application`, told the client's address and scheme by a trusted proxy.

    Wanted where addresses count: at log-ins and enrolments. It costs 5 us, a tenth of a look-up: the other calls go
    without it, and `serve` tells uvicorn to leave it to us.
    """
    return cast("App", ProxyHeadersMiddleware(cast("Any", application), TRUSTED_PROXIES))


def workers() -> list[Worker]:
    """Everything that the centre does by itself; a new one is a line here."""
    return [
        PublishingThread(),
        SendingThread(),
        PushThread(),
        WebhookThread(),
        ColourThread(),
        RunThread(),
        ImportingThread(),
        ForgettingThread(),
        DaysThread(),
        AlarmThread(),
        QuarantineThread(),
        LeavingThread(),
        CallThread(),
    ]


class Town:
    """Everything that runs while the server does."""

    def __init__(self) -> None:
        self.live = LiveBoard()
        self.intake = Intake(passage_log(), self._heard)
        self.ringing = LiveCalls()
        self.workers = workers()
        publisher = updates.publisher()
        own_copy: Path = settings.CENTRE_DIR / "directory"
        self.knowledge = Knowledge(publisher.repository, own_copy, publisher.trust_root)
        self.registry = Registry()
        self.doorkeeper = Doorkeeper(self.registry, clock=now_ms)
        self.calls = Calls(doorkeeper=self.doorkeeper, intake=self.intake, knowledge=self.knowledge, clock=now_ms)
        self.gate = GateCalls(self.registry, self.doorkeeper, self.calls)
        self.enrolments = behind_proxy(self.gate)

    def _heard(self, batches: list[Batch]) -> None:
        """What was just stored, on the event loop: whoever cares remembers it and looks later."""
        self.live.heard()
        leaving.heard(batches)

    async def start(self) -> None:
        await asyncio.to_thread(passage_log().become_writer)
        self.intake.start()
        for worker in self.workers:
            worker.start()
        await self.knowledge.start()
        await self.registry.start()

    async def stop(self) -> None:
        self.live.stop()
        self.ringing.stop()
        await self.registry.stop()
        await self.knowledge.stop()
        for worker in reversed(self.workers):
            await asyncio.to_thread(worker.stop)
        await self.intake.stop()
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        self.calls.close()
        self.live.close()
        self.ringing.close()
        close_passage_log()


@contextmanager
def _set_for_many_who_wait() -> Iterator[None]:
    """The interpreter changes threads sooner, and its collector need not walk again and again through what is there."""
    usual, threshold, frozen = sys.getswitchinterval(), gc.get_threshold(), gc.get_freeze_count()
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.set_threshold(*COLLECT_AFTER)
    gc.freeze()
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
        gc.set_threshold(*threshold)
        if not frozen:  # what somebody else in this process froze is not ours to thaw
            gc.unfreeze()


def front(django: App) -> App:
    """`django` is Django's own ASGI application; it gets whatever is not for a device and not a stream."""
    town: Town | None = None
    pages = behind_proxy(django)

    async def lifespan(receive: Receive, send: Send) -> None:
        nonlocal town
        await receive()
        try:
            opening = await asyncio.to_thread(Town)
            await opening.start()
        except Exception as error:
            log.exception("centre did not start")
            await send({"type": "lifespan.startup.failed", "message": f"{type(error).__name__}: {error}"})
            return
        with _set_for_many_who_wait():
            town = opening
            await send({"type": "lifespan.startup.complete"})
            await receive()
            town = None
            await opening.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        path: str = scope["path"]
        if not path.startswith((ROOT, LIVE)):
            await pages(scope, receive, send)
        elif town is None:  # served without a lifespan, or in its last moments
            problem = ProblemError("log_unavailable", headers={"retry-after": "2"})
            await answer_problem(send, problem, Request(scope, receive).language)
        elif path == ENROL:
            await town.enrolments(scope, receive, send)
        elif path.startswith(ROOT):
            await town.gate(scope, receive, send)
        else:
            await (town.ringing if path == CALLS else town.live)(scope, receive, send)

    return serve

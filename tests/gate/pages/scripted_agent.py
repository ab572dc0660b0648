"""A gate agent that says what the test tells it: the pages' side of the contract, without a reader or a directory."""

from __future__ import annotations

import asyncio
import io
import math
import struct
import time
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect
from tests.browser import served
from tests.cast import GUARD_PIN, LI
from tests.vision.drawing import person
from tests.vision.stand_ins import as_jpeg

from gatepass.gate.pages import CONTENT_SECURITY_POLICY, STATIC, render_desk, render_kiosk
from gatepass.gate.problems import DeskError, preferred_language
from gatepass.gate.typed import TypedNumbers
from gatepass.identity import DocumentKind
from gatepass.languages import Language
from gatepass.policy.reasons import REASONS

HEARTBEAT_MS = 400
HOLD_MS = 1200
TOLD_ANEW = ("knowledge", "counts", "held", "recent", "notices")
READY = [{"family": "sam", "state": "ready"}]


def tone(seconds: float = 0.4) -> bytes:
    """A WAV that any browser plays: prompts themselves are the speech room's business."""
    rate = 8000
    samples = (int(8000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(rate * seconds)))
    packed = b"".join(struct.pack("<h", sample) for sample in samples)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(packed)
    return file.getvalue()


@dataclass
class ScriptedAgent:
    address: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)
    """What the pages said over their sockets."""
    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    """Faces that were fetched."""
    spoken: list[str] = field(default_factory=list)
    """Prompts that were fetched, "lang/prompt"."""
    reports: list[dict[str, Any]] = field(default_factory=list)
    """What became of those that were taken down."""
    lines: dict[str, list[WebSocket]] = field(default_factory=lambda: {"kiosk": [], "desk": []})
    greeting: list[dict[str, Any]] = field(default_factory=list)
    """What a page hears on connecting, after hello."""
    beating: bool = True
    locked: bool = False
    tries: int = 0
    language: Language = "zh-Hans"
    hold_ms: int = HOLD_MS
    utc_offset: int = 480
    """Minutes of the site's civil time."""
    heartbeat_ms: int = HEARTBEAT_MS
    """A page that is busy for twice as long takes its line for lost: longer where axe looks at it."""
    state: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """(page, type) -> the last one said of what an agent tells anew to whoever connects."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", lambda _: self._page(render_kiosk(self.language))),
                Route("/desk", lambda _: self._page(render_desk(self.language))),
                Mount("/static", StaticFiles(directory=STATIC)),
                Route("/audio/{language}/{prompt}.opus", self._audio),
                WebSocketRoute("/{page}/socket", self._line),
                Route("/desk/api/unlock", self._unlock, methods=["POST"]),
                Route("/desk/api/export.csv", self._export),
                Route("/desk/api/face", self._face),
                Route("/desk/api/reports", self._reports),
                Route("/desk/api/expected", lambda _: JSONResponse({"answer": "yes"})),
                Route("/desk/api/{verb}", self._api, methods=["POST"]),
            ]
        )

    def _page(self, html: str) -> Response:
        return HTMLResponse(html, headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})

    async def _audio(self, request: Request) -> Response:
        self.spoken.append("{language}/{prompt}".format(**request.path_params))
        return Response(tone(), media_type="audio/wav", headers={"Cache-Control": "max-age=3600"})

    # --- sockets ---

    async def _line(self, socket: WebSocket) -> None:
        await socket.accept()
        page = socket.path_params["page"]
        if not self.beating:  # a stopped agent takes the line and never answers
            with suppress(WebSocketDisconnect):
                while True:
                    await socket.receive_json()
            return
        await socket.send_json(self._hello())
        for message in self.greeting or [knowledge()]:
            await socket.send_json(self.state.get((page, message["type"]), message))
        self.lines[page].append(socket)
        beats = asyncio.create_task(self._beat(socket))
        try:
            while True:
                self.heard.append(await socket.receive_json())
        except WebSocketDisconnect:
            pass
        finally:
            beats.cancel()
            self.lines[page].remove(socket)

    def _hello(self) -> dict[str, Any]:
        place = {"type": "hello", "site": "定安路社区", "gate": "东门", "direction": "in"}
        clocks = {"hold_ms": self.hold_ms, "heartbeat_ms": self.heartbeat_ms}
        clocks["utc_offset"] = self.utc_offset
        return {**place, **clocks, "guard_required": True, "locked": self.locked}

    async def _beat(self, socket: WebSocket) -> None:
        n = 0
        while True:
            await asyncio.sleep(self.heartbeat_ms / 1000)
            if self.beating:
                n += 1
                await socket.send_json({"type": "beat", "n": n})

    async def say(self, page: str, message: dict[str, Any]) -> None:
        if message["type"] in TOLD_ANEW:
            self.state[page, message["type"]] = message
        await until(lambda: self.lines[page], f"a {page} connects")
        for socket in self.lines[page]:
            await socket.send_json(message)

    async def hang_up(self, page: str) -> None:
        for socket in list(self.lines[page]):
            await socket.close()

    def answers(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.heard if message["type"] == kind]

    # --- calls of the desk ---

    def _problem(self, status: int, code: str, title: str, **headers: str) -> Response:
        body = {"type": f"about:gatepass/{code}", "code": code, "title": title, "status": status}
        return JSONResponse(body, status, headers=headers, media_type="application/problem+json")

    async def _unlock(self, request: Request) -> Response:
        pin = (await request.json())["pin"]
        if self.tries >= 5:
            return self._problem(429, "locked_out", "口令错误次数过多。请 1 秒后再试。", **{"Retry-After": "1"})
        if pin != GUARD_PIN:
            self.tries += 1
            return self._problem(403, "pin_wrong", f"口令不对。还可以试 {5 - self.tries} 次。")
        self.locked, self.tries = False, 0
        for message in (self._hello(), *self.greeting):
            await self.say("desk", message)
        return Response(status_code=204)

    async def _api(self, request: Request) -> Response:
        verb, body = request.path_params["verb"], await request.json()
        if verb == "lock":
            self.locked = True
            await self.say("desk", self._hello())
            return Response(status_code=204)
        if self.locked:
            return self._problem(401, "locked", "请先输入值守口令。")
        self.posted.append((verb, body))
        if verb == "typed":  # as the agent reads it, so that page and agent cannot differ about what is asked back
            kind = DocumentKind(body["kind"]) if "kind" in body else None
            try:
                TypedNumbers().read(body["number"], kind, body.get("issuer", ""))
            except DeskError as error:
                title = error.problem(preferred_language(request.headers.get("accept-language", "")))
                return Response(title, error.status, media_type="application/problem+json")
        if verb == "visitor":
            return JSONResponse({"id": "d" * 32, "answer": ""})
        return self._reported(verb, body) if verb.startswith("report") else Response(status_code=204)

    def _reported(self, verb: str, body: dict[str, Any]) -> Response:
        if verb == "reporter":
            return JSONResponse({"who": "f" * 32, "name": "M12****78"})
        if (body["tenths"] or 0) > 405 and not body["confirmed"]:
            return self._problem(422, "report_again", "这个体温不寻常。请再量一次；如果确实如此，请勾选确认。")
        self.reports.insert(0, {"at": int(time.time() * 1000), "who": "李*", "answer": ""})
        return JSONResponse({"id": "e" * 32})

    async def _reports(self, _: Request) -> Response:
        if self.locked:
            return self._problem(401, "locked", "请先输入值守口令。")
        at = int(time.time() * 1000)
        people = [
            {"who": "a" * 32, "name": "李*", "document": "resident_card", "at": at},
            {"who": "b" * 32, "name": "", "document": "", "at": at - 61_000},
        ]
        return JSONResponse({"people": people, "reports": self.reports})

    async def _face(self, request: Request) -> Response:
        if self.locked:
            return self._problem(401, "locked", "请先输入值守口令。")
        self.looked.append(request.query_params["which"])
        who = 1 if request.query_params["which"] == "portrait" else 2
        return Response(as_jpeg(person(who)), media_type="image/jpeg", headers={"cache-control": "no-store"})

    async def _export(self, _: Request) -> Response:
        if self.locked:
            return self._problem(401, "locked", "请先输入值守口令。")
        return PlainTextResponse("at,outcome\r\n", media_type="text/csv")


def knowledge(*, online: bool = True, as_of: float | None = 0, **further: Any) -> dict[str, Any]:
    """`as_of` in seconds before now; None: the gate knows nothing."""
    stated = None if as_of is None else int((time.time() - as_of) * 1000)
    return {"type": "knowledge", "online": online, "as_of": stated, "notice": False, "readers": READY, **further}


def shown(reason: str, **further: Any) -> dict[str, Any]:
    """A `show` message as the agent would send it for a reason of policy."""
    return {
        "type": "show",
        "id": f"{abs(hash((reason, time.monotonic()))):032x}"[:32],
        "outcome": REASONS[reason].outcome.value,
        "reason": reason,
        "prompt": REASONS[reason].prompt,
        "language": "zh-Hans",
        "holder": "王* 女士",
        "checks": {"document": "ok", "code": "ok"},
        "advice": REASONS[reason].advice.value,
        "repeat": False,
        **further,
    }


def held(reason: str = "unknown", *further_reasons: str, **further: Any) -> dict[str, Any]:
    return {
        "id": f"{abs(hash(reason)):032x}"[:32],
        "at": int(time.time() * 1000),
        "waited_s": 24,
        "outcome": REASONS[reason].outcome.value,
        "reasons": [reason, *further_reasons],
        "holder": {
            "name": "李*",
            "nationality": "CHN",
            "language": "zh-Hans",
            "document": "resident_card",
            "number": f"{LI.number[:3]}{'*' * 13}{LI.number[-2:]}",
        },
        "advice": REASONS[reason].advice.value,
        **further,
    }


def visitor(reason: str = "unknown", language: str = "ko", **further: Any) -> dict[str, Any]:
    holder = {
        "name": "K** M*****",
        "nationality": "KOR",
        "language": language,
        "document": "passport",
        "number": "M12****89",
    }
    return held(reason, holder=holder, **further)


def recent() -> dict[str, Any]:
    now = int(time.time() * 1000)
    rows = [
        ("pass", "resident_card", "王*", "card", ""),
        ("pass", "hmt_residence", "陈*", "card", ""),
        ("hold", "resident_card", "李*", "card", "admitted"),
        ("refuse", "resident_card", "孙*", "card", ""),
        ("hold", "passport", "K** M*****", "typed", "refused"),
        ("hold", "", "", "card", ""),
        ("pass", "foreigner_pr", "E*** S****", "card", ""),
    ]
    names = ("outcome", "document", "holder", "method", "resolution")
    items = [
        {"id": f"{n:032x}", "at": now - n * 61_000, **dict(zip(names, row, strict=True))} for n, row in enumerate(rows)
    ]
    return {"type": "recent", "items": items}


COUNTS = {"type": "counts", "entered": 1412, "left": 1380, "inside": 32, "since": "07:00"}


async def until(condition: Any, what: str, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s in vain until {what}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def scripted_agent(port: int | None = None, **settings: Any) -> AsyncIterator[ScriptedAgent]:
    agent = ScriptedAgent(**settings)
    async with served(agent.app(), port) as address:
        agent.address = address
        yield agent

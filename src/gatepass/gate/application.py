"""The gate's own web application: kiosk, desk, sound, health. It serves this machine, and whoever it is told to.

Every request passes `Doorkeeper` first. The Host header must be one of ours: a foreign name that resolves
to 127.0.0.1 is how web pages reach into devices. Whatever acts or listens must come from our own pages (Origin).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatepass.gate import pages
from gatepass.gate.desk import Desk, with_cookie
from gatepass.gate.health import Health
from gatepass.gate.interpreting import Interpreting
from gatepass.gate.kiosk import Kiosk
from gatepass.gate.metrics import Metrics
from gatepass.gate.problems import DeskError, preferred_language
from gatepass.gate.questions import Questions
from gatepass.gate.report_desk import ReportDesk
from gatepass.gate.visitor_desk import VisitorDesk
from gatepass.speech import calling, prompts
from gatepass.wire.messages import PROBLEM_TYPE

_HEADERS = {
    "content-security-policy": pages.CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_TALKING = frozenset({"/", "/desk", "/interpreter"})
"""Pages on which somebody talks with an interpreter, or that hold the frame in which they do."""
_SAFE_METHODS = frozenset({"GET", "HEAD"})


class Doorkeeper:
    """`hosts` are the Host headers that are ours, port included. Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        if not self._is_ours(scope):
            await self._turn_away(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"] in _TALKING:
                    headers["permissions-policy"] = pages.MEDIA
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _is_ours(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._hosts:
            return False
        origin = headers.get("origin")
        if origin is None:
            # Browsers always send it where it matters. What has none is no web page; it may look, and not act.
            return scope["type"] == "http" and scope["method"] in _SAFE_METHODS
        scheme, _, host = origin.lower().partition("://")
        return scheme in {"http", "https"} and host in self._hosts

    @staticmethod
    async def _turn_away(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await _problem(Request(scope), DeskError("foreign_origin"))(scope, receive, send)


def make_application(
    *,
    hosts: frozenset[str],
    kiosk: Kiosk,
    desk: Desk,
    health: Health,
    metrics: Metrics,
    prompts_folder: Path,
    interpreting: Interpreting,
    questions: Questions,
    visitors: VisitorDesk,
    reports: ReportDesk,
) -> Starlette:
    # Both pages are the same for everybody: rendered once.
    kiosk_page, desk_page = pages.render_kiosk(), pages.render_desk()

    async def show_kiosk(_request: Request) -> Response:
        return HTMLResponse(kiosk_page, headers={"cache-control": "no-cache"})

    async def show_desk(request: Request) -> Response:
        response = HTMLResponse(desk_page, headers={"cache-control": "no-cache"})
        return with_cookie(response, desk.session_of(request), request)

    async def audio(request: Request) -> Response:
        return _audio(request, prompts_folder, metrics)

    async def healthz(_request: Request) -> Response:
        report = health.report()
        return JSONResponse(report, status_code=200 if report["ready"] else 503, headers={"cache-control": "no-store"})

    async def exposition(_request: Request) -> Response:
        return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)

    routes: list[BaseRoute] = [
        Route("/", show_kiosk),
        Route("/desk", show_desk),
        Route("/audio/{language}/{prompt}.opus", audio),
        Route("/healthz", healthz),
        Route("/metrics", exposition),
        WebSocketRoute("/kiosk/socket", kiosk.serve),
        WebSocketRoute("/desk/socket", desk.serve),
        Route("/desk/api/unlock", desk.unlock, methods=["POST"]),
        Route("/desk/api/lock", desk.lock, methods=["POST"]),
        Route("/desk/api/resolve", desk.resolve, methods=["POST"]),
        Route("/desk/api/typed", desk.typed, methods=["POST"]),
        Route("/desk/api/language", desk.language, methods=["POST"]),
        Route("/desk/api/face", desk.face),
        Route("/desk/api/visitors", visitors.inside),
        Route("/desk/api/visitor", visitors.register, methods=["POST"]),
        Route("/desk/api/expected", visitors.answer),
        Route("/desk/api/gone", visitors.left, methods=["POST"]),
        Route("/desk/api/reports", reports.overview),
        Route("/desk/api/reporter", reports.reporter, methods=["POST"]),
        Route("/desk/api/report", reports.take_down, methods=["POST"]),
        Route("/desk/api/export.csv", desk.export),
        Route("/interpreter", interpreting.page),
        Route("/questions", questions.page),
        Route("/questions", questions.ask, methods=["POST"]),
        Route("/interpreter/exchange", interpreting.exchange, methods=["POST"]),
        Mount("/calling", StaticFiles(directory=calling.STATIC)),
        Mount("/static", StaticFiles(directory=pages.STATIC)),
    ]
    handlers: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {DeskError: _desk_problem}
    return Starlette(routes=routes, middleware=[Middleware(Doorkeeper, hosts=hosts)], exception_handlers=handlers)


def _audio(request: Request, folder: Path, metrics: Metrics) -> Response:
    language, prompt = request.path_params["language"], request.path_params["prompt"]
    try:
        is_earcon = language == prompts.EARCON_FOLDER
        path = prompts.earcon(prompt, folder) if is_earcon else prompts.path(prompt, language, folder)
    except prompts.UnknownPrompt:
        return Response(status_code=404)
    if not path.is_file():
        metrics.prompts_missing.labels(language).inc()
        return Response(status_code=404)
    # Asked again with its ETag, because a recorded prompt may replace it at any time.
    return FileResponse(path, media_type="audio/ogg", headers={"cache-control": "no-cache"})


def _problem(request: Request, error: DeskError) -> Response:
    language = preferred_language(request.headers.get("accept-language", ""))
    response = Response(error.problem(language), status_code=error.status, media_type=PROBLEM_TYPE)
    if "seconds" in error.fields:
        response.headers["retry-after"] = str(error.fields["seconds"])
    return response


async def _desk_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, DeskError)
    return _problem(request, error)

"""Somebody at this gate wants an interpreter: the page of the call, and its questions, carried to the centre.

    GET  /interpreter?language=ko&desk=yes    the page; the kiosk and the desk show it in a frame
    POST /interpreter/exchange                InterpretingQuestion -> InterpretingAnswer, JSON (`wire.interpreting`)

Sound and picture go from this browser to the interpreter's; the gate carries only what the two need to find each other.
Without a centre the page shows at once what is kept here: the telephone line of the language, and the phrase card.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gatepass.files import write_whole
from gatepass.gate import pages
from gatepass.gate.calls import CallError, Calls, RefusedError, UnreachableError
from gatepass.gate.problems import DeskError
from gatepass.languages import DEFAULT_LANGUAGE, LANGUAGES, Language
from gatepass.wire.interpreting import InterpretingAnswer, InterpretingQuestion

LINES_EVERY_S = 600.0
LINES_AGAIN_S = 30.0
MOST = 900 * 1024
FILE = "lines.json"

_decode = msgspec.json.Decoder(InterpretingQuestion).decode


class Interpreting:
    def __init__(self, calls: Calls, folder: Path) -> None:
        self._calls = calls
        self._file = folder / FILE
        self.lines: dict[str, str] = {}
        """Language -> telephone number, as the centre last said."""
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            self.lines = msgspec.json.decode(self._file.read_bytes(), type=dict[str, str])

    async def run(self) -> None:
        """Asks for the telephone lines now and then: they are wanted in the hour without a network."""
        while True:
            wait = LINES_AGAIN_S
            with contextlib.suppress(CallError):
                answer = await self._calls.interpreting(InterpretingQuestion())
                self._keep(answer.lines)
                wait = LINES_EVERY_S
            await asyncio.sleep(wait)

    async def page(self, request: Request) -> Response:
        language = _known(request.query_params.get("language", ""))
        desk = request.query_params.get("desk") == "yes"
        html = pages.render_call(language, self.lines.get(language, ""), desk=desk)
        headers = {"cache-control": "no-store", "content-security-policy": pages.CALL_POLICY}
        return HTMLResponse(html, headers=headers)

    async def exchange(self, request: Request) -> Response:
        """503 while the centre does not answer: the page then shows the line and the card."""
        try:
            question = _decode(await _body(request))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise DeskError("request_invalid") from error
        try:
            answer = await self._calls.interpreting(question)
        except UnreachableError:
            return Response(status_code=503)
        except RefusedError as refusal:
            return Response(status_code=409 if refusal.code == "call_not_now" else 503)
        return _json(answer)

    def _keep(self, lines: dict[str, str]) -> None:
        if lines == self.lines:
            return
        self.lines = lines
        with contextlib.suppress(OSError):  # a full disk: kept in memory, and asked for again after the next start
            write_whole(self._file, msgspec.json.encode(lines), mode=0o600)


def _known(code: str) -> Language:
    return next((language for language in LANGUAGES if language == code), DEFAULT_LANGUAGE)


def _json(answer: InterpretingAnswer) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(msgspec.json.encode(answer), media_type="application/json", headers=headers)


async def _body(request: Request) -> bytes:
    received = bytearray()
    async for piece in request.stream():
        received += piece
        if len(received) > MOST:
            raise DeskError("request_invalid")
    return bytes(received)

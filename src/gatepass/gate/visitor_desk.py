"""*Measure, look, ask, register*: whoever comes without an invitation, at the guard's desk. It works without a network.

    GET  /desk/api/visitors        {"visitors": [{"key", "since", "name", "whom", "until"}]}, longest inside first
    POST /desk/api/visitor         WalkInForm -> {"id", "answer"}; `ask` asks the host on their page; `admit`, `refuse`
    GET  /desk/api/expected  ?id=… -> {"answer": "yes" | "no" | ""}
    POST /desk/api/gone    {"key"} -> 204

All need an unlocked desk. A fever or a symptom admits nobody: `visitor_unwell`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gatepass.gate.clock import Clock
from gatepass.gate.desk import Desk, read_body
from gatepass.gate.guard import Guard
from gatepass.gate.problems import DeskError
from gatepass.gate.visitor_book import VisitorBook
from gatepass.wire.ids import uuid7
from gatepass.wire.visitors import WalkIn

FEVER: Final = 37.3
STAYS_MS: Final = 4 * 3_600_000
"""As long as the centre gives somebody without an invitation (`visitors.intake.WALK_IN_STAYS`)."""

Words = Annotated[str, msgspec.Meta(max_length=120)]
Needed = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class WalkInForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    verdict: Literal["ask", "admit", "refuse"]
    name: Needed
    host: Needed
    purpose: Literal["family", "cleaning", "care", "repair", "delivery", "other"]
    temperature: Annotated[float, msgspec.Meta(ge=30.0, le=45.0)]
    symptoms: bool
    was_away: bool
    document: Words = ""
    phone: Words = ""
    confirmed: Literal["", "phone", "page"] = ""
    id: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{32})?$")] = ""
    """Of the visit for which the host was asked already."""

    def __repr__(self) -> str:
        return f"WalkInForm({self.verdict!r})"


class Gone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{16}|[0-9a-f]{32})$")]


class VisitorDesk:
    def __init__(self, *, desk: Desk, guard: Guard, book: VisitorBook, clock: Clock) -> None:
        self._desk, self._guard, self._book, self._clock = desk, guard, book, clock

    async def inside(self, request: Request) -> Response:
        self._require(request)
        found = [
            {"key": each.key.hex(), "since": each.since, "name": each.name, "whom": each.whom, "until": each.until}
            for each in self._book.inside()
        ]
        return JSONResponse({"visitors": found}, headers={"cache-control": "no-store"})

    async def register(self, request: Request) -> Response:
        self._require(request)
        form = await read_body(request, WalkInForm)
        if form.verdict == "admit" and (form.temperature >= FEVER or form.symptoms):
            raise DeskError("visitor_unwell")
        if form.verdict == "admit" and not form.confirmed:
            raise DeskError("visitor_unconfirmed")
        visit = bytes.fromhex(form.id) if form.id else uuid7(self._clock.now_ms())
        walk_in = WalkIn(
            name=form.name, host=form.host, purpose=form.purpose, document=form.document, phone=form.phone,
            temperature=form.temperature, symptoms=form.symptoms, was_away=form.was_away, confirmed=form.confirmed,
        )  # fmt: skip
        if form.verdict == "ask":
            await self._book.ask(visit, walk_in)
        else:
            refused = form.verdict == "refuse"
            until = 0 if refused else self._clock.now_ms() + STAYS_MS
            await self._book.enter(visit, walk_in, refused=refused, until=until)
        return JSONResponse({"id": visit.hex(), "answer": self._book.answer(visit)})

    async def answer(self, request: Request) -> Response:
        self._require(request)
        try:
            visit = bytes.fromhex(request.query_params.get("id", ""))
        except ValueError:
            raise DeskError("request_invalid", detail="id") from None
        return JSONResponse({"answer": self._book.answer(visit)}, headers={"cache-control": "no-store"})

    async def left(self, request: Request) -> Response:
        self._require(request)
        gone = await read_body(request, Gone)
        if not await self._book.leave(bytes.fromhex(gone.key)):
            raise DeskError("passage_not_held")
        return Response(status_code=204)

    def _require(self, request: Request) -> None:
        self._guard.require(self._desk.session_of(request))

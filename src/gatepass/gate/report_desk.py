"""How somebody in quarantine is, taken down at the guard's desk. It works without a network.

    GET  /desk/api/reports         {"people": [{"who", "name", "document", "at"}], "reports": [{"at", "who", "answer"}]}
    POST /desk/api/reporter        {"number", "kind"?, "issuer"?} -> {"who", "name"}; asks back as `typed` does
    POST /desk/api/report          ReportForm -> {"id"}: it is kept here, and sent as soon as the centre can be reached

`people` are who was at this gate in the last ten minutes, by card, code or number; `who` names one of them, or a number
that was typed here. All need an unlocked desk. Nobody is told by this desk who is in quarantine and why.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from itertools import islice
from typing import Annotated, Final, get_args

import apsw
import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gatepass.gate import masking
from gatepass.gate.clock import Clock
from gatepass.gate.desk import Desk, Typed, read_body
from gatepass.gate.guard import Guard
from gatepass.gate.problems import DeskError
from gatepass.gate.recollection import REMEMBER_S, Recollection
from gatepass.gate.report_book import ReportBook
from gatepass.gate.typed import TypedNumbers
from gatepass.identity import Document
from gatepass.policy.colours.facts import Symptom
from gatepass.wire.ids import uuid7
from gatepass.wire.keys import person_keys
from gatepass.wire.reports import MOST_KEYS, MOST_NOTE, GateReport

SYMPTOMS: Final[tuple[str, ...]] = get_args(Symptom)
PEOPLE_SHOWN: Final = 4
MOST_TYPED: Final = 20
ASKED_AGAIN: Final = (345, 405)
"""Tenths: what lies outside looks like a slip, as in the centre's shipped rules (`quarantine/rules`). The guard is
asked while the person still stands there; an answer from the centre might come a day later."""


class ReportForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    who: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
    tenths: Annotated[int, msgspec.Meta(ge=300, le=450)] | None = None
    symptoms: Annotated[list[Symptom], msgspec.Meta(max_length=20)] = []
    note: Annotated[str, msgspec.Meta(max_length=MOST_NOTE)] = ""
    confirmed: bool = False

    def __repr__(self) -> str:
        return "ReportForm()"


class ReportDesk:
    def __init__(
        self, *, desk: Desk, guard: Guard, recollection: Recollection, book: ReportBook, secret: bytes, clock: Clock
    ) -> None:
        """`secret`: the town's, for person keys."""
        self._desk, self._guard, self._recollection = desk, guard, recollection
        self._book, self._secret, self._clock = book, secret, clock
        self._numbers = TypedNumbers()
        self._typed: OrderedDict[str, tuple[float, list[bytes], str]] = OrderedDict()
        """A random name -> until when, the keys of a typed number, and the number masked."""

    async def overview(self, request: Request) -> Response:
        self._require(request)
        people = [
            {"who": one.id, "name": one.holder.name, "document": one.record.document, "at": one.record.at}
            for one in self._recollection.recent()
            if one.record.person is not None
        ]
        reports = [{"at": one.at, "who": one.who, "answer": one.answer} for one in await self._book.noted()]
        return JSONResponse(
            {"people": people[:PEOPLE_SHOWN], "reports": reports}, headers={"cache-control": "no-store"}
        )

    async def reporter(self, request: Request) -> Response:
        self._require(request)
        body = await read_body(request, Typed)
        document = self._numbers.read(body.number, body.kind, body.issuer)
        who, name = secrets.token_hex(16), masking.number(document)
        self._typed[who] = (self._clock.monotonic() + REMEMBER_S, self._keys_of(document), name)
        while len(self._typed) > MOST_TYPED:
            self._typed.popitem(last=False)
        return JSONResponse({"who": who, "name": name}, headers={"cache-control": "no-store"})

    async def take_down(self, request: Request) -> Response:
        self._require(request)
        form = await read_body(request, ReportForm)
        people, name = self._person(form.who)
        if form.tenths is None and not form.symptoms and not form.note.strip():
            raise DeskError("report_empty")
        if form.tenths is not None and not ASKED_AGAIN[0] <= form.tenths <= ASKED_AGAIN[1] and not form.confirmed:
            raise DeskError("report_again")
        now_ms = self._clock.now_ms()
        report = GateReport(
            id=uuid7(now_ms), at=now_ms, people=people, tenths=form.tenths, symptoms=sorted(set(form.symptoms)),
            note=form.note.strip(), confirmed=form.confirmed,
        )  # fmt: skip
        try:
            await self._book.keep(report, name)
        except apsw.Error:
            raise DeskError("report_not_kept") from None
        self._typed.pop(form.who, None)
        return JSONResponse({"id": report.id.hex()})

    def _person(self, who: str) -> tuple[list[bytes], str]:
        until, keys, name = self._typed.get(who, (0.0, [], ""))
        if keys and self._clock.monotonic() < until:
            return keys, name
        for passage in self._recollection.recent():
            if passage.id == who and passage.record.person is not None:
                return [passage.record.person], passage.holder.name
        raise DeskError("reporter_forgotten")

    def _keys_of(self, document: Document) -> list[bytes]:
        return list(islice(person_keys(self._secret, document), MOST_KEYS))

    def _require(self, request: Request) -> None:
        self._guard.require(self._desk.session_of(request))

"""The guard's desk: what is held and why, and what the guard does about it.

    POST /desk/api/unlock    {"pin"}                              204 and a cookie
    POST /desk/api/lock      {}                                   204
    POST /desk/api/resolve   {"id", "verdict", "reason", "pin"?}  204     admit | refuse
    POST /desk/api/typed     {"number", "kind"?, "issuer"?}       {"id", "outcome", "reason"}; asks back (`typed`)
    POST /desk/api/language  {"language"}                         204
    GET  /desk/api/face      ?id=…&which=portrait|live            one of the two faces of somebody who waits
    GET  /desk/api/export.csv                                     the last passages, masked

All but `unlock` need an unlocked session (`resolve` takes a PIN instead). Held and last passages are told to the gate's
own screen at any time, and to another machine only when it is unlocked: they say why somebody was stopped.
"""

from __future__ import annotations

import csv
import io
import ipaddress
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Literal, TypeVar, get_args

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket

from gatepass.gate.audience import Audience, Listener, Message
from gatepass.gate.counts import Counts
from gatepass.gate.guard import DeskSession, Guard
from gatepass.gate.kiosk import Kiosk
from gatepass.gate.looking import Which
from gatepass.gate.problems import DeskError
from gatepass.gate.recollection import Passage, Recollection
from gatepass.gate.session import Session
from gatepass.gate.typed import TypedNumbers
from gatepass.identity import DocumentKind
from gatepass.identity.masking import mask_name
from gatepass.languages import Language

COOKIE = "gatepass_desk"
_BODY_MOST = 4096
Body = TypeVar("Body")


class Unlock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pin: Annotated[str, msgspec.Meta(max_length=12)]

    def __repr__(self) -> str:
        return "Unlock()"


class Resolve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
    verdict: Literal["admit", "refuse"]
    reason: Annotated[str, msgspec.Meta(max_length=40)]
    pin: Annotated[str, msgspec.Meta(max_length=12)] | None = None

    def __repr__(self) -> str:
        return f"Resolve({self.id!r}, {self.verdict!r})"


class Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: Annotated[str, msgspec.Meta(max_length=64)]
    kind: DocumentKind | None = None
    issuer: Annotated[str, msgspec.Meta(max_length=3)] = ""
    """ISO 3166-1 alpha-3, for a passport."""

    def __repr__(self) -> str:
        return "Typed()"


class ChosenLanguage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    language: Language


class _DeskListener(Listener):
    def __init__(self, websocket: WebSocket, session: DeskSession) -> None:
        super().__init__(websocket)
        self.session = session
        self.is_here = is_this_machine(websocket)


class Desk:
    def __init__(
        self,
        *,
        heartbeat_s: float,
        guard: Guard,
        counts: Counts,
        recollection: Recollection,
        hello: Callable[[], Message],
        knowledge: Callable[[], Message],
        kiosk: Kiosk,
    ) -> None:
        self._audience = Audience(heartbeat_s)
        self._guard, self._counts, self._recollection, self._kiosk = guard, counts, recollection, kiosk
        self._hello, self._knowledge = hello, knowledge
        self.session: Session | None = None
        self._typed = TypedNumbers()

    # --- told by the session (session.Screen) ---

    def reading(self) -> None:
        """The desk shows people, not cards."""

    def looking(self) -> None:
        """The person is asked, not the guard."""

    def idle(self) -> None:
        """The desk keeps what the kiosk forgets."""

    def show(self, passage: Passage, *, repeat: bool) -> None:
        if passage.record.document == DocumentKind.PASSPORT and not repeat:
            self._typed.seen(passage.holder.nationality)
        self.refresh()  # after a repeat as well: a further part of a visit may have brought the name

    def settled(self, passage: Passage) -> None:  # noqa: ARG002 - the lists are sent whole
        self.refresh()

    # --- told by the agent ---

    def know(self) -> None:
        self._audience.say(self._knowledge())

    def rename(self) -> None:
        for locked in (True, False):
            self._audience.say(self._hello_to(locked=locked), to=partial(self._is_locked, locked))

    def refresh(self) -> None:
        """Send counts and lists again."""
        self._audience.say(self._counted())
        for message in self._lists():
            self._audience.say(message, to=self._may_see)

    # --- the socket ---

    async def serve(self, websocket: WebSocket) -> None:
        listener = _DeskListener(websocket, self.session_of(websocket))
        await websocket.accept()
        await self._audience.attend(listener, lambda: self._greeting(listener), _nothing_to_hear)

    def _greeting(self, listener: _DeskListener) -> Iterable[Message]:
        yield self._hello_to(locked=not self._guard.is_unlocked(listener.session))
        yield self._knowledge()
        yield self._counted()
        if self._may_see(listener):
            yield from self._lists()

    def _hello_to(self, *, locked: bool) -> Message:
        return {**self._hello(), "guard_required": True, "locked": locked}

    def _is_locked(self, locked: bool, listener: Listener) -> bool:
        return isinstance(listener, _DeskListener) and self._guard.is_unlocked(listener.session) is not locked

    def _may_see(self, listener: Listener) -> bool:
        return isinstance(listener, _DeskListener) and (listener.is_here or self._guard.is_unlocked(listener.session))

    def _counted(self) -> Message:
        tally = self._counts.tally()
        return {
            "type": "counts",
            "entered": tally.entered,
            "left": tally.left,
            "inside": tally.inside,
            "since": "00:00",
        }

    def _lists(self) -> Iterable[Message]:
        yield {"type": "held", "items": [self._held_item(passage) for passage in self._recollection.waiting()]}
        yield {"type": "recent", "items": [_recent_item(passage) for passage in self._recollection.recent()]}

    def _held_item(self, passage: Passage) -> Message:
        record, holder = passage.record, passage.holder
        return {
            "id": passage.id,
            "at": record.at,
            "waited_s": self._recollection.waited_s(passage),
            "outcome": record.outcome.value,
            "reasons": list(record.reasons),
            "holder": {
                "name": holder.name,
                "nationality": holder.nationality,
                "language": holder.language,
                "document": record.document,
                "number": holder.number,
            },
            "advice": passage.decision.advice.value,
            "faces": self.session.pictures.which(passage.id) if self.session else [],
            "visit": _visit_of(passage),
        }

    # --- calls ---

    def session_of(self, connection: HTTPConnection) -> DeskSession:
        return self._guard.session(connection.cookies.get(COOKIE))

    async def unlock(self, request: Request) -> Response:
        body = await read_body(request, Unlock)
        session = self.session_of(request)
        await self._guard.unlock(session, body.pin)
        self._audience.say(self._hello_to(locked=False), to=_of(session))
        for message in self._lists():
            self._audience.say(message, to=_of(session))
        return with_cookie(Response(status_code=204), session, request)

    async def lock(self, request: Request) -> Response:
        session = self.session_of(request)
        self._guard.lock(session)
        self._audience.say(self._hello_to(locked=True), to=_of(session))
        return Response(status_code=204)

    async def resolve(self, request: Request) -> Response:
        body = await read_body(request, Resolve)
        if body.pin is not None:
            await self._guard.check(body.pin)
        else:
            self._guard.require(self.session_of(request))
        await self._living().settle(body.id, body.verdict, body.reason)
        return Response(status_code=204)

    async def typed(self, request: Request) -> Response:
        self._guard.require(self.session_of(request))
        body = await read_body(request, Typed)
        # A slip of the guard's finger is not a passage.
        document = self._typed.read(body.number, body.kind, body.issuer)
        passage = await self._living().present(document)
        decision = passage.decision
        return JSONResponse({"id": passage.id, "outcome": decision.outcome.value, "reason": decision.reasons[0]})

    async def language(self, request: Request) -> Response:
        self._guard.require(self.session_of(request))
        body = await read_body(request, ChosenLanguage)
        self._kiosk.speak(body.language)
        return Response(status_code=204)

    async def face(self, request: Request) -> Response:
        """Only while that person waits, only for an unlocked desk, and never kept by a browser."""
        self._guard.require(self.session_of(request))
        which = request.query_params.get("which", "")
        if which not in get_args(Which):
            raise DeskError("request_invalid", detail="which")
        visit = request.query_params.get("id", "")
        picture = self._living().pictures.picture(visit, which) if self._recollection.held(visit) else None  # type: ignore[arg-type]
        if picture is None:
            raise DeskError("passage_not_held")
        return Response(picture, media_type="image/jpeg", headers={"cache-control": "no-store"})

    async def export(self, request: Request) -> Response:
        self._guard.require(self.session_of(request))
        text = io.StringIO()
        table = csv.writer(text)
        table.writerow(["time_utc", "outcome", "reason", "document", "holder", "method", "resolution"])
        for passage in self._recollection.recent():
            record = passage.record
            table.writerow(
                [
                    datetime.fromtimestamp(record.at / 1000, UTC).isoformat(timespec="seconds"),
                    record.outcome.value,
                    record.reasons[0],
                    record.document,
                    passage.holder.name,
                    record.method.value,
                    passage.resolution,
                ]
            )
        return Response(
            # The mark at the start tells spreadsheets that it is UTF-8.
            "\ufeff" + text.getvalue(),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": 'attachment; filename="passages.csv"', "cache-control": "no-store"},
        )

    def _living(self) -> Session:
        assert self.session is not None, "the agent gives the desk its session before it serves"
        return self.session


def with_cookie(response: Response, session: DeskSession, request: Request) -> Response:
    is_encrypted = request.url.scheme == "https"  # a tablet, through a web server with a certificate
    response.set_cookie(COOKIE, session.token, path="/desk", httponly=True, samesite="strict", secure=is_encrypted)
    return response


def is_this_machine(connection: HTTPConnection) -> bool:
    try:
        return connection.client is not None and ipaddress.ip_address(connection.client.host).is_loopback
    except ValueError:
        return False


def _recent_item(passage: Passage) -> Message:
    record = passage.record
    return {
        "id": passage.id,
        "at": record.at,
        "outcome": record.outcome.value,
        "reasons": list(record.reasons),
        "document": record.document,
        "holder": passage.holder.name,
        "method": record.method.value,
        "resolution": passage.resolution,
    }


def _visit_of(passage: Passage) -> Message | None:
    """The invitation in the words that the guard needs. Names are masked as everywhere on the desk, but for to whom:
    that is what the guard rings."""
    shown = passage.invitation
    if shown is None:
        return None
    return {"name": mask_name(shown.name), "to": shown.to, "kind": shown.invited.kind.value}


def _of(session: DeskSession) -> Callable[[Listener], bool]:
    return lambda listener: isinstance(listener, _DeskListener) and listener.session is session


def _nothing_to_hear(_text: str) -> None:
    """The desk answers beats; its acts are calls."""


async def read_body(request: Request, kind: type[Body]) -> Body:
    """The JSON body as `kind`. DeskError `request_invalid`."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise DeskError("request_invalid")
    received = bytearray()
    async for piece in request.stream():
        received += piece
        if len(received) > _BODY_MOST:
            raise DeskError("request_invalid")
    try:
        return msgspec.json.decode(bytes(received), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DeskError("request_invalid") from error

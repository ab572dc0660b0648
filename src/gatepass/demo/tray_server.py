"""The card tray: a page on which one picks a resident's card and lays it on the reader. Loopback only, no log-in.

The tray stands for the hands and the desk of whoever tries the demo; nothing of it exists in a real gate.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gatepass.demo.carried import THINGS, group_of_card
from gatepass.demo.stage import Stage, StageError
from gatepass.demo.town import Townsperson
from gatepass.identity.masking import mask_number
from gatepass.policy import reasons

PAGES = Path(__file__).parent / "tray"
PAGE_SIZE = 24
ANSWERS_SHOWN = 12
POLICY = "default-src 'self'; frame-src http://127.0.0.1:*; base-uri 'none'; form-action 'none'"


class Lay(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(max_length=40)]
    hold_ms: Annotated[int, msgspec.Meta(ge=50, le=60_000)] | None = None


class Present(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(max_length=40)]


class FaultOrder(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(max_length=40)]


class NetworkOrder(msgspec.Struct, forbid_unknown_fields=True):
    up: bool


class GateOrder(msgspec.Struct, forbid_unknown_fields=True):
    verb: Annotated[str, msgspec.Meta(pattern="^(kill|start)$")]


def as_json(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def card(person: Townsperson) -> dict[str, Any]:
    return {
        "id": person.key,
        "name": person.document.holder.native_name,
        "number_masked": mask_number(person.document.kind, person.document.number),
        "colour": person.colour.value if person.colour else None,
        "registered": person.registered,
        "household": person.household,
        "story": person.story,
        "kind": person.document.kind.value,
        "group": group_of_card(person.document).value,
    }


def gate_words() -> dict[str, Any]:
    """What the gate's own pages say, in five languages: outcomes, kinds of document, words and sentences."""
    words = reasons.embeddable()
    return {"reasons": words["reason"], "outcomes": words["outcome"], "kinds": words["kind"]}


class Tray:
    """The tray's calls. A change must come from the tray's own page: its Origin is compared."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    async def page(self, _: Request) -> Response:
        return FileResponse(PAGES / "tray.html", headers={"content-security-policy": POLICY})

    async def answers_page(self, _: Request) -> Response:
        return FileResponse(PAGES / "answers.html", headers={"content-security-policy": POLICY})

    async def cards(self, request: Request) -> Response:
        query = request.query_params.get("q", "").strip()
        colour = request.query_params.get("colour", "")
        page_asked = request.query_params.get("page", "1")
        page_number = max(1, int(page_asked)) if page_asked.isdecimal() and len(page_asked) < 6 else 1
        found = [
            person
            for person in self.stage.town
            if not person.story  # those lie on top already
            and (not query or query in person.document.holder.native_name or query in person.household)
            and (not colour or (person.colour or "none") == colour)
        ]
        start = (page_number - 1) * PAGE_SIZE
        return as_json(
            {
                "featured": [card(person) for person in self.stage.town if person.story],
                "items": [card(person) for person in found[start : start + PAGE_SIZE]],
                "total": len(found),
                "page": page_number,
                "pages": max(1, -(-len(found) // PAGE_SIZE)),
            }
        )

    async def state(self, _: Request) -> Response:
        stage = self.stage
        links = {
            "kiosk": f"{stage.gate_url}/",
            "desk": f"{stage.gate_url}/desk",
            "board": f"{stage.centre_url}/board/",
        }
        return as_json(
            {
                "card": stage.card,
                "network": stage.cable.plugged,
                "gate": stage.gate_lives,
                "reader": stage.reader_attached,
                "links": links,
                "answers": stage.answers.look()[:ANSWERS_SHOWN],
                "last": stage.answers.last_of,
            }
        )

    async def lay(self, body: bytes) -> None:
        order = msgspec.json.decode(body, type=Lay)
        self.stage.lay(order.id, None if order.hold_ms is None else order.hold_ms / 1000)

    async def present(self, body: bytes) -> None:
        await self.stage.present(msgspec.json.decode(body, type=Present).id)

    async def things(self, _: Request) -> Response:
        """What lies on the tray beside the chip cards, and the gate's words. Neither changes while the demo runs."""
        things = [{"id": each.key, "group": each.group, "way": each.way, "kind": each.kind} for each in THINGS]
        return as_json({"things": things, "words": gate_words()})

    async def lift(self, _: bytes) -> None:
        await self.stage.lift()

    async def fault(self, body: bytes) -> None:
        self.stage.fault(msgspec.json.decode(body, type=FaultOrder).name)

    async def network(self, body: bytes) -> None:
        order = msgspec.json.decode(body, type=NetworkOrder)
        await (self.stage.cable.plug_in() if order.up else self.stage.cable.pull())

    async def gate(self, body: bytes) -> None:
        order = msgspec.json.decode(body, type=GateOrder)
        if order.verb == "kill":
            await self.stage.kill_gate()
        elif not self.stage.gate_lives:
            await self.stage.start_gate()

    def change(self, verb: Callable[[bytes], Awaitable[None]]) -> Callable[[Request], Awaitable[Response]]:
        """A POST that runs `verb` on its body and answers with the new state, or with what was wrong."""

        async def answer(request: Request) -> Response:
            if request.headers.get("origin") != self.stage.tray_url:
                return as_json({"code": "foreign_page"}, 403)
            try:
                await verb(await request.body())
            except msgspec.DecodeError as error:  # ValidationError is one of them
                return as_json({"code": "order_malformed", "detail": str(error)}, 400)
            except KeyError as error:
                return as_json({"code": "unknown_name", "detail": str(error)}, 404)
            except (StageError, OSError) as error:
                return as_json({"code": "not_possible", "detail": str(error)}, 409)
            return await self.state(request)

        return answer


def tray_application(stage: Stage) -> Starlette:
    """The tray's web application."""
    tray = Tray(stage)
    changes = {
        "/lay": tray.lay,
        "/present": tray.present,
        "/lift": tray.lift,
        "/fault": tray.fault,
        "/network": tray.network,
        "/gate": tray.gate,
    }
    return Starlette(
        routes=[
            Route("/", tray.page),
            Route("/answers", tray.answers_page),
            Route("/cards.json", tray.cards),
            Route("/things.json", tray.things),
            Route("/state.json", tray.state),
            *(Route(path, tray.change(verb), methods=["POST"]) for path, verb in changes.items()),
            Mount("/", StaticFiles(directory=PAGES)),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )

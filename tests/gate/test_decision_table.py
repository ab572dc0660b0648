"""The one table of decisions, run by a gate without a network and by a gate that has only the network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
import pytest
from tests.cast import ZHAO
from tests.gate.paper import Gate, PaperFaces, code_of
from tests.gate.town import FakeCentre, enrolled, key_of
from tests.policy.decision_cases import CASES, Case

from gatepass.credentials import REASON_CODES, Format, Verdict, VisitorPass
from gatepass.directory.fetching import FolderFetcher, Subscriber
from gatepass.directory.publishing import Publisher
from gatepass.directory.store import DirectoryStore
from gatepass.gate import kiosk
from gatepass.gate.calls import Calls
from gatepass.gate.device import GateFolder
from gatepass.gate.metrics import Metrics
from gatepass.gate.recollection import Passage
from gatepass.gate.uplink import Uplink
from gatepass.identity import Document, DocumentError
from gatepass.policy import Advice, Colour, Face, Knowledge, Outcome, Presentation, Standing, Status
from gatepass.speech.prompts import PROMPTS


def _can_happen(case: Case) -> bool:
    """A reader gives a document, a code or a fault."""
    presented = case.presentation
    is_read = (presented.document or presented.code or presented.invitation) is not None
    return is_read != (presented.fault is not None)


ROWS = [pytest.param(case, id=str(case)) for case in CASES if _can_happen(case)]
SOMEBODY_ELSE = {bytes(16): (Colour.GREEN, Advice.NONE)}


def _ms(case: Case) -> int:
    return int(case.at.timestamp() * 1000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> GateFolder:
    return enrolled(tmp_path_factory.mktemp("gate"))


def _camera_of(case: Case) -> PaperFaces:
    """What the gate's camera sees; a gate that has none is in trouble."""
    face = case.presentation.face
    return PaperFaces(face, trouble="face_camera_missing" if face is Face.OFF else "")


def _with_portrait(document: Document, face: Face) -> Document:
    return document if face is Face.NO_PORTRAIT else replace(document, portrait=b"portrait")


async def _present(gate: Gate, case: Case) -> Passage:
    gate.site = msgspec.structs.replace(gate.site, rules=case.rules)
    presented = case.presentation
    if presented.document is not None:
        presented = replace(presented, document=_with_portrait(presented.document, presented.face))
    if presented.face is Face.DECLINED:
        gate.session.decline_camera()
    if presented.invitation is not None:
        return await _visit(gate, presented)
    if presented.code is not None:
        person = presented.code.person  # type: ignore[attr-defined]
        verdict = code_of(key_of(person) if person else bytes(16), presented.code.outcome, *presented.code.reasons)
        if presented.document is not None:
            await gate.lay(presented.document)
        return await gate.show(verdict if person else replace(verdict, credential=None))
    read = presented.document or DocumentError(presented.fault or "")
    return await gate.lay(read, method=presented.method)


HOST = key_of(ZHAO.document)


async def _visit(gate: Gate, presented: Presentation) -> Passage:
    """The visitor's invitation first, and then what they have of their own."""
    invitation = presented.invitation
    assert invitation is not None
    gate.visitors.standings[bytes(8)] = invitation.standing
    gate.site = msgspec.structs.replace(gate.site, direction="out" if invitation.leaving else "in")
    document = presented.document or getattr(presented.code, "person", None)
    visitor = key_of(document) if document else None
    invited = VisitorPass(bytes(8), HOST, visitor, "", "", invitation.invited, invitation.invited.begins)
    ended = invitation.standing is Standing.ENDED
    genuine = (Outcome.REFUSE, ("code_revoked",)) if ended else (Outcome.PASS, ("code_valid",))
    passage = await gate.show(Verdict(*genuine, Format.VISITOR, visit=invited), "GV1:CODE")
    if presented.document is not None:
        return await gate.lay(presented.document)
    if presented.code is not None:
        return await gate.show(code_of(visitor or bytes(16), presented.code.outcome, *presented.code.reasons))
    return passage


def _host(case: Case) -> Status | None:
    invitation = case.presentation.invitation
    return invitation.host if invitation else None


def _registered(case: Case) -> dict[bytes, Any]:
    """What the directory has of whoever the row is about."""
    whom = ((_person(case), case.status), (ZHAO.document if _host(case) else None, _host(case)))
    return {
        key_of(document): (status.colour, status.advice)
        for document, status in whom
        if document is not None and status is not None and status.knowledge is Knowledge.REGISTERED
    }


def _person(case: Case) -> Document | None:
    """Whom the presentation names."""
    code = case.presentation.code
    return case.presentation.document or getattr(code, "person", None)


def _compare(passage: Passage, case: Case) -> None:
    """Verdict, every reason, advice, what the kiosk is told, and the sentence that is spoken."""
    decision = passage.decision
    reasons = case.reasons
    if case.presentation.document is not None and case.presentation.code is not None and not passage.record.about:
        # The card was answered first; that a code came as well, and changed nothing, is no second record.
        reasons = tuple(reason for reason in reasons if reason not in REASON_CODES)
    assert (decision.outcome, decision.reasons, decision.advice) == (case.outcome, reasons, case.advice)
    shown = kiosk.shown(passage, repeat=False)
    assert (shown["outcome"], shown["reason"], shown["prompt"]) == (case.outcome, case.reasons[0], case.prompt)
    assert PROMPTS[shown["prompt"]].texts["zh-Hans"] == case.spoken
    assert passage.record.outcome == case.outcome
    assert passage.record.reasons == reasons
    person = _person(case)
    assert passage.record.person == (key_of(person) if person else None)


Installed = Callable[[dict[bytes, Any], datetime | None], DirectoryStore]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The directory of a gate that fetched these people as of then; None: it never fetched any. Many rows ask alike."""
    stores: dict[Any, DirectoryStore] = {}

    def installed(people: dict[bytes, Any], as_of: datetime | None) -> DirectoryStore:
        asked = (as_of, *sorted(people.items()))
        if asked not in stores:
            folder = tmp_path_factory.mktemp("installed")
            stores[asked] = DirectoryStore(folder / "directory")
            if as_of is not None:
                publisher = Publisher(folder / "updates")
                publisher.publish_base(people, as_of)
                Subscriber(stores[asked], FolderFetcher(publisher.repository), publisher.trust_root).refresh()
        return stores[asked]

    return installed


@pytest.mark.parametrize("case", ROWS)
def test_a_gate_without_a_network_gives_the_tables_answer(case: Case, folder: GateFolder, installed: Installed) -> None:
    async def story() -> None:
        gate = Gate(None, folder=folder, at_ms=_ms(case), faces=_camera_of(case))
        stated = [each for each in (case.status, _host(case)) if each and each.knowledge is not Knowledge.UNAVAILABLE]
        knows = stated and (_person(case) is not None or _host(case))
        as_of = stated[0].as_of if knows else None
        gate.session._lookups._directory = installed({**SOMEBODY_ELSE, **_registered(case)}, as_of)
        _compare(await _present(gate, case), case)

    asyncio.run(story())


@pytest.mark.parametrize("case", ROWS)
def test_a_gate_that_asks_the_centre_gives_the_tables_answer(case: Case, folder: GateFolder) -> None:
    async def story() -> None:
        gate = Gate(None, folder=folder, at_ms=_ms(case), no_directory=True, faces=_camera_of(case))
        centre = FakeCentre.of(folder)
        centre.now_ms = lambda: _ms(case)  # type: ignore[method-assign]
        stated = [each for each in (case.status, _host(case)) if each and each.knowledge is not Knowledge.UNAVAILABLE]
        known = bool(stated)
        if stated:
            centre.status_as_of = int(stated[0].as_of.timestamp() * 1000)
            centre.people.update(_registered(case))
        calls = Calls(folder.device(), gate.clock, Metrics(), transport=centre.transport)
        nothing: Any = None
        uplink = Uplink(
            calls=calls, journal=nothing, clock=gate.clock, metrics=gate.metrics, directory=nothing,
            heartbeat=nothing, on_site=nothing, on_change=lambda: None, on_find=nothing,
        )  # fmt: skip
        uplink.online = known
        gate.session._lookups._centre = uplink
        _compare(await _present(gate, case), case)
        await calls.close()
        assert bool(centre.asked) == (known and (_person(case) or _host(case)) is not None)

    asyncio.run(story())

"""Visitors at the gate: the invitation, then the own card; in and out once each, kept without a centre, sent later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.cast import LI, WANG, ZHAO
from tests.credentials.town import NOON as _NOON
from tests.gate.paper import Gate
from tests.gate.town import key_of

from gatepass.credentials import Format, Verdict, VisitorPass
from gatepass.gate import kiosk
from gatepass.gate.calls import UnreachableError
from gatepass.gate.visitor_book import VisitorBook
from gatepass.policy import Advice, Colour, Invited, Outcome, Standing, VisitKind
from gatepass.wire.visitors import IN, OUT, VISITS_FILE, VisitBatch, VisitEvent, VisitReply, WalkIn, event_id, paused_in

SERIAL = b"cleaning"
KEY = bytes(range(32))
WALK_IN = WalkIn(name="周平", host="3-201", purpose="repair", temperature=36.4)


@dataclass
class PaperCalls:
    """A centre that keeps what it is told, or is away; `answers` to whom hosts said what."""

    up: bool = True
    taken: list[VisitEvent] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    lose_reply: bool = False

    async def visits(self, batch: VisitBatch) -> VisitReply:
        if not self.up:
            raise UnreachableError("unplugged")
        self.taken += [each for each in batch.events if each.id not in {one.id for one in self.taken}]
        if self.lose_reply:
            self.lose_reply = False
            raise UnreachableError("the reply was lost")
        return VisitReply(self.answers)


def invited_to(host: bytes, name: str, **changes: Any) -> Verdict:
    begins = _NOON - timedelta(days=400)
    times = Invited(VisitKind.HELPER, begins, _NOON + timedelta(days=4000), frozenset())
    visit = VisitorPass(SERIAL, host, None, name, "3-201 赵*", replace(times, **changes), begins)
    return Verdict(Outcome.PASS, ("code_valid",), Format.VISITOR, visit=visit)


@pytest.fixture
def at_gate(tmp_path: Path) -> Callable[[Callable[..., Awaitable[None]]], None]:
    def play(story: Callable[..., Awaitable[None]]) -> None:
        async def telling() -> None:
            gate, calls = Gate(tmp_path), PaperCalls()
            gate.directory.people[key_of(ZHAO.document)] = (Colour.GREEN, Advice.NONE)
            book = VisitorBook(
                tmp_path / "visitors.db",
                KEY,
                directory=tmp_path / "directory",
                calls=calls,
                clock=gate.clock,  # type: ignore[arg-type]
            )
            gate.session._visitors = book
            try:
                await story(gate, book, calls)
            finally:
                book.close()

        asyncio.run(telling())

    return play


MEI = invited_to(key_of(ZHAO.document), WANG.name)


def test_an_invitation_and_then_the_own_card_are_one_visit_that_is_welcome_and_one_check_in(at_gate: Any) -> None:
    async def story(gate: Gate, book: VisitorBook, calls: PaperCalls) -> None:
        held = await gate.show(MEI, "GV1:X")
        assert held.decision.reasons[0] == "visit_own_proof"
        assert kiosk.shown(held, repeat=False)["visit"] == ""
        assert book.waiting == 0
        gate.clock.pass_time(20)
        passed = await gate.lay(WANG.document)
        assert passed.id == held.id
        assert passed.decision.reasons == ("visit_expected", "green")
        assert kiosk.shown(passed, repeat=False)["visit"] == "3-201 赵*"
        assert passed.record.person == key_of(WANG.document)
        await gate.show(MEI, "GV1:X")
        await book.send_once()
        assert [(each.what, each.serial, each.person) for each in calls.taken] == [(IN, SERIAL, key_of(WANG.document))]
        assert gate.counts.tally().entered == 1

    at_gate(story)


def test_somebody_elses_card_does_not_join_an_invitation(at_gate: Any) -> None:
    async def story(gate: Gate, book: VisitorBook, calls: PaperCalls) -> None:
        held = await gate.show(MEI, "GV1:X")
        other = await gate.lay(LI.document)
        assert other.id != held.id
        assert other.invitation is None
        assert [each.id for each in gate.recollection.waiting()][:1] == [held.id]

    at_gate(story)


def test_the_same_invitation_from_another_phone_while_somebody_is_inside_is_looked_at(at_gate: Any) -> None:
    async def story(gate: Gate, book: VisitorBook, calls: PaperCalls) -> None:
        await gate.show(MEI, "GV1:X")
        await gate.lay(WANG.document)
        gate.clock.pass_time(120)
        again = await gate.show(MEI, "GV1:X")
        assert again.decision.reasons == ("visit_inside",)
        assert [each.name for each in book.inside()] == [WANG.name]

    at_gate(story)


def test_whoever_leaves_is_noted_once_whatever_has_become_of_the_invitation(at_gate: Any) -> None:
    async def story(gate: Gate, book: VisitorBook, calls: PaperCalls) -> None:
        await gate.show(MEI, "GV1:X")
        await gate.lay(WANG.document)
        gate.clock.pass_time(3600)
        gate.site = msgspec.structs.replace(gate.site, direction="out")
        gone = await gate.show(invited_to(key_of(ZHAO.document), WANG.name, ends=_NOON - timedelta(days=300)), "GV1:X")
        assert (gone.decision.outcome, gone.decision.reasons[0]) == (Outcome.PASS, "visit_leaving")
        await gate.show(MEI, "GV1:X")
        await book.send_once()
        assert [each.what for each in calls.taken] == [IN, OUT]
        assert book.inside() == []

    at_gate(story)


def test_a_guards_word_is_noted_as_well(at_gate: Any) -> None:
    async def story(gate: Gate, book: VisitorBook, calls: PaperCalls) -> None:
        held = await gate.show(MEI, "GV1:X")
        await gate.session.settle(held.id, "admit", "known_to_guard")
        parcel = await gate.show(
            replace(MEI, visit=replace(MEI.visit, serial=b"a parcel")),
            "GV1:P",  # type: ignore[type-var]
        )
        await gate.session.settle(parcel.id, "refuse", "handed_over")
        await book.send_once()
        assert [(each.what, each.reason) for each in calls.taken] == [
            (IN, "known_to_guard"),
            ("handed_over", "handed_over"),
        ]

    at_gate(story)


def test_without_a_centre_everything_waits_and_is_sent_once_though_replies_are_lost(at_gate: Any) -> None:
    async def story(gate: Gate, book: VisitorBook, calls: PaperCalls) -> None:
        calls.up = False
        await gate.show(MEI, "GV1:X")
        await gate.lay(WANG.document)
        with pytest.raises(UnreachableError):
            await book.send_once()
        assert book.waiting == 1
        book.close()
        book.__init__(  # type: ignore[misc]
            book.file,
            KEY,
            directory=Path("/nowhere"),
            calls=calls,
            clock=gate.clock,  # type: ignore[arg-type]
        )
        assert [each.name for each in book.inside()] == [WANG.name], "a restart forgets nobody"
        calls.up, calls.lose_reply = True, True
        with pytest.raises(UnreachableError):
            await book.send_once()
        await book.send_once()
        assert (book.waiting, len(calls.taken)) == (0, 1)
        assert await book.send_once() == 0

    at_gate(story)


def kept(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("visitors.db*"))


def test_what_is_kept_at_the_gate_can_be_read_by_nobody_and_names_go_when_it_was_sent(
    at_gate: Any, tmp_path: Path
) -> None:
    async def story(gate: Gate, book: VisitorBook, calls: PaperCalls) -> None:
        visit = bytes(16)
        await book.enter(visit, WALK_IN, refused=False, until=0)
        assert WALK_IN.name.encode() not in kept(tmp_path)
        await book.send_once()
        assert calls.taken[0].walk_in == WALK_IN
        assert [row[0] for row in book._connection.execute("SELECT body FROM events")] == [b""]
        assert await book.leave(visit)
        assert not await book.leave(visit)

    at_gate(story)


def test_a_host_may_answer_on_their_page_while_the_guard_waits(at_gate: Any) -> None:
    async def story(gate: Gate, book: VisitorBook, calls: PaperCalls) -> None:
        visit = b"v" * 16
        await book.ask(visit, WALK_IN)
        await book.send_once()
        assert book.answer(visit) == ""
        calls.answers = {visit.hex(): "yes"}
        await book.send_once()
        assert book.answer(visit) == "yes"

    at_gate(story)


def test_paused_invitations_come_with_the_directory_and_a_damaged_list_pauses_nobody(
    at_gate: Any, tmp_path: Path
) -> None:
    async def story(gate: Gate, book: VisitorBook, calls: PaperCalls) -> None:
        file = tmp_path / "directory" / "files" / VISITS_FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.encode({"paused": [SERIAL.hex()], "of_a_later_release": 1}))
        assert book.standing(MEI.visit, ended=False) is Standing.PAUSED  # type: ignore[arg-type]
        assert (await gate.show(MEI, "GV1:X")).decision.reasons[0] == "visit_host_closed"

    at_gate(story)
    for damaged in (b"", b"{", b'{"paused": [1]}', b'{"paused": ["xy"]}', b"\xff"):
        assert paused_in(damaged) == frozenset()


def test_neither_side_stumbles_over_what_a_later_release_says() -> None:
    event = VisitEvent(event_id(bytes(16), IN), 1, IN, serial=SERIAL)
    told = msgspec.msgpack.decode(msgspec.msgpack.encode(VisitBatch([event])))
    told["events"][0] |= {"what": "by_boat", "of_a_later_release": {"deep": [1]}}
    told["more"] = True
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(told), type=VisitBatch)
    assert (read.events[0].what, read.events[0].serial) == ("by_boat", SERIAL)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode({"answers": {}, "more": 1}), type=VisitReply) == VisitReply()

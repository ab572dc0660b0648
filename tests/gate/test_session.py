"""One gate, one person at a time: what is shown, spoken, recorded and counted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.cast import LI, STRANGER, SUN, WANG, ZHAO
from tests.gate.paper import Gate
from tests.gate.town import SEALING_PRIVATE, key_of
from tests.waiting import until

from gatepass.gate.device import Site
from gatepass.gate.problems import DeskError
from gatepass.gate.recollection import REMEMBER_S
from gatepass.gate.session import Phase
from gatepass.gate.visits import Known
from gatepass.identity import DocumentError
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.policy import Advice, Colour, Knowledge, Method, Outcome, SiteRules, Status
from gatepass.policy.reasons import REASONS, reason_for_fault
from gatepass.wire.messages import Record
from gatepass.wire.sealing import open_sealed


@pytest.fixture
def at_gate(tmp_path: Any) -> Callable[..., Any]:
    def play(story: Callable[[Gate], Awaitable[Any]], **facts: Any) -> Any:
        async def telling() -> Any:
            return await story(Gate(tmp_path, **facts))

        return asyncio.run(telling())

    return play


@pytest.mark.parametrize(
    ("who", "outcome", "reason"),
    [(WANG, "pass", "green"), (LI, "hold", "yellow"), (SUN, "refuse", "red"), (ZHAO, "hold", "code_expired")],
)
def test_each_of_the_cast_gets_their_answer(at_gate: Any, who: Any, outcome: str, reason: str) -> None:
    passage = at_gate(lambda gate: gate.lay(who.document))
    assert (passage.decision.outcome, passage.decision.reasons[0]) == (outcome, reason)
    assert passage.record.person == key_of(who.document)
    assert passage.record.knowledge == 7


def test_a_stranger_is_held_and_their_identity_travels_sealed(at_gate: Any) -> None:
    passage = at_gate(lambda gate: gate.lay(STRANGER.document))
    assert passage.decision.reasons[0] == "unknown"
    assert open_sealed(SEALING_PRIVATE, passage.record.sealed).number == STRANGER.number


def test_nobody_who_is_registered_travels_sealed(at_gate: Any) -> None:
    assert at_gate(lambda gate: gate.lay(WANG.document)).record.sealed is None


def test_the_light_turns_after_the_journal(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        order = []
        keep = gate.journal.append

        async def slowly(entry: Record) -> Record | None:
            await asyncio.sleep(0.02)
            assert gate.screens.words == []
            order.append("durable")
            return await keep(entry)

        gate.journal.append = slowly  # type: ignore[method-assign]
        await gate.lay(WANG.document)
        assert order == ["durable"]
        assert gate.screens.words == ["show"]

    at_gate(story)


def test_a_journal_that_cannot_write_does_not_close_the_gate(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.journal.broken = True
        passage = await gate.lay(WANG.document)
        assert passage.decision.outcome is Outcome.PASS
        assert gate.screens.words == ["show"]

    at_gate(story)


def test_the_same_card_within_seconds_is_one_passage_shown_again(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        first = await gate.lay(WANG.document)
        gate.clock.pass_time(3)
        second = await gate.lay(WANG.document)
        assert second.id == first.id
        assert gate.screens.words == ["show", "repeat"]
        assert len(gate.journal.records) == 1
        assert gate.counts.tally().entered == 1

    at_gate(story)


def test_the_same_card_with_another_answer_is_a_new_passage(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        held = await gate.lay(LI.document)
        gate.directory.people[key_of(LI.document)] = (Colour.GREEN, Advice.NONE)  # type: ignore[index]
        passed = await gate.lay(LI.document)
        assert (held.decision.outcome, passed.decision.outcome) == ("hold", "pass")
        assert gate.screens.words == ["show", "show"]
        assert gate.counts.tally().entered == 1

    at_gate(story)


def test_the_same_card_later_is_a_new_passage(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        first = await gate.lay(WANG.document)
        gate.clock.pass_time(3)
        await gate.lay(WANG.document)
        gate.clock.pass_time(3)
        third = await gate.lay(WANG.document)
        assert third.id != first.id
        assert len(gate.journal.records) == 2

    at_gate(story)


def test_the_next_person_never_waits_for_the_screen(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        await gate.lay(WANG.document)
        passage = await gate.lay(LI.document)
        assert gate.session.present_passage is passage
        assert gate.screens.words == ["show", "show"]

    at_gate(story)


def test_a_wall_clock_that_is_stepped_back_an_hour_changes_no_timer(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        first = await gate.lay(WANG.document)
        gate.clock.step_wall(-3600)
        again = await gate.lay(WANG.document)
        assert again.id == first.id, "still within five seconds"
        gate.clock.seconds += 6
        later = await gate.lay(WANG.document)
        assert later.id != first.id
        assert later.decision.outcome is Outcome.PASS
        assert [record.outcome for record in gate.journal.records] == ["pass", "pass"]

    at_gate(story)


def test_the_screen_returns_to_idle_by_itself(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.session.reading()
        await gate.lay(WANG.document)
        assert gate.session.phase is Phase.SHOWN
        await until(lambda: gate.session.phase is Phase.IDLE)
        assert gate.screens.words == ["reading", "show", "idle"]

    at_gate(story, hold_s=0.05)


def test_a_reader_that_dies_while_reading_does_not_leave_its_sign_standing(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.session.reading()
        await until(lambda: len(gate.screens.words) > 1)
        assert gate.screens.words == ["reading", "idle"]

    at_gate(story, hold_s=0.05)


@pytest.mark.parametrize("code", sorted(DOCUMENT_ERROR_CODES))
def test_every_reader_fault_gives_a_spoken_next_step_and_never_a_pass(at_gate: Any, code: str) -> None:
    passage = at_gate(lambda gate: gate.lay(DocumentError(code)))
    reason = passage.decision.reasons[0]
    assert reason == reason_for_fault(code)
    assert passage.decision.outcome is not Outcome.PASS
    assert passage.decision.prompt == REASONS[reason].prompt != ""
    assert passage.record.person is None
    assert passage.record.sealed is None


def test_whatever_breaks_inside_becomes_a_held_passage(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.directory.status = lambda key: 1 // 0  # type: ignore[method-assign, assignment]
        passage = await gate.lay(WANG.document)
        assert passage.decision.outcome is Outcome.HOLD
        del gate.directory.status
        assert (await gate.lay(WANG.document)).decision.outcome is Outcome.PASS

    at_gate(story)


def test_without_a_directory_the_centre_is_asked(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        held = await gate.lay(WANG.document)
        assert held.decision.reasons[0] == "no_directory"
        gate.clock.pass_time(10)
        gate.centre.answer = Known(Status(Knowledge.REGISTERED, gate.clock.now(), Colour.GREEN), 9)
        passed = await gate.lay(WANG.document)
        assert passed.decision.outcome is Outcome.PASS
        assert passed.record.knowledge == 9

    at_gate(story, no_directory=True)


def test_the_centre_is_not_asked_about_people_the_gate_knows_freshly(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        await gate.lay(WANG.document)
        await gate.lay(STRANGER.document)
        assert gate.centre.asked == [key_of(STRANGER.document)]

    at_gate(story)


def test_an_old_directory_is_used_and_the_centre_asked_as_well(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.directory.as_of = gate.clock.now() - timedelta(hours=2)
        passage = await gate.lay(WANG.document)
        assert passage.decision.outcome is Outcome.PASS
        assert "knowledge_old" in passage.decision.reasons
        assert gate.centre.asked == [key_of(WANG.document)]

    at_gate(story)


def test_a_language_touched_before_the_card_is_theirs_and_gone_after(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.session.choose_language("ko")
        assert (await gate.lay(WANG.document)).language == "ko"
        await until(lambda: gate.session.phase is Phase.IDLE)
        assert (await gate.lay(LI.document)).language == "zh-Hans"

    at_gate(story, hold_s=0.05)


def test_a_language_touched_for_one_person_is_not_inherited_by_a_card_laid_at_once(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.session.choose_language("ko")
        assert (await gate.lay(WANG.document)).language == "ko"
        gate.session.choose_language("ja")  # while her result is shown: hers, not the next person's
        assert (await gate.lay(LI.document)).language == "zh-Hans"

    at_gate(story)


def test_the_guard_admits_and_the_record_points_at_the_passage(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        held = await gate.lay(LI.document)
        assert gate.counts.tally().entered == 0
        await gate.session.settle(held.id, "admit", "known_to_guard")
        resolution = gate.journal.records[-1]
        assert resolution.about == held.record.id
        assert (resolution.outcome, resolution.reasons) == ("pass", ("known_to_guard",))
        assert gate.counts.tally().entered == 1
        assert gate.recollection.waiting() == []
        with pytest.raises(DeskError, match="passage_not_held"):
            await gate.session.settle(held.id, "admit", "known_to_guard")

    at_gate(story)


def test_a_resolution_without_a_known_reason_is_refused(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        held = await gate.lay(LI.document)
        with pytest.raises(DeskError, match="request_invalid"):
            await gate.session.settle(held.id, "admit", "because")

    at_gate(story)


def test_names_are_forgotten_after_ten_minutes(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        held = await gate.lay(LI.document)
        gate.clock.pass_time(REMEMBER_S + 1)
        assert gate.recollection.recent() == []
        with pytest.raises(DeskError, match="passage_not_held"):
            await gate.session.settle(held.id, "refuse", "sent_to_office")

    at_gate(story)


def test_a_person_who_comes_back_waits_once(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        await gate.lay(LI.document)
        gate.clock.pass_time(20)
        again = await gate.lay(LI.document)
        assert [passage.id for passage in gate.recollection.waiting()] == [again.id]

    at_gate(story)


def test_no_name_and_no_number_stands_in_a_repr(at_gate: Any) -> None:
    passage = at_gate(lambda gate: gate.lay(WANG.document, method=Method.TYPED))
    assert WANG.name not in repr(passage)
    assert WANG.number not in repr(passage)


def test_counts_begin_anew_at_the_sites_midnight(tmp_path: Any) -> None:
    wall = int(datetime(2026, 3, 1, 15, 59, tzinfo=UTC).timestamp() * 1000)  # 23:59 in Hangzhou

    async def story() -> None:
        gate = Gate(tmp_path)
        gate.clock.wall = wall
        gate.directory.as_of = gate.clock.now()
        gate.site = Site("门", "区", "out", SiteRules())
        await gate.lay(WANG.document)
        assert (gate.counts.tally().entered, gate.counts.tally().left) == (0, 1)
        gate.clock.pass_time(120)
        assert gate.counts.tally().left == 0

    asyncio.run(story())

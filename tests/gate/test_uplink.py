"""Towards a centre that is slow, forgetful, out of its mind or not there: everything arrives once, and nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stamina.instrumentation
from tests.cast import LI, STRANGER, WANG
from tests.gate.test_journal import entry
from tests.gate.town import Downloads, FakeCentre, MovedClock, NoDownloads, enrolled, key_of, registry
from tests.waiting import until

from gatepass.directory.publishing import Publisher
from gatepass.gate import uplink
from gatepass.gate.agent import Agent, running
from gatepass.gate.settings import GateSettings
from gatepass.policy import Advice, Colour, SiteRules


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    stamina.instrumentation.set_on_retry_hooks([])
    monkeypatch.setattr(uplink, "BATCH_WAIT_S", 0.01)
    monkeypatch.setattr(uplink, "BEAT_EVERY_S", 0.05)
    monkeypatch.setattr(uplink, "FOLLOW_AT_LEAST_S", 0.02)


class Link:
    """A real agent, a fake centre, and a cable between them."""

    def __init__(self, tmp_path: Path, *, publisher: Publisher | None = None, clock: Any = None) -> None:
        trust_root = publisher.trust_root if publisher else b"{}"
        folder = enrolled(tmp_path / "gate", trust_root=trust_root)
        self.centre = FakeCentre.of(folder, publisher=publisher)
        self.agent = Agent(
            GateSettings(folder=folder.path, retry_most_s=0.1),
            clock=clock,
            transport=self.centre.transport,
            downloads=Downloads(self.centre) if publisher else NoDownloads(),
        )
        self.agent.uplink._retry_first_s = 0.02
        self.agent.uplink._beat_every_s = 0.05

    async def record(self, count: int) -> None:
        await asyncio.gather(*(self.agent.journal.append(entry()) for _ in range(count)))

    def all_arrived(self, count: int) -> Callable[[], bool]:
        return lambda: sorted(self.centre.stored) == list(range(1, count + 1)) and self.agent.journal.waiting == 0


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., None]:
    def playing(story: Callable[[Link], Awaitable[None]], **facts: Any) -> None:
        async def telling() -> None:
            link = Link(tmp_path, **facts)
            async with running(link.agent):
                await story(link)
            assert link.centre.conflicts == [], "a number was given to two records"

        asyncio.run(telling())

    return playing


def test_records_arrive_in_batches_and_are_acknowledged(play: Any) -> None:
    async def story(link: Link) -> None:
        await link.record(1200)
        await until(link.all_arrived(1200), within=30)
        assert link.centre.batches <= 8

    play(story)


def test_days_without_a_centre_and_then_everything(play: Any) -> None:
    async def story(link: Link) -> None:
        link.centre.up = False
        await link.record(300)
        await until(lambda: "offline" in link.agent.health.states())
        assert link.agent.journal.waiting == 300
        link.centre.up = True
        await until(link.all_arrived(300))
        await until(lambda: link.agent.uplink.online)

    play(story)


def test_a_lost_receipt_means_sending_again_and_storing_once(play: Any) -> None:
    async def story(link: Link) -> None:
        link.centre.lose_replies = 3
        await link.record(50)
        await until(link.all_arrived(50))
        assert link.centre.deliveries >= 200

    play(story)


def test_a_dropped_batch_is_sent_again(play: Any) -> None:
    async def story(link: Link) -> None:
        link.centre.drop_batches = 2
        await link.record(10)
        await until(link.all_arrived(10))

    play(story)


def test_a_centre_that_was_restored_from_a_backup_gets_what_it_lacks(play: Any) -> None:
    async def story(link: Link) -> None:
        await link.record(30)
        await until(link.all_arrived(30))
        link.centre.forget(3, 4, 5, 17)
        await link.record(1)
        await until(link.all_arrived(31))

    play(story)


def test_a_centre_that_forgot_everything_gets_everything(play: Any) -> None:
    async def story(link: Link) -> None:
        await link.record(30)
        await until(link.all_arrived(30))
        link.centre.forget(*range(1, 31))
        await link.record(1)
        await until(link.all_arrived(31))

    play(story)


def test_numbers_that_nobody_has_any_more_do_not_stop_the_rest(play: Any) -> None:
    async def story(link: Link) -> None:
        await link.record(5)
        await until(link.all_arrived(5))
        await link.agent.journal.ask(lambda journal: journal._connection.execute("DELETE FROM records WHERE seq < 4"))
        link.centre.forget(2)
        await link.record(1)
        await until(lambda: 6 in link.centre.stored and link.agent.journal.waiting == 0)
        assert 2 not in link.centre.stored

    play(story)


def test_a_revoked_device_stops_sending_and_goes_on_deciding(play: Any) -> None:
    async def story(link: Link) -> None:
        link.centre.revoked = True
        await until(lambda: link.agent.uplink.revoked)
        assert "revoked" in link.agent.health.states()
        calls = len(link.centre.requests)
        passage = await link.agent.session.present(WANG.document)
        assert passage.decision.reasons[0] == "no_directory"
        assert link.agent.journal.waiting == 1
        await asyncio.sleep(0.2)
        assert len(link.centre.requests) == calls

    play(story)


def test_a_wrong_clock_is_set_by_the_centre_and_the_call_made_again(play: Any) -> None:
    async def story(link: Link) -> None:
        link.centre.clock_ahead_ms = 3_600_000
        await link.record(3)
        await until(link.all_arrived(3))
        assert abs(link.agent.clock.now_ms() - link.centre.now_ms()) < 2000
        assert "clock_wrong" in link.agent.health.states()
        assert "clock_skew" in link.centre.refusals

    play(story)


def test_a_wall_clock_stepped_back_an_hour_does_not_break_the_line(tmp_path: Path) -> None:
    async def story() -> None:
        clock = MovedClock()
        link = Link(tmp_path, clock=clock)
        link.centre.now_ms = lambda: clock.wall + stepped  # type: ignore[method-assign]
        stepped = 0
        async with running(link.agent):
            await link.record(3)
            await until(link.all_arrived(3))
            before = clock.now_ms()
            clock.step_wall(-3600)
            stepped = 3_600_000
            assert clock.now_ms() >= before, "the centre's time goes on, whatever the wall says"
            await link.record(3)
            await until(link.all_arrived(6))
        assert link.centre.refusals == []

    asyncio.run(story())


def test_names_and_rules_follow_the_centre_and_survive_a_restart(play: Any) -> None:
    async def story(link: Link) -> None:
        link.centre.gate_name, link.centre.rules = "西门", SiteRules(version=2, hold_after_hours=12)
        await until(lambda: link.agent.site.gate_name == "西门")
        assert link.agent.folder.site().rules.hold_after_hours == 12

    play(story)


def test_a_colour_that_changes_at_the_centre_is_at_the_gate_at_once(tmp_path: Path, play: Any) -> None:
    publisher = Publisher(tmp_path / "updates")
    publisher.publish_base(registry(), datetime.now(UTC))

    async def story(link: Link) -> None:
        link.centre.publisher = publisher
        await until(lambda: link.agent.directory.version == publisher.version)
        assert link.agent.directory.look_up(key_of(LI.document)) == (Colour.YELLOW, Advice.NONE)
        await asyncio.to_thread(
            publisher.publish_changes, {key_of(LI.document): (Colour.GREEN, Advice.NONE)}, datetime.now(UTC)
        )
        await until(lambda: link.agent.directory.look_up(key_of(LI.document)) == (Colour.GREEN, Advice.NONE))

    play(story, publisher=publisher)


def test_a_stranger_is_asked_for_at_the_centre_and_only_when_it_is_there(tmp_path: Path, play: Any) -> None:
    publisher = Publisher(tmp_path / "updates")
    publisher.publish_base(registry(), datetime.now(UTC))

    async def story(link: Link) -> None:
        await until(lambda: link.agent.uplink.online and link.agent.directory.version)
        link.centre.people = {key_of(STRANGER.document): (Colour.GREEN, Advice.NONE)}
        passage = await link.agent.session.present(STRANGER.document)
        assert passage.decision.reasons[0] == "green"
        assert passage.record.sealed is None
        link.centre.up = False
        link.agent.session._repeat_s = 0
        held = await link.agent.session.present(STRANGER.document)
        assert held.decision.reasons[0] == "unknown"

    play(story, publisher=publisher)


def test_a_centre_that_hangs_costs_a_person_less_than_a_second(play: Any) -> None:
    async def story(link: Link) -> None:
        await until(lambda: link.agent.uplink.online)

        async def hang(path: str) -> None:
            if path.endswith("/status"):
                await asyncio.sleep(30)

        link.centre.before = hang
        began = asyncio.get_running_loop().time()
        await link.agent.session.present(STRANGER.document)
        assert asyncio.get_running_loop().time() - began < 1.5

    play(story)


def test_the_heartbeat_says_how_the_gate_is(play: Any) -> None:
    async def story(link: Link) -> None:
        await link.agent.session.present(WANG.document)
        await until(lambda: link.centre.heartbeats)
        beat = link.centre.heartbeats[-1]
        assert (beat.directory, beat.knowledge_at, beat.kiosk, beat.readers) == (0, 0, False, [])

    play(story)


def test_a_portal_that_answers_instead_of_the_centre_is_said_to_be_none(tmp_path: Path) -> None:
    async def story() -> None:
        link = Link(tmp_path)

        async def portal(*_arguments: Any) -> tuple[int, str, bytes]:
            return 404, "text/html", b"<h1>Please log in to the wireless network</h1>"

        link.centre.answer = portal  # type: ignore[method-assign, assignment]
        async with running(link.agent):
            await until(lambda: "uplink_refused" in link.agent.health.states())
            assert not link.agent.uplink.revoked

    asyncio.run(story())

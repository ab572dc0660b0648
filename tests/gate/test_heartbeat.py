"""What a heartbeat says and brings: to an older centre, to this one, and while somebody looks for the terminal."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.cast import WANG
from tests.gate import test_uplink
from tests.gate.test_uplink import Link
from tests.gate.town import OLD_HEARTBEAT
from tests.waiting import until

from gatepass.gate.metrics import STAGES, Metrics
from gatepass.wire.messages import Heartbeat, HeartbeatReply, Stage

quick, play = test_uplink._quick, test_uplink.play
OLD = Heartbeat("0.1.0", 1, 2, 3, 4, 5, 6, [], True)


def test_an_older_gates_heartbeat_is_read_and_a_plain_one_says_nothing_new() -> None:
    plain = msgspec.msgpack.encode(OLD)
    assert set(msgspec.msgpack.decode(plain)) == OLD_HEARTBEAT
    assert msgspec.msgpack.decode(plain, type=Heartbeat) == OLD


def test_an_older_gate_reads_this_centres_answer() -> None:
    class OldReply(msgspec.Struct, frozen=True):
        at: int
        gate_name: str

    reply = HeartbeatReply(7, rules={}, gate_name="G", site_name="S", direction="in", configuration=3, find_s=60)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(reply), type=OldReply) == OldReply(7, "G")


def test_under_an_older_centre_a_gate_says_what_that_one_knows(play: Any) -> None:
    async def story(link: Link) -> None:
        await until(lambda: len(link.centre.heartbeats) >= 3)
        assert link.centre.refusals == []
        assert all(beat.configuration == 0 and beat.stages == [] for beat in link.centre.heartbeats)

    play(story)


def test_a_changed_configuration_is_confirmed_at_once_and_survives_a_restart(play: Any) -> None:
    async def story(link: Link) -> None:
        link.agent.uplink._beat_every_s = 3600
        await until(lambda: len(link.centre.heartbeats) >= 1)
        link.centre.configuration, link.centre.gate_name = 8, "西门"
        await link.agent.uplink._beat_once()
        assert link.agent.folder.site().configuration == 8
        await link.agent.uplink._beat_once()
        assert link.centre.heartbeats[-1].configuration == 8

    play(story)


def test_the_loop_itself_confirms_without_waiting_for_its_next_turn(play: Any) -> None:
    async def story(link: Link) -> None:
        link.centre.configuration = 5
        await until(lambda: any(beat.configuration == 5 for beat in link.centre.heartbeats))

    play(story)


def test_whoever_looks_for_the_terminal_sees_it_flash_until_they_stop(play: Any) -> None:
    async def story(link: Link) -> None:
        told: list[Any] = []
        link.agent.kiosk._audience.say = told.append  # type: ignore[method-assign]
        link.centre.configuration, link.centre.find_s = 1, 60
        await until(lambda: {"type": "find", "seconds": 60} in told)
        assert not link.centre.heartbeats[-1].finding, "no screen is connected: nothing flashes"
        link.centre.find_s = 0
        await until(lambda: {"type": "find", "seconds": 0} in told)
        said = len([one for one in told if one["type"] == "find"])
        await link.agent.uplink._beat_once()
        assert len([one for one in told if one["type"] == "find"]) == said, "said once that it is over"

    play(story)


def test_stages_are_counted_from_the_start() -> None:
    metrics = Metrics()
    assert metrics.stages() == []
    metrics.decided.observe(0.004)
    metrics.decided.observe(0.006)
    metrics.painted.observe(0.03)
    assert metrics.stages() == [Stage("decided", 2, 10_000), Stage("painted", 1, 30_000)]
    assert all(hasattr(metrics, name) for name in STAGES)


def test_a_tap_shows_in_the_next_heartbeat(play: Any) -> None:
    async def story(link: Link) -> None:
        link.centre.configuration = 1
        await link.agent.session.present(WANG.document)
        beats = link.centre.heartbeats
        await until(lambda: any(stage.stage == "decided" for beat in beats for stage in beat.stages), within=30)
        assert beats[-1].started > 0

    play(story)

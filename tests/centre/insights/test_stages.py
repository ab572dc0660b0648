from __future__ import annotations

from datetime import timedelta

import pytest
from tests.centre.passages.conftest import NOON
from tests.centre.passages.contract import TUESDAY

from gatepass.centre.insights import stages
from gatepass.centre.insights.models import StageHour
from gatepass.centre.insights.stages import Timing, at_the_gate_ms, record_stages, slowest, timings
from gatepass.wire.messages import Heartbeat, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def say(town, enrol, keep, monkeypatch):
    """`say(started, decided=(n, us), …)`: the east gate's next heartbeat, each after its minute."""
    device, _key = enrol(town.east)

    def say(started: int, **counts: tuple[int, int]) -> bool:
        monkeypatch.setattr(stages, "_looked", {})
        said = [Stage(stage, n, us) for stage, (n, us) in counts.items()]
        heartbeat = Heartbeat("x", NOON, 1, NOON, 0, 0, 0, [], True, 1, False, started, said)
        return record_stages(device.pk, town.east.pk, heartbeat)

    return say


def rows() -> list[tuple]:
    return list(StageHour.objects.order_by("stage").values_list("day", "hour", "stage", "n", "total_us"))


def test_only_what_is_new_is_added(say) -> None:
    assert say(1, decided=(10, 40_000))
    assert not say(1, decided=(10, 40_000)), "the same again, after a lost reply"
    assert say(1, decided=(15, 55_000), painted=(14, 280_000))
    assert rows() == [(TUESDAY, 12, "decided", 15, 55_000), (TUESDAY, 12, "painted", 14, 280_000)]


def test_after_a_restart_the_gate_counts_anew_and_nothing_is_taken_off(say) -> None:
    say(1, decided=(10, 40_000))
    say(2, decided=(3, 9_000))
    assert rows() == [(TUESDAY, 12, "decided", 13, 49_000)]


def test_a_stage_that_nobody_knows_and_an_old_gate_add_nothing(say) -> None:
    assert not say(1, warp=(1, 1))
    assert not say(0)
    assert rows() == []


def test_one_look_a_minute_is_enough(say, town, monkeypatch) -> None:
    say(1, decided=(10, 40_000))
    monkeypatch.setattr(stages, "EVERY_S", 1e9)
    device = next(iter(stages._looked))
    heartbeat = Heartbeat("x", NOON, 1, NOON, 0, 0, 0, [], True, 1, False, 1, [Stage("decided", 99, 1)])
    assert not record_stages(device, town.east.pk, heartbeat)


def test_time_at_the_gate_and_the_slowest_step(say, town) -> None:
    assert at_the_gate_ms([]) is None
    assert slowest([]) is None
    say(1, decided=(10, 40_000), durable=(10, 90_000), shown=(10, 150_000), painted=(5, 150_000))
    found = timings(TUESDAY, TUESDAY, {str(town.east.pk)})
    assert [one.stage for one in found] == ["decided", "durable", "shown", "painted"]
    assert at_the_gate_ms(found) == 15 + 30
    assert slowest(found) == Timing("painted", 5, 150_000)
    assert timings(TUESDAY - timedelta(days=7), TUESDAY - timedelta(days=1), {str(town.east.pk)}) == []
    assert timings(TUESDAY, TUESDAY, {str(town.far_gate.pk)}) == []
    assert timings(TUESDAY, TUESDAY, None) == found

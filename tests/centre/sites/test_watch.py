"""Trouble at a gate becomes an alarm after its time of grace, and the alarm goes when the trouble does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from tests.centre.conftest import Town

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.actions import raise_due
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.passages.log import LogInUseError
from gatepass.centre.sites import watch
from gatepass.centre.sites.actions import record_heartbeat, revoke_device
from gatepass.centre.sites.ailments import is_well
from gatepass.centre.sites.health import condition_of
from gatepass.centre.sites.models import Device, Gate
from gatepass.centre.sites.watch import GapWatch, look
from gatepass.wire.messages import Heartbeat, PassageReceipt, ReaderHealth

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 2, 3, 4, 0, tzinfo=UTC)
WELL = [ReaderHealth("sam", "ready"), ReaderHealth("camera", "ready")]


class Day:
    """A gate's day, told in steps: `beat` lets the device say something, `wait` lets the watch look every 10 s."""

    def __init__(self, device: Device, clock: time_machine.Traveller) -> None:
        self.device, self.clock = device, clock
        self.beats: dict | None = {}

    def beat(self, **facts) -> None:
        """Say this from now on, every ten seconds."""
        self.beats = facts

    def fall_silent(self) -> None:
        self.beats = None

    def wait(self, **time: float) -> None:
        for _ in range(int(timedelta(**time).total_seconds() // 10)):
            self.clock.shift(10)
            now = datetime.now(UTC)
            if self.beats is not None:
                said = {"readers": WELL, "kiosk": True, "knowledge_at": int(now.timestamp() * 1000), **self.beats}
                at = int(now.timestamp() * 1000) + said.pop("ahead_ms", 0)
                heartbeat = Heartbeat("x", at, 4, said["knowledge_at"], 0, 0, 0, said["readers"], said["kiosk"])
                record_heartbeat(self.device.pk, heartbeat)
            look(now)
            raise_due(now)

    @staticmethod
    def raised() -> list[str]:
        return list(Alarm.objects.filter(state=State.RAISED).order_by("id").values_list("kind", flat=True))


@pytest.fixture
def day(town: Town, enrol: Callable) -> Iterator[Day]:
    with time_machine.travel(NOON, tick=False) as clock:
        device, _key = enrol(town.east)
        day = Day(device, clock)
        day.wait(seconds=10)
        yield day


def test_a_gate_that_is_well_raises_nothing(day: Day) -> None:
    day.wait(minutes=20)
    assert not Alarm.objects.exists()


def test_a_silent_gate_is_an_alarm_after_two_minutes_and_none_when_it_is_heard_again(day: Day, town: Town) -> None:
    day.fall_silent()
    day.wait(seconds=100)
    assert day.raised() == []
    day.wait(seconds=40)
    assert day.raised() == ["gate_silent"]
    alarm = Alarm.objects.get()
    assert (alarm.site, alarm.community) == (town.estate, town.community)
    assert alarm.facts == {"site": "柳浪新苑", "gate": "东门", "since": "2026-02-03 12:00"}
    day.wait(minutes=10)
    day.beat()
    day.wait(seconds=10)
    assert Alarm.objects.get().state == State.CLEARED


def test_an_unplugged_reader_is_named_and_the_alarm_goes_when_it_is_back(day: Day) -> None:
    day.beat(readers=[WELL[0], ReaderHealth("camera", "absent")])
    day.wait(seconds=20)
    assert day.raised() == []
    day.wait(seconds=30)
    assert day.raised() == ["reader_unplugged"]
    assert Alarm.objects.get().facts["reader"] == "camera"
    day.beat()
    day.wait(seconds=10)
    assert Alarm.objects.get().state == State.CLEARED


def test_a_reader_that_is_plugged_in_again_at_once_wakes_nobody(day: Day) -> None:
    for _ in range(5):
        day.beat(readers=[ReaderHealth("sam", "absent")])
        day.wait(seconds=20)
        day.beat()
        day.wait(seconds=20)
    assert not Alarm.objects.exists()


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"knowledge_at": int((NOON - timedelta(hours=1)).timestamp() * 1000)}, "knowledge_stale"),
        ({"knowledge_at": 0}, "no_directory"),
        ({"ahead_ms": -90_000}, "clock_wrong"),
        ({"readers": [ReaderHealth("sam", "ill", "no_answer")]}, "reader_ill"),
    ],
)
def test_each_trouble_is_raised_and_cured(day: Day, facts: dict, kind: str) -> None:
    day.beat(**facts)
    day.wait(minutes=6)
    assert day.raised() == [kind]
    day.beat()
    day.wait(seconds=10)
    assert day.raised() == []


def test_what_stood_of_a_gate_that_falls_silent_stays(day: Day) -> None:
    day.beat(readers=[ReaderHealth("sam", "absent")])
    day.wait(minutes=1)
    day.fall_silent()
    day.wait(minutes=5)
    assert day.raised() == ["reader_unplugged", "gate_silent"]


def test_after_the_centre_was_away_the_gates_get_time_to_come_back(day: Day) -> None:
    day.clock.shift(timedelta(hours=3))
    day.fall_silent()
    day.wait(seconds=60)
    day.beat()
    day.wait(minutes=3)
    assert not Alarm.objects.exclude(raised_at=None).exists()


def test_a_device_that_is_taken_out_of_use_takes_its_alarms_along(day: Day) -> None:
    day.fall_silent()
    day.wait(minutes=5)
    revoke_device(None, day.device)
    day.wait(seconds=10)
    assert day.raised() == []


class FakeLog:
    def __init__(self) -> None:
        self.missing: list[tuple[int, int]] = []
        self.is_elsewhere = False

    def receipt(self, _journal: str) -> PassageReceipt:
        if self.is_elsewhere:
            raise LogInUseError("here")
        return PassageReceipt(1, self.missing)


def test_a_gap_in_the_numbers_is_an_alarm_after_ten_minutes_and_none_when_it_is_filled(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FakeLog()
    monkeypatch.setattr(watch, "passage_log", lambda: log)
    log.missing = [(5, 9)]

    def wait(minutes: int) -> None:
        for _ in range(minutes):
            day.clock.shift(60)
            GapWatch()(datetime.now(UTC))
            raise_due(datetime.now(UTC))

    wait(9)
    assert day.raised() == []
    wait(3)
    assert day.raised() == ["sequence_gap"]
    facts = Alarm.objects.get().facts
    assert (facts["first"], facts["last"]) == (5, 9)
    log.is_elsewhere = True
    wait(2)
    assert day.raised() == ["sequence_gap"], "a process that cannot see the log says nothing about it"
    log.is_elsewhere, log.missing = False, []
    wait(1)
    assert day.raised() == []


def test_the_database_calls_well_what_the_page_calls_well(day: Day, town: Town, employ, log_in) -> None:
    tellings: list[dict | None] = [
        {}, {"kiosk": False}, {"readers": [ReaderHealth("sam", "ill")]}, {"readers": []}, {"ahead_ms": 61_000},
        {"ahead_ms": -61_000}, {"knowledge_at": 0},
        {"knowledge_at": int((NOON - timedelta(minutes=11)).timestamp() * 1000)}, None,
    ]  # fmt: skip
    for told in tellings:
        day.beats = told
        day.wait(seconds=60 if told is None else 10)
        now = datetime.now(UTC)
        for gate in Gate.objects.annotate(well=is_well(now)):
            assert gate.well != condition_of(gate, now).needs_a_look, (told, gate)
    client = log_in(employ(Role.ADMINISTRATOR))
    day.beat(readers=[ReaderHealth("camera", "ill")])
    day.wait(seconds=10)
    page = client.get("/gates/?look=reader").content.decode()
    assert "东门" in page
    assert "The camera answers with errors." in page
    assert "北门" not in page
    assert "北门" in client.get("/gates/?look=look").content.decode()
    assert "No gate fits" in client.get("/gates/?look=well").content.decode()

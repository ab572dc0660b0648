from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.centre.sites.test_actions import heartbeat

from gatepass.centre.gateway import heartbeats
from gatepass.centre.gateway.heartbeats import Heard, Heartbeats, kept
from gatepass.centre.sites.devices import DeviceCredential, active_device
from gatepass.centre.sites.models import Health

pytestmark = pytest.mark.django_db(transaction=True)


class Here(ThreadPoolExecutor):
    """Remembers how many were written at a time."""

    def __init__(self) -> None:
        super().__init__(1)
        self.groups: list[int] = []

    def submit(self, work, group, clock) -> Future:
        self.groups.append(len(group))
        return super().submit(work, group, clock)


def _let_go() -> None:
    connection.close()


@pytest.fixture
def device(town, enrol) -> DeviceCredential:
    row, _key = enrol(town.east)
    found = active_device(row.pk)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def no_pause(monkeypatch) -> None:
    monkeypatch.setattr(heartbeats, "PAUSE_S", 0.0)


def said(device: DeviceCredential, count: int, here: Here, others: tuple[DeviceCredential, ...] = ()) -> list:
    async def all_at_once() -> list:
        intake = Heartbeats(here, lambda: 7)
        asked = [intake.heard(device, heartbeat(waiting=n)) for n in range(count)]
        asked += [intake.heard(other, heartbeat()) for other in others]
        return await asyncio.gather(*asked, return_exceptions=True)

    try:
        return asyncio.run(all_at_once())
    finally:
        ThreadPoolExecutor.submit(here, _let_go).result()
        here.shutdown()


def test_one_that_comes_alone_is_answered_at_once_and_many_are_written_together(device, monkeypatch):
    monkeypatch.setattr(heartbeats, "GROUP", 30)
    here = Here()
    replies = said(device, 1, here)
    assert (replies[0].gate_name, replies[0].at, here.groups) == ("东门", 7, [1])
    here = Here()
    assert len(said(device, 70, here)) == 70
    assert sum(here.groups) == 70
    assert len(here.groups) <= 4
    assert Health.objects.get(pk=device.key_id).waiting == 69


def test_a_device_that_is_gone_spoils_no_other_gates_heartbeat(device):
    gone = DeviceCredential("nowhere", device.gate, device.public_key, device.site, device.community)
    replies = said(device, 2, Here(), (gone,))
    assert [reply.gate_name for reply in replies[:2]] == ["东门", "东门"]
    assert isinstance(replies[2], Exception)


def test_a_hundred_heartbeats_cost_no_more_statements_than_one(device):
    def statements(count: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            kept([Heard(device, heartbeat(), timezone.now()) for _ in range(count)], lambda: 7)
        return len(asked)

    assert statements(100) == statements(1)

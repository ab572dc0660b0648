"""A real gate and its desk at the real gateway: a temperature taken down while the cable is out is there once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from tests.cast import GUARD_PIN, WANG
from tests.centre.gateway.test_whole_centre import _own_folders, in_thread, served
from tests.centre.quarantine.things import quarantined
from tests.centre.sites.test_a_real_gate import _nothing, enrolled
from tests.gate.test_desk import House, unlock
from tests.gate.test_report_desk import listed, taken_down, typed
from tests.waiting import until

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.quarantine.models import Report
from gatepass.gate import outbox
from gatepass.gate.agent import Agent, running
from gatepass.gate.device import GateFolder
from gatepass.gate.guard import set_pin
from gatepass.gate.settings import GateSettings
from gatepass.wire.reports import TAKEN

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
own_folders = _own_folders


class Cable(httpx2.AsyncBaseTransport):
    """From the gate to the gateway: pulled, plugged in, or pulled while the answer to a report is on its way."""

    def __init__(self, app: Any) -> None:
        self._far = httpx2.ASGITransport(app)
        self.pulled, self.loses_an_answer = True, False
        self.lost = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.pulled:
            raise httpx2.ConnectError("pulled", request=request)
        answer = await self._far.handle_async_request(request)
        if self.loses_an_answer and request.url.path == "/gate/v1/reports":
            self.loses_an_answer = False
            self.lost += 1
            raise httpx2.ReadError("pulled", request=request)
        return answer


def test_what_a_guard_takes_down_without_a_network_comes_once_though_the_answer_is_lost(
    register, employ: Callable, log_in: Callable, town, updates, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(outbox, "TRY_AGAIN_S", 0.1)
    case = quarantined(register(WANG))
    folder = GateFolder(tmp_path / "gate")
    enrolled(folder, town.east)
    set_pin(folder, GUARD_PIN)

    async def story() -> None:
        async with served() as app:
            cable = Cable(app)
            settings = GateSettings(folder=folder.path, retry_most_s=0.1)
            agent = Agent(settings, transport=cable, downloads=httpx2.MockTransport(_nothing))
            async with running(agent), House(agent).browser() as desk:
                await unlock(desk)
                who = await typed(desk, WANG.number)
                assert (await taken_down(desk, who, tenths=381, symptoms=["cough"])).status_code == 200
                assert [one["answer"] for one in await listed(desk)] == [""]
                assert not await in_thread(Report.objects.exists)

                cable.loses_an_answer, cable.pulled = True, False
                await until(lambda: agent.reports.waiting == 0)
                assert cable.lost == 1
                assert [one["answer"] for one in await listed(desk)] == [TAKEN]

    asyncio.run(story())
    report = Report.objects.get()
    assert (report.quarantine, report.tenths, report.symptoms, report.via) == (case, 381, ["cough"], "gate")
    assert report.device.gate == town.east
    assert Alarm.objects.get(kind="quarantine_symptom").count == 1
    page = log_in(employ(Role.SOCIAL_WORKER)).get(f"/quarantine/{case.pk}/").content.decode()
    assert page.count("38.1 °C") == 1

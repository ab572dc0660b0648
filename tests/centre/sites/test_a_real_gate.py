"""A real gate agent at the real gateway: configuration pushed and confirmed, the terminal found, trouble seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from tests.centre.conftest import enrolment
from tests.centre.gateway.test_whole_centre import _own_folders, in_thread, served

from gatepass.centre.sites.actions import change_gate, enrol_device, find_terminal, issue_enrolment_code, set_rules
from gatepass.centre.sites.models import Gate, Health
from gatepass.gate.agent import Agent, running
from gatepass.gate.device import Device, GateFolder, Site
from gatepass.gate.settings import GateSettings
from gatepass.policy import SiteRules

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
own_folders = _own_folders


def enrolled(folder: GateFolder, gate: Gate) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    reply = enrol_device(enrolment(issue_enrolment_code(None, gate).code, key))
    folder.make()
    folder.store_enrolment(
        Device(
            reply.device, reply.gate, "http://centre.test", key.private_bytes_raw(), reply.person_key_secret,
            reply.sealing_key, reply.trust_root, bytes(32), 0,
        ),
        Site(reply.gate_name, reply.site_name, reply.direction, reply.rules),
    )  # fmt: skip


async def until(says: Callable[[], Any], what: str) -> None:
    for _ in range(300):
        if await in_thread(says):
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"half a minute, and still not: {what}")


async def heard(app: Any, folder: GateFolder, gate: Gate) -> list[dict]:
    """The whole story; what the kiosk was told."""
    told: list[dict] = []
    settings = GateSettings(folder=folder.path, retry_most_s=0.1)
    agent = Agent(settings, transport=httpx2.ASGITransport(app), downloads=httpx2.MockTransport(_nothing))
    agent.uplink._beat_every_s = 0.1
    say = agent.kiosk._audience.say
    agent.kiosk._audience.say = lambda message: (told.append(message), say(message))  # type: ignore[method-assign]
    async with running(agent):
        await until(lambda: Health.objects.filter(configuration=1).exists(), "the first configuration is confirmed")
        await in_thread(set_rules, None, gate, SiteRules(hold_after_hours=24))
        await in_thread(change_gate, None, gate, "东大门", "in")
        await until(lambda: Health.objects.filter(configuration=3).exists(), "both changes are confirmed")
        assert (agent.site.gate_name, agent.site.rules.hold_after_hours) == ("东大门", 24)
        await in_thread(find_terminal, None, gate)
        for _ in range(300):
            if any(message["type"] == "find" and message["seconds"] > 100 for message in told):
                break
            await asyncio.sleep(0.1)
        await in_thread(lambda: find_terminal(None, gate, seconds=0))
        for _ in range(300):
            if told[-1] == {"type": "find", "seconds": 0}:
                break
            await asyncio.sleep(0.1)
    return told


def _nothing(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(503, request=request)


def test_a_gate_confirms_what_it_is_told_and_flashes_when_it_is_looked_for(town, updates, tmp_path) -> None:
    folder = GateFolder(tmp_path / "gate")
    enrolled(folder, town.east)

    async def story() -> list[dict]:
        async with served() as app:
            return await heard(app, folder, town.east)

    told = [message["seconds"] for message in asyncio.run(story()) if message["type"] == "find"]
    assert told[0] > 100
    assert told[-1] == 0

"""Nobody on duty is free: a neighbour's phone rings, she answers, and both see and hear each other, in real Chromium.

Two browsers of their own with pretended cameras, the centre's real pages and signalling; the clock of the ringing is
moved by its own function instead of the worker. GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from tests.browser import snap
from tests.cast import LI, SUN
from tests.centre.phone.test_stories import come_in, secure_enough
from tests.centre.rosters.things import volunteer_of
from tests.demo.test_interpreter import both_ways, browser_of_its_own

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.interpreting.models import Call, State
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(280)]
ASKS, HELPS = "13800012345", "13811100001"


def prepared(register: Any) -> None:
    volunteer_of(register(LI), HELPS)


def lives_here(register: Any) -> None:
    holder = Applicant.objects.order_by("-id")[0]
    entrust(None, register(SUN), holder, Relation.SELF, Consent.OWN)


async def test_a_neighbour_answers_on_her_phone_and_both_see_and_hear_each_other(
    chromium, live_server, settings, register
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server = secure_enough(live_server)
    async with (
        browser_of_its_own(chromium._executable, 390, 844, "ko-KR") as asks,
        browser_of_its_own(chromium._executable, 390, 844, "ko-KR") as helps,
    ):
        await sync_to_async(prepared)(register)
        await come_in(helps, server, "ko", HELPS)
        await come_in(asks, server, "ko", ASKS)
        await sync_to_async(lives_here)(register)
        await helps.goto(f"{server}/my/calls/")
        await asks.goto(f"{server}/my/interpreter/?language=ko")
        await helps.wait_for_selector("[name=answer]", timeout=60_000)
        await snap(helps, "volunteer-rings", whole=True)
        await helps.click("[name=answer]")
        await helps.wait_for_selector("video", timeout=60_000)
        print(f"\nboth ways: {await both_ways(asks, helps)}")
        await snap(asks, "volunteer-asker-talking", whole=True)
        await snap(helps, "volunteer-talking", whole=True)
        assert "자원봉사자" in await asks.inner_text("[data-part=state]")
        assert LI.name not in await asks.inner_text("body")
        assert await sync_to_async(lambda: Call.objects.get().state)() == State.TALKING

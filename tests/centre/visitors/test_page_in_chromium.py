"""The visitor's page in real Chromium: it stays on the phone, for the gate where there is no network."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from tests.browser import holds
from tests.cast import WANG
from tests.centre.phone.test_stories import PHONE, secure_enough
from tests.centre.visitors.things import tuesdays_and_fridays

from gatepass.centre.visitors import actions
from gatepass.centre.visitors.models import Invitation

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
IS_KEPT = """async (path) => {
    const pages = await (await caches.open("gatepass-visit-1")).keys();
    return pages.some(({ url }) => new URL(url).pathname === path);
}"""
CODE = ".picture svg"


async def test_the_code_is_there_without_a_network_and_when_the_centre_is_in_trouble_and_gone_once_taken_back(
    chromium, live_server, settings, register, town, monkeypatch
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server = secure_enough(live_server)
    invitation: Invitation = await sync_to_async(lambda: actions.invite(None, register(WANG), tuesdays_and_fridays()))()
    path = f"/visit/{invitation.token}/"
    async with chromium.page(*PHONE) as page:
        await page.goto(server + path)
        await page.wait_for_selector(CODE)
        await holds(page, IS_KEPT, path)
        await holds(page, "() => navigator.serviceWorker.controller !== null")

        await page.context.set_offline(True)
        await page.reload()
        await page.wait_for_selector(CODE)

        await page.context.set_offline(False)
        with monkeypatch.context() as trouble:
            trouble.setattr("gatepass.centre.visitors.public_views.invitation_of", away)
            await page.reload()
            await page.wait_for_selector(CODE)

        await sync_to_async(actions.end_invitation)(None, invitation)
        await page.reload()
        await page.wait_for_selector("text=over or was taken back")
        await page.context.set_offline(True)
        await page.reload()
        await page.wait_for_selector("text=over or was taken back")
        assert await page.locator(CODE).count() == 0


def away(_token: str) -> Invitation:
    raise OperationalError("the database is away")

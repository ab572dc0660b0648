"""*Tell me on this device* in real Chromium: the leave, the page, and what a push shows; the browser's maker is absent.

No test reaches a push service: the subscription is one of our own (`service`), and the message is handed to the
service worker by the browser's own tools. GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from tests.browser import holds, snap
from tests.centre.arrivals.test_stories import DESK, at_the_desk
from tests.centre.phone.test_stories import LANGUAGES, PHONE, come_in, fits, no_complaint_of_axe, secure_enough

from gatepass.centre.accounts.roles import Role
from gatepass.centre.sending.models import PUSH, Message
from gatepass.centre.webpush.actions import tell_applicants
from gatepass.centre.webpush.models import Subscription

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SHOWN = """async () => {
    const found = (await navigator.serviceWorker.getRegistrations()).map((one) => one.getNotifications());
    const shown = (await Promise.all(found)).flat();
    return shown.map(({ title, body, lang, data }) => ({ title, body, lang, page: data.page }));
}"""


async def looked_at(page, name: str) -> None:
    for language in LANGUAGES:
        await page.click(f"[name=language][value={language}] >> nth=0")
        await page.wait_for_selector(f"html[lang={language}]")
        await page.wait_for_selector("[data-told] button:not([hidden])")
        await fits(page, f"{name} {language}")
        await snap(page, f"{name}-{language}", whole=True)


def queued() -> dict[str, str]:
    tell_applicants([Subscription.objects.get().applicant], "notice", "/my/notices/")
    return json.loads(str(Message.objects.get(channel=PUSH).text))


async def test_a_resident_adds_this_phone_and_a_push_shows_one_sentence_that_names_nobody(
    chromium, live_server, settings, browser, employ
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server = secure_enough(live_server)
    guard = await sync_to_async(employ)(Role.GUARD_LEAD)
    async with chromium.page(*PHONE, whole=True) as page, chromium.page(*DESK, whole=True) as desk:
        await page.context.grant_permissions(["notifications"], origin=server)
        given = json.dumps(browser.told)
        await page.add_init_script(f"PushManager.prototype.subscribe = async () => ({{ toJSON: () => ({given}) }});")
        await come_in(page, server, "zh-hans")
        await page.goto(f"{server}/my/told/")
        await looked_at(page, "told")
        await no_complaint_of_axe(page, "told")
        await page.click("[data-told] button")
        await page.wait_for_selector(".rows li")
        assert await sync_to_async(Subscription.objects.count)() == 1
        await fits(page, "told, added")
        await snap(page, "told-added", whole=True)

        # What the centre would send, handed to the service worker as the browser would.
        tools = await page.context.new_cdp_session(page)
        mine: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def registered(told: dict[str, Any]) -> None:
            found = [one["registrationId"] for one in told["registrations"] if one["scopeURL"].endswith("/my/")]
            if found and not mine.done():
                mine.set_result(found[0])

        tools.on("ServiceWorker.workerRegistrationUpdated", registered)
        await tools.send("ServiceWorker.enable")
        said = await sync_to_async(queued)()
        push = {"origin": server, "registrationId": await mine, "data": json.dumps(said)}
        await tools.send("ServiceWorker.deliverPushMessage", push)
        await holds(page, f"async () => (await ({SHOWN})()).length === 1")
        (shown,) = await page.evaluate(SHOWN)
        assert shown == {name: said[name] for name in ("title", "body", "lang", "page")}

        await at_the_desk(desk, server, guard)
        await desk.context.grant_permissions(["notifications"], origin=server)
        await desk.goto(f"{server}/told/")
        await looked_at(desk, "told-staff")
        await no_complaint_of_axe(desk, "told-staff")

"""The residents' pages as an app in real Chromium: installable, without a network, and nothing left behind.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.utils import timezone
from tests.browser import found_by_axe, holds, snap
from tests.centre.notices.things import public
from tests.centre.phone.test_stories import LANGUAGES, PHONE, come_in, fits, secure_enough, what_the_gate_sees
from tests.centre.quarantine.things import quarantined

from gatepass.centre.applicants.models import Visit
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.quarantine.models import Quarantine, Report
from gatepass.policy import Colour

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WHAT_IS_LEFT = """async () => {
    const stores = (await caches.keys()).filter((name) => !name.startsWith("gatepass-shell"));
    const shell = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    const pages = shell.flat().map(({ url }) => new URL(url).pathname).filter((path) => path.startsWith("/my/"));
    const emptied = (await gatepassWaiting.all()).length ? "" : "gatepass-waiting";  // the page itself opens it
    const kept = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name !== emptied);
    return [...stores, ...kept, ...pages.filter((path) => path !== "/my/offline/")];
}"""
FETCHED_AHEAD = """async (wanted) => {
    const pages = (await (await caches.open("gatepass-mine-1")).keys()).map(({ url }) => new URL(url).pathname);
    return wanted.every((path) => pages.includes(path));
}"""
HAS_A_GRANT = "async () => (await (await import('/static/codes/health-code.js')).kept()).length === 1"


def away(*_asked: object) -> None:
    raise OperationalError("the database is away")


async def kept_pages(page) -> list[str]:
    return await page.evaluate(
        """async () => (await (await caches.open("gatepass-mine-1")).keys()).map(({ url }) => new URL(url).pathname)"""
    )


async def test_a_report_without_a_network_waits_is_sent_once_and_nothing_stays_behind(
    chromium, live_server, settings, register, applicant, town, monkeypatch
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server = secure_enough(live_server)

    def prepare() -> Quarantine:
        case = quarantined(register())
        set_colour(None, case.resident, Colour.RED, "A1")
        entrust(None, case.resident, applicant(), Relation.SELF, Consent.OWN)
        public(town.estate)
        return case

    case = await sync_to_async(prepare)()
    async with chromium.page(*PHONE) as page:
        network = page.context.set_offline
        await come_in(page, server, "en")
        await page.evaluate("navigator.serviceWorker.ready")

        # Installable: Chromium itself says so.
        browser = await page.context.new_cdp_session(page)
        manifest = await browser.send("Page.getAppManifest")
        assert manifest["errors"] == []
        assert "language=en" in manifest["url"]
        assert (await browser.send("Page.getInstallabilityErrors"))["installabilityErrors"] in ([], [IN_PRIVATE])

        # What must be there without a network is fetched by itself.
        person = f"/my/people/{case.resident_id}/"
        await holds(page, FETCHED_AHEAD, [person, "/my/", "/my/report/", "/my/notices/"])
        await holds(page, HAS_A_GRANT)
        await snap(page, "app-home-en", whole=True)

        # A centre that is in trouble takes nothing away from whoever has it.
        with monkeypatch.context() as trouble:
            trouble.setattr("gatepass.centre.notices.views.public.notices_for", away)
            await page.goto(server + "/my/notices/")
            for said in ("[data-app=kept]:visible", "summary"):
                await page.wait_for_selector(said)

        # The code, that was never opened here, with its age and its end.
        await network(True)
        await page.goto(server + person)
        await what_the_gate_sees(page)
        for said in ("[data-app=kept]", "[data-offline]", "[data-until]"):
            await page.wait_for_selector(f"{said}:visible")
        await snap(page, "app-code-offline-en")
        await page.goto(server + "/my/notices/")
        await page.click("summary")
        await snap(page, "app-notices-offline-en")
        await page.goto(server + "/my/people/4711/")
        assert await page.locator("h1").inner_text() == "No network"

        # Two taps.
        await page.goto(server + "/my/report/")
        await page.click(".pills label:has([value='366'])")
        await page.click("[data-how=well]")
        await page.wait_for_selector("#waiting:visible")
        assert "36.6 °C" in await page.locator("#waiting").inner_text()
        await snap(page, "app-waiting-en")
        assert not await sync_to_async(Report.objects.exists)()
        await page.goto(server + "/my/")
        await page.wait_for_selector("#waiting:visible")
        await snap(page, "app-home-offline-en", whole=True)

        # The network is back, but the visit has ended meanwhile: it waits, says so, and goes after the log-in.
        await sync_to_async(Visit.objects.all().delete)()
        await network(False)
        await page.goto(server + "/my/")
        await page.wait_for_selector("#waiting [data-part=signed_out]:visible")
        assert "36.6" not in await page.locator("main").inner_text()
        assert await kept_pages(page) == []
        await snap(page, "app-signed-out-en")
        assert not await sync_to_async(Report.objects.exists)()
        await come_in(page, server, "en")
        await holds(page, "async () => !(await gatepassWaiting.all()).length")
        report = await sync_to_async(Report.objects.get)()
        assert report.tenths == 366
        assert timedelta(0) < report.received_at - report.measured_at < timedelta(minutes=10)

        # Refused: why, and what next.
        await network(True)
        await page.goto(server + "/my/report/")
        await page.fill("[name^=typed]", "42.5")
        await page.click("[data-how=well]")
        await page.wait_for_selector("#waiting:visible")
        await network(False)
        await page.goto(server + "/my/")
        await page.wait_for_selector("#waiting [data-sure]:visible")
        assert "Look at the thermometer once more" in await page.locator("#waiting").inner_text()
        assert await found_by_axe(page) == []
        await snap(page, "app-refused-en")
        await page.click("#waiting [data-sure]")
        await page.wait_for_selector("#waiting", state="hidden")
        assert await sync_to_async(Report.objects.count)() == 2

        for language in LANGUAGES:
            await page.context.add_cookies([{"name": "django_language", "value": language, "url": server}])
            for name, address in {
                "home": "/my/",
                "notices": "/my/notices/",
                "report": "/my/report/",
                "call": "/my/interpreter/",
                "calls": "/my/calls/",
                "told": "/my/told/",
            }.items():
                await page.goto(server + address)
                for size, width in (("phone", 390), ("tablet", 820)):
                    await page.set_viewport_size({"width": width, "height": 1000})
                    await fits(page, name)
                    await snap(page, f"app-{name}-{size}-{language}", whole=True)
            assert await found_by_axe(page) == []

        # Nothing stays behind, and what was not sent is asked about first.
        await network(True)
        await page.goto(server + "/my/report/")
        await page.click(".pills label:has([value='365'])")
        await page.click("[data-how=well]")
        await page.wait_for_selector("#waiting:visible")
        await sync_to_async(Quarantine.objects.update)(state="released", closed_at=timezone.now())
        await network(False)
        await page.goto(server + "/my/account/")
        await page.click("form[data-leave] button")
        await page.wait_for_selector("[data-unsent]:visible")
        await page.click("form[data-leave] button")
        await page.wait_for_url("**/my/enter/")
        assert await page.evaluate(WHAT_IS_LEFT) == []
        assert await sync_to_async(Report.objects.count)() == 2
        await page.go_back()
        assert "/my/enter/" in page.url


IN_PRIVATE = {"errorId": "in-incognito", "errorArguments": []}
"""A test's context is a private window, which cannot put anything on a home screen; the rest is checked before that."""

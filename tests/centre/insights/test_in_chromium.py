"""The statistics as people see them: drawn, with the table one click away, on every screen, and usable by everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from tests.browser import SCREENS, fits, found_by_axe
from tests.centre.insights.test_statistics import FIRST, lives, random
from tests.centre.passages.contract import TUESDAY

from gatepass.centre.accounts.roles import Role
from gatepass.centre.insights.actions import make_report
from gatepass.centre.insights.models import StageHour

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cookies(live_server, town, keep, employ, log_in) -> list[dict]:
    rng = random.Random(7)
    keep(town.east, *lives(rng, "in", 0))
    keep(town.far_gate, *lives(rng, "out", 1))
    make_report(None, town.estate)
    StageHour.objects.create(gate=town.east, day=TUESDAY, hour=9, stage="shown", n=50, total_us=600_000)
    StageHour.objects.create(gate=town.east, day=TUESDAY, hour=9, stage="painted", n=50, total_us=900_000)
    session = log_in(employ(Role.OFFICE)).cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]


async def test_figures_are_drawn_and_their_tables_are_one_click_away(chromium, live_server, cookies) -> None:
    async with chromium.page(1440, 900) as page:
        await page.context.add_cookies(cookies)
        await page.goto(f"{live_server.url}/statistics/?span=7")
        await page.wait_for_selector("#hours [data-ready] canvas")
        charts = await page.locator("[data-draws]").count()
        assert await page.locator("[data-ready]:has(canvas)").count() == charts >= 7
        assert not await page.is_visible("#hours table")
        await page.click("#hours summary")
        assert await page.is_visible("#hours table")
        await page.wait_for_selector("#heat [data-saves]:not([hidden])")
        async with page.expect_download() as download:
            await page.click("#heat [data-saves]")
        saved = await download.value
        assert saved.suggested_filename == "heat.png"
        assert (await saved.path()).read_bytes().startswith(b"\x89PNG")
        # The period stays in the address when another choice is made.
        await page.select_option("select[name=span]", "28")
        await page.wait_for_url("**span=28**")
        assert str(FIRST - timedelta(days=14)) in await page.inner_text(".head")


@pytest.mark.parametrize("language", ["zh-hans", "ja"])
async def test_they_fit_every_screen_and_can_be_used_by_everybody(chromium, live_server, cookies, language) -> None:
    async with chromium.page(1440, 900, bypass_csp=True) as page:
        await page.context.add_cookies(cookies)
        await page.goto(f"{live_server.url}/statistics/?span=7")
        await page.click(f".languages [value={language}]")
        for name, address in {
            "week": "/statistics/?span=7",
            "day": "/statistics/",
            "reports": "/statistics/reports/",
        }.items():
            for screen, (width, height) in SCREENS.items():
                await page.set_viewport_size({"width": width, "height": height})
                await page.goto(live_server.url + address)  # charts are drawn for the width that they meet
                if name != "reports":
                    await page.wait_for_selector("#hours [data-ready] canvas")
                await fits(page, f"statistics-{name}-{language}", [screen], whole=True)
            assert await found_by_axe(page) == [], name

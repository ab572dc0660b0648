"""The box under the fingers: "/" leads to it, arrows choose, Enter opens, Escape closes; at a desk and on a phone."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from tests.browser import found_by_axe, snap, too_wide
from tests.cast import LI, WANG

from gatepass.centre.accounts.roles import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("language", "width", "height"), [("zh-hans", 1440, 900), ("ko", 390, 844)])
async def test_from_a_key_to_the_page(chromium, live_server, employ, register, language, width, height) -> None:
    @sync_to_async
    def begun() -> tuple[int, int, str]:
        user = employ(Role.OFFICE)
        user.language = language
        user.save()
        person = register(WANG)
        other = register(LI)
        client = Client()
        client.force_login(user)
        return person.pk, other.pk, client.cookies["gatepass_session"].value

    person, other, session = await begun()
    async with chromium.page(width, height) as page:
        await page.context.add_cookies([{"name": "gatepass_session", "value": session, "url": live_server.url}])
        await page.goto(f"{live_server.url}/gates/")
        await page.keyboard.press("/")
        assert await page.evaluate("document.activeElement.id") == "finder"
        await page.keyboard.type(WANG.name[0])
        await page.wait_for_selector(".hits [role=option]")
        assert await too_wide(page) <= 0
        await page.keyboard.press("ArrowDown")
        assert await page.locator(".hits [aria-selected=true]").count() == 1
        assert await found_by_axe(page) == []
        await snap(page, f"search-{language}")
        await page.keyboard.press("Escape")
        assert await page.locator(".hits").is_hidden()
        await page.keyboard.type(WANG.name[1:])
        await page.wait_for_selector(".hits [role=option]")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{live_server.url}/residents/{person}/")
        # A number: nothing is looked up before Enter, and it never stands in the address.
        await page.keyboard.press("/")
        await page.keyboard.type(LI.document.number)
        await page.wait_for_selector(".hits p")
        assert await page.locator(".hits [role=option]").count() == 0
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{live_server.url}/residents/{other}/")
        assert LI.document.number not in page.url
        await page.goto(f"{live_server.url}/search/")
        await snap(page, f"search-empty-{language}")

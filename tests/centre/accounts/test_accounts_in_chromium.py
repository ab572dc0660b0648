"""A new administrator's first day in a real browser: the link, a password, a passkey; and back by the passkey alone."""

from __future__ import annotations

import re

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.core.cache import cache
from tests.browser import found_by_axe, snap, too_wide

from gatepass.centre.accounts.invitations import invite
from gatepass.centre.accounts.roles import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]

LOCK = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
WORDS = "three other words"


async def look(page, name: str) -> None:
    """Fits its screen, and nothing that axe finds."""
    assert await too_wide(page) <= 0, name
    assert await found_by_axe(page) == [], name
    await snap(page, name)


@pytest.mark.parametrize(("language", "width", "height"), [("zh-hans", 1440, 900), ("ja", 390, 844)])
async def test_from_the_link_to_a_passkey_and_back(
    chromium, live_server, employ, settings, language: str, width: int, height: int
) -> None:
    address = live_server.url.replace("127.0.0.1", "localhost")
    changed = {"second_factor_roles": "administrator", "address": address}
    settings.CONFIGURATION = django_settings.CONFIGURATION.model_copy(update=changed)
    cache.clear()

    @sync_to_async
    def begun() -> tuple[str, str]:
        user = employ(Role.ADMINISTRATOR)
        user.language = language
        user.save()
        return user.username, invite(None, user)

    username, link = await begun()
    async with chromium.page(width, height) as page:
        protocol = await page.context.new_cdp_session(page)
        await protocol.send("WebAuthn.enable")
        await protocol.send("WebAuthn.addVirtualAuthenticator", {"options": LOCK})
        await page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        await page.goto(link)
        await look(page, f"invitation-{language}")
        await page.fill("[name=new]", WORDS)
        await page.fill("[name=again]", WORDS)
        await page.click("form.stack button")
        await page.fill("[name=username]", username)
        await page.fill("[name=password]", WORDS)
        await look(page, f"login-{language}")
        await page.click("form.stack button.primary")
        # The role opens nothing before it has a second factor.
        await page.wait_for_url(f"{address}/account/factors/")
        await look(page, f"factors-{language}")
        await page.click("main a.primary")
        await page.fill("[name=password]", WORDS)
        await look(page, f"confirm-{language}")
        await page.click("form.stack button.primary")
        await page.wait_for_url(f"{address}/account/factors/passkey/")
        await look(page, f"passkey-{language}")
        await page.click("#passkey")
        await page.wait_for_url(f"{address}/account/factors/recovery/")
        assert len(re.findall(r"\b\d{4} \d{4}\b", await page.inner_text(".codes"))) == 10
        await look(page, f"recovery-{language}")
        await page.click("a.primary")
        await page.goto(f"{address}/account/factors/digits/")
        await look(page, f"digits-{language}")
        for place in ("account", "staff", "rights", "staff/new"):
            await page.goto(f"{address}/{place}/")
            await look(page, f"{place.replace('/', '-')}-{language}")
        await page.click(".self form[action='/logout/'] button")
        # The password asks for a second step; the passkey is it.
        await page.fill("[name=username]", username)
        await page.fill("[name=password]", WORDS)
        await page.click("form.stack button.primary")
        await page.wait_for_url(f"{address}/login/second-factor/")
        await look(page, f"second-step-{language}")
        await page.click("#passkey")
        await page.wait_for_selector(".side nav")
        # And the passkey alone is enough.
        await page.click(".self form[action='/logout/'] button")
        await page.click("#passkey")
        await page.wait_for_selector(".side nav")
        assert await page.locator(".self > a").count() == 1

"""Passkeys in real Chromium, with the authenticator that its developer protocol offers."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from gatepass.centre.applicants import passkeys
from gatepass.centre.applicants.models import Passkey, Visit
from gatepass.centre.sending.models import Message

LOCK = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def at_localhost(settings, live_server):
    """Passkeys need a host name: this machine's own is good enough for a browser."""
    port = live_server.url.rpartition(":")[2]
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"address": f"http://localhost:{port}"})
    settings.ALLOWED_HOSTS = ["localhost"]
    return f"http://localhost:{port}"


def digits() -> str:
    found = re.search(r"\d{6}", Message.objects.order_by("-id")[0].text)
    assert found
    return found.group()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
async def test_a_phone_with_a_lock_comes_in_without_digits_from_the_second_time_on(at_localhost, chromium) -> None:
    from asgiref.sync import sync_to_async

    async with chromium.page(390, 844) as page:
        protocol = await page.context.new_cdp_session(page)
        await protocol.send("WebAuthn.enable")
        await protocol.send("WebAuthn.addVirtualAuthenticator", {"options": LOCK})
        await page.goto(f"{at_localhost}/my/enter/")
        await page.fill("[name=contact]", "13800012345")
        await page.click("button.primary")
        await page.fill("[name=code]", await sync_to_async(digits)())
        await page.click("button.primary")
        await page.wait_for_url("**/my/")
        await page.click("a[href='/my/account/']")
        await page.click("[data-passkey-add] button")
        await page.wait_for_selector("button[name=passkey]")
        await page.click("form[action$='leave/'] button")
        await page.wait_for_url("**/my/enter/")
        await page.click("[data-passkey] button")
        await page.wait_for_url("**/my/")
        await page.goto(f"{at_localhost}/my/account/")
        assert await page.locator("button[name=passkey]").count() == 1
    assert await sync_to_async(Visit.objects.count)() == 1
    passkey = await sync_to_async(Passkey.objects.get)()
    assert passkey.used_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [b"{}", b"[]", b"null", b"\xff", b"{" * 20_000, b'{"id": "AA", "rawId": "AA"}'])
def test_a_made_up_answer_opens_nothing_and_breaks_nothing(answer: bytes) -> None:
    client = Client()
    client.generic("POST", "/my/enter/passkey/", b"")
    reply = client.generic("POST", "/my/enter/passkey/", answer, content_type="application/json")
    assert reply.status_code == 400
    assert reply.json()["code"] == "passkey_wrong"
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("address", "offered"),
    [("http://127.0.0.1:8600", False), ("http://localhost:8600", True), ("https://code.example.org", True),
     ("https://192.0.2.1", False), ("http://code.example.org", False)],
)  # fmt: skip
def test_passkeys_are_offered_where_a_browser_allows_them(settings, address: str, offered: bool) -> None:
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"address": address})
    assert passkeys.offered() is offered

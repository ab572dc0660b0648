"""An elder without any phone, start to finish: a social worker's phone at the desk, the card on the reader, green.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

import time

import pytest
from tests.browser import Chromium, snap

from gatepass.demo.stage import Stage

STRANGER = "unknown"
"""The card of the tray whose holder nobody has registered."""


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(300)
async def test_an_elder_without_any_phone_is_registered_at_the_desk_and_the_card_opens_the_gate(
    chromium: Chromium, stage: Stage
) -> None:
    document = stage.by_key[STRANGER].document
    async with chromium.page(390, 844) as desk, chromium.page(1080, 1920) as kiosk:
        await kiosk.goto(f"{stage.gate_url}/")
        await kiosk.wait_for_selector("body[data-state=idle]")
        stage.lay(STRANGER)
        await kiosk.wait_for_selector("body[data-state=result][data-outcome=hold]")
        await stage.lift()

        social = next(person for person in stage.facts["staff"] if person["role"] == "social_worker")
        await desk.goto(f"{stage.centre_url}/login/?next=/residents/new/")
        await desk.fill("[name=username]", social["username"])
        await desk.fill("[name=password]", social["password"])
        await desk.press("[name=password]", "Enter")
        await desk.wait_for_url("**/residents/new/")
        await desk.fill("[name=number]", document.number)
        await desk.fill("[name=full_name]", document.holder.native_name)
        await desk.select_option("[name=site]", index=1)
        await snap(desk, "elder-register")
        await desk.click("main form button.primary")
        await desk.click("a[href$='declare/']")
        await desk.check("[name=well]")
        await desk.check("[name=contact][value=no]")
        await desk.check("[name=travelled][value=no]")
        await desk.check("[name=consent][value=told_staff]")
        await snap(desk, "elder-declare")
        await desk.click("main form button.primary")
        await desk.wait_for_selector(".messages")
        until = time.monotonic() + 60
        while not await desk.locator("main .state.green").count():
            assert time.monotonic() < until, "the colour has not followed"
            await desk.reload()
        await snap(desk, "elder-green-at-the-desk")

        await kiosk.wait_for_selector("body[data-state=idle]")
        stage.lay(STRANGER)
        await kiosk.wait_for_selector("body[data-state=result][data-outcome=pass]")
        await snap(kiosk, "elder-green-at-the-gate")

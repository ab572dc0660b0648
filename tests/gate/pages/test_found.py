"""Somebody at the centre looks for this terminal: its screen flashes and beeps, and people are answered meanwhile."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page
from tests.browser import snap
from tests.gate.pages.scripted_agent import scripted_agent, shown, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNT_BEEPS = """
window.beeps = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.beeps += 1; return start.apply(this, when); };
"""


async def beeped(page: Page, times: int) -> None:
    """The page's own policy forbids Playwright's `wait_for_function`."""
    for _ in range(300):
        if await page.evaluate("window.beeps") >= times:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"the terminal did not beep {times} times in half a minute")


async def test_the_terminal_flashes_and_beeps_until_it_is_found(chromium) -> None:
    async with scripted_agent() as agent, chromium.page(1080, 1920, still=False) as page:
        await page.add_init_script(COUNT_BEEPS)
        await page.goto(agent.address)
        await page.wait_for_selector("body[data-state=idle]")
        assert not await page.is_visible("#find")
        await agent.say("kiosk", {"type": "find", "seconds": 60})
        await beeped(page, 2)
        await snap(page, "kiosk-looked-for")
        assert "正在寻找的终端" in await page.inner_text("#find")
        animation = await page.evaluate("getComputedStyle(document.getElementById('find')).animationName")
        assert animation == "find"

        message = shown("green")
        await agent.say("kiosk", message)
        await until(lambda: any(each["id"] == message["id"] for each in agent.answers("painted")), "painted")
        assert await page.is_visible("#word")
        assert await page.is_visible("#find")

        await agent.say("kiosk", {"type": "find", "seconds": 0})
        await page.wait_for_selector("#find", state="hidden")
        beeps = await page.evaluate("window.beeps")
        await page.wait_for_timeout(1500)  # longer than from one beep to the next
        assert await page.evaluate("window.beeps") == beeps


async def test_the_flashing_ends_by_itself_where_nobody_says_so(chromium) -> None:
    async with scripted_agent() as agent, chromium.page(1080, 1920) as page:
        await page.goto(agent.address)
        await page.wait_for_selector("body[data-state=idle]")
        await agent.say("kiosk", {"type": "find", "seconds": 1})
        await page.wait_for_selector("#find", state="visible")
        await page.wait_for_selector("#find", state="hidden")


async def test_whoever_wants_no_motion_sees_a_still_frame(chromium) -> None:
    async with scripted_agent() as agent, chromium.page(1080, 1920) as page:
        await page.goto(agent.address)
        await page.wait_for_selector("body[data-state=idle]")
        await agent.say("kiosk", {"type": "find", "seconds": 60})
        await page.wait_for_selector("#find", state="visible")
        assert await page.evaluate("getComputedStyle(document.getElementById('find')).animationName") == "none"

"""A notice on the idle screen: in the language of the screen, one other below it, never over a result."""

from __future__ import annotations

import pytest
from playwright.async_api import expect
from tests.browser import snap
from tests.gate.pages.scripted_agent import knowledge, scripted_agent, shown

from gatepass.centre.notices.ready_made import READY_MADE
from gatepass.languages import LANGUAGES

pytestmark = pytest.mark.browser

SAID = {language: text.short for language, text in READY_MADE["gate_mask"].texts.items()}
NOTICES = {"type": "notices", "notices": [{"id": 1, "texts": {lang: [lang, SAID[lang]] for lang in LANGUAGES}}]}
FITS = """() => document.documentElement.scrollHeight <= innerHeight
    && [...document.querySelectorAll("main, #idle")].every((each) => each.scrollHeight <= each.clientHeight + 1)"""


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1920, 1080), (390, 844), (820, 1180)])
async def test_a_notice_stands_on_the_idle_screen_alone_and_fits(chromium, width: int, height: int) -> None:
    async with scripted_agent() as agent, chromium.page(width, height) as page:
        agent.greeting = [knowledge(), {"type": "idle"}, NOTICES]
        await page.goto(agent.address)
        first, other = page.locator("#notice-first"), page.locator("#notice-other")
        await expect(first).to_be_visible()
        assert await first.get_attribute("lang") == "zh-Hans"
        assert await other.get_attribute("lang") == "zh-Hant"
        await snap(page, f"kiosk-notice-{width}")
        assert await page.evaluate(FITS), "cut off"
        await page.get_by_role("button", name="English", exact=True).click()
        await expect(first).to_have_attribute("lang", "en")
        await snap(page, f"kiosk-notice-{width}-en")
        assert await page.evaluate(FITS), "cut off in English"
        await agent.say("kiosk", shown("green"))
        await expect(first).to_be_hidden()
        await agent.say("kiosk", {"type": "notices", "notices": []})
        await expect(page.locator("body")).to_have_attribute("data-state", "idle")
        await expect(first).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1920, 1080), (1366, 768), (390, 844)])
@pytest.mark.parametrize("age", [0, 5000], ids=["fresh", "old"])
async def test_what_is_said_about_faces_a_notice_and_old_knowledge_fit_together(chromium, width, height, age) -> None:
    """English has the longest sentences. Where all three would stand there, the notice gives way."""
    async with scripted_agent(language="en") as agent, chromium.page(width, height) as page:
        agent.greeting = [knowledge(faces=True, online=not age, as_of=age), {"type": "idle"}, NOTICES]
        await page.goto(agent.address)
        await page.wait_for_selector("#faces:not([hidden])")
        await expect(page.locator("#notice-first")).to_be_visible(visible=not age)
        await snap(page, f"kiosk-faces-{width}-{age}")
        assert await page.evaluate(FITS)

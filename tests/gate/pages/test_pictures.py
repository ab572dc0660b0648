"""Pictures of both pages in every language, state and size, for people to look at: GATEPASS_SCREENSHOTS=folder."""

from __future__ import annotations

import pytest
from tests.browser import SCREENSHOTS, snap
from tests.gate.pages.scripted_agent import COUNTS, held, knowledge, recent, scripted_agent, shown, until, visitor

from gatepass.languages import LANGUAGES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(SCREENSHOTS is None, reason="set GATEPASS_SCREENSHOTS=folder to get pictures"),
]

UPRIGHT, LYING = (1080, 1920), (1920, 1080)
RESULTS = ("green", "unknown", "red", "code_expired", "document_unreadable", "face_mismatch", "face_not_seen")
NOTHING_READ = {"holder": "", "checks": {"document": "none", "code": "none"}}
LOOK = {
    "unknown": {"checks": {"document": "ok", "code": "none"}},
    "document_unreadable": NOTHING_READ,
    "face_mismatch": {"checks": {"person": "bad", "document": "ok", "code": "ok"}},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [UPRIGHT, LYING], ids=["upright", "lying"])
async def test_kiosk(chromium, size, language):
    name = f"kiosk-{size[0]}x{size[1]}-{language}"
    async with scripted_agent(language=language, hold_ms=20_000) as agent, chromium.page(*size) as page:
        await page.goto(agent.address)
        await page.wait_for_selector("body[data-state=idle]")
        await snap(page, f"{name}-idle")
        await agent.say("kiosk", knowledge(online=False, as_of=5000))
        await page.wait_for_selector("#strip:not([hidden])")
        await agent.say("kiosk", {"type": "reading"})
        await page.wait_for_selector("#reading:not([hidden])")
        await snap(page, f"{name}-offline")
        await agent.say("kiosk", knowledge(faces=True))
        await agent.say("kiosk", {"type": "looking"})
        await page.wait_for_selector("#faces:not([hidden])")
        await snap(page, f"{name}-faces")
        for reason in RESULTS:
            message = shown(reason, language=language, **LOOK.get(reason, {}))
            await agent.say("kiosk", message)
            await until(
                lambda message=message: any(a["id"] == message["id"] for a in agent.answers("painted")), "painted"
            )
            await snap(page, f"{name}-{reason}")
        await agent.say("kiosk", knowledge(readers=[{"family": "sam", "state": "absent"}]))
        agent.beating = False
        await page.wait_for_selector("body[data-state=stopped]")
        await snap(page, f"{name}-stopped")


@pytest.mark.parametrize("size", [(390, 844), (820, 1180), (1180, 820), (1366, 768)], ids=str)
async def test_kiosk_on_other_screens(chromium, size):
    async with scripted_agent(language="zh-Hans", hold_ms=20_000) as agent, chromium.page(*size) as page:
        await page.goto(agent.address)
        await page.wait_for_selector("body[data-state=idle]")
        await snap(page, f"kiosk-{size[0]}x{size[1]}-idle")
        for reason, language in (("unknown", "zh-Hans"), ("red", "en")):
            message = shown(reason, language=language)
            await agent.say("kiosk", message)
            await until(
                lambda message=message: any(a["id"] == message["id"] for a in agent.answers("painted")), "painted"
            )
            await snap(page, f"kiosk-{size[0]}x{size[1]}-{reason}-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(1180, 820), (820, 1180), (390, 844)], ids=str)
async def test_desk(chromium, size, language):
    name = f"desk-{size[0]}x{size[1]}-{language}"
    greeting = [knowledge(online=False, as_of=1800), COUNTS, {"type": "held", "items": []}, recent()]
    async with scripted_agent(language=language, greeting=greeting) as agent, chromium.page(*size) as page:
        await page.goto(f"{agent.address}/desk")
        await page.wait_for_selector("#recent li")
        await snap(page, f"{name}-empty")
        await agent.say("desk", knowledge())
        await agent.say(
            "desk", {"type": "held", "items": [visitor(), held("yellow", "document_expired", advice="test")]}
        )
        await page.wait_for_selector("#held:not([hidden])")
        await snap(page, f"{name}-unknown")
        await agent.say("desk", {"type": "held", "items": [held("red", "document_expired")]})
        await page.wait_for_selector("#held[data-outcome=refuse]")
        await snap(page, f"{name}-red")
        await agent.say("desk", {"type": "held", "items": [held("face_mismatch", "green", faces=["portrait", "live"])]})
        await page.wait_for_selector("#pair img >> nth=1")
        await snap(page, f"{name}-faces")
        await agent.say("desk", {"type": "held", "items": [held("red", "document_expired")]})
        await page.wait_for_selector("#held[data-outcome=refuse]")
        await page.locator("#ways button").nth(2).click()
        await snap(page, f"{name}-reasons")
        await page.keyboard.press("Escape")
        await page.click("#type-number")
        await page.fill("#number", "33010219410312")
        await snap(page, f"{name}-typed")
        await page.fill("#number", "M12345678")
        await page.click("#typed-submit")
        await page.wait_for_selector("#which:not([hidden])")
        await snap(page, f"{name}-which")
        await page.locator("#which-choices button").last.click()
        await page.wait_for_selector("#whose:not([hidden])")
        await snap(page, f"{name}-whose")
        await page.keyboard.press("Escape")
        for answer in ("", "taken", "report_not_expected"):
            agent.reports.append({"at": 1_700_000_000_000, "who": "K** M*****", "answer": answer})
        await page.click("#take-report")
        await snap(page, f"{name}-report")
        await page.locator("#report-people button").first.click()
        await snap(page, f"{name}-report-of")
        await page.keyboard.press("Escape")
        await page.click("#lock")
        await page.locator("#ways button").first.click()
        await page.wait_for_selector("#pin[open]")
        await page.keyboard.type("1234")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#pin-trouble:not(:empty)")
        await snap(page, f"{name}-pin")
        await page.keyboard.press("Escape")
        agent.beating = False
        await page.wait_for_selector("#stopped:not([hidden])")
        await snap(page, f"{name}-stopped")

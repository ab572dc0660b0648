"""A Korean grandmother touches 한국어 at the gate: a real call between two Chromium with sound and picture.

The interpreter at the estate answers; she is lost in the middle, and the one of the community rings; then the network
is cut, and the telephone line is on the screen with the phrase card.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Frame, Page, async_playwright
from tests.browser import ARGUMENTS, SPEAKS_BY_ITSELF, Chromium, snap

from gatepass.demo.stage import Stage

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(280)]
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", SPEAKS_BY_ITSELF)


@asynccontextmanager
async def browser_of_its_own(executable: str, width: int, height: int, locale: str) -> AsyncIterator[Page]:
    """Another Chromium process, with a pretended camera and microphone."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=[*ARGUMENTS, *FAKE], headless=True)
        try:
            context = await browser.new_context(
                viewport={"width": width, "height": height}, locale=locale, reduced_motion="reduce"
            )
            yield await context.new_page()
        finally:
            await browser.close()


async def until(question: Any, within: float = 60.0) -> Any:
    end = time.monotonic() + within
    while not (answer := await question()):
        assert time.monotonic() < end, f"waited {within} s in vain"
        await asyncio.sleep(0.2)
    return answer


async def flow(page: Page | Frame) -> dict[str, int]:
    """What has come in and gone out: bytes of sound, decoded and encoded frames of the picture."""
    found = {"heard": 0, "seen": 0, "said": 0, "shown": 0}
    for one in await page.evaluate("() => window.callStatistics?.() ?? []"):
        inbound = one["type"] == "inbound-rtp"
        if inbound or one["type"] == "outbound-rtp":
            audio = one["kind"] == "audio"
            name = ("heard" if audio else "seen") if inbound else ("said" if audio else "shown")
            of = (
                ("bytesReceived" if audio else "framesDecoded")
                if inbound
                else ("bytesSent" if audio else "framesEncoded")
            )
            found[name] += int(one.get(of, 0))
    return found


async def both_ways(*sides: Page | Frame) -> list[dict[str, int]]:
    """Sound and picture grow at both ends, in both directions."""

    async def grows() -> list[dict[str, int]] | None:
        before = [await flow(side) for side in sides]
        await asyncio.sleep(1.0)
        after = [await flow(side) for side in sides]
        moved = [{name: now[name] - then[name] for name in now} for then, now in zip(before, after, strict=True)]
        return after if all(all(count > 0 for count in one.values()) for one in moved) else None

    return await until(grows)


async def on_call(page: Page, stage: Stage, name: str) -> None:
    secret = next(one["password"] for one in stage.facts["staff"] if one["username"] == name)
    await page.goto(f"{stage.centre_url}/login/")
    await page.fill("[name=username]", name)
    await page.fill("[name=password]", secret)
    await page.click("main button.primary, main button[type=submit]")
    await page.wait_for_url("**/calls/", timeout=60_000)


async def answer(page: Page) -> None:
    await page.click("#ringing [name=answer]", timeout=60_000)
    await page.wait_for_selector("#talk video", timeout=60_000)


async def test_one_touch_and_the_interpreter_on_duty_is_on_the_screen(chromium: Chromium, stage: Stage) -> None:
    executable = chromium._executable
    try:
        async with browser_of_its_own(executable, 1080, 1920, "zh-CN") as kiosk:
            refused: list[str] = []
            kiosk.on("console", lambda one: refused.append(one.text) if "Content Security" in one.text else None)
            async with browser_of_its_own(executable, 1440, 900, "ko-KR") as park:
                await on_call(park, stage, "park")
                async with browser_of_its_own(executable, 1440, 900, "ko-KR") as kim:
                    await on_call(kim, stage, "kim")
                    await kiosk.goto(stage.gate_url)
                    await snap(kiosk, "interpreter-kiosk-idle")
                    touched = time.monotonic()
                    await kiosk.click('#interpreters [data-language="ko"]', timeout=60_000)
                    await kim.wait_for_selector("#ringing [name=answer]", timeout=60_000)
                    print(f"\nrings after {time.monotonic() - touched:.1f} s")
                    await snap(kim, "interpreter-rings")
                    call = kiosk.frames[1]
                    assert await park.locator("#ringing [name=answer]").count() == 0  # the nearest alone
                    await answer(kim)
                    print(f"\nboth ways: {await both_ways(call, kim)}")
                    assert "김서연" in await call.inner_text("[data-part=state]")
                    await snap(kiosk, "interpreter-kiosk-talking")
                    await snap(kim, "interpreter-talking", whole=True)
                # Her browser is gone, without a word.
                lost = time.monotonic()
                await answer(park)
                print(f"\nthe next one has answered {time.monotonic() - lost:.1f} s after the first was lost")
                await both_ways(call, park)
                assert "박민준" in await call.inner_text("[data-part=state]")
                # The cable is pulled: gate and centre do not hear each other.
                await stage.cable.pull()
                cut = time.monotonic()
                await call.wait_for_selector('[data-state="offline"]', timeout=60_000)
                print(f"\nline and card {time.monotonic() - cut:.1f} s after the network was cut")
                assert await call.inner_text("[data-part=number]") == "0571-96391"
                assert "저는 여기에 삽니다." in await call.inner_text("[data-part=card]")
                await snap(kiosk, "interpreter-kiosk-offline")
                # Asked anew without a network: at once.
                await kiosk.reload()
                await kiosk.click('#interpreters [data-language="ja"]', timeout=60_000)
                again = kiosk.frames[1]
                await again.wait_for_selector('[data-state="offline"]', timeout=60_000)
                assert await again.inner_text("[data-part=number]") == "0571-96391"
            assert refused == []
    finally:
        await stage.cable.plug_in()

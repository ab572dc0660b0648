"""The whole house in one piece: every process real, the card laid down by hand in Chromium, or by the checked story."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys

import httpx2
import pytest
from tests.browser import Chromium, snap

from gatepass.demo.commands import tray_served
from gatepass.demo.stage import Stage

# data-outcome, the kiosk's word, the colour that fills the screen, the board's mark for it.
ANSWERS = {
    "elder_green": ("pass", "请通行", "rgb(11, 107, 58)", "green"),
    "test_due": ("hold", "请稍候", "rgb(255, 212, 0)", "yellow"),
    "red": ("refuse", "请留步", "rgb(176, 0, 32)", "red"),
}


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_checked_story_ends_with_nothing_failed() -> None:
    words = [sys.executable, "-m", "gatepass", "demo", "--check", "--residents", "200"]
    told = subprocess.run(words, capture_output=True, text=True, timeout=170, check=False)
    last = told.stdout.strip().splitlines()[-1]
    counted = re.fullmatch(r"demo check: (\d+) passed, (\d+) failed", last)
    assert counted, told.stdout + told.stderr
    assert int(counted[1]) >= 77
    assert counted[2] == "0", told.stdout
    assert told.returncode == 0


async def sounded(stage: Stage) -> int:
    """How many prompts the kiosk page says it has begun to play."""
    async with httpx2.AsyncClient() as client:
        metrics = (await client.get(f"{stage.gate_url}/metrics")).text
    found = re.search(r"^gatepass_sounded_seconds_count (\d+)", metrics, re.MULTILINE)
    return int(found[1]) if found else 0


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(180)
async def test_a_card_laid_on_the_tray_is_painted_spoken_and_on_the_live_board(
    chromium: Chromium, stage: Stage
) -> None:
    async with (
        tray_served(stage),
        chromium.page(1440, 900) as tray,
        chromium.page(1080, 1920) as kiosk,
        chromium.page(1440, 900) as board,
    ):
        await tray.goto(f"{stage.tray_url}/")
        await kiosk.goto(f"{stage.gate_url}/")
        await kiosk.wait_for_selector("body[data-state=idle]")
        office = next(person for person in stage.facts["staff"] if person["role"] == "office")
        await board.goto(f"{stage.centre_url}/login/?next=/board/")
        await board.fill("input[name=username]", office["username"])
        await board.fill("input[name=password]", office["password"])
        await board.press("input[name=password]", "Enter")
        await board.wait_for_selector("[data-live=latest]")

        heard = await sounded(stage)
        for key, (outcome, word, colour, shape) in ANSWERS.items():
            await tray.click(f"#featured .card[data-id={key}]")
            await kiosk.wait_for_selector(f"body[data-state=result][data-outcome={outcome}]", timeout=30_000)
            assert await kiosk.inner_text("#word") == word
            assert await kiosk.is_visible(f".shape .{outcome}")
            painted = await kiosk.evaluate("getComputedStyle(document.body).backgroundColor")
            assert painted == colour
            name = stage.by_key[key].document.holder.native_name[0] + "*"
            row = board.locator("[data-live=latest] .latest li", has_text=f"{name}").filter(has_text="东门").first
            await row.wait_for(timeout=30_000)
            assert await row.locator(f".state.{shape}").count() == 1
            await snap(kiosk, f"story-kiosk-{outcome}")
            await tray.keyboard.press("Escape")
            await asyncio.sleep(0.5)
        await snap(board, "story-board")
        assert await sounded(stage) >= heard + len(ANSWERS)

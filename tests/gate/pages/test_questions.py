"""Questions at a gate by touch alone, in real Chromium: a topic, the rule, a person; nothing too wide or too small."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from tests.browser import found_by_axe, served, snap, too_wide
from tests.gate.pages.test_looks import measure
from tests.gate.test_notices import Clock
from tests.gate.test_questions import PHONE, WARD, Centre
from tests.wire.test_answers import CLEANER, PARCEL

from gatepass.gate.pages import STATIC
from gatepass.gate.questions import Questions
from gatepass.languages import LANGUAGES
from gatepass.policy.asking import BRING
from gatepass.wire.answers import ANSWERS_FILE, Answers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def gate(tmp_path: Path) -> Starlette:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / ANSWERS_FILE).write_bytes(Answers([CLEANER, PARCEL], PHONE).encode())
    questions = Questions(Centre(), tmp_path, "12", Clock(), lambda: WARD)  # type: ignore[arg-type]
    calling = HTMLResponse("<!doctype html><html lang=en><title>call</title><h1>ringing</h1></html>")
    return Starlette(
        routes=[
            Route("/questions", questions.page),
            Route("/interpreter", lambda _request: calling),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
    )


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)], ids=["upright", "lying"])
async def test_whoever_cannot_type_finds_an_answer_the_rule_and_a_person(chromium, gate, size) -> None:
    async with served(gate) as address, chromium.page(*size) as page:
        for language in LANGUAGES:
            await page.goto(f"{address}/questions?language={language}")
            await page.click("a[href$='topic=about_visitors']")
            await page.wait_for_url(lambda address: "topic=about_visitors" in address)
            assert await page.locator("section > details:not(.keyboard)").count() == 1
            await page.click(f"summary >> text={CLEANER.texts[language].question}")
            await page.select_option("#invited", "yes")
            await page.click("#standing ~ button")
            await page.wait_for_selector("article.refuse")
            assert await page.locator(f"article li >> text={BRING['invitation'][language]}").count() == 5
            await page.click("article >> nth=0")
            way = await page.locator("a.to-person").bounding_box()
            assert way is not None
            assert 0 <= way["y"] < 200, "a person can be asked without scrolling below the answers"
            await snap(page, f"gate-questions-{size[0]}-{language}", whole=True)
            assert await too_wide(page) <= 0, language
            assert not await measure(page, "smallTargets"), language
        assert not await found_by_axe(page)
        await page.click("a.call")
        await page.wait_for_selector("text=ringing")

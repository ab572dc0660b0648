"""Two tracers and one case, from opening it to handing over, as they meet it; phone and desk, two languages, axe.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from tests.browser import fits as fits_screens
from tests.browser import found_by_axe
from tests.cast import LI, STRANGER, SUN, WANG
from tests.centre.passages.contract import MINUTE, record
from tests.centre.tracing.things import tracers

from gatepass.centre import keys
from gatepass.centre.passages.log import Batch
from gatepass.centre.passages.storage import close_passage_log, passage_log
from gatepass.centre.people.access import key_of
from gatepass.wire.sealing import seal

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two(town: Any, settings: Any, tmp_path: Any, people: dict[str, Any]) -> Iterator[list[Any]]:
    """Yesterday at the east gate: Wang, Li beside her, a stranger, Sun; by the clock that a browser has."""
    settings.PASSAGES_DIR = tmp_path / "passages"
    then = (time.time_ns() // 1_000_000) - 20 * 60 * MINUTE
    sealed = seal(keys.tracing_public_key(settings.KEYS_DIR), STRANGER.document)
    records = [
        record(1, then, key_of(WANG.document)),
        record(2, then + 30_000, key_of(LI.document)),
        record(3, then + 4 * MINUTE, key_of(STRANGER.document), sealed=sealed),
        record(4, then + 8 * MINUTE, key_of(SUN.document)),
        record(5, then + 17 * MINUTE, b"late" * 4),
    ]
    passage_log().append([Batch(str(town.east.pk), "dev-east", records)])
    yield tracers()
    close_passage_log()


@pytest.fixture
def cookies(live_server: Any, log_in: Any, two: list[Any]) -> list[list[dict[str, Any]]]:
    """Of each of the two."""
    name = settings.SESSION_COOKIE_NAME
    return [[{"name": name, "value": log_in(user).cookies[name].value, "url": live_server.url}] for user in two]


async def fits(page: Any, name: str) -> None:
    """No wider than the screen of a phone and of a desk; and nothing that axe would find."""
    await fits_screens(page, f"tracing-{name}", ("phone", "desk"))
    assert await found_by_axe(page) == [], name


async def test_two_tracers_work_a_case_from_opening_to_hand_over(chromium, live_server, cookies, two) -> None:
    first, second = cookies
    at: Callable[[str], str] = lambda path: live_server.url + path  # noqa: E731
    async with chromium.page(1440, 900, bypass_csp=True) as page:
        page.set_default_timeout(30_000)

        async def sits(user: list[dict[str, Any]], language: str, path: str) -> None:
            await page.context.clear_cookies()
            await page.context.add_cookies(user)
            await page.goto(at("/password/"))
            await page.click(f".languages [value={language}]")
            await page.goto(at(path))
            assert await page.evaluate("document.documentElement.lang") == language

        await sits(first, "zh-hans", "/cases/")
        await fits(page, "nothing-yet")
        await page.click("main .verbs .primary")
        await fits(page, "new")
        await page.fill("[name=reason]", "一栋楼内三人确诊，需查明接触者。")
        await page.fill("[name=person-0-number]", WANG.number)
        await page.click("form.stack > .actions .primary")
        await page.wait_for_url("**/cases/*/")
        case = page.url.removeprefix(live_server.url)
        assert await page.locator("[value=confirm]").count() == 0
        await fits(page, "waits")

        await sits(second, "ja", case)
        await fits(page, "to-confirm")
        await page.click("[value=confirm]")
        await page.click(f"form[action='{case}count/'] button")
        await page.locator(".figure", has_text="4").wait_for()
        assert await page.inner_text(".figure") == "4"
        await page.wait_for_load_state()
        assert LI.name not in await page.inner_text("main")
        await fits(page, "counted")

        await sits(first, "zh-hans", f"{case}contacts/")
        assert await page.locator("tbody tr").count() == 4
        assert LI.name not in await page.inner_text("main")
        await fits(page, "list")
        for row in (2, 3):
            await page.check(f"tbody tr:nth-child({row}) input")
        await page.click("button.primary:not([formaction])")
        await page.wait_for_selector(f"text={LI.name}")
        assert STRANGER.name in await page.inner_text("main")
        assert SUN.name not in await page.inner_text("main")
        await fits(page, "names")

        await page.click("tbody tr:nth-child(2) td a >> visible=true")
        await page.select_option("[name=what]", "informed")
        await page.fill("[name=note]", "已电话告知，由女儿陪同检测。")
        await page.click("form.stack .primary")
        await page.wait_for_selector("text=由女儿陪同检测")
        await fits(page, "contact")
        await page.click("form[action$='/trace/'] button")
        await page.wait_for_selector("svg[role=img]")
        await fits(page, "chains")
        await page.goto(at(f"{case}movements/"))
        assert "推断" in await page.inner_text("main")
        await fits(page, "movements")

        await page.goto(at(f"{case}contacts/?work=informed"))
        await page.check("tbody tr:first-child input")
        await page.select_option("[name=taker]", str(two[1].pk))
        await page.click("button[formaction]")
        await page.wait_for_url("**/contacts/?work=informed")

        await sits(second, "ja", case)
        await fits(page, "offered")
        await page.click("[value=take]")
        await page.wait_for_url("**/contacts/?whose=*")
        assert LI.name in await page.inner_text("main")
        await page.goto(at(case))
        await page.click("button[data-opens=closing]")
        await page.click("#closing .severe")
        await page.goto(at(f"{case}contacts/"))
        assert page.url == at(case)
        assert LI.name not in await page.inner_text("main")
        await fits(page, "closed")

"""The pages of policies as people see them: five languages, three sizes, and from a draft to a colour.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone
from tests.cast import LI, SUN, WANG, ZHAO
from tests.centre.looking import looked_at
from tests.centre.policies.conftest import COMMUNITY, declare, settle, touch

from gatepass.centre.accounts.roles import Role
from gatepass.centre.codes.actions import Grading, import_colours
from gatepass.centre.policies.actions import approve, ask_for_dry_run, hand_in, schedule, write_version
from gatepass.centre.policies.models import Run
from gatepass.policy import Colour

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BROKEN = COMMUNITY.replace('{"var": "cases.0.open"}', '{"var": "cases.0.opne"}', 1)


@pytest.fixture
def clock() -> None:
    """Not in 2020: a browser has a clock of its own."""


@pytest.fixture
def pages(town: Any, register: Any, author: Any, approver: Any) -> dict[str, str]:
    """A town that lives under a policy, with a draft that somebody tries."""
    people = [register(character) for character in (WANG, LI, SUN, ZHAO)]
    import_colours([(person, Grading(Colour.GREEN, "C")) for person in people])
    first = approve(approver, hand_in(author, write_version(author, COMMUNITY, "the first")))
    dry = ask_for_dry_run(author, first)
    schedule(author, first, timezone.now())
    declare(people[0], days_ago=2)
    touch(people[0], days_ago=3)
    settle()
    areas = COMMUNITY.replace('"2020.1"', '"2020.2"').replace('"high": ["42",', '"high": ["42", "1301",')
    draft = write_version(approver, areas, "one city more")
    schedule(author, first, timezone.now() + timedelta(days=3), town.hospital)
    waiting = ask_for_dry_run(author, draft)
    Run.objects.filter(pk=waiting.pk).update(state="running", done=412_000, total=1_000_000)
    return {
        "policies": "/policies/",
        "version": f"/policies/{first.pk}/",
        "draft": f"/policies/{draft.pk}/",
        "edit": f"/policies/{draft.pk}/edit/",
        "new": "/policies/new/",
        "compare": f"/policies/{draft.pk}/compare/",
        "schedule": f"/policies/{first.pk}/schedule/",
        "dry-run": f"/policies/runs/{dry.pk}/",
        "running": f"/policies/runs/{waiting.pk}/",
        "nothing-fits": "/policies/?state=dropped",
    }


@pytest.fixture
def facts(pages: dict[str, str], register: Any) -> dict[str, str]:
    from gatepass.centre.people.models import Resident

    wang, li = Resident.objects.order_by("pk")[:2]
    return {
        "facts": f"/residents/{wang.pk}/facts/",
        "record": f"/residents/{wang.pk}/facts/?kind=declaration",
        "nothing-known": f"/residents/{li.pk}/facts/",
        "end": "/facts/2/end/",
    }


Cookies = Callable[[Any], list[dict[str, Any]]]


@pytest.fixture
def cookies(live_server: Any, log_in: Any) -> Cookies:
    def cookies(user: Any) -> list[dict[str, Any]]:
        value = log_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        return [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]

    return cookies


@pytest.fixture
def author_cookies(cookies: Cookies, author: Any) -> list[dict[str, Any]]:
    return cookies(author)


@pytest.fixture
def office_cookies(cookies: Cookies, employ: Any, town: Any) -> list[dict[str, Any]]:
    return cookies(employ(Role.OFFICE, town.community))


async def paste(page: Any, text: str) -> None:
    """Some seconds faster than Playwright's `fill`, which has Chromium type hundreds of lines."""
    into = "(field, text) => { field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })); }"
    await page.locator("textarea.source").evaluate(into, text)


@pytest.mark.timeout(600)
async def test_every_page_fits_every_screen_and_can_be_used_by_everybody(
    chromium, live_server, pages, facts, author_cookies, office_cookies
) -> None:
    async with chromium.page(1440, 900) as page:

        async def with_findings(name: str) -> None:
            if name == "edit":
                await paste(page, BROKEN)
                await page.click("[value=check]")
                await page.wait_for_selector(".findings")

        await page.context.add_cookies(author_cookies)
        await looked_at(page, live_server.url, pages, "policies", first=with_findings)
        await page.context.clear_cookies()
        await page.context.add_cookies(office_cookies)
        await looked_at(page, live_server.url, facts, "policies")


async def test_a_finding_leads_to_its_line(chromium, live_server, pages, author_cookies) -> None:
    async with chromium.page(1440, 900) as page:
        await page.context.add_cookies(author_cookies)
        await page.goto(live_server.url + pages["edit"])
        await paste(page, BROKEN)
        await page.click("[value=check]")
        await page.click("[data-line]")
        selected = await page.evaluate(
            "(() => { const a = document.querySelector('textarea.source');"
            " return a.value.slice(a.selectionStart, a.selectionEnd) })()"
        )
        assert "cases.0.opne" in selected


async def test_a_run_shows_how_far_it_is_and_then_what_it_found(chromium, live_server, pages, author_cookies) -> None:
    async with chromium.page(1440, 900) as page:
        await page.context.add_cookies(author_cookies)
        await page.goto(live_server.url + pages["running"])
        assert "412000 of 1000000" in (await page.inner_text("[data-bar]")).replace(",", "")
        await sync_to_async(Run.objects.filter(done=412_000).update)(done=800_000)
        for _ in range(50):
            if "800000" in (await page.inner_text("[data-bar]")).replace(",", ""):
                break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("the bar stands still")
        report = {"people": 5, "same": 4, "by_hand": 0, "transitions": [], "faults": {}}
        await sync_to_async(Run.objects.filter(done=800_000).update)(state="done", report=report)
        await page.wait_for_selector("dl.facts")
        assert "Nobody would turn another colour" in await page.inner_text("main")

"""All pages of a noun as people meet them: in five languages, on every screen, and usable by everybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from playwright.async_api import Page
from tests.browser import SCREENS, days_on_two_lines, fits, found_by_axe, size

AXE_READS = "en"
"""What axe objects to (names of fields, contrast, landmarks, headings) does not depend on the language.

It comes last: once axe was there, the page's Content-Security-Policy refuses nothing any more.
"""
LANGUAGES = sorted((code for code, _name in settings.LANGUAGES), key=AXE_READS.__eq__)


async def looked_at(
    page: Page,
    server: str,
    pages: Mapping[str, str],
    named: str,
    *,
    screens: Iterable[str] = SCREENS,
    first: Callable[[str], Awaitable[Any]] | None = None,
) -> None:
    """Whoever is logged in meets each of these (name -> address) in each language; axe reads them on a phone.

    `first(name)` is done on a page before it is looked at. Pictures are called NAMED-page-language-screen.
    """
    for language in LANGUAGES:
        await page.goto(f"{server}/password/")
        await page.click(f".languages [value={language}]")
        for name, address in pages.items():
            await page.goto(server + address)
            assert await page.evaluate("document.documentElement.lang") == language
            if first:
                await first(name)
            # The screen that the last page left comes first: that saves a third of the changes.
            await fits(
                page, f"{named}-{name}-{language}", sorted(screens, key=lambda one: size(one) != page.viewport_size)
            )
            if language == AXE_READS:
                await page.set_viewport_size(size("phone"))
                assert await days_on_two_lines(page) == [], name
                assert await found_by_axe(page) == [], name

"""The page that checks a code as people see it, on a phone and in five languages. Pictures: tests/browser.py"""

from __future__ import annotations

import io

import pytest
import segno
from django.conf import settings
from django.db import transaction
from tests.browser import found_by_axe, snap, too_wide

from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.papers.actions import issue_paper, paper_text, report_loss
from gatepass.policy import Colour

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lost(register, updates) -> str:
    """A paper that was reported lost."""
    resident = register()
    set_colour(None, resident, Colour.GREEN)
    text = paper_text(issue_paper(None, resident))
    report_loss(None, resident)
    return text


@pytest.fixture
def token(applicant) -> str:
    """Of somebody who has come in."""
    with transaction.atomic():
        return begin_visit(applicant(), "Chrome · Android").token


async def test_a_photo_of_a_lost_paper_is_told_on_every_phone(chromium, live_server, lost, token) -> None:
    drawn = io.BytesIO()
    segno.make(lost, error="m").save(drawn, kind="png", scale=6, border=6)
    photo = {"name": "photo.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    async with chromium.page(390, 844, bypass_csp=True) as page:
        for language, _name in settings.LANGUAGES:
            cookies = {COOKIE: token, settings.LANGUAGE_COOKIE_NAME: language}
            await page.context.add_cookies(
                [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
            )
            await page.goto(f"{live_server.url}/my/check/")
            await snap(page, f"check-{language}")
            await page.set_input_files("input[type=file]", photo)
            await page.click("form.stack button.primary")
            await page.wait_for_selector("h2.red")
            assert await page.evaluate("document.documentElement.lang") == language
            assert await too_wide(page) <= 0
            await snap(page, f"check-told-{language}")
            assert await found_by_axe(page) == []

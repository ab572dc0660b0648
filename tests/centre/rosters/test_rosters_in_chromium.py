"""The pages of rosters and of calls for interpreters: in five languages on phone and desk, and axe finds nothing.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.utils import timezone
from tests.browser import SCREENS, fits, found_by_axe
from tests.centre.arrivals.test_stories import at_the_desk
from tests.centre.rosters.conftest import shift

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.interpreting.actions import ask
from gatepass.centre.interpreting.models import Source
from gatepass.centre.rosters.actions import Hours, Serves, Where, add_extra, set_need

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
SIZES = ("phone", "desk")


async def test_every_page_of_rosters_and_calls_fits_and_axe_finds_nothing(
    chromium, live_server, town, interpreters, employ: Callable
) -> None:
    def something_on_every_page() -> tuple[User, int]:
        now, hours = timezone.now(), Hours(range(7), time(8), time(20), timezone.localdate(), community=town.community)
        shift(interpreters.kim, community=town.community)
        add_extra(None, interpreters.park, Where(site=town.estate), Serves(("ko",)), now, now + timedelta(hours=3))
        set_need(None, "ko", "call", hours)
        call = ask("ko", Source.KIOSK, town.estate, device="dev-1")
        return employ(Role.OFFICE, community=town.community), call.pk

    office, call = await sync_to_async(something_on_every_page)()
    whose = (
        (office, ("/roster/", "/roster/shifts/", "/roster/shifts/new/", "/roster/changes/new/", "/roster/needs/new/",
                  "/calls/list/", f"/calls/list/{call}/")),
        (interpreters.kim, ("/duty/", "/calls/")),
    )  # fmt: skip
    async with chromium.page(*SCREENS["desk"]) as page:
        for user, addresses in whose:
            await at_the_desk(page, live_server.url, user)
            for language, _name in django_settings.LANGUAGES:
                await sync_to_async(User.objects.filter(pk=user.pk).update)(language=language)
                for address in addresses:
                    answer = await page.goto(live_server.url + address)
                    assert (answer.status, answer.url) == (200, live_server.url + address)
                    assert await page.evaluate("document.documentElement.lang") == language
                    name = "-".join("one" if part.isdecimal() else part for part in address.strip("/").split("/"))
                    await fits(page, f"{name}-{language}", SIZES)
                    if language == "en":
                        assert await found_by_axe(page) == [], address

"""The Korean neighbour who becomes a volunteer, in real Chromium: she offers, is confirmed, goes along, and is thanked.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from tests.browser import snap
from tests.cast import LI, WANG
from tests.centre.arrivals.test_stories import DESK, at_the_desk
from tests.centre.phone.test_stories import PHONE, come_in, fits, no_complaint_of_axe, secure_enough

from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.models import Resident
from gatepass.centre.sending.models import Message
from gatepass.centre.volunteers.access import minutes_of
from gatepass.centre.volunteers.models import Task, Volunteer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


def her_phone(neighbour: Resident) -> None:
    entrust(None, neighbour, Applicant.objects.get(), Relation.SELF, Consent.OWN)


def told(kind: str) -> str:
    return str(Message.objects.get(kind=kind).text)


async def seen(page, name: str) -> None:
    await snap(page, f"neighbour-{name}", whole=True)
    await fits(page, name)
    await no_complaint_of_axe(page, name)


async def test_a_korean_neighbour_offers_her_help_and_accompanies_a_release_visit(
    chromium, live_server, settings, register: Callable, employ: Callable, town
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server = secure_enough(live_server)
    neighbour, visited = await sync_to_async(register)(WANG), await sync_to_async(register)(LI)
    office = await sync_to_async(employ)(Role.OFFICE, community=town.community)
    async with chromium.page(*PHONE) as phone, chromium.page(*DESK) as desk:
        # She reads what is wanted in Korean, and offers Monday mornings.
        await come_in(phone, server, "ko", "minseo@example.org")
        await sync_to_async(her_phone)(neighbour)
        await phone.goto(f"{server}/my/helping/")
        await seen(phone, "1-invited")
        await phone.click("a[href$='/my/helping/offer/']")
        for value in ("ko", "zh-hans"):
            await phone.check(f"[name=languages][value='{value}']")
        await phone.check("[name=kinds][value=visit]")
        await phone.check("[name=time][value='0-morning']")
        await seen(phone, "2-offer")
        await phone.click("main form button.primary")
        await phone.wait_for_url("**/my/helping/")

        # The office confirms her.
        await at_the_desk(desk, server, office)
        await desk.goto(f"{server}/volunteers/?state=applied&language=ko")
        await seen(desk, "3-applied")
        await desk.click("tbody a")
        await seen(desk, "4-volunteer")
        await desk.click("button[name=taken][value=yes]")
        await desk.wait_for_selector("button[name=end]")
        assert "자원봉사자" in await sync_to_async(told)("volunteer_answer")

        # Somebody is released on Monday at nine and wants a word in Korean: she is the one who fits.
        monday = timezone.localtime() + timedelta(days=7 - timezone.localtime().weekday())
        at = monday.replace(hour=9, minute=0)
        await desk.goto(f"{server}/volunteers/tasks/new/?resident={visited.pk}")
        await desk.select_option("[name=kind]", "visit")
        await desk.select_option("select[name=language]", "ko")
        if await desk.locator("select[name=site]").count():
            await desk.select_option("[name=site]", str(town.estate.pk))
        await desk.fill("main [name=words]", "Accompany the release visit: 3-302, ring at nine.")
        await desk.fill("[name=begins]", f"{at:%Y-%m-%dT%H:%M}")
        await desk.fill("[name=ends]", f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M}")
        await seen(desk, "5-task-new")
        await desk.click("main form button.primary")
        await desk.wait_for_url("**/volunteers/tasks/*/")
        await seen(desk, "6-task")
        asked = await sync_to_async(told)("volunteer_asked")
        assert "/my/helping/" in asked
        assert LI.name not in asked

        # What and when she reads at once; where, when she has said yes.
        await phone.reload()
        assert await phone.locator("text=3-302").count() == 0
        await seen(phone, "7-asked")
        await phone.click("button[name=yes]")
        await phone.wait_for_selector("text=3-302")
        await seen(phone, "8-taken")
        await phone.fill("[name=minutes]", "75")
        await phone.click("form:has([name=minutes]) button.primary")
        await phone.wait_for_selector("text=75")
        await seen(phone, "9-thanked")

        await desk.goto(f"{server}/volunteers/tasks/")
        await desk.wait_for_selector("td.figures:has-text('75')")
        await seen(desk, "10-tasks")
        await desk.goto(f"{server}/volunteers/")
        await seen(desk, "11-volunteers")
    task = await sync_to_async(Task.objects.get)()
    volunteer = await sync_to_async(Volunteer.objects.get)()
    assert task.state == Task.State.DONE
    assert await sync_to_async(minutes_of)(volunteer) == 75

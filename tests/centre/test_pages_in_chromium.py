"""The staff site as people see it, in five languages on phone, tablet and desk.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from tests.cast import LI, SUN, WANG
from tests.centre.applicants.helpers import applicant  # noqa: F401
from tests.centre.conftest import PASSWORD
from tests.centre.looking import looked_at

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.actions import raise_now
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.appeals.actions import send_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.applications.actions import apply
from gatepass.centre.applications.facts import ApplicationFacts
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.sites.actions import place_site, record_heartbeat
from gatepass.identity import DocumentKind
from gatepass.policy import Advice, Colour
from gatepass.policy.colours.facts import Declaration
from gatepass.wire.messages import Heartbeat, ReaderHealth

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROLES = (Role.OFFICE, Role.ADMINISTRATOR)


@pytest.fixture
def pages(town, register, enrol, applicant) -> dict[Role, dict[str, str]]:  # noqa: F811 - the fixture is asked for by its name
    """A town with something on every page, and who looks at which."""
    wang, li, sun = register(WANG), register(LI), register(SUN)
    set_colour(None, wang, Colour.GREEN, "C")
    set_colour(None, li, Colour.YELLOW, "B1", Advice.TEST, timezone.now() + timedelta(days=14))
    li.refresh_from_db()
    set_colour(None, sun, Colour.RED, "A1", Advice.VISIT_OFFICE)
    device, _key = enrol(town.east)
    now = int(timezone.now().timestamp() * 1000)
    readers = [ReaderHealth("sam", "absent")]
    record_heartbeat(device.pk, Heartbeat("gatepass 0.1.0", now, 3, now, 37, 412, 380, readers, kiosk=True))
    place_site(None, town.estate, 25, 40)
    place_site(None, town.far_site, 70, 60)
    facts = {"site": "柳浪新苑", "gate": "东门", "reader": "sam"}
    raise_now("reader_unplugged", f"gate:{town.east.pk} sam", site=town.estate, facts=facts)
    tried = {"limit": "number_from_address", "address": "203.0.113.9"}
    raise_now("tried_too_often", "number_from_address x", facts=tried)
    daughter = applicant()
    entrust(None, li, daughter, Relation.CHILD, Consent.TOLD_STAFF)
    objection = send_appeal(daughter, li, Appeal.About.WRONG_FACT, "妈妈那天一直在家。")
    told = ApplicationFacts("赵敏", DocumentKind.PASSPORT, "E12345678", "CHN", "", Declaration())
    application = apply(daughter, town.estate, Relation.CHILD, Consent.TOLD_APPLICANT, told, None)
    return {
        Role.OFFICE: {
            "applications": "/applications/",
            "application": reverse("application", args=[application.pk]),
            "objections": reverse("appeals"),
            "objection": reverse("appeal", args=[objection.pk]),
            "declare": reverse("resident_declare", args=[li.pk]),
            "acting": reverse("resident_acting", args=[li.pk]),
            "residents": "/residents/",
            "resident": f"/residents/{li.pk}/",
            "colour": f"/residents/{li.pk}/colour/",
            "register": "/residents/new/",
            "nobody": "/residents/?words=zzz",
        },
        Role.ADMINISTRATOR: {
            "gates": "/gates/",
            "gate": f"/gates/{town.east.pk}/",
            "gate-without-device": f"/gates/{town.far_gate.pk}/",
            "new-gate": "/gates/new/",
            "plan": "/gates/plan/",
            "alarms": "/alarms/",
            "alarm": f"/alarms/{Alarm.objects.order_by('id')[0].pk}/",
            "alarm-contact": "/alarms/mine/",
            "staff": "/staff/",
            "new-account": "/staff/new/",
            "audit": "/audit/",
            "password": "/password/",
            "nowhere": "/nowhere/",
        },
    }


@pytest.fixture
def sessions(live_server, employ, log_in) -> dict[Role, list[dict]]:
    """Of each role, the cookie of somebody who is logged in."""
    values = {role: log_in(employ(role)).cookies[settings.SESSION_COOKIE_NAME].value for role in ROLES}
    return {
        role: [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
        for role, value in values.items()
    }


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ROLES)
async def test_every_page_fits_every_screen_and_can_be_used_by_everybody(
    chromium, live_server, pages, sessions, role
) -> None:
    async with chromium.page(1440, 900) as page:
        await page.context.add_cookies(sessions[role])
        await looked_at(page, live_server.url, pages[role], "staff")


async def test_a_device_is_revoked_only_after_a_question(chromium, live_server, pages, sessions) -> None:
    async with chromium.page(1440, 900) as page:
        await page.context.add_cookies(sessions[Role.ADMINISTRATOR])
        await page.goto(live_server.url + pages[Role.ADMINISTRATOR]["gate"])
        await page.click("[data-opens=revoke]")
        assert await page.is_visible("#revoke")
        await page.click("#revoke [data-closes]")
        assert not await page.is_visible("#revoke")
        assert await page.locator("[data-opens=revoke]").count() == 1
        await page.click("[data-opens=revoke]")
        await page.click("#revoke button.severe")
        assert "The device is revoked" in await page.inner_text(".messages")
        await page.wait_for_load_state()  # what stands below the message
        assert await page.locator("[data-opens=revoke]").count() == 0


async def test_an_enrolment_code_counts_down_and_says_when_it_has_ended(chromium, live_server, pages, sessions) -> None:
    async with chromium.page(1440, 900) as page:
        await page.context.add_cookies(sessions[Role.ADMINISTRATOR])
        await page.clock.install()
        await page.goto(live_server.url + pages[Role.ADMINISTRATOR]["gate-without-device"])
        await page.click("form[action*=enrolment] button")
        assert len((await page.inner_text("#code")).strip()) == 23
        await page.wait_for_selector("figure svg")
        assert await page.locator("figure svg").count() == 1
        await page.clock.fast_forward("10:00")
        assert (await page.inner_text("[data-until]")).startswith(("19:", "20:"))
        await page.clock.fast_forward("21:00")
        assert await page.is_visible("[data-when-ended]")
        assert not await page.is_visible("#code")


@pytest.fixture
def green_for_wang(register, employ) -> tuple[str, str]:
    """A user name, and the address of the first resident's page, to whom that user gives a colour."""
    return employ(Role.OFFICE).username, f"/residents/{register(WANG).pk}/"


async def test_log_in_and_a_first_colour_with_the_keyboard_alone(chromium, live_server, green_for_wang) -> None:
    username, resident = green_for_wang
    async with chromium.page(1440, 900) as page:
        await page.goto(f"{live_server.url}{resident}colour/")
        # The field has the focus with the first frame, which may come after all is loaded.
        await page.wait_for_selector("[name=username]:focus")
        await page.keyboard.type(username)
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{live_server.url}{resident}colour/")
        await page.focus("[value=green]")
        await page.keyboard.press("Space")
        await page.keyboard.press("Enter")
        await page.focus("[value=confirmed]")
        await page.keyboard.press("Enter")
        await page.wait_for_url(live_server.url + resident)
        assert "Green" in await page.locator("h2").first.inner_text()

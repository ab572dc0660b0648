"""One story for each role that has none elsewhere, from the log-in to done, on phone, tablet and desk.

The others: the office gives a colour by keyboard (`test_pages_in_chromium`), a grid worker confirms a month
(`employers`), two tracers work a case (`tracing`), an administrator comes in by a link (`accounts`), and residents and
their relatives (`phone`). GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page
from tests.browser import SCREENS, fits, found_by_axe
from tests.cast import WANG
from tests.centre.conftest import PASSWORD

from gatepass.centre.accounts.actions import GrantWish, create_staff
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.actions import raise_now
from gatepass.centre.people.models import Resident
from gatepass.centre.privacy.actions import send_request
from gatepass.centre.privacy.models import Request

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def comes_in(chromium, live_server):
    """`async with comes_in(user, address) as page`: through the log-in, to where somebody wanted to go."""

    @asynccontextmanager
    async def comes_in(user: User, address: str = "/"):
        async with chromium.page(1440, 900, bypass_csp=True) as page:
            await page.goto(live_server.url + address)
            await page.fill("[name=username]", user.username)
            await page.fill("[name=password]", PASSWORD)
            await page.click("form.stack button")
            await page.wait_for_selector("nav")
            yield page

    return comes_in


async def look(page: Page, name: str) -> None:
    """Fits every screen; axe finds nothing on a phone."""
    for screen in SCREENS:
        await fits(page, f"role-{name}", [screen])
        if screen == "phone":
            assert await found_by_axe(page) == [], name


async def words_of(page: Page) -> str:
    return await page.inner_text("main")


@pytest.fixture
def guard_lead(town, employ) -> User:
    facts = {"site": town.estate.name, "gate": town.east.name, "reader": "sam"}
    raise_now("reader_unplugged", f"gate:{town.east.pk} sam", site=town.estate, facts=facts)
    return employ(Role.GUARD_LEAD, site=town.estate)


async def test_a_lead_guard_takes_an_alarm_on_and_goes_to_its_gate(comes_in, guard_lead) -> None:
    async with comes_in(guard_lead, "/alarms/") as page:
        await look(page, "guard-alarms")
        await page.click("main a[href^='/alarms/'][href$='/']:has-text('Reader unplugged')")
        await page.click("form[action$='/acknowledge/'] button")
        assert "Somebody is on it" in await words_of(page)
        await look(page, "guard-alarm")
        await page.set_viewport_size({"width": 390, "height": 844})
        await page.click("main a[href^='/gates/']")
        await page.wait_for_selector("nav a[href='/gates/'][aria-current]")
        place = await page.locator(".side nav [aria-current]").bounding_box()
        assert place["x"] >= 0, "where one is stands in sight"
        assert place["x"] + place["width"] <= 390
        await look(page, "guard-gate")


@pytest.fixture
def auditor(town, employ) -> User:
    boss = create_staff(None, "boss", "陈立", [GrantWish(Role.ADMINISTRATOR)], password="x")[0]
    create_staff(boss, "li.min", "李敏", [GrantWish(Role.TRACER)], password="x")
    return employ(Role.AUDITOR)


async def test_an_auditor_sees_who_made_a_tracer_and_that_the_alarm_names_nobody(comes_in, auditor) -> None:
    async with comes_in(auditor, "/alarms/") as page:
        await page.click("main a:has-text('Account with far-reaching rights')")
        assert "李敏" not in await words_of(page)
        await look(page, "auditor-alarm")
        await page.click("nav a[href='/audit/']")
        await page.select_option("[name=verb]", "staff:create")
        await page.click("form.filter button")
        assert "陈立" in await words_of(page)
        await look(page, "auditor-audit")


@pytest.fixture
def administrator(employ) -> User:
    return employ(Role.ADMINISTRATOR)


async def test_an_administrator_makes_an_account_by_a_link_and_reads_what_nobody_does_alone(
    comes_in, administrator, town, monkeypatch
) -> None:
    # As in a town of many sites: each is added by its name.
    monkeypatch.setattr("gatepass.centre.accounts.forms.FEW_PLACES", 2)
    async with comes_in(administrator, "/staff/new/") as page:
        await page.fill("[name=username]", "li.min")
        await page.fill("[name=full_name]", "李敏")
        await page.click("details:has([name=role_tracer]) summary")
        await page.check("[name=role_tracer][value=town]")
        await page.fill("[data-adds=role_tracer]", f"{town.community.name} · {town.estate.name}")
        await page.press("[data-adds=role_tracer]", "Enter")
        assert await page.is_checked(f"[name=role_tracer][value='site:{town.estate.pk}']")
        assert await page.input_value("[data-adds=role_tracer]") == ""
        await look(page, "administrator-new-account")
        await page.click("form.stack button.primary")
        assert "/invitation/" in await page.inner_html("main")
        await look(page, "administrator-link")
        await page.goto(page.url.split("/staff")[0] + "/rights/")
        assert "24 hours" in await words_of(page)
        await look(page, "administrator-rights")


@pytest.fixture
def social_worker(town, employ, register) -> User:
    register(WANG)
    return employ(Role.SOCIAL_WORKER, community=town.community)


async def test_a_social_worker_finds_an_elder_by_name_and_declares_for_her(comes_in, social_worker) -> None:
    async with comes_in(social_worker, "/residents/") as page:
        await page.fill("#finder", WANG.name)
        await page.click("#finder-hits a")
        await look(page, "social-worker-resident")
        await page.click("main a[href$='/declare/']")
        await page.check("[name=well]", force=True)
        await page.check("[name=contact][value=no]", force=True)
        await page.check("[name=travelled][value=no]", force=True)
        await page.check("[name=consent] >> nth=0", force=True)
        await look(page, "social-worker-declares")
        await page.click("form.stack button.primary")
        await page.wait_for_selector(".messages")


@pytest.fixture
def interpreter(employ) -> User:
    return employ(Role.INTERPRETER)


async def test_an_interpreter_sees_the_own_duty_and_nothing_of_residents(comes_in, interpreter) -> None:
    async with comes_in(interpreter) as page:
        await page.click("nav a[href='/duty/']")
        await page.wait_for_url("**/duty/")
        await look(page, "interpreter-duty")
        assert await page.locator("nav a[href='/residents/']").count() == 0
        answer = await page.goto(page.url.split("/duty")[0] + "/residents/")
        assert answer.status == 403


@pytest.fixture
def office(town, employ, register) -> Callable[[], tuple[User, Resident]]:
    resident, user = register(WANG), employ(Role.OFFICE)
    send_request(user, resident, Request.Kind.CORRECT, "我的门牌号写错了。")
    return user


async def test_the_office_answers_what_somebody_asks_about_their_own_data(comes_in, office) -> None:
    async with comes_in(office, "/privacy/requests/") as page:
        await look(page, "office-requests")
        await page.click(f"main a:has-text('{WANG.name}')")
        await page.check("[name=granted][value=yes]", force=True)
        await page.fill("textarea", "已更正。")
        await look(page, "office-request")
        await page.click("form.stack button.primary")
        await page.wait_for_selector(".messages")
        await page.goto(page.url.split("/privacy")[0] + "/privacy/")
        await look(page, "office-inventory")

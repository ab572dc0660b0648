"""Start to finish in real Chromium at phone size: a daughter and her mother, a lost paper, an objection.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
import zxingcpp
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone
from PIL import Image
from tests.browser import found_by_axe, snap, too_wide
from tests.cast import WANG

from gatepass.centre.accounts.roles import Role
from gatepass.centre.appeals.actions import answer_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.applications.actions import approve
from gatepass.centre.applications.models import Application
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.papers.publication import trust_list
from gatepass.centre.sending.models import Message
from gatepass.credentials import judge
from gatepass.policy import Advice, Colour

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PHONE = (390, 844)
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def digits() -> str:
    found = re.search(r"\d{6}", Message.objects.filter(kind="one_time_code").order_by("-id")[0].text)
    assert found
    return found.group()


async def come_in(page, server: str, language: str = "zh-hans", contact: str = "13800012345") -> None:
    await page.goto(f"{server}/my/enter/")
    await page.click(f".languages [value={language}]")
    await page.fill("[name=contact]", contact)
    await page.click("button.primary")
    await page.fill("[name=code]", await sync_to_async(digits)())
    await page.click("button.primary")
    await page.wait_for_url("**/my/")


async def what_the_gate_sees(page) -> str:
    """The code on the screen, read from the picture of the page as a camera would."""
    await page.wait_for_selector("[data-person] svg:not([hidden]) path")
    picture = Image.open(io.BytesIO(await page.locator("[data-person] .qr").screenshot()))
    found = zxingcpp.read_barcodes(picture)
    assert len(found) == 1
    return found[0].text


async def no_complaint_of_axe(page, name: str) -> None:
    assert await found_by_axe(page) == [], name


async def fits(page, name: str) -> None:
    assert await too_wide(page) <= 0, name


def secure_enough(live_server) -> str:
    """WebCrypto and service workers want https, or this machine's own name."""
    return live_server.url.replace("127.0.0.1", "localhost")


async def test_a_daughter_in_another_city_applies_for_her_mother_and_prints_the_paper(
    chromium, live_server, settings, town, employ: Callable
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server, officer = secure_enough(live_server), await sync_to_async(employ)(Role.OFFICE)
    async with chromium.page(*PHONE) as page:
        await come_in(page, server)
        await snap(page, "phone-empty")
        await page.click("a[href*='for=other']")
        await page.check("[name=relation][value=child]")
        await page.check("[name=consent][value=told_applicant]")
        await page.fill("[name=number]", WANG.document.number)
        await page.fill("[name=full_name]", WANG.document.holder.native_name)
        await page.select_option("[name=site]", str(town.estate.pk))
        await page.check("[name=well]")
        await page.check("[name=contact][value=no]")
        await page.check("[name=travelled][value=no]")
        await snap(page, "phone-apply")
        await page.click("main form button.primary")
        await page.wait_for_selector(".said")
        await snap(page, "phone-waiting")

        mother = await sync_to_async(lambda: approve(officer, Application.objects.get()))()
        await sync_to_async(set_colour)(None, mother, Colour.GREEN, "C")
        await page.goto(f"{server}/my/")
        await page.click(".one")
        code = await what_the_gate_sees(page)
        verdict = await sync_to_async(judge)(code, trust=await sync_to_async(trust_list)(), at=timezone.now())
        assert verdict.outcome == "pass"
        await snap(page, "phone-green")

        # The paper: a PDF that the phone opens.
        await page.click("a[href$='paper/']")
        answer = await page.evaluate(
            """async () => {
                const body = new FormData(document.querySelector("form[target]"));
                const answer = await fetch(location.href, { method: "POST", body });
                return [answer.headers.get("content-type"), (await answer.arrayBuffer()).byteLength];
            }"""
        )
        assert answer[0] == "application/pdf"
        assert answer[1] > 2000
        await page.reload()
        assert await page.locator("button.severe").count() == 1
        await snap(page, "phone-paper")
        await page.click("button.severe")
        await page.wait_for_selector(".said")
        assert await page.locator("button.severe").count() == 0


async def test_the_code_is_shown_and_made_anew_without_a_network(
    chromium, live_server, settings, register, applicant
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server = secure_enough(live_server)

    def prepare() -> None:
        mother = register()
        set_colour(None, mother, Colour.YELLOW, "B1", Advice.TEST)
        entrust(None, mother, applicant(), Relation.CHILD, Consent.TOLD_STAFF)

    await sync_to_async(prepare)()
    async with chromium.page(*PHONE) as page:
        await come_in(page, server)
        await page.evaluate("navigator.serviceWorker.ready")
        await page.click(".one")
        first = await what_the_gate_sees(page)
        await page.goto(f"{server}/my/")
        await page.context.set_offline(True)
        await page.click(".one")
        second = await what_the_gate_sees(page)
        assert await page.locator("[data-offline]").is_visible()
        await snap(page, "phone-offline")
        trust = await sync_to_async(trust_list)()
        assert [judge(code, trust=trust, at=timezone.now()).outcome for code in (first, second)] == ["pass", "pass"]
        assert first != second
        await page.goto(f"{server}/my/apply/")
        assert await page.locator("a[href='/my/']").count() >= 1
        await page.context.set_offline(False)


async def test_an_objection_is_answered(chromium, live_server, settings, register, applicant, employ) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server = secure_enough(live_server)

    def prepare():
        mother = register()
        set_colour(None, mother, Colour.RED, "A1", Advice.APPEAL)
        entrust(None, mother, applicant(), Relation.CHILD, Consent.TOLD_STAFF)
        return mother, employ(Role.OFFICE)

    mother, officer = await sync_to_async(prepare)()
    async with chromium.page(*PHONE) as page:
        await come_in(page, server, "en")
        await page.click(".one")
        await snap(page, "phone-red")
        await page.click("a[href$='objection/']")
        await page.check("[value=wrong_fact]")
        await page.fill("textarea", "Das war nicht meine Mutter.")
        await page.click("button.primary")
        await page.wait_for_selector("[name=withdraw]")
        await snap(page, "phone-objection")

        def answer() -> None:
            set_colour(officer, mother, Colour.GREEN, "C")
            answer_appeal(officer, Appeal.objects.get(), granted=True, answer="You are right: it was somebody else.")

        await sync_to_async(answer)()
        await page.reload()
        assert "it was somebody else" in await page.inner_text("main")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_fits_a_phone_and_axe_finds_nothing(
    chromium, live_server, settings, register, applicant, language: str
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server = secure_enough(live_server)

    def prepare() -> int:
        mother = register()
        set_colour(None, mother, Colour.YELLOW, "B1", Advice.TEST)
        entrust(None, mother, applicant(), Relation.CHILD, Consent.TOLD_STAFF)
        return int(mother.pk)

    mother = await sync_to_async(prepare)()
    async with chromium.page(*PHONE) as page:
        await page.goto(f"{server}/my/enter/")
        await page.click(f".languages [value={language}]")
        await no_complaint_of_axe(page, "enter")
        await snap(page, f"phone-enter-{language}")
        await come_in(page, server, language)
        for name, address in {
            "list": "/my/",
            "apply": "/my/apply/?for=other",
            "code": f"/my/people/{mother}/",
            "declare": f"/my/people/{mother}/declare/",
            "objection": f"/my/people/{mother}/objection/",
            "paper": f"/my/people/{mother}/paper/",
            "family": f"/my/people/{mother}/family/",
            "history": f"/my/people/{mother}/history/",
            "account": "/my/account/",
        }.items():
            await page.goto(server + address)
            if name == "code":
                await page.wait_for_selector("[data-person] svg:not([hidden]) path")
            await fits(page, name)
            await no_complaint_of_axe(page, name)
            await snap(page, f"phone-{name}-{language}")

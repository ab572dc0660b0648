"""At eleven at night a Mexican resident asks in English whether his cleaning lady may come in, and the answer is right.

In real Chromium: the gate's rule at once, the desk in the morning, and a Korean neighbour who finds the answer.
GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from tests.browser import snap
from tests.cast import LI
from tests.centre.arrivals.test_stories import DESK, at_the_desk
from tests.centre.phone.test_stories import LANGUAGES, PHONE, come_in, fits, no_complaint_of_axe, secure_enough

from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.notices.actions import publish, review, translate
from gatepass.centre.notices.models import Kind, Notice
from gatepass.centre.notices.ready_made import Text
from gatepass.centre.people.models import Resident
from gatepass.centre.rosters.actions import Hours, Serves, set_shift
from gatepass.centre.sending.models import Message
from gatepass.policy import SiteRules
from gatepass.policy.asking import OUTCOMES, RULES, Asked, Brings, Standing, answers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
HANGZHOU = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 30, 23, 0, tzinfo=HANGZHOU)
MORNING = datetime(2026, 12, 1, 9, 5, tzinfo=HANGZHOU)
QUESTION = "She has lost her phone. May she come in without her code on Tuesdays and Fridays?"
ANSWER = "Yes. Her identity card is enough: lay it on the reader at the east gate."


def lives_here(resident: Resident, contact: str) -> None:
    holder = Applicant.objects.order_by("-id")[0]
    assert str(holder.contact).endswith(contact)
    entrust(None, resident, holder, Relation.SELF, Consent.OWN)


def for_everybody(first, second) -> None:
    """The first one's answer, which Diego's question has begun, in Korean too by the second; each reads the other's."""
    notice = Notice.objects.get(kind=Kind.ANSWER)
    korean = Text(
        "청소 도우미가 휴대전화 없이 들어올 수 있나요?", "네, 신분증만 있으면 됩니다.", "동문 판독기에 신분증을 대세요."
    )
    translate(second, notice, "ko", korean, done=True)
    for text in notice.translations.all():
        review(first if text.language == "ko" else second, text, differences_seen=True)
    publish(second, notice)
    assert notice.editions.filter(ended_at=None).count() == 2


async def looked_at(desk, name: str) -> None:
    """In the desk's two languages; English stays."""
    for language in ("zh-hans", "en"):
        await desk.click(f".languages [value={language}]")
        await desk.wait_for_selector(f"html[lang^={language[:2]}]")
        await fits(desk, f"{name} {language}")
        await snap(desk, f"{name}-{language}", whole=True)


async def test_a_mexican_resident_asks_at_night_whether_his_cleaning_lady_may_come_in(
    chromium, live_server, settings, town, employ: Callable, register: Callable, monkeypatch
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    clock = [NIGHT]
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    server = secure_enough(live_server)
    ms_lin = await sync_to_async(employ)(Role.OFFICE, town.community)
    second = await sync_to_async(employ)(Role.OFFICE, town.community)
    on_duty = await sync_to_async(employ)(Role.INTERPRETER, town.community)
    hours = Hours(range(5), time(9), time(17), date(2026, 1, 5), community=town.community)
    await sync_to_async(set_shift)(None, on_duty, hours, Serves(("en", "ko"), ("desk",)))

    async with chromium.page(*PHONE) as page:
        await come_in(page, server, "en", "diego@example.org")
        await sync_to_async(lives_here)(await sync_to_async(register)(), "diego@example.org")
        await page.goto(f"{server}/my/")
        await page.click("a[href='/my/questions/']")
        await page.wait_for_selector("text=Nobody is at the desk now. Somebody looks at it on Tuesday, 2026-12-01")
        await snap(page, "questions-1-night", whole=True)
        await no_complaint_of_axe(page, "questions")

        # The rule of the gate: a green code and her card.
        await page.click("a[href='/my/questions/rule/']")
        await page.select_option("[name=who]", "helper")
        await page.fill("[name=at]", "2026-12-01T09:30")
        await page.select_option("[name=standing]", "green")
        await snap(page, "questions-2-form", whole=True)
        await no_complaint_of_axe(page, "form")
        await page.click("#rule button")
        [right] = answers(Asked(Brings.CARD, Standing.GREEN, MORNING), SiteRules())
        await page.wait_for_selector(f"article.answer >> text={OUTCOMES[right.decision.outcome.value]['en']}")
        await page.wait_for_selector(f"text={RULES[right.rules[0]]['en']}")
        await no_complaint_of_axe(page, "answer")
        await snap(page, "questions-3-yes", whole=True)

        # He does not know her colour: every one is answered, in each language.
        await page.select_option("#rule [name=standing]", "not_said")
        await page.click("#rule button")
        await page.wait_for_selector("article.answer.refuse")
        assert await page.locator("article.answer").count() == 5
        for language in LANGUAGES:
            await page.click(f".languages [value={language}]")
            await fits(page, f"rule {language}")
            await snap(page, f"questions-4-rule-{language}", whole=True)
            await page.goto(f"{server}/my/questions/")
            await fits(page, f"questions {language}")
            await snap(page, f"questions-5-home-{language}", whole=True)
            await page.go_back()
        await page.click(".languages [value=en]")

        # What the engine cannot say goes to the desk, and it is said when a person looks.
        await page.fill("textarea[name=words]", QUESTION)
        await page.click("form[action='/my/questions/ask/'] button.primary")
        await page.wait_for_selector("text=Nobody has taken it yet")
        await page.wait_for_selector("text=An answer is due by Tuesday, 2026-12-01 13:00 (China Standard Time).")
        await snap(page, "questions-6-asked", whole=True)
        await no_complaint_of_axe(page, "asked")

        clock[0] = MORNING
        async with chromium.page(*DESK) as desk:
            await at_the_desk(desk, server, ms_lin)
            await desk.goto(f"{server}/questions/")
            await looked_at(desk, "questions-7-queue")
            await no_complaint_of_axe(desk, "queue")
            await desk.click("td a")
            await desk.wait_for_selector("text=What the gate's rule had answered")
            await desk.click("form[action$='claim/'] button")
            await looked_at(desk, "questions-8-claimed")
            await desk.fill("main [name=words]", ANSWER)
            await snap(desk, "questions-8-desk", whole=True)
            await no_complaint_of_axe(desk, "desk")
            await desk.click("form[action$='answer/'] button")
            await desk.click("a[href$='approve/']")
            await looked_at(desk, "questions-9-empty")
            await desk.fill("[name=title]", "May my cleaning lady come in without her phone?")
            await desk.fill("[name=short]", "Yes, her identity card is enough.")
            await snap(desk, "questions-9-approve", whole=True)
            await no_complaint_of_axe(desk, "approve")
            await desk.click("main form button.primary")
            await desk.wait_for_url("**/notices/**")

        # He is told, without a word of it, and reads it.
        told = await sync_to_async(Message.objects.get)(kind="question_answered")
        assert "card" not in str(told.text)
        await page.reload()
        await page.wait_for_selector(f"text={ANSWER}")
        await snap(page, "questions-10-answered", whole=True)

    await sync_to_async(for_everybody)(ms_lin, second)
    async with chromium.page(*PHONE) as page:
        await come_in(page, server, "ko", "jiwoo@example.org")
        await sync_to_async(lives_here)(await sync_to_async(register)(LI), "jiwoo@example.org")
        await page.goto(f"{server}/my/questions/")
        await page.type("#words", "cleaner phone")
        await page.click("summary >> text=청소 도우미가")
        await page.wait_for_selector("text=네, 신분증만 있으면 됩니다.")
        await snap(page, "questions-11-neighbour", whole=True)
        await no_complaint_of_axe(page, "suggestions")

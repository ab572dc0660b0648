"""The enterprise with thirty foreign staff, in real Chromium: its grid worker in Chinese, an engineer in Korean.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from tests.browser import snap
from tests.centre.arrivals.test_stories import DESK, at_the_desk
from tests.centre.employers.things import HEADINGS, company_of
from tests.centre.phone.test_stories import PHONE, come_in, fits, no_complaint_of_axe, secure_enough

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.arrivals.models import Journey
from gatepass.centre.employers.actions import appoint
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.actions import Registration, register_resident
from gatepass.centre.people.models import Resident
from gatepass.centre.sending.models import Message
from gatepass.centre.surveys import actions
from gatepass.centre.surveys.models import Reply, Survey
from gatepass.identity import Document, DocumentKind, Holder

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
STAFF = 30


def staff_list() -> bytes:
    """Thirty engineers of three countries; the permit of the first one runs out within a month."""
    soon, far = (timezone.localdate() + timedelta(days=days) for days in (20, 300))
    rows = []
    for number in range(STAFF):
        state, name = (("KOR", "KIM"), ("JPN", "SATO"), ("DEU", "MUSTER"))[number % 3]
        until = soon if number == 0 else far
        rows.append(
            f"{name} {chr(65 + number % 26)}{number:02},{state},M{20000000 + number},A-{number},研发,2026-03-01,"
            f"WP-{number:03},{until}"
        )
    return "\n".join((HEADINGS, *rows)).encode()


def engineer(town) -> Resident:
    document = Document(DocumentKind.PASSPORT, "KOR", "M20000000", Holder(native_name="김에이", nationality="KOR"))
    return register_resident(None, Registration(document, site=town.estate.pk))


def asked_at_home(office: User, town, who: Resident) -> Survey:
    """The community asks its foreign residents, and reminds them."""
    entrust(None, who, Applicant.objects.get(), Relation.SELF, Consent.OWN)
    survey = actions.open_survey(office, town.community, timezone.localdate() + timedelta(days=7))
    assert actions.remind(office, survey) == 1
    return survey


async def seen(page, name: str) -> None:
    await snap(page, f"enterprise-{name}", whole=True)
    await fits(page, name)
    await no_complaint_of_axe(page, name)


async def test_thirty_foreign_staff_are_entered_asked_and_accounted_for(
    chromium, live_server, settings, employ: Callable, town
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server = secure_enough(live_server)
    worker = await sync_to_async(employ)(Role.GRID_WORKER, community=town.community)
    office = await sync_to_async(employ)(Role.OFFICE, community=town.community)

    def appointed():
        User.objects.filter(pk=worker.pk).update(language="zh-hans")
        company = company_of(office, "萧山精密机械", town.community, 7)
        appoint(office, company, worker, "email", "grid@example.org")
        return company, engineer(town)

    company, kim = await sync_to_async(appointed)()
    async with chromium.page(*DESK) as desk, chromium.page(*PHONE) as phone:
        # Thirty rows of a spreadsheet, in Chinese.
        await at_the_desk(desk, server, worker)
        await desk.goto(f"{server}/companies/{company.pk}/lists/")
        await seen(desk, "1-list")
        file = {"name": "staff.csv", "mimeType": "text/csv", "buffer": await sync_to_async(staff_list)()}
        await desk.set_input_files("[name=file]", file)
        await desk.click("main form[enctype] button.primary")
        await desk.click("form[action$='enter/'] button")
        await desk.wait_for_selector(".messages")
        assert await sync_to_async(company.colleagues.count)() == STAFF
        await desk.goto(f"{server}/companies/{company.pk}/colleagues/")
        await seen(desk, "2-colleagues")
        await desk.goto(f"{server}/companies/{company.pk}/permits/")
        await desk.wait_for_selector("text=KIM A00")
        await seen(desk, "3-permits")

        # One of them comes back next week: the company says so before.
        await desk.goto(f"{server}/arrivals/new/")
        await desk.check("[name=manner][value=employer]")
        if await desk.locator("select[name=company]").count():
            await desk.select_option("[name=company]", str(company.pk))
        await desk.check("[name=consent][value=told_staff]")
        await seen(desk, "4-arrival")
        await desk.click("main form button.primary")
        await desk.fill("[name=number]", "M20000001")
        await desk.select_option("[name=issuer]", "JPN")
        await desk.fill("[name=full_name]", "佐藤 B01")
        await desk.select_option("[name=relation]", "carer")
        await seen(desk, "5-traveller")
        await desk.click("main form button.primary:not([name=read])")
        await desk.wait_for_selector("#people .rows")
        journey = await sync_to_async(Journey.objects.get)()
        assert journey.company_id == company.pk

        # Who is here and who is away: she answers for one, and sees who is left.
        due = timezone.localdate() + timedelta(days=7)
        of_company = await sync_to_async(actions.open_survey)(office, company, due)
        await desk.goto(f"{server}/surveys/")
        await desk.click(f"main a[href='/surveys/{of_company.pk}/']")
        await desk.click("ul.lines a")
        await desk.check("[name=state][value=away]")
        await desk.fill("[name=place]", "首尔")
        await desk.fill("[name=returns_on]", f"{due}")
        await seen(desk, "6-answer")
        await desk.click("main form button.primary")
        await desk.wait_for_selector("ul.lines")
        assert await sync_to_async(Reply.objects.filter(colleague__isnull=False, state="").count)() == STAFF - 1
        await seen(desk, "7-board")

        # The engineer himself is asked at home, in Korean, and answers on his phone.
        await come_in(phone, server, "ko", "kim@example.org")
        survey = await sync_to_async(asked_at_home)(office, town, kim)
        message = await sync_to_async(Message.objects.get)(kind="survey")
        assert message.language == "ko"
        path = f"/my/people/{kim.pk}/survey/{survey.pk}/"
        assert path in str(message.text)
        await at_the_desk(desk, server, office)
        await desk.goto(f"{server}/surveys/{survey.pk}/?state=waiting")
        await desk.wait_for_selector("text=김에이")
        await seen(desk, "8-not-reported")
        await phone.goto(f"{server}{path}")
        await seen(phone, "9-asked")
        await phone.check("[name=state][value=here]")
        await phone.click("main form button.primary")
        await phone.wait_for_load_state()
        await desk.reload()
        assert await desk.locator("text=김에이").count() == 0
    reply = await sync_to_async(Reply.objects.get)(resident=kim)
    assert (reply.state, reply.manner) == ("here", "phone")

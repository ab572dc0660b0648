"""A Korean resident's two weeks in real Chromium: explained, reported, forgotten, feverish, released by two, verified.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
import zxingcpp
from asgiref.sync import sync_to_async
from django.utils import timezone
from PIL import Image
from tests.browser import snap
from tests.cast import SUN
from tests.centre.arrivals.test_stories import DESK, at_the_desk
from tests.centre.codes.test_publication import state_of
from tests.centre.phone.test_stories import PHONE, come_in, fits, no_complaint_of_axe, secure_enough
from tests.centre.quarantine.things import quarantined, reported_well

from gatepass.centre import updates as town_updates
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.codes.publication import Publication
from gatepass.centre.facts.models import Fact
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.models import Resident
from gatepass.centre.quarantine.care import note_result, take_sample
from gatepass.centre.quarantine.ladder import move_due
from gatepass.centre.quarantine.models import Notice, Quarantine, Report
from gatepass.centre.quarantine.printing import facts_of, typeset
from gatepass.centre.sending.models import Message
from gatepass.policy import Advice, Colour

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


def in_quarantine(register: Callable) -> Quarantine:
    """At a designated place, where two people always release; she speaks Korean and has a phone."""
    person = register(SUN)
    Resident.objects.filter(pk=person.pk).update(language="ko", latin_name="SUN LI")
    person.refresh_from_db()
    return quarantined(person, kind="central", days_ago=1.2, place="望湖宾馆 1203")


def whose_phone(case: Quarantine) -> None:
    entrust(None, case.resident, Applicant.objects.get(), Relation.SELF, Consent.OWN)


def hours_pass(case: Quarantine) -> str:
    """Nothing is heard of her: each rung is asked, up to the desk. What her own phone was told."""
    # Earlier than any report that may still come: whatever she tells next answers it.
    Quarantine.objects.filter(pk=case.pk).update(awaited=timezone.now() - timedelta(hours=13))
    while case.rung != "desk":
        Quarantine.objects.filter(pk=case.pk).update(alert_after=timezone.now())
        move_due(timezone.now())
        case.refresh_from_db()
    assert list(case.steps.values_list("rung", flat=True)) == ["resident", "household", "volunteer", "roster", "desk"]
    return str(Message.objects.get(kind="report_asked").text)


def two_weeks_later(case: Quarantine, worker: User) -> None:
    """As if the order and all reports were of two weeks ago; all is well since then, and two tests were negative."""
    case.refresh_from_db()
    moved = case.ends_at - timezone.now() + timedelta(hours=4)
    case.started_at, case.ends_at = case.started_at - moved, case.ends_at - moved
    case.save()
    Fact.objects.filter(pk=case.fact_id).update(at=case.started_at)
    for report in Report.objects.filter(quarantine=case):
        Report.objects.filter(pk=report.pk).update(measured_at=report.measured_at - moved, slot=report.slot - moved)
    reported_well(case)
    for ago in (60, 30):
        sample = take_sample(worker, case, "pcr", timezone.now() - timedelta(hours=ago))
        note_result(worker, sample, "negative")


def what_gates_know(case: Quarantine) -> object:
    publication = Publication(town_updates.publisher())
    publication.tick()
    return state_of(publication, case.resident)


def as_printed() -> Image.Image:
    (sheet,) = typeset(facts_of(Notice.objects.get(), ["zh-Hans", "ko"]), format="png", ppi=150)
    return Image.open(io.BytesIO(sheet)).convert("L")


async def seen(page, name: str, what: str = "") -> None:
    await snap(page, f"quarantine-{name}", whole=True)
    await fits(page, name)
    await no_complaint_of_axe(page, what or name)


async def test_two_weeks_of_quarantine_from_the_order_to_a_notice_that_anybody_can_check(
    chromium, live_server, settings, updates, register, employ: Callable, town
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server = secure_enough(live_server)
    case = await sync_to_async(in_quarantine)(register)
    worker = await sync_to_async(employ)(Role.SOCIAL_WORKER, community=town.community)
    second = await sync_to_async(employ)(Role.OFFICE, community=town.community)
    own = f"{server}/quarantine/{case.pk}/"
    async with chromium.page(*DESK) as desk, chromium.page(*PHONE) as phone:
        # The order is explained in her language, through an interpreter.
        await at_the_desk(desk, server, worker)
        await desk.goto(own)
        await desk.click("summary:has-text('Write down how it was explained')")
        await desk.select_option("[name=manner]", "by_phone")
        await desk.select_option("form[action$='explain/'] [name=language]", "ko")
        await desk.fill("[name=interpreter]", "김서연, telephone")
        await desk.check("[name=understood]")
        await desk.click("form[action$='explain/'] button.primary")
        await desk.wait_for_selector("text=김서연, telephone")
        await seen(desk, "1-explained")

        # Two taps on her phone.
        await come_in(phone, server, "ko", "sunli@example.org")
        await sync_to_async(whose_phone)(case)
        await phone.goto(f"{server}/my/report/")
        await phone.click("label:has([value='366'])")
        await seen(phone, "2-two-taps")
        await phone.click("button[value=well]")
        await phone.wait_for_url("**/quarantine/")
        await phone.wait_for_selector("text=36.6 °C")
        await seen(phone, "3-mine")

        # The next one is forgotten: everybody is asked, and it lies on the desk.
        told = await sync_to_async(hours_pass)(case)
        assert "/my/report/" in told
        assert "체온" in told or "어떠" in told, told
        await desk.goto(f"{server}/quarantine/today/")
        await desk.wait_for_selector("text=A report is missing")
        await seen(desk, "4-missing")
        await phone.reload()
        await phone.wait_for_selector(".asked")
        await seen(phone, "5-asked")

        # A fever is told at once.
        await phone.goto(f"{server}/my/report/")
        await phone.fill("input[name^=typed-]", "38,2")
        await phone.click("button[value=well]")
        await phone.wait_for_url("**/quarantine/")
        await desk.reload()
        await desk.wait_for_selector("text=Fever or symptoms")
        assert await desk.locator("text=A report is missing").count() == 0
        await seen(desk, "6-fever")
        for name, path in (("list", ""), ("report", f"{case.pk}/report/"), ("gate", "gate/")):
            await desk.goto(f"{server}/quarantine/{path}")
            await seen(desk, f"7-{name}")

        # Day fourteen: the criteria with what was found, one who asks, another one who confirms.
        await sync_to_async(two_weeks_later)(case, worker)
        await desk.goto(f"{own}release/")
        assert await desk.locator(".criteria li").count() == 6
        assert await desk.locator(".criteria li.holds").count() == 6
        await seen(desk, "8-criteria")
        await desk.click("main form button.primary")
        await desk.wait_for_selector("text=A second person has to confirm it.")
        assert (await sync_to_async(Quarantine.objects.get)()).is_open
        await at_the_desk(desk, server, second)
        await desk.goto(own)
        await seen(desk, "9-second")
        await desk.click("button[value=confirm]")
        await desk.wait_for_selector("text=Released.")
        await seen(desk, "10-released")

        # Her code is green, and so it is at every gate that has today's directory.
        assert await sync_to_async(what_gates_know)(case) == (Colour.GREEN, Advice.NONE)
        await phone.goto(f"{server}/my/people/{case.resident_id}/")
        await phone.wait_for_selector("section.code.green")
        await phone.goto(f"{server}/my/people/{case.resident_id}/quarantine/")
        await seen(phone, "11-free")

        # What she shows to her landlord: he points a phone at it.
        answer = await phone.context.request.get(f"{server}/my/people/{case.resident_id}/notice.pdf")
        assert (await answer.body()).startswith(b"%PDF-")
        picture = await sync_to_async(as_printed)()
        (code,) = zxingcpp.read_barcodes(np.asarray(picture))
        check = server + code.text[code.text.index("/verify/") :]
        async with chromium.page(*PHONE) as landlord:
            await landlord.goto(check)
            await landlord.wait_for_selector("[role=status] h2.green")
            await seen(landlord, "12-valid")
            # The paper is lost: it says so from now on.
            await desk.click("summary:has-text('Revoke')")
            await desk.select_option("#revoke", "notice_misused")
            await desk.click("button[value=notice]")
            await desk.wait_for_selector("text=The old notice is revoked")
            await landlord.reload()
            await landlord.wait_for_selector("[role=status] h2.red")
            await seen(landlord, "13-revoked")

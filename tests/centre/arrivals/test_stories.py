"""From the first page to the last in real Chromium: a Dutch engineer on the way from the airport, a family of four.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from tests.browser import snap
from tests.centre.arrivals.things import FAMILY, landing
from tests.centre.phone.test_stories import PHONE, come_in, fits, no_complaint_of_axe, secure_enough
from tests.centre.quarantine.things import reported_well
from tests.identity.zones import passport as zone_of

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.arrivals.models import Journey
from gatepass.centre.facts.models import Fact
from gatepass.centre.people.models import Resident
from gatepass.centre.quarantine.models import Quarantine, Release
from gatepass.centre.quarantine.releasing import ask_for_release
from gatepass.readers.camera.stage import Shot, jpeg_of, page, photograph

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
DESK = (1280, 900)


def passport_photo(folder: Path) -> str:
    zone = zone_of(names="DE<VRIES<<WILLEM", number="NPR8K4L21", personal="")
    path = folder / "passport.jpg"
    path.write_bytes(jpeg_of(photograph(page(zone, seed=3), Shot(size=(1280, 720), width=0.75), seed=3)))
    return str(path)


async def at_the_desk(page, server: str, user: User) -> None:
    from django.test import Client

    client = Client()
    await sync_to_async(client.force_login)(user)
    cookie = client.cookies["gatepass_session"]
    await page.context.add_cookies([{"name": "gatepass_session", "value": cookie.value, "url": server}])


def fourteen_days_later(case: Quarantine, worker: User) -> Release:
    """As if the order were of two weeks ago, and every report had come; then the colleague's verb."""
    moved = case.ends_at - timezone.now() + timedelta(hours=4)
    case.started_at, case.ends_at = case.started_at - moved, case.ends_at - moved
    case.save()
    Fact.objects.filter(pk=case.fact_id).update(at=case.started_at)
    reported_well(case)
    return ask_for_release(worker, case)


async def choose_place(page, country: str, city: str, first, last) -> None:
    await page.select_option("[name=country]", country)
    await page.fill("[name=city]", city)
    await page.fill("[name=first]", f"{first}")
    await page.fill("[name=last]", f"{last}")


async def test_a_dutch_engineer_registers_on_the_way_from_the_airport(
    chromium, live_server, settings, town, employ: Callable, tmp_path: Path
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server, arrives = secure_enough(live_server), landing(0, 0)
    day = arrives.date()
    photo = passport_photo(tmp_path)
    async with chromium.page(*PHONE) as page:
        await come_in(page, server, "en", "willem@example.org")
        await page.click("a[href='/my/arrival/']")
        await snap(page, "arrival-1-home")
        await page.click("main .choices a.primary")
        await page.check("[name=manner][value=self]")
        await snap(page, "arrival-2-begin", whole=True)
        await page.click("main form button.primary")

        # The passport: a photo fills the fields in, he compares and adds what it does not say.
        await snap(page, "arrival-3-passport", whole=True)
        await page.set_input_files("[name=photo]", photo)
        await page.click("button[name=read]")
        await page.wait_for_selector("section.said")
        assert await page.input_value("[name=number]") == "NPR8K4L21"
        await snap(page, "arrival-4-read", whole=True)
        await no_complaint_of_axe(page, "person")
        await page.fill("[name=full_name]", "Willem de Vries")
        await page.select_option("[name=issuer]", "NLD")
        await page.select_option("[name=nationality]", "NLD")
        await page.select_option("[name=language]", "en")
        await page.click("main form button.primary:not([name=read])")
        await page.wait_for_selector("#people .rows")

        await page.click("#way a.button")
        await page.fill("[name=arrives_at]", f"{arrives:%Y-%m-%dT%H:%M}")
        await page.select_option("[name=transport]", "flight")
        await page.fill("[name=number]", "KL895")
        await page.fill("[name=seat]", "31A")
        await page.click("main form button.primary")

        # Two stays with three days between them: the page asks.
        await page.click("#stays a.button")
        await snap(page, "arrival-5-stay", whole=True)
        await choose_place(page, "NLD", "Utrecht", day - timedelta(days=20), day - timedelta(days=7))
        await page.click("button[name=another]")
        await choose_place(page, "NLD", "Utrecht", day - timedelta(days=3), day)
        await page.click("main form button.primary:not([name=another])")
        await page.wait_for_selector("text=nothing is told of these days. Where were you?")
        await page.wait_for_selector("text=11 of 14 days")
        await snap(page, "arrival-6-asked", whole=True)
        await fits(page, "overview")
        await no_complaint_of_axe(page, "overview")
        await page.click("#stays a.button.primary")
        await choose_place(page, "DEU", "Hamburg", day - timedelta(days=7), day - timedelta(days=3))
        await page.click("main form button.primary:not([name=another])")
        await page.wait_for_selector("text=14 of 14 days")

        await page.click("#where a.button")
        await page.select_option("[name=site]", str(town.estate.pk))
        await page.fill("[name=address]", "3-501")
        await page.fill("[name=phone]", "+31 6 12345678")
        await page.click("main form button.primary")
        await page.click("button[name=send]")
        await page.wait_for_selector("text=Sent, not yet read by the community")
        await snap(page, "arrival-7-sent", whole=True)

        # The community knows before he is there.
        worker = await sync_to_async(employ)(Role.SOCIAL_WORKER, community=town.community)
        async with chromium.page(*DESK) as desk:
            await at_the_desk(desk, server, worker)
            await desk.goto(f"{server}/arrivals/")
            await snap(desk, "arrival-8-board", whole=True)
            await no_complaint_of_axe(desk, "board")
            await desk.click(".lines a")
            await snap(desk, "arrival-9-desk", whole=True)
            await no_complaint_of_axe(desk, "desk")
            await desk.click("form[action$='acknowledge/'] button")
            await desk.wait_for_selector("text=The gates know 1 person now.")

            await page.reload()
            await page.wait_for_selector("text=The community expects you")
            await page.click("button[name=here]")
            await page.wait_for_selector("text=The community knows that you are here.")
            await snap(page, "arrival-10-here", whole=True)

            await desk.reload()
            await desk.click("button[name=quarantine]")
            await desk.wait_for_url("**/quarantine/*/")
            await snap(desk, "arrival-11-quarantine", whole=True)
        resident = await sync_to_async(Resident.objects.get)()
        case = await sync_to_async(Quarantine.objects.get)()
        assert case.resident_id == resident.pk
        await page.goto(f"{server}/my/people/{resident.pk}/")
        await page.wait_for_selector("a[href$='/quarantine/']")
        await snap(page, "arrival-12-phone", whole=True)

        # Fourteen days later: one act, and he is free.
        release = await sync_to_async(fourteen_days_later)(case, worker)
        assert release.state == "done"
        await page.reload()
        await page.wait_for_selector("section.code.green")
        await snap(page, "arrival-13-released", whole=True)


async def test_one_parent_registers_a_japanese_family_of_four(chromium, live_server, settings, town) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server, arrives = secure_enough(live_server), landing(2)
    day = arrives.date()
    async with chromium.page(*PHONE) as page:
        await come_in(page, server, "ja", "kenichi@example.org")
        await page.goto(f"{server}/my/arrival/new/")
        await page.check("[name=manner][value=companion]")
        await page.check("[name=consent][value=by_law]")
        await page.click("main form button.primary")
        for place, (name, latin, number, state, birth, _language) in enumerate(FAMILY):
            await page.fill("[name=number]", number)
            await page.select_option("[name=issuer]", state)
            await page.fill("[name=full_name]", name)
            await page.fill("[name=latin_name]", latin)
            await page.fill("[name=birth]", birth)
            await page.select_option("[name=relation]", "self" if place == 0 else "partner" if place == 1 else "parent")
            if place == 1:
                await snap(page, "family-1-person", whole=True)
            await page.click("button[name=another]" if place < 3 else "main section form button.primary")
        await page.wait_for_selector("#people .rows li:nth-child(4)")
        await page.click("#way a.button")
        await page.fill("[name=arrives_at]", f"{arrives:%Y-%m-%dT%H:%M}")
        await page.fill("[name=seat]", "31A, 31B, 31C, 31D")
        await page.click("main form button.primary")
        await page.click("#stays a.button")
        await choose_place(page, "JPN", "札幌", day - timedelta(days=20), day)
        await page.locator("[name=travellers]:checked").nth(3).wait_for(state="attached")
        assert await page.locator("[name=travellers]:checked").count() == 4
        await snap(page, "family-2-stay", whole=True)
        await page.click("main form button.primary:not([name=another])")
        await page.click("#where a.button")
        await page.select_option("[name=site]", str(town.estate.pk))
        await page.click("main form button.primary")
        await snap(page, "family-3-overview", whole=True)
        await fits(page, "family")
        await no_complaint_of_axe(page, "family")
        await page.click("button[name=send]")
        await page.wait_for_selector("text=送信済み")
    journey = await sync_to_async(Journey.objects.get)()
    names = await sync_to_async(lambda: [one.full_name for one in journey.travellers.all()])()
    assert names == [who[0] for who in FAMILY]

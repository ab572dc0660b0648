"""A resident and her cleaning lady in real Chromium: invited on a phone, decided at the gate, heard by the centre.

The session, its rules, the visitors' book, its calls to the gateway and all pages are real; the gate's clock is moved
to a Tuesday, a Wednesday and a Friday to come. GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
import zxingcpp
from asgiref.sync import sync_to_async
from django.utils import timezone
from PIL import Image
from tests.browser import snap
from tests.cast import LI, SUN
from tests.centre.arrivals.test_stories import DESK, at_the_desk
from tests.centre.codes.test_publication import state_of
from tests.centre.gateway.test_whole_centre import _own_folders, in_thread, served
from tests.centre.phone.test_stories import LANGUAGES, PHONE, come_in, fits, no_complaint_of_axe, secure_enough
from tests.centre.sites.test_a_real_gate import enrolled
from tests.gate.pages.scripted_agent import ScriptedAgent, scripted_agent
from tests.gate.paper import Gate as PaperGate

from gatepass.centre import updates as town_updates
from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.codes.publication import Publication
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.papers.publication import trust_list
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.quarantine.actions import open_case
from gatepass.centre.sending.models import Message
from gatepass.centre.sites.models import Gate
from gatepass.centre.visitors.models import Invitation, Visit
from gatepass.credentials import judge
from gatepass.gate import kiosk
from gatepass.gate.calls import Calls
from gatepass.gate.clock import Clock
from gatepass.gate.device import GateFolder
from gatepass.gate.metrics import Metrics
from gatepass.gate.recollection import Passage
from gatepass.gate.visitor_book import VisitorBook
from gatepass.policy import Colour
from gatepass.wire.visitors import VISITS_FILE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
own_folders = _own_folders
TUESDAY = 1


@dataclass
class AtTheGate:
    """The east gate: its session and book, and the kiosk's page, which is told what the session says."""

    gate: PaperGate
    book: VisitorBook
    folder: GateFolder
    agent: ScriptedAgent
    screen: Any
    trust: Any = None

    async def look_up(self, *people: Resident) -> None:
        """What the centre has published until now lies at the gate."""
        states, paused = await sync_to_async(_published)(people)
        self.gate.directory.people = states
        file = self.folder.directory / "files" / VISITS_FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(paused)
        self.trust = await sync_to_async(trust_list)()

    def turn(self, direction: str) -> None:
        self.gate.site = msgspec.structs.replace(self.gate.site, direction=direction)

    async def show(self, code: str) -> Passage:
        verdict = judge(code, trust=self.trust, at=self.gate.clock.now())
        return await self._tell(await self.gate.show(verdict, code))

    async def lay(self, document: Any) -> Passage:
        return await self._tell(await self.gate.lay(document))

    async def tell_the_centre(self) -> int:
        """Events that went by `POST /gate/v1/visits`, signed, to the gateway, for as long as it is up."""
        async with served() as app:
            calls = Calls(self.folder.device(), Clock(), Metrics(), transport=httpx2.ASGITransport(app))
            self.book._calls = calls
            try:
                return await self.book.send_once()
            finally:
                await calls.close()

    async def _tell(self, passage: Passage) -> Passage:
        await self.agent.say("kiosk", kiosk.shown(passage, repeat=False))
        await self.screen.wait_for_selector(f"body[data-state=result][data-outcome={passage.decision.outcome.value}]")
        return passage


def _published(people: tuple[Resident, ...]) -> tuple[dict[bytes, Any], bytes]:
    publication = Publication(town_updates.publisher())
    publication.tick()
    states = {_key_of(one): state_of(publication, one) for one in people}
    return states, publication.publisher.file(VISITS_FILE) or b"{}"


def _key_of(person: Resident) -> bytes:
    return bytes(IdentityDocument.objects.get(resident=person).person_key)


def next_tuesday() -> datetime:
    """At ten by the site's clock."""
    today = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    return today + timedelta(days=(TUESDAY - today.weekday()) % 7 or 7)


@asynccontextmanager
async def east_gate(chromium: Any, tmp_path: Path, place: Gate) -> AsyncIterator[AtTheGate]:
    folder = GateFolder(tmp_path / "gate")
    await in_thread(enrolled, folder, place)
    gate = PaperGate(tmp_path, folder=folder, at_ms=int(next_tuesday().timestamp() * 1000))
    journal_key = folder.device().journal_key
    book = VisitorBook(folder.visitors_file, journal_key, directory=folder.directory, calls=None, clock=gate.clock)
    gate.session._visitors = book
    async with scripted_agent(language="zh-Hans", hold_ms=20_000) as agent, chromium.page(1080, 1920) as screen:
        await screen.goto(agent.address)
        await screen.wait_for_selector("body[data-state=idle]")
        try:
            yield AtTheGate(gate, book, folder, agent, screen)
        finally:
            book.close()


def two_residents(register: Callable) -> tuple[Resident, Resident]:
    host, helper = register(SUN), register(LI)
    for one in (host, helper):
        set_colour(None, one, Colour.GREEN)
    return host, helper


def has_a_phone(host: Resident) -> None:
    entrust(None, host, Applicant.objects.get(), Relation.SELF, Consent.OWN)


def too_long() -> None:
    Visit.objects.filter(state="inside").update(leaves_by=timezone.now() - timedelta(hours=1))


def told(kind: str) -> dict[str, str]:
    return {str(one.address): str(one.text) for one in Message.objects.filter(kind=kind)}


async def seen(page: Any, name: str) -> None:
    await snap(page, f"visitors-{name}", whole=True)
    await fits(page, name)
    await no_complaint_of_axe(page, name)


async def in_each_language(page: Any, name: str) -> None:
    for language in LANGUAGES:
        await page.click(f"[name=language][value={language}] >> nth=0")
        await page.wait_for_selector(f"html[lang={language}]")
        await seen(page, f"{name}-{language}")


async def code_on(page: Any) -> str:
    """As the gate's camera reads it from the visitor's phone."""
    picture = Image.open(io.BytesIO(await page.locator(".picture").screenshot()))
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


async def test_the_cleaning_lady_comes_on_tuesdays_and_fridays_until_her_host_may_receive_nobody(
    chromium, live_server, settings, own_folders, register, employ: Callable, town, tmp_path
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    server = secure_enough(live_server)
    host, helper = await sync_to_async(two_residents)(register)
    guard = await sync_to_async(employ)(Role.GUARD_LEAD, community=town.community)
    office = await sync_to_async(employ)(Role.OFFICE, community=town.community)
    async with (
        east_gate(chromium, tmp_path, town.east) as gate,
        chromium.page(*PHONE) as hers,
        chromium.page(*PHONE) as visitor,
        chromium.page(*DESK) as desk,
    ):
        # Invited on the host's phone, in English.
        await come_in(hers, server, "en", "host@example.org")
        await sync_to_async(has_a_phone)(host)
        await hers.goto(f"{server}/my/")
        await hers.click("a[href='/my/visitors/']")
        await seen(hers, "1-none")
        await hers.click(".choices a")
        await hers.fill("[name=name]", LI.name)
        await hers.select_option("[name=purpose]", "cleaning")
        await hers.check("[name=kind][value=helper]")
        last = (timezone.localtime() + timedelta(days=60)).date().isoformat()
        await hers.fill("[name=last_day]", last)
        for day in ("1", "4"):
            await hers.check(f"[name=weekdays][value='{day}']")
        await hers.fill("[name=starts]", "09:00")
        await hers.fill("[name=stops]", "12:00")
        await hers.select_option("[name=language]", "zh-hans")
        await hers.fill("[name=contact]", "li@example.org")
        await seen(hers, "2-invite")
        await hers.click("main form button.primary")
        await hers.wait_for_selector("p.link")
        await seen(hers, "3-invited")
        invitation = await sync_to_async(Invitation.objects.get)()

        # The visitor's page, in Chinese, without a log-in; it prints.
        page = f"{server}/visit/{invitation.token}/"
        await visitor.goto(page)
        assert await visitor.get_attribute("html", "lang") == "zh-hans"
        await seen(visitor, "4-visitor")
        code = await code_on(visitor)
        await visitor.emulate_media(media="print")
        await snap(visitor, "visitors-5-printed", whole=True)
        assert await code_on(visitor) == code
        await visitor.emulate_media(media="screen")
        await in_each_language(visitor, "4-visitor")

        # Tuesday at ten: the code, and then her own card. Green, and to whom.
        await gate.look_up(host, helper)
        first = await gate.show(code)
        assert first.decision.reasons[0] == "visit_own_proof"
        await snap(gate.screen, "visitors-6-own-card")
        gate.gate.clock.pass_time(10)
        came = await gate.lay(LI.document)
        assert came.decision.reasons == ("visit_expected", "green")
        assert "孙*" in await gate.screen.inner_text("main")
        await snap(gate.screen, "visitors-7-green")
        assert await gate.tell_the_centre() == 1
        await at_the_desk(desk, server, guard)
        await desk.goto(f"{server}/visitors/")
        await desk.wait_for_selector(f"td:has-text('{LI.name}')")
        await seen(desk, "8-inside")

        # She stays too long: listed. Then she leaves.
        await sync_to_async(too_long)()
        await desk.goto(f"{server}/visitors/?state=over")
        await desk.wait_for_selector("text=for too long")
        await seen(desk, "9-too-long")
        gate.gate.clock.pass_time(3 * 3600)
        gate.turn("out")
        assert (await gate.show(code)).decision.reasons[0] == "visit_leaving"
        await gate.tell_the_centre()
        assert await sync_to_async(lambda: Visit.objects.get().state)() == "left"

        # Wednesday: refused, with the reason and what to do.
        gate.gate.clock.pass_time(21 * 3600)
        gate.turn("in")
        refused = await gate.show(code)
        assert refused.decision.reasons[0] == "visit_other_time"
        await snap(gate.screen, "visitors-10-wednesday")

        # The host must stay at home: nobody is received, and both are told.
        await sync_to_async(open_case)(office, host, kind="home", started_at=timezone.now())
        messages = await sync_to_async(told)("visit_paused")
        assert set(messages) == {"host@example.org", "li@example.org"}
        await visitor.reload()
        assert await visitor.locator(".picture").count() == 0
        await seen(visitor, "11-paused")
        await hers.goto(f"{server}/my/visitors/")
        assert await hers.locator(".choices a").count() == 0, "whoever receives nobody is not asked to invite"
        await in_each_language(hers, "12-paused")
        gate.gate.clock.pass_time(2 * 86_400)
        await gate.look_up(host, helper)
        assert (await gate.show(code)).decision.reasons[0] == "visit_host_closed"
        await snap(gate.screen, "visitors-13-friday")
        await gate.tell_the_centre()
        states = await sync_to_async(lambda: sorted(Visit.objects.values_list("state", flat=True)))()
        assert states == ["left", "refused", "refused"]

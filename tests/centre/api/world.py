"""Of everything that programs can read, one thing near (`town.community`, at the estate) and one far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils import timezone
from tests.cast import LI, WANG
from tests.centre.employers.things import company_of
from tests.centre.passages.contract import TUESDAY, at, record

from gatepass.centre.alarms.actions import raise_now
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.api.describing import OPERATIONS
from gatepass.centre.api.models import Token
from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.applications.actions import apply
from gatepass.centre.applications.facts import ApplicationFacts
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.webhooks.models import Subscription
from gatepass.client import Client, Document, Registering, StaffEntry, Stay
from gatepass.identity import DocumentKind
from gatepass.policy import Colour
from gatepass.policy.colours.facts import Declaration
from gatepass.wire.webhooks import new_secret

PUBLIC = "https://9.9.9.9/gatepass"
"""A number that is public, so that nothing is looked up; nothing is sent there."""
PASSPORT = Document("passport", "E12345670", "CHN")


def document(character) -> Document:
    found = character.document
    return Document(found.kind.value, found.number, found.issuer)


@dataclass
class Side:
    """What lies on one side of the fence."""

    site: int
    gate: int
    resident: int
    alarm: int
    application: int
    company: int
    colleague: int
    person: Document


@dataclass
class World:
    near: Side
    far: Side


def build(town, register, employ, keep) -> World:
    raise_now("tried_too_often", "number 00", facts={"limit": "number_of_token", "address": "192.0.2.7"})
    near = _side(town.estate, town.east, WANG, register, employ(None), town.community, 1)
    far = _side(town.far_site, town.far_gate, LI, register, employ(None), town.far_community, 2)
    for gate in (town.east, town.far_gate):
        keep(gate, *(record(n, at(9, n, day=TUESDAY)) for n in range(1, 8)),
             record(8, at(10, day=TUESDAY)))  # fmt: skip
    return World(near, far)


def _side(site, gate, character, register, by, community, number: int) -> Side:
    resident = register(character, site)
    set_colour(None, resident, Colour.YELLOW)
    raise_now("gate_silent", f"gate:{gate.pk}", site=site, facts={"site": site.name, "gate": gate.name, "since": "1"})
    contact = read_contact(f"1380001234{number}")
    applicant = Applicant.objects.create(
        channel=contact.channel, contact=contact.address, contact_hash=contact.hashed, created_at=resident.registered_at
    )
    told = ApplicationFacts("赵敏", DocumentKind.PASSPORT, f"E1234567{number}", "CHN", "", Declaration())
    waiting = apply(applicant, site, Relation.CHILD, Consent.TOLD_APPLICANT, told, None)
    company = company_of(by, f"Company {number}", community, number, f"Person {number},KOR,M1234567{number},A,,,,")
    return Side(
        site.pk,
        gate.pk,
        resident.pk,
        Alarm.objects.get(site=site).pk,
        waiting.pk,
        company.pk,
        company.colleagues.get().pk,
        document(character),
    )


def own_webhook(client: Client) -> int:
    """One of this client's own token, whatever it may call."""
    token = Token.objects.get(name=client.token().name)
    made = token.subscriptions.first() or Subscription.objects.create(
        token=token, url=PUBLIC, events=["passages.counted"], secret=new_secret(), created_at=timezone.now()
    )
    return int(made.pk)


Ask = Callable[[Client, Side], Any]

# Each operation, asked about one side; what a list shows is asked in `LISTS`.
CALLS: dict[str, Ask] = {
    "token": lambda client, _side: client.token(),
    "sites": lambda client, _side: list(client.sites()),
    "site": lambda client, side: client.site(side.site),
    "gates": lambda client, _side: list(client.gates()),
    "gate": lambda client, side: client.gate(side.gate),
    "alarms": lambda client, _side: list(client.alarms()),
    "alarm": lambda client, side: client.alarm(side.alarm),
    "statistics": lambda client, _side: list(client.statistics(TUESDAY)),
    "passages": lambda client, _side: list(client.passages()),
    "residents": lambda client, _side: list(client.residents()),
    "resident": lambda client, side: client.resident(side.resident),
    "resident_code": lambda client, side: client.resident_code(side.resident),
    "register_resident": lambda client, side: client.register_resident(
        Registering(PASSPORT, side.site, "赵敏", "told_staff")
    ),
    "applications": lambda client, _side: list(client.applications()),
    "application": lambda client, side: client.application(side.application),
    "events": lambda client, _side: list(client.events()),
    "webhooks": lambda client, _side: list(client.webhooks()),
    "webhook": lambda client, _side: client.webhook(own_webhook(client)),
    "subscribe": lambda client, _side: client.subscribe(PUBLIC, ["passages.counted"]),
    "change_webhook": lambda client, _side: client.change_webhook(own_webhook(client), PUBLIC, ["passages.counted"]),
    "drop_webhook": lambda client, _side: client.drop_webhook(own_webhook(client)),
    "rotate_webhook_secret": lambda client, _side: client.rotate_webhook_secret(own_webhook(client)),
    "test_webhook": lambda client, _side: client.test_webhook(own_webhook(client)),
    "replay_webhook": lambda client, _side: client.replay_webhook(own_webhook(client)),
    "companies": lambda client, _side: list(client.companies()),
    "company": lambda client, side: client.company(side.company),
    "colleagues": lambda client, side: list(client.colleagues(side.company)),
    "colleague": lambda client, side: client.colleague(side.company, side.colleague),
    "enter_colleague": lambda client, side: client.enter_colleague(side.company, StaffEntry(PASSPORT, "ZHAO MIN")),
    "health_declaration": lambda client, side: client.health_declaration(side.person, ["fever"], temperature=38.2),
    "trip_declaration": lambda client, side: client.trip_declaration(
        side.person, [msgspec.json.decode('{"region":"420100","at":"2026-01-02T00:00:00+08:00"}', type=Stay)]
    ),
    "health_query": lambda client, side: client.health_query(side.person),
    "code_application": lambda client, side: client.code_application(
        Registering(PASSPORT, side.site, "赵敏", "told_staff"), ["cough"]
    ),
    "code_making": lambda client, side: client.code_making(side.person),
    "code_verifying": lambda client, _side: client.code_verifying("GP1:NOTHING"),
    "health_correction": lambda client, side: client.health_correction(side.person, "over", "已经好了"),
}

# What each list is about: the numbers of the things on one side that a reader of it would find.
LISTS: dict[str, Callable[[Side], int]] = {
    "sites": lambda side: side.site,
    "gates": lambda side: side.gate,
    "alarms": lambda side: side.alarm,
    "residents": lambda side: side.resident,
    "applications": lambda side: side.application,
    "companies": lambda side: side.company,
}
OWN = {name for name, operation in OPERATIONS.items() if operation.path.startswith("/webhooks")} | {"token"}
"""What belongs to the token itself, wherever it reaches."""
ABOUT_COMPANIES = {"companies", "company", "colleagues", "colleague", "enter_colleague"}

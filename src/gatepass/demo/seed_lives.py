"""What has happened in the town before the demo opens: a policy that two people put in force, what is known of
everybody, and what lies on the office's desk. Imported once Django stands (`demo.seed`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time, timedelta
from importlib import resources

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.appeals.actions import send_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.applicants.actions import enter, send_code, set_own_facts
from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.applications.actions import apply
from gatepass.centre.applications.facts import ApplicationFacts
from gatepass.centre.codes.actions import Grading, import_colours, set_colour
from gatepass.centre.employers.actions import appoint, enter_staff, found_company, report_whereabouts, upload_staff
from gatepass.centre.employers.models import Colleague, Whereabouts
from gatepass.centre.facts.actions import Knowledge, Source, record_facts
from gatepass.centre.interpreting.models import Line
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.papers.actions import grant_phone, issue_paper, paper_text, report_loss
from gatepass.centre.people.models import Resident
from gatepass.centre.policies.actions import approve, hand_in, schedule, write_version
from gatepass.centre.rosters.actions import Hours, Serves, set_need, set_shift
from gatepass.centre.sending.actions import send_due
from gatepass.centre.sending.models import Channel, Message, State
from gatepass.centre.sites.models import Community, Site
from gatepass.demo.town import Townsperson
from gatepass.identity import DocumentKind, Sex
from gatepass.policy import Advice, Colour
from gatepass.policy.colours.facts import Declaration, FactKind

POLICY = "community-2020.json"
DAUGHTER = "daughter@example.org"
NEIGHBOUR = "neighbour@example.org"

Lives = Sequence[tuple[Resident, Townsperson]]

# What explains a colour under the policy, and the reason that it gives.
_GREEN = Grading(Colour.GREEN, "C", Advice.NONE)
_EXPLAINED: dict[tuple[Colour, Advice], tuple[Grading, FactKind | None, dict[str, str]]] = {
    (Colour.YELLOW, Advice.TEST): (Grading(Colour.YELLOW, "B1", Advice.TEST), FactKind.CONTACT, {"degree": "venue"}),
    (Colour.YELLOW, Advice.DECLARE): (Grading(Colour.YELLOW, "B5", Advice.DECLARE), None, {}),
    (Colour.RED, Advice.VISIT_OFFICE): (
        Grading(Colour.RED, "A3", Advice.STAY_HOME),
        FactKind.TEST,
        {"method": "pcr", "result": "positive"},
    ),
    (Colour.RED, Advice.STAY_HOME): (
        Grading(Colour.RED, "A4", Advice.STAY_HOME),
        FactKind.CONTACT,
        {"degree": "household"},
    ),
}


def _explained(colour: Colour, advice: Advice) -> tuple[Grading, FactKind | None, dict[str, str]]:
    if colour is Colour.GREEN:
        return _GREEN, None, {}
    return _EXPLAINED.get((colour, advice), _EXPLAINED[Colour.YELLOW, Advice.TEST])


def put_policy_in_force(author: User, reader: User) -> None:
    """One writes, another one approves; it rules from now on. The centre looks at everybody when it has started."""
    source = resources.files("gatepass.policies").joinpath(POLICY).read_text("utf-8")
    version = approve(reader, hand_in(author, write_version(author, source)))
    schedule(reader, version, timezone.now())


def tell_lives(lives: Lives) -> None:
    """Facts that explain everybody's colour, and the colours, which the gates thus know from their first second."""
    now = timezone.now()
    known: list[Knowledge] = []
    gradings: list[tuple[Resident, Grading]] = []
    for number, (resident, person) in enumerate(lives):
        if person.colour is None:
            continue
        grading, kind, data = _explained(person.colour, person.advice)
        if grading.advice is not Advice.DECLARE:
            told = now - timedelta(days=number % 3, hours=number % 11)
            known.append(Knowledge(resident, FactKind.DECLARATION, told, data={}, source=Source.SELF))
        if kind is not None:
            known.append(Knowledge(resident, kind, now - timedelta(days=2 + number % 4), data=data))
        until = now + timedelta(days=14)
        gradings.append((resident, Grading(grading.colour, grading.reason, grading.advice, until)))
    record_facts(None, known)
    import_colours(gradings)
    for resident, person in lives:
        if person.colour is None and person.registered:
            # The office has looked, and waits for them: the policy does not colour them again meanwhile.
            set_colour(None, resident, None, "", person.advice, now + timedelta(days=14), by_hand=True)


def issue_codes(of: dict[str, Resident], applicant: Applicant) -> dict[str, str]:
    """Two papers, one that was reported lost, and two phones that make codes; their secrets in hexadecimal."""
    lost = paper_text(issue_paper(applicant, of["paper_lost"]))
    report_loss(applicant, of["paper_lost"])
    codes = {key: paper_text(issue_paper(applicant, of[key])) for key in ("paper", "paper_held")}
    codes["paper_lost"] = lost
    for whose in ("phone", "screenshot"):
        phone = Ed25519PrivateKey.generate()
        mandate = entrust(applicant, of[whose], applicant, Relation.FAMILY, Consent.TOLD_APPLICANT)
        _grant, granted = grant_phone(mandate, phone.public_key().public_bytes_raw())
        codes |= {f"{whose}_key": phone.private_bytes_raw().hex(), f"{whose}_grant": granted.hex()}
    return codes


def fill_the_desk(of: dict[str, Resident], site: Site, daughter: Applicant) -> None:
    """A daughter who looks after her mother and objects to her colour; a neighbour who applies for somebody new."""
    entrust(daughter, of["mother"], daughter, Relation.CHILD, Consent.TOLD_APPLICANT)
    send_appeal(daughter, of["mother"], Appeal.About.WRONG_FACT, "妈妈那天一直在家，没有去过菜场。请再核实一下，谢谢。")
    facts = ApplicationFacts(
        full_name="潘小燕",
        kind=DocumentKind.RESIDENT_CARD,
        number="330198199304189769",
        issuer="CHN",
        birth="1993-04-18",
        declaration=Declaration(),
        sex=Sex.FEMALE,
        nationality="CHN",
        address="柳浪新苑7幢2单元502室",
    )
    apply(make_applicant(NEIGHBOUR, "邵大明"), site, Relation.CARER, Consent.TOLD_APPLICANT, facts, None)


def open_company(office: User, grid_worker: User, community: Community) -> None:
    """A company with foreign colleagues: one permit ends soon, one colleague is to return, this month waits."""
    company = found_company(office, "清波精密仪器有限公司", "91330100MA2CB00010", community)
    appoint(office, company, grid_worker, Channel.EMAIL, "grid@example.org")
    today = timezone.localdate()
    rows = (
        f"KIM MINJI,KOR,M83015472,A-104,研发部,2025-03-03,3301902511,{today + timedelta(days=23)}",
        f"SATO YUKI,JPN,TR1264508,A-117,质检部,2025-09-01,3301903877,{today + timedelta(days=200)}",
        "BAUER LENA,DEU,C4J6Y0R7T,A-121,研发部,2026-01-12,,",
    )
    headings = "姓名,国籍,护照号码,工号,部门,入职日期,工作许可证号,许可有效期至"
    staff = upload_staff(office, company, "名单.csv", "\n".join((headings, *rows)).encode())
    if enter_staff(office, staff) != len(rows):
        raise ValueError("a row of the demo's company is wrong")
    away = Colleague.objects.get(company=company, full_name="SATO YUKI")
    report_whereabouts(grid_worker, away, Whereabouts.State.AWAY, "大阪", today + timedelta(days=6))


def make_applicant(address: str, name: str) -> Applicant:
    """Somebody who has logged in with a one-time code, as everybody does."""
    contact = read_contact(address)
    send_code(contact, "zh-hans", None)
    sent = Message.objects.filter(kind="one_time_code", state=State.QUEUED).latest("pk")
    code = re.search(r"\d{6}", str(sent.text))
    if code is None:
        raise LookupError("the message with the one-time code has no code in it")
    entrance = enter(contact, code[0], "zh-hans", "demo", None)
    set_own_facts(entrance.applicant, full_name=name)
    return entrance.applicant


class _Unheard:
    """Takes messages of the days before the demo opens: their codes are used already."""

    def send(self, address: str, subject: str, text: str) -> None:
        """Nobody listens yet."""


def deliver_messages() -> None:
    """What was sent before today; the list of messages keeps that it was, and not what it said."""
    send_due(timezone.now(), lambda _channel: _Unheard())


def open_roster(office: User, kim: User, park: User, community: Community, estate: Site) -> None:
    """Korean around the clock: Kim at the estate, Park for its community; the telephone line of the town."""
    day, midnight = timezone.localdate(), time(0)
    at_estate = Hours(range(7), midnight, midnight, day, site=estate)
    of_community = Hours(range(7), midnight, midnight, day, community=community)
    set_shift(office, kim, at_estate, Serves(("ko", "en")))
    set_shift(office, park, of_community, Serves(("ko",)))
    set_need(office, "ko", "call", of_community)
    set_need(office, "ja", "call", Hours(range(5), time(8), time(18), day, community=community))
    for language in ("ko", "en", "ja"):
        Line.objects.create(language=language, number="0571-96391")

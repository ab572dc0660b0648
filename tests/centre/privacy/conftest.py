"""One person who is everywhere: whatever the centre can hold about somebody, it holds about her."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone
from PIL import Image
from tests.cast import LI, Character, number
from tests.centre.quarantine.things import with_everything
from tests.centre.tracing.things import opened

from gatepass.centre import updates
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.api.actions import issue_token
from gatepass.centre.api.models import Call as ApiCall
from gatepass.centre.api.models import Scope
from gatepass.centre.appeals.actions import send_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.applicants.models import Applicant, OneTimeCode, Passkey, Visit
from gatepass.centre.applications.models import Application
from gatepass.centre.arrivals.actions import begin, set_stay, set_traveller, set_way
from gatepass.centre.arrivals.models import Journey, Traveller
from gatepass.centre.arrivals.proofs import add_proof
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.codes.publication import Publication
from gatepass.centre.employers.models import Colleague, Company, StaffList, StaffRow, Whereabouts, WorkPermit
from gatepass.centre.facts.actions import record_fact
from gatepass.centre.interpreting.actions import ask as wants
from gatepass.centre.interpreting.models import Call
from gatepass.centre.interpreting.models import Source as CallSource
from gatepass.centre.mandates.actions import entrust, invite
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.papers.actions import issue_paper
from gatepass.centre.papers.models import Grant
from gatepass.centre.passages.log import Batch
from gatepass.centre.passages.storage import close_passage_log, passage_log
from gatepass.centre.people.access import key_of
from gatepass.centre.people.actions import PhoneFacts, Registration, change_resident, register_resident
from gatepass.centre.people.imports.actions import upload
from gatepass.centre.people.imports.models import Import, Row
from gatepass.centre.people.merges.actions import merge
from gatepass.centre.people.models import Resident
from gatepass.centre.people.photos.actions import consent_to_photo, keep_photo
from gatepass.centre.people.protection.actions import protect
from gatepass.centre.privacy.actions import send_request
from gatepass.centre.privacy.models import Request
from gatepass.centre.quarantine.actions import open_case
from gatepass.centre.questions.actions import answer, claim
from gatepass.centre.questions.actions import ask as wonders
from gatepass.centre.rosters.actions import Where, leave_note
from gatepass.centre.sending.actions import queue
from gatepass.centre.sites.models import Gate
from gatepass.centre.surveys.models import Reply, Survey
from gatepass.centre.tracing.models import Case, Contact, Link, Reveal
from gatepass.centre.tracing.worklist import note_work, offer
from gatepass.centre.visitors.actions import InvitationFacts
from gatepass.centre.visitors.actions import invite as expect
from gatepass.centre.visitors.intake import take
from gatepass.centre.visitors.models import Kind as VisitKind
from gatepass.centre.visitors.models import Purpose
from gatepass.centre.volunteers.actions import Offer, TaskFacts, ask, offer_help
from gatepass.centre.volunteers.models import Kind
from gatepass.centre.webhooks.models import Delivery, Event, Subscription
from gatepass.centre.webpush.models import Subscription as Push
from gatepass.identity import Document, DocumentKind, Holder
from gatepass.policy import Colour, Method, Outcome
from gatepass.policy.colours.facts import FactKind
from gatepass.wire.ids import uuid7
from gatepass.wire.messages import Record
from gatepass.wire.visitors import IN, VisitBatch, VisitEvent, WalkIn

# Nobody else in any test is called so, and no part of it is in any other word.
QIU = Character("欧阳秋槿", "OUYANG QIUJIN", number("330102", "19550816", "288"), LI.sex, "green", "is everywhere")
PASSPORT = "E88214775"
PHONE, MAILBOX = "13957140286", "qiujin.ouyang@example.org"
EMPLOYEE, PERMIT = "QJ-70993", "WP55108823"
NEEDLES = (QIU.name, QIU.latin, QIU.number, PASSPORT, PHONE, MAILBOX, EMPLOYEE, PERMIT)


@dataclass
class Everywhere:
    resident: Resident
    keys: list[bytes]
    staff: User
    applicant: Applicant
    records: list[Record] = field(default_factory=list)


@pytest.fixture
def own_folders(settings, tmp_path: Path) -> Iterator[Path]:
    """Passages, directory and keys of the test's own."""
    settings.PASSAGES_DIR, settings.UPDATES_DIR = tmp_path / "passages", tmp_path / "updates"
    settings.CHECKPOINTS_DIR, settings.KEYS_DIR = tmp_path / "audit", tmp_path / "keys"
    settings.CENTRE_DIR = tmp_path
    yield tmp_path
    close_passage_log()


def a_record(seq: int, person: bytes | None, *, sealed: bytes | None = None, at: int = 0) -> Record:
    at = at or int((timezone.now() - timedelta(minutes=30)).timestamp() * 1000)
    return Record(
        seq=seq, id=uuid7(at), at=at, person=person, direction="in", outcome=Outcome.PASS, reasons=("green",),
        method=Method.CARD, document="resident_card", knowledge=1, sealed=sealed,
    )  # fmt: skip


def _visits(resident: Resident, applicant: Applicant, key: bytes, now: datetime, gate: Gate) -> None:
    """As a host, as a visitor by her passport, and as a name that a guard wrote down."""
    facts = InvitationFacts(
        QIU.name, "en", VisitKind.GUEST, Purpose.FAMILY, now, now + timedelta(hours=2), contact=MAILBOX
    )
    invitation = expect(applicant, resident, facts)
    at = int(now.timestamp() * 1000)
    walk_in = WalkIn(QIU.latin, "nobody", "other", document=PASSPORT, phone=PHONE)
    events = [
        VisitEvent(b"1" * 16, at, IN, serial=bytes(invitation.serial), person=key),
        VisitEvent(b"2" * 16, at, IN, visit=b"w" * 16, walk_in=walk_in),
    ]
    take(VisitBatch(events), gate)


@pytest.fixture
def everywhere(own_folders, town, employ) -> Callable[[], Everywhere]:
    def make() -> Everywhere:
        now, site = timezone.now(), town.estate
        office, other = employ(Role.OFFICE), employ(Role.GRID_WORKER)
        passport = Document(DocumentKind.PASSPORT, "CHN", PASSPORT, Holder(native_name=QIU.name))
        phones = (PhoneFacts(PHONE, "relative", whose=QIU.name),)
        registration = Registration(
            QIU.document, site=site.pk, household=f"{QIU.name}家", address=f"{QIU.name}, 3-501", phones=phones,
            preferred_name=QIU.name[2:] + QIU.name,
        )  # fmt: skip
        resident = register_resident(None, registration)
        half = register_resident(None, Registration(passport, site=site.pk))
        merge(None, resident, half)
        change_resident(None, resident, {"latin_name": QIU.latin})
        protect(None, resident, [office])
        consent_to_photo(None, resident, manner="signed", given_on=timezone.localdate())
        picture = io.BytesIO()
        Image.new("RGB", (60, 80), "grey").save(picture, "JPEG")
        keep_photo(None, resident, picture.getvalue())
        set_colour(None, resident, Colour.YELLOW)
        resident.refresh_from_db()
        record_fact(None, resident, FactKind.TEMPERATURE, now, data={"tenths": 366}, source="staff")
        contact = read_contact(PHONE)
        applicant = Applicant.objects.create(
            channel=contact.channel,
            contact=contact.address,
            contact_hash=contact.hashed,
            full_name=QIU.name,
            created_at=now,
        )
        OneTimeCode.objects.create(contact_hash=contact.hashed, code_hash=b"x" * 32, sent_at=now, expires_at=now)
        Visit.objects.create(applicant=applicant, token_hash=b"v" * 32, began_at=now, seen_at=now)
        Push.objects.create(
            applicant=applicant, endpoint=f"https://push.example/{QIU.number}", endpoint_hash=b"e" * 32, key=b"k" * 65,
            secret=b"s" * 16, device="Chrome", made_at=now,
        )  # fmt: skip
        Passkey.objects.create(applicant=applicant, credential_id=b"c", public_key=b"p", created_at=now)
        mandate = entrust(None, resident, applicant, Relation.SELF, Consent.OWN)
        invite(mandate, resident, Relation.CHILD, Consent.OWN_PHONE)
        issue_paper(office, resident)
        Grant.objects.create(
            resident=resident, applicant=applicant, serial=b"12345678", phone_key=b"k", issued_at=now, expires_at=now
        )
        keys = [key_of(QIU.document), key_of(passport)]
        Application.objects.create(
            applicant=applicant, site=site, relation=Relation.SELF, consent=Consent.OWN, person_key=keys[0],
            facts=f'{{"full_name": "{QIU.name}", "number": "{QIU.number}"}}', sent_at=now, resident=resident,
        )  # fmt: skip
        send_appeal(applicant, resident, Appeal.About.OTHER, f"{QIU.name}: wrong")
        send_request(applicant, resident, Request.Kind.CORRECT, f"I am {QIU.latin}")
        _visits(resident, applicant, keys[1], now, town.east)
        case = open_case(None, resident, kind="home", started_at=now, place=f"{QIU.name}, 3-501", reason=QIU.latin)
        with_everything(case, office, applicant, f"{QIU.name}, {PHONE}")
        company = Company.objects.create(
            name="Near", credit_code="91330100MA2ABCDE1X", community=town.community, created_at=now
        )
        colleague = Colleague.objects.create(
            company=company, full_name=QIU.name, latin_name=QIU.latin, person_key=keys[1], number=PASSPORT,
            employee_number=EMPLOYEE, changed_at=now,
        )  # fmt: skip
        WorkPermit.objects.create(colleague=colleague, number=PERMIT, valid_until=timezone.localdate())
        Whereabouts.objects.create(colleague=colleague, state="away", place=QIU.name, at=now, by=other)
        listed = StaffList.objects.create(company=company, by=other, file_name="staff.csv", created_at=now)
        StaffRow.objects.create(staff_list=listed, number=1, values=f'{{"number": "{PASSPORT}"}}')
        unread = f"姓名,证件号码\n{QIU.name},{QIU.number}\n".encode()
        upload(office, "residents", f"{QIU.name}.csv", unread, site)
        read = Import.objects.create(
            by=office, kind="residents", state="checked", file_name="l.csv", created_at=now, moved_at=now,
            content=unread, preview=QIU.name,
        )  # fmt: skip
        Row.objects.create(
            batch=read, number=1, values=f'{{"name": "{QIU.name}"}}', person_keys=keys[0], resident=resident
        )
        with transaction.atomic():
            queue("email", MAILBOX, kind="colour_changed", language="en", subject="x", text=f"Dear {QIU.name}")
            queue("sms", PHONE, kind="one_time_code", language="en", text="1")
        token, _text = issue_token(None, "laboratory", [Scope.QUERY], None, now + timedelta(days=1))
        ApiCall.objects.create(token=token, key="1", request_hash=b"h" * 32, status=200, body=QIU.number, at=now)
        told = Event.objects.create(type="code.changed", at=now, resident=resident, data={"resident": resident.pk})
        webhook = Subscription.objects.create(token=token, url="https://x.example/", secret="x", created_at=now)
        Delivery.objects.create(subscription=webhook, event=told, queued_at=now, due_at=now)
        session = SessionStore()
        session["_messages"] = f"{QIU.name} is registered"
        session.save()
        records = [
            a_record(1, keys[0]),
            a_record(2, keys[1], sealed=QIU.name.encode()),
            a_record(3, b"other person 16."),
        ]
        case = opened(QIU.document)  # by a tracer who may not know her: under her key alone
        Case.objects.filter(pk=case.pk).update(reason=f"{QIU.name} is ill")
        contact_of_case = Contact.objects.create(case=case, code="A001", step=1, resident=resident, number=QIU.number)
        index = Contact.objects.get(case=case, step=0)
        Link.objects.create(case=case, source=index, target=contact_of_case, kind=3)
        Reveal.objects.create(contact=contact_of_case, user=case.opened_by, reason="other", words=QIU.name, at=now)
        note_work(case.opened_by, contact_of_case, "note", f"{QIU.name}: call {PHONE}")
        offer(case.opened_by, case, [contact_of_case], case.confirmed_by, f"look after {QIU.name}")
        call = wants("ko", CallSource.PHONE, site, applicant=applicant)
        Call.objects.filter(pk=call.pk).update(resident=resident)
        call.notes = f"{QIU.name} is registered"
        call.save(update_fields=["notes"])
        leave_note(other, Where(), f"{QIU.name} waits for a call")
        volunteer = offer_help(applicant, Offer(["ko"], ["phone"], [(0, time(8), time(9))], f"I am {QIU.name}"))
        ask(None, TaskFacts(Kind.PHONE, "ko", site, now, now + timedelta(hours=1), QIU.name, resident), [volunteer])
        journey = begin(applicant, Journey.Manner.SELF)
        set_way(applicant, journey, {"arrives_at": now, "site": site, "address": QIU.name, "phone": PHONE})
        told = {"full_name": QIU.name, "latin_name": QIU.latin, "language": "en", "relation": "self"}
        traveller = set_traveller(applicant, journey, told, passport)
        Traveller.objects.filter(pk=traveller.pk).update(resident=resident)
        day = timezone.localdate()
        stay = {"country": "KOR", "city": "Seoul", "zone": "Asia/Seoul", "first": day, "last": day}
        set_stay(applicant, journey, {**stay, "companions": f"with {QIU.name}"}, [traveller.pk])
        paper = {"kind": "test", "content": QIU.name.encode(), "media_type": "image/jpeg", "size": 9}
        add_proof(applicant, journey, traveller.pk, paper)
        survey = Survey.objects.create(company=company, due_on=day, made_at=now)
        Reply.objects.create(survey=survey, colleague=colleague, place=QIU.name)
        asked = wonders(applicant, site, "en", f"May {QIU.name} come in?", "k", resident=resident)
        claim(office, asked)
        answer(office, asked, f"Yes, {QIU.name} may")
        passage_log().append([Batch(str(town.east.pk), "dev-1", records)])
        Publication(updates.publisher()).tick()
        return Everywhere(resident, keys, office, applicant, records)

    return make

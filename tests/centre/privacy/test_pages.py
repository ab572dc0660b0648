"""What people do with the pages: look, take away, ask, answer; and what a stranger learns."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from tests.cast import LI, WANG
from tests.centre.privacy.conftest import QIU, a_record

from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.models import Entry
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.passages.log import Batch
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.people.access import key_of
from gatepass.centre.privacy import waiting
from gatepass.centre.privacy.actions import DUE, answer_request, send_request
from gatepass.centre.privacy.inventory import inventory
from gatepass.centre.privacy.models import Erasure, Receipt, Request
from gatepass.centre.sending.models import Message

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "zh-hant", "en", "ko", "ja")


@pytest.fixture
def phone(own_folders):
    """`phone(resident, relation)`: a browser of somebody who acts for the resident."""

    def phone(resident, relation=Relation.SELF, number="13800012345") -> Client:
        contact = read_contact(number)
        applicant = Applicant.objects.create(
            channel=contact.channel, contact=contact.address, contact_hash=contact.hashed, created_at=timezone.now()
        )
        entrust(None, resident, applicant, relation, Consent.OWN if relation is Relation.SELF else Consent.TOLD_STAFF)
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        client.cookies[COOKIE] = begin_visit(applicant, "test").token
        return client

    return phone


def test_a_resident_sees_what_is_held_where_they_were_and_who_looked(phone, register, town, employ, log_in) -> None:
    resident = register()
    passage_log().append([Batch(str(town.east.pk), "dev-1", [a_record(1, key_of(WANG.document))])])
    office = employ(Role.OFFICE)
    log_in(office).get(f"/residents/{resident.pk}/")
    page = phone(resident).get(f"/my/people/{resident.pk}/data/").content.decode()
    for said in (WANG.name, "东门", office.full_name, "Opened a resident"):
        assert said in page
    assert WANG.number not in page, "on a screen the number is masked"
    assert Entry.objects.filter(verb="privacy:show", object=f"resident:{resident.pk}").exists()


def test_a_daughter_who_shows_the_code_does_not_learn_where_her_mother_was(phone, register) -> None:
    resident = register()
    daughter = phone(resident, Relation.CHILD)
    page = daughter.get(f"/my/people/{resident.pk}/data/").content.decode()
    assert "Only the person" in page
    assert WANG.name in page, "whose page it is, she knows"
    for name in ("held.json", "held.pdf"):
        assert daughter.get(f"/my/people/{resident.pk}/data/{name}").status_code == 404
    daughter.post(f"/my/people/{resident.pk}/data/", {"kind": "erase", "words": ""})
    assert not Request.objects.exists()


def test_nobody_reaches_the_data_of_somebody_for_whom_they_do_not_act(phone, register) -> None:
    own, other = register(), register(LI)
    client = phone(own)
    for name in ("", "held.json", "held.pdf"):
        assert client.get(f"/my/people/{other.pk}/data/{name}").status_code == 404


def test_the_whole_is_taken_away_as_json_and_as_a_paper(phone, register) -> None:
    resident = register()
    client = phone(resident)
    said = json.loads(client.get(f"/my/people/{resident.pk}/data/held.json").content)
    documents = said["tables"]["people.IdentityDocument"]["rows"]
    assert (documents[0]["number"], said["tables"]["people.Resident"]["rows"][0]["full_name"]) == (
        WANG.number,
        WANG.name,
    )
    assert said["passages"] == []
    for name, table in said["tables"].items():
        kept_back = {field for field, kind in inventory()[name].fields if kind in {"secret", "staff"}}
        assert not kept_back & {field for row in table["rows"] for field in row}, name
    paper = client.get(f"/my/people/{resident.pk}/data/held.pdf")
    assert paper.content.startswith(b"%PDF")
    assert "no-store" in paper.headers["cache-control"]
    assert Entry.objects.filter(verb="privacy:hand_out", object=f"resident:{resident.pk}").count() == 2


def test_somebody_who_is_everywhere_gets_everything_and_no_language_stumbles(everywhere, log_in) -> None:
    qiu = everywhere()
    office = log_in(qiu.staff)
    for language in LANGUAGES:
        office.cookies["django_language"] = language
        qiu.staff.language = language
        qiu.staff.save()
        assert office.get(f"/residents/{qiu.resident.pk}/data/").status_code == 200, language
        assert office.get(f"/residents/{qiu.resident.pk}/data/held.pdf").content.startswith(b"%PDF"), language
    said = office.get(f"/residents/{qiu.resident.pk}/data/held.json").content.decode()
    assert QIU.number in said
    json.loads(said)


def test_a_request_is_answered_before_its_clock_and_the_person_is_told(phone, register, employ, log_in) -> None:
    resident, office = register(), employ(Role.OFFICE)
    client, address = phone(resident), f"/my/people/{resident.pk}/data/"
    assert "Write in a sentence" in client.post(address, {"kind": "correct", "words": " "}).content.decode()
    assert client.post(address, {"kind": "correct", "words": "I was born in 1942"}).status_code == 302
    assert "already" in client.post(address, {"kind": "correct", "words": "again"}).content.decode()
    request = Request.objects.get()
    assert request.due_at - request.sent_at == DUE
    staff = log_in(office)
    assert WANG.name in staff.get("/privacy/requests/").content.decode()
    assert "1942" in staff.get(f"/privacy/requests/{request.pk}/").content.decode()
    done = staff.post(f"/privacy/requests/{request.pk}/", {"granted": "yes", "answer": "It says 1942 now."})
    assert done.status_code == 302
    assert "It says 1942 now." in client.get(address).content.decode()
    assert Message.objects.filter(kind="privacy_answered").count() == 1
    again = staff.post(f"/privacy/requests/{request.pk}/", {"granted": "no", "answer": "x"})
    assert again.headers["location"] == f"/privacy/requests/{request.pk}/"
    assert "answered already" in staff.get(again.headers["location"]).content.decode()


def test_a_request_is_withdrawn_by_whoever_sent_it(phone, register) -> None:
    resident = register()
    client, address = phone(resident), f"/my/people/{resident.pk}/data/"
    client.post(address, {"kind": "object", "words": "no photo"})
    client.post(address, {"withdraw": str(Request.objects.get().pk)})
    assert Request.objects.get().state == Request.State.WITHDRAWN


def test_somebody_without_a_phone_is_erased_from_the_desk(register, employ, log_in, own_folders) -> None:
    resident, office = register(), employ(Role.OFFICE)
    staff = log_in(office)
    assert staff.post(f"/residents/{resident.pk}/data/", {"kind": "erase", "words": ""}).status_code == 302
    request = Request.objects.get()
    assert request.applicant is None
    warned = staff.get(f"/privacy/requests/{request.pk}/").content.decode()
    assert "Erasing cannot be undone" in warned
    staff.post(f"/privacy/requests/{request.pk}/", {"granted": "yes", "answer": "It is done within a day."})
    assert Erasure.objects.get().subject == resident.pk
    auditor = log_in(employ(Role.AUDITOR))
    assert f"Resident {resident.pk}" in auditor.get("/privacy/receipts/").content.decode()
    assert auditor.get("/privacy/receipts/export.csv").status_code == 200


def test_a_receipt_that_is_not_there_yet_says_when_it_will_be(employ, log_in, enrol, town, monkeypatch) -> None:
    now = timezone.now()
    made = timezone.localtime(now - timedelta(hours=2))
    yesterday, today = (Erasure.objects.create(subject=number, asked_at=now) for number in (1, 2))
    published = {"base": 7, "published": int(made.timestamp() * 1000)}
    Receipt.objects.create(erasure=yesterday, store="updates", counts=published)
    for store in ("passages", "updates", "centre.sqlite3"):
        Receipt.objects.create(erasure=today, store=store)
    device, _key = enrol(town.east)
    Receipt.objects.create(erasure=today, store="gate:1", device=device)
    auditor = log_in(employ(Role.AUDITOR))

    def said() -> str:
        return auditor.get("/privacy/receipts/").content.decode()

    assert "as soon as the gate asks" in said()
    assert "within a minute" in said()
    assert "The directory of the gates" in said()
    assert f"from {made + timedelta(hours=24):%Y-%m-%d %H:%M} on" in said()
    assert "when the files before the new directory go" in said()
    assert "when the receipts above are there" in said()
    monkeypatch.setattr(waiting, "LARGE", 0)
    assert "by night, from 01:00 to 05:00" in said()


def test_whose_log_in_acts_for_others_is_said_before_it_goes(phone, register, employ, log_in) -> None:
    resident, mother = register(), register(LI)
    phone(resident)
    entrust(None, mother, Applicant.objects.get(), Relation.CHILD, Consent.TOLD_STAFF)
    send_request(Applicant.objects.get(), resident, Request.Kind.ERASE, "")
    page = log_in(employ(Role.OFFICE)).get(f"/privacy/requests/{Request.objects.get().pk}/").content.decode()
    assert "acts for 1 other person" in page


def test_a_late_answer_stands_first_and_says_so(register, employ, log_in) -> None:
    resident, office = register(), employ(Role.OFFICE)
    send_request(office, resident, Request.Kind.OBJECT, "x")
    Request.objects.update(due_at=timezone.now() - timedelta(days=1))
    assert "late by" in log_in(office).get("/privacy/requests/").content.decode()
    answer_request(office, Request.objects.get(), granted=False, answer="y")
    assert "No request here" in log_in(office).get("/privacy/requests/").content.decode()


def test_the_inventory_is_filtered_and_taken_away(employ, log_in) -> None:
    client = log_in(employ(Role.AUDITOR))
    page = client.get("/privacy/?words=facts.Fact.data").content.decode()
    assert "365 days, 90 days" in page
    assert "codes.Code" not in page
    assert "No field fits" in client.get("/privacy/?words=nothing-of-this-name").content.decode()
    lines = client.get("/privacy/inventory.csv?sensitivity=health").getvalue().decode().splitlines()
    assert len(lines) == 1 + sum(kind == "health" for table in inventory().values() for _f, kind in table.fields)
    assert Entry.objects.filter(verb="privacy:export").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_public_page_tells_everybody_and_names_nobody(register, language: str) -> None:
    cache.clear()
    register()
    client = Client()
    client.cookies["django_language"] = language
    page = client.get("/transparency/")
    text = page.content.decode()
    assert page.status_code == 200
    assert WANG.name not in text
    assert "&lt;5" in text, "one resident is too few to be shown"
    cache.clear()


def test_opening_any_page_of_a_resident_is_on_record_once(register, employ, log_in) -> None:
    resident, client = register(), None
    client = log_in(employ(Role.OFFICE))
    for page in ("", "facts/", "colour/"):
        before = Entry.objects.filter(verb="resident:view").count()
        assert client.get(f"/residents/{resident.pk}/{page}").status_code == 200
        assert Entry.objects.filter(verb="resident:view").count() == before + 1, page

"""The residents' own pages, and who may open them: only whoever holds a mandate for the person."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.cast import LI, WANG

from gatepass.centre.accounts.roles import Role
from gatepass.centre.appeals.actions import answer_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.applications.actions import approve
from gatepass.centre.applications.models import Application
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.facts.models import Fact
from gatepass.centre.mandates.actions import end_mandate, entrust
from gatepass.centre.mandates.models import Consent, Mandate, Relation
from gatepass.centre.papers.models import Paper
from gatepass.centre.papers.publication import trust_list
from gatepass.credentials import judge, make
from gatepass.policy import Advice, Colour

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "zh-hant", "en", "ko", "ja")
FINE = {
    "well": "on",
    "contact": "no",
    "travelled": "no",
    "stays-TOTAL_FORMS": "5",
    "stays-INITIAL_FORMS": "0",
}


@pytest.fixture
def phone(applicant):
    """`phone(applicant)`: a browser in which this applicant has come in; in English."""

    def phone(holder=None, language: str = "en") -> Client:
        with transaction.atomic():
            entrance = begin_visit(holder or applicant(), "Chrome · Android")
        client = Client(headers={"Accept-Language": language})
        client.cookies[COOKIE] = entrance.token
        return client

    return phone


@pytest.fixture
def mother(register):
    resident = register()
    set_colour(None, resident, Colour.YELLOW)
    resident.refresh_from_db()
    return resident


@pytest.fixture
def mandate(mother, applicant) -> Mandate:
    return entrust(None, mother, applicant(), Relation.CHILD, Consent.TOLD_STAFF)


PAGES = ("", "history/", "declare/", "objection/", "paper/", "family/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_person_opens_in_every_language_for_the_holder_of_a_mandate(
    phone, mandate, mother, language: str
) -> None:
    client = phone(mandate.applicant, language)
    for page in PAGES:
        answer = client.get(f"/my/people/{mother.pk}/{page}")
        assert answer.status_code == 200, page
        assert f'lang="{language}"' in answer.content.decode()
    assert mother.full_name in client.get("/my/").content.decode()
    for page in ("/my/apply/", "/my/apply/?for=other", "/my/offline/", "/my/manifest.json", "/my/worker.js"):
        assert client.get(page).status_code == 200, page


@pytest.mark.parametrize("whose", ["nobody", "stranger", "ended", "run_out"])
def test_nobody_else_opens_any_page_of_the_person(phone, mandate, mother, applicant, whose: str) -> None:
    if whose == "ended":
        end_mandate(mandate.applicant, mandate)
    if whose == "run_out":
        Mandate.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    client = {
        "nobody": Client,
        "stranger": lambda: phone(applicant("13900012345")),
    }.get(whose, lambda: phone(mandate.applicant))()
    for page in (*PAGES, "grant/"):
        address = f"/my/people/{mother.pk}/{page}"
        assert client.get(address).status_code in ({302} if whose == "nobody" else {404, 302, 405}), page
        assert client.post(address, FINE).status_code in ({302} if whose == "nobody" else {404, 405}), page
    assert mother.full_name not in client.get("/my/").content.decode()
    assert not Fact.objects.exists()


def test_the_office_does_not_open_a_residents_pages(employ, log_in, mother) -> None:
    answer = log_in(employ(Role.OFFICE)).get(f"/my/people/{mother.pk}/")
    assert answer.headers["location"].startswith("/my/enter/")


def application(town, **changes: str) -> dict[str, str]:
    document = WANG.document
    return {
        "relation": "child",
        "consent": "told_applicant",
        "kind": document.kind,
        "number": document.number,
        "full_name": document.holder.native_name,
        "site": str(town.estate.pk),
        "language": "zh-hans",
        **FINE,
        **changes,
    }


def test_a_daughter_applies_waits_and_shows_the_code(phone, applicant, town, employ) -> None:
    daughter = applicant()
    client = phone(daughter)
    page = client.post("/my/apply/?for=other", application(town), follow=True).content.decode()
    assert "Sent. The community office" in page
    assert "Being looked at" in page
    mother = approve(employ(Role.OFFICE), Application.objects.get())
    assert client.get(f"/my/people/{mother.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "330106194103120420"}, "mistyped"),
        ({"consent": ""}, "Say how the person agreed"),
        ({"well": ""}, "Choose “No complaints”"),
        ({"symptoms": "fever"}, "Choose either"),
        ({"travelled": "yes"}, "Say where and when"),
        ({"travelled": "yes", "stays-0-region": "KO", "stays-0-at": "2020-01-01"}, "Three letters for a country"),
        ({"travelled": "yes", "stays-0-region": "KOR", "stays-0-at": "2099-01-01"}, "has not come yet"),
        ({"travelled": "yes", "stays-0-region": "KOR"}, "Say when it began"),
        ({"kind": "passport", "number": "M12345678", "issuer": ""}, "three letters"),
        ({"phone": "abc"}, "telephone number"),
        ({"full_name": ""}, "required"),
        ({"temperature": "99"}, "45"),
    ],
)
def test_what_is_wrong_in_an_application_is_said_and_nothing_is_sent(
    phone, town, changes: dict[str, str], said: str
) -> None:
    page = phone().post("/my/apply/?for=other", application(town, **changes))
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not Application.objects.exists()


def test_a_journey_is_told_with_the_declaration(phone, mandate, mother) -> None:
    journey = {**FINE, "travelled": "yes", "stays-0-region": "420100", "stays-0-at": "2026-01-02",
               "stays-0-until": "2026-01-05", "stays-1-region": "kor", "stays-1-at": "2026-01-06"}  # fmt: skip
    answer = phone(mandate.applicant).post(f"/my/people/{mother.pk}/declare/", journey)
    assert answer.status_code == 302
    assert sorted(fact.data.get("region", "") for fact in Fact.objects.all()) == ["", "420100", "KOR"]


def test_the_history_says_of_each_colour_why_and_in_which_zone_its_time_is(phone, mandate, mother) -> None:
    set_colour(None, mother, Colour.RED, "A3", Advice.STAY_HOME)
    page = phone(mandate.applicant).get(f"/my/people/{mother.pk}/history/").content.decode()
    assert "Positive test · Stay at home and wait for a call" in page
    assert "Times are China Standard Time." in page
    assert "No next step" not in page


def test_an_objection_goes_to_the_office_and_its_answer_comes_back(phone, mandate, mother, employ) -> None:
    client = phone(mandate.applicant)
    address = f"/my/people/{mother.pk}/objection/"
    page = client.post(address, {"about": "over", "words": "已经好了"}, follow=True).content.decode()
    assert "已经好了" in page
    assert "You get an answer by" in page
    answer_appeal(employ(Role.OFFICE), Appeal.objects.get(), granted=False, answer="The test is from yesterday.")
    assert "The test is from yesterday." in client.get(address).content.decode()


def test_a_paper_is_printed_reported_lost_and_made_anew(phone, mandate, mother) -> None:
    client = phone(mandate.applicant)
    address = f"/my/people/{mother.pk}/paper/"
    for size in ("card", "a4"):
        answer = client.post(address, {"size": size, "masked": "no"})
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
    assert Paper.objects.count() == 1
    client.post(address, {"lost": "yes"})
    assert Paper.objects.get().voided_for == "lost"
    client.post(address, {"size": "card", "masked": "yes"})
    assert Paper.objects.filter(voided_at=None).count() == 1


def test_a_phone_asks_for_a_grant_and_makes_a_code_that_passes(phone, mandate, mother) -> None:
    key = Ed25519PrivateKey.generate()
    body = json.dumps({"key": base64.b64encode(key.public_key().public_bytes_raw()).decode()})
    address = f"/my/people/{mother.pk}/grant/"
    said = phone(mandate.applicant).post(address, body, content_type="application/json").json()
    text = make.prove(key, base64.b64decode(said["grant"]), made=timezone.now())
    assert judge(text, trust=trust_list(), at=timezone.now()).outcome == "pass"
    assert abs(said["now"] / 1000 - timezone.now().timestamp()) < 60


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"key": 1}', '{"key": "!"}', '{"key": "AAAA"}', "x" * 5000])
def test_a_made_up_key_gets_no_grant(phone, mandate, mother, body: str) -> None:
    answer = phone(mandate.applicant).post(f"/my/people/{mother.pk}/grant/", body, content_type="application/json")
    assert answer.status_code in {400, 409}
    assert answer.json()["code"] == "phone_key"


def test_a_mother_with_a_phone_invites_her_daughter_and_ends_it(phone, mother, applicant) -> None:
    own, daughter = applicant("13900012345"), applicant()
    entrust(None, mother, own, Relation.SELF, Consent.OWN)
    hers, address = phone(own), f"/my/people/{mother.pk}/family/"
    page = hers.post(address, {"relation": "child"}).content.decode()
    link = re.search(r"/my/invitation/[\w-]+/", page)
    assert link
    theirs = phone(daughter)
    assert theirs.get(link.group()).status_code == 200
    assert not Mandate.objects.filter(applicant=daughter).exists()
    assert theirs.post(link.group()).headers["location"] == f"/my/people/{mother.pk}/"
    entrusted = Mandate.objects.get(applicant=daughter)
    assert theirs.post(address, {"end": Mandate.objects.get(applicant=own).pk}).status_code == 302
    assert Mandate.objects.get(applicant=own).ended_at is None
    hers.post(address, {"end": entrusted.pk})
    assert theirs.get(f"/my/people/{mother.pk}/").status_code == 404


def test_several_people_live_on_one_phone(phone, mandate, register, mother) -> None:
    father = register(LI)
    entrust(None, father, mandate.applicant, Relation.CHILD, Consent.TOLD_STAFF)
    page = phone(mandate.applicant).get("/my/").content.decode()
    assert mother.full_name in page
    assert father.full_name in page


def test_the_first_page_is_small_enough_for_an_old_phone(phone, mandate, mother) -> None:
    from django.contrib.staticfiles import finders

    files = ["my/my.css", "phone/person.js", "codes/health-code.js", "codes/qr.js", "my/passkeys.js", "centre/mark.svg"]
    weight = len(phone(mandate.applicant).get(f"/my/people/{mother.pk}/").content)
    for name in files:
        with open(finders.find(name), "rb") as file:  # noqa: PTH123 - a finder gives a text
            weight += len(file.read())
    assert weight < 100_000

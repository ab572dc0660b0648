"""The steps on the phone and at the desk, the board, papers that are served so that they do nothing."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from tests.centre.applicants.helpers import applicant  # noqa: F401
from tests.centre.arrivals.things import DUTCH, FAMILY, add_paper, landing, sent
from tests.centre.employers.things import company_of

from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.arrivals import actions
from gatepass.centre.arrivals.models import Journey, Proof, Traveller
from gatepass.centre.employers.actions import appoint
from gatepass.centre.people.models import Resident

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "zh-hant", "en", "ko", "ja")
MOST_BYTES = 100_000


@pytest.fixture
def phone(applicant):  # noqa: F811
    def phone(holder=None, language: str = "en") -> Client:
        with transaction.atomic():
            entrance = begin_visit(holder or applicant(), "Chrome · Android")
        client = Client(headers={"Accept-Language": language})
        client.cookies[COOKIE] = entrance.token
        return client

    return phone


def person(number: str = DUTCH[2], **more: str) -> dict[str, str]:
    return {
        "kind": "passport", "number": number, "issuer": "NLD", "full_name": DUTCH[0], "latin_name": DUTCH[1],
        "birth": "1984-05-17", "sex": "male", "nationality": "NLD", "valid_until": "2031-01-01", "language": "en",
        **more,
    }  # fmt: skip


def stay(first: str, last: str, **more: str) -> dict[str, str]:
    return {"country": "NLD", "city": "Utrecht", "first": first, "last": last, **more}


def test_somebody_registers_step_by_step_goes_away_and_comes_back(phone, town) -> None:
    client = phone()
    assert "14 days" in client.get("/my/arrival/").content.decode()
    one = client.post("/my/arrival/new/", {"manner": "self"}).headers["location"].removesuffix("people/new/")
    assert client.post(f"{one}people/new/", person()).headers["location"] == one
    arrives = landing()
    way = {"arrives_at": f"{arrives:%Y-%m-%dT%H:%M}", "transport": "flight", "number": "KL895", "seat": "31A"}
    client.post(f"{one}way/", way)
    day = arrives.date()
    client.post(f"{one}stays/new/", stay(f"{day - timedelta(days=20)}", f"{day - timedelta(days=6)}"))
    client.post(f"{one}stays/new/", stay(f"{day - timedelta(days=2)}", f"{day}"))
    page = client.get(one).content.decode()
    assert "nothing is told of these days. Where were you?" in page
    assert "11 of 14 days" in page
    assert client.post(one, {"send": "yes"}).status_code == 302
    assert Journey.objects.get().state == "draft"
    client.post(f"{one}stays/new/", stay(f"{day - timedelta(days=6)}", f"{day - timedelta(days=2)}", city="Gouda"))
    client.post(f"{one}where/", {"site": str(town.estate.pk), "address": "3-501", "phone": "+31 6 12345678"})
    assert "14 of 14 days" in client.get(one).content.decode()
    client.post(one, {"send": "yes"})
    journey = Journey.objects.get()
    assert (journey.state, journey.arrives_at, journey.seat) == ("sent", arrives, "31A")
    assert "Sent, not yet read" in client.get("/my/arrival/").content.decode()


def test_a_wrong_number_is_told_at_its_field_and_nothing_is_lost(phone, town) -> None:
    client = phone()
    one = client.post("/my/arrival/new/", {"manner": "self"}).headers["location"]
    page = client.post(one, person(number="!!"))
    assert page.status_code == 200
    assert "Willem de Vries" in page.content.decode()
    assert not Traveller.objects.exists()


def test_nobody_opens_anothers_registration(phone, applicant, town) -> None:  # noqa: F811
    journey = sent(applicant("13900000001"), town.estate)
    stranger = phone(applicant("13900000002"))
    for page in ("", "people/new/", "way/", "where/", "stays/new/", "papers/new/"):
        assert stranger.get(f"/my/arrival/{journey.pk}/{page}").status_code == 404
    assert stranger.post(f"/my/arrival/{journey.pk}/", {"cancel": "yes"}).status_code == 404


def test_every_page_is_small_and_needs_no_script_of_its_own_in_five_languages(phone, applicant, town) -> None:  # noqa: F811
    me = applicant()
    journey = actions.begin(me, Journey.Manner.COMPANION, consent="told_applicant")
    for language in LANGUAGES:
        client = phone(me, language)
        for page in ("", "new/", *(f"{journey.pk}/{step}" for step in ("", "people/new/", "stays/new/", "way/"))):
            answer = client.get(f"/my/arrival/{page}")
            assert answer.status_code == 200, page
            assert len(answer.content) < MOST_BYTES, (page, len(answer.content))
            assert not re.search(rb"<script(?![^>]*src=)", answer.content)
            assert f'lang="{language}"'.encode() in answer.content


def test_a_photo_without_a_passport_says_what_to_do_and_typing_stays_possible(phone, town) -> None:
    client = phone()
    one = client.post("/my/arrival/new/", {"manner": "self"}).headers["location"]
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#667788").save(out, "JPEG")
    out.name, _ = "p.jpg", out.seek(0)
    page = client.post(one, {"read": "yes", "photo": out}).content.decode()
    assert "No passport was found in the photo." in page
    assert 'name="number"' in page
    cut = io.BytesIO(out.getvalue()[:400])
    assert "This file is damaged" in client.post(one, {"read": "yes", "photo": cut}).content.decode()


@pytest.mark.slow
def test_a_photo_fills_the_fields_in_and_is_kept_only_where_that_was_asked_for(phone, town) -> None:
    from tests.identity.zones import passport as zone_of

    from gatepass.readers.camera.stage import Shot, jpeg_of, page, photograph

    zone = zone_of(names="DE<VRIES<<WILLEM", number="NPR8K4L21", personal="")
    photo = jpeg_of(photograph(page(zone, seed=3), Shot(size=(1280, 720), width=0.75), seed=3))
    client = phone()
    one = client.post("/my/arrival/new/", {"manner": "self"}).headers["location"]
    answer = client.post(one, {"read": "yes", "photo": io.BytesIO(photo)})
    row = Traveller.objects.get()
    assert (str(row.number), row.latin_name, row.confirmed) == ("NPR8K4L21", "DE VRIES, WILLEM", False)
    assert not Proof.objects.exists()
    form = client.get(answer.headers["location"]).content.decode()
    assert 'value="NPR8K4L21"' in form
    assert "This was read from the photo" in form
    assert "journey_unconfirmed" in actions.lacking(Journey.objects.get())
    client.post(answer.headers["location"], {"read": "yes", "photo": io.BytesIO(photo), "keep": "on"})
    assert Proof.objects.get().kind == "passport"
    client.post(answer.headers["location"], person())
    row.refresh_from_db()
    assert row.confirmed


def test_a_pdf_is_taken_and_a_program_is_not(phone, applicant, town) -> None:  # noqa: F811
    me = applicant()
    journey = sent(me, town.estate)
    client, one = phone(me), f"/my/arrival/{journey.pk}/papers/new/"
    told = {
        "traveller": journey.travellers.get().pk, "kind": "test", "method": "pcr", "result": "negative",
        "sample_at": f"{timezone.localtime() - timedelta(days=2):%Y-%m-%dT%H:%M}", "sample_country": "NLD",
    }  # fmt: skip
    page = client.post(one, {**told, "file": io.BytesIO(b"MZ program")}).content.decode()
    assert "This is no photo and no PDF." in page
    assert not Proof.objects.exists()
    client.post(one, {**told, "file": io.BytesIO(b"%PDF-1.4\n1 0 obj <<>>\n%%EOF\n")})
    assert (Proof.objects.get().media_type, Proof.objects.get().sample_zone) == ("application/pdf", "Europe/Amsterdam")


def test_a_paper_is_served_as_a_file_that_no_page_shows(town, employ, log_in, applicant) -> None:  # noqa: F811
    journey = sent(applicant(), town.estate)
    paper = add_paper(journey.applicant, journey)
    client = log_in(employ(Role.SOCIAL_WORKER, town.community))
    answer = client.get(f"/arrivals/{journey.pk}/papers/{paper.pk}/file/")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    page = client.post(f"/arrivals/{journey.pk}/papers/{paper.pk}/", {"outcome": "accepted", "why": "name"})
    assert "This reason does not go with the outcome." in page.content.decode()
    client.post(f"/arrivals/{journey.pk}/papers/{paper.pk}/", {"outcome": "refused", "why": "name"})
    assert Proof.objects.get().outcome == "refused"


def test_the_social_worker_acknowledges_and_says_who_is_here(town, employ, log_in, applicant) -> None:  # noqa: F811
    journey = sent(applicant(), town.estate, FAMILY)
    client = log_in(employ(Role.SOCIAL_WORKER, town.community))
    board = client.get("/arrivals/").content.decode()
    assert "To be acknowledged" in board
    client.post(f"/arrivals/{journey.pk}/acknowledge/")
    assert Resident.objects.count() == 4
    first = journey.travellers.first()
    client.post(f"/arrivals/{journey.pk}/people/{first.pk}/here/", {"here": "yes"})
    page = client.get(f"/arrivals/?site={town.estate.pk}&standing=arrived").content.decode()
    assert "佐藤 健一" in page
    assert "佐藤 蓮" not in page
    export = client.get("/arrivals/export/").content.decode()
    assert export.count("佐藤") == 4
    assert "Asia/Shanghai" in export


def test_a_grid_worker_registers_a_colleague_of_her_company_and_sees_no_other(town, employ, log_in, applicant) -> None:  # noqa: F811
    office, worker = employ(Role.OFFICE), employ(Role.GRID_WORKER)
    company = company_of(office, "Near", town.community, 1)
    company_of(office, "Far", town.far_community, 2)
    appoint(office, company, worker, "email", "g@example.org")
    client = log_in(worker)
    sent(applicant(), town.estate)
    begun = client.post(
        "/arrivals/new/", {"manner": "employer", "company": company.pk, "consent": "told_staff"}
    ).headers["location"]
    client.post(begun, person(relation="carer"))
    journey = Journey.objects.get(manner="employer")
    assert journey.company == company
    assert "Willem" in client.get(f"/arrivals/{journey.pk}/").content.decode()
    assert client.get(f"/arrivals/{Journey.objects.get(manner='self').pk}/").status_code == 404
    assert client.post("/arrivals/new/", {"manner": "employer", "consent": "told_staff"}).status_code == 200
    assert not Journey.objects.filter(manner="employer", company=None).exists()


def test_the_board_asks_no_more_questions_for_more_people(town, employ, log_in, applicant) -> None:  # noqa: F811
    client = log_in(employ(Role.SOCIAL_WORKER, town.community))
    sent(applicant(), town.estate)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/arrivals/").status_code == 200
        return len(queries)

    asked()
    before = asked()
    sent(applicant("another@example.com"), town.estate, FAMILY)
    assert asked() == before

"""The residents' pages as an app: what a phone is told to keep, and reports that waited on it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from tests.cast import LI, WANG
from tests.centre.phone.test_pages import phone  # noqa: F401
from tests.centre.quarantine.things import quarantined

from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.phone.icons import FOLDER, ICONS, drawn
from gatepass.centre.phone.keeping import FILES, owner_word
from gatepass.centre.quarantine.models import Quarantine, Report

pytestmark = pytest.mark.django_db
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.fixture
def case(register, applicant) -> Quarantine:
    found = quarantined(register())
    entrust(None, found.resident, applicant(), Relation.SELF, Consent.OWN)
    return found


@pytest.fixture
def client(case, phone) -> Client:  # noqa: F811
    return phone(case.resident.mandates.get().applicant)


def sends(client: Client, case: Quarantine, key: str = "k1", **changes: str):
    measured = timezone.now() - timedelta(hours=5)
    said = {f"key-{case.pk}": key, f"usual-{case.pk}": "366", "how": "well", "at": str(int(measured.timestamp()))}
    return client.post("/my/report/", {**said, **changes}, headers={"accept": "application/json"})


def test_a_report_that_waited_is_stored_once_with_the_time_at_which_it_was_measured(client, case) -> None:
    for _again in range(2):
        assert sends(client, case).json() == {"next": f"/my/people/{case.resident_id}/quarantine/"}
    report = Report.objects.get()
    assert timedelta(hours=4.9) < report.received_at - report.measured_at < timedelta(hours=5.1)


def test_a_report_that_had_arrived_is_no_fault_though_the_quarantine_is_over_by_now(client, case) -> None:
    sends(client, case)
    Quarantine.objects.update(state="released", closed_at=timezone.now())
    assert sends(client, case).status_code == 200
    answer = sends(client, case, key="k2")
    assert (answer.status_code, answer.json()["code"]) == (409, "quarantine_over")
    assert answer.json()["next"] == "/my/"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"typed": "39.9"}, ""),
        ({"typed": "42.5"}, "report_again"),
        ({"typed": "99"}, "report_impossible"),
        ({"at": "1000000000"}, "report_moment"),
        ({"usual": ""}, "report_empty"),
    ],
)
def test_what_is_refused_is_said_with_what_comes_next(client, case, changes: dict[str, str], code: str) -> None:
    named = {name if name == "at" else f"{name}-{case.pk}": value for name, value in changes.items()}
    answer = sends(client, case, **named)
    assert (answer.status_code, answer.json().get("code", "")) == (409 if code else 200, code)
    if code:
        assert answer.json()["said"]
        assert answer.json()["next"] == "/my/report/"
        assert not Report.objects.exists()


def test_nobody_reports_for_a_stranger_from_what_waited(client, case, register) -> None:
    other = quarantined(register(LI))
    assert sends(client, other).json()["code"] == "quarantine_over"
    assert not Report.objects.exists()


def test_a_phone_learns_whose_visit_it_is_and_only_while_logged_in(client, case) -> None:
    said = client.get("/my/waiting/").json()
    assert said["owner"] == owner_word(case.resident.mandates.get().applicant)
    assert abs(said["now"] / 1000 - timezone.now().timestamp()) < 60
    assert len(said["token"]) > 30
    assert Client().get("/my/waiting/").status_code == 302


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manifest_is_in_the_language_of_the_page_that_names_it(client, language: str) -> None:
    page = client.get("/my/", headers={"accept-language": language}).content.decode()
    assert f'href="/my/manifest.json?language={language}"' in page
    manifest = Client(headers={"accept-language": "en"}).get(f"/my/manifest.json?language={language}").json()
    assert manifest["lang"] == language
    assert ("Health codes" in manifest["name"]) == (language == "en")


def test_the_icons_are_the_mark_and_a_round_cut_leaves_it_whole() -> None:
    for name, (size, part) in ICONS.items():
        with Image.open(FOLDER / f"{name}.png") as kept:
            assert kept.size == (size, size)
            now = drawn(size, part).convert("L")
            differing = sum(abs(a - b) > 24 for a, b in zip(kept.convert("L").tobytes(), now.tobytes(), strict=True))
            assert differing < size, name
    _size, part = ICONS["maskable-512"]
    corner = part * (27.5 - 4.5 + 3.4) / 32 / 2 * 2**0.5
    assert corner < 0.4, "the W3C's safe zone is a circle of 0.4 of the width"


def test_the_worker_keeps_the_first_page_people_and_the_report_and_no_other_form(client) -> None:
    worker = client.get("/my/worker.js").content.decode()
    assert all(name in worker for name in FILES)
    page = client.get("/my/").content.decode()
    ahead = json.loads(page.partition('id="keep-ahead" type="application/json">')[2].partition("<")[0])
    assert "/my/report/" in ahead
    assert "/my/notices/" in ahead
    assert "/my/interpreter/?language=en" in ahead


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_gathers_what_concerns_the_person(client, case, language: str) -> None:
    client.cookies["django_language"] = language
    page = client.get("/my/").content.decode()
    assert WANG.name in page
    for link in (
        *("/my/report/", f"/my/people/{case.resident_id}/quarantine/", "/my/interpreter/", "/my/notices/"),
        *(reverse("my_arrivals"), "/my/helping/", "/my/account/"),
    ):
        assert f'href="{link}"' in page, link

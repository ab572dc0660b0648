"""The pages as people use them: two taps, a household, the list of today, a release by two, without any script."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.cast import LI, WANG
from tests.centre.quarantine.things import quarantined, reported_well

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.models import Entry
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.actions import Registration, register_resident
from gatepass.centre.quarantine.models import Breach, Quarantine, Report
from gatepass.centre.quarantine.reports import Told, record_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(monkeypatch) -> tuple[Client, Applicant]:
    """Somebody who has come in by a one-time code."""
    contact = read_contact("13800012345")
    applicant = Applicant.objects.create(
        channel=contact.channel, contact=contact.address, contact_hash=contact.hashed, language="en",
        created_at=timezone.now(),
    )  # fmt: skip
    for place in ("accounts.middleware.applicant_of", "applicants.access.applicant_of"):
        monkeypatch.setattr(f"gatepass.centre.{place}", lambda _request: applicant)
    return Client(headers={"accept-language": "en"}), applicant


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_two_taps_report_and_the_same_form_sent_twice_is_one(register, phone) -> None:
    client, applicant = phone
    case = quarantined(register())
    entrust(None, case.resident, applicant, Relation.SELF, Consent.OWN)
    page = client.get("/my/report/").content.decode()
    assert len(page) < 100_000
    said = {**hidden(page), f"usual-{case.pk}": "366", "how": "well"}
    assert client.post("/my/report/", said).status_code == 302
    client.post("/my/report/", said)
    report = Report.objects.get()
    assert (report.tenths, report.symptoms, report.via, report.applicant) == (366, [], "own", applicant)
    assert "36.6 °C" in client.get(f"/my/people/{case.resident_id}/quarantine/").content.decode()


def test_a_missing_report_is_asked_for_and_no_time_that_has_passed_is_called_the_next(register, phone) -> None:
    client, applicant = phone
    case = quarantined(register())
    entrust(None, case.resident, applicant, Relation.SELF, Consent.OWN)
    own = f"/my/people/{case.resident_id}/quarantine/"
    page = client.get(own).content.decode()
    assert "The next report is due" in page
    assert "report is missing" not in page
    Quarantine.objects.update(rung="resident", awaited=timezone.now() - timedelta(hours=1))
    page = client.get(own).content.decode()
    assert "report is missing" in page
    assert "The next report is due" not in page


def test_whoever_is_not_well_ticks_what_it_is_and_somebody_hears_it_at_once(register, phone) -> None:
    client, applicant = phone
    case = quarantined(register())
    entrust(None, case.resident, applicant, Relation.SELF, Consent.OWN)
    page = client.post("/my/report/", {f"usual-{case.pk}": "366", "how": "ill"}).content.decode()
    assert 'value="cough"' in page
    assert not Report.objects.exists()
    client.post(
        "/my/report/", {**hidden(page), f"usual-{case.pk}": "366", f"symptoms-{case.pk}": "cough", "how": "ill"}
    )
    assert Report.objects.get().alarming
    assert Alarm.objects.get(kind="quarantine_symptom").state == "raised"


@pytest.mark.parametrize("typed", ["38.9", "38,9", "389"])
def test_a_slip_is_asked_again_and_any_way_of_typing_is_read(register, phone, typed: str) -> None:
    client, applicant = phone
    case = quarantined(register())
    entrust(None, case.resident, applicant, Relation.SELF, Consent.OWN)
    client.post("/my/report/", {f"typed-{case.pk}": typed, "how": "well"})
    assert Report.objects.get().tenths == 389
    page = client.post("/my/report/", {f"typed-{case.pk}": "41.5", "how": "well"}).content.decode()
    assert f'name="confirmed-{case.pk}"' in page
    client.post("/my/report/", {f"typed-{case.pk}": "41.5", f"confirmed-{case.pk}": "yes", "how": "well"})
    assert Report.objects.count() == 2
    page = client.post("/my/report/", {f"typed-{case.pk}": "warm", "how": "well"}).content.decode()
    assert "No human being has this temperature" in page


def test_one_adult_reports_for_the_household_on_one_page_and_for_nobody_else(register, phone, town) -> None:
    client, applicant = phone
    own, child = quarantined(register()), quarantined(register(LI))
    entrust(None, own.resident, applicant, Relation.SELF, Consent.OWN)
    entrust(None, child.resident, applicant, Relation.CHILD, Consent.BY_LAW)
    page = client.get("/my/report/").content.decode()
    assert "All are well: send" in page
    client.post("/my/report/", {**hidden(page), f"usual-{own.pk}": "366", f"usual-{child.pk}": "368", "how": "well"})
    assert dict(Report.objects.values_list("quarantine", "via")) == {own.pk: "own", child.pk: "household"}
    from gatepass.centre.mandates.models import Mandate

    Mandate.objects.filter(resident=child.resident).update(ended_at=timezone.now())
    client.post("/my/report/", {f"usual-{child.pk}": "368", "how": "well"})
    assert Report.objects.count() == 2
    assert client.get(f"/my/people/{child.resident_id}/quarantine/").status_code == 404


def test_a_person_asks_for_something_and_takes_it_back(register, phone) -> None:
    client, applicant = phone
    case = quarantined(register())
    entrust(None, case.resident, applicant, Relation.SELF, Consent.OWN)
    client.post(f"/my/people/{case.resident_id}/needs/", {"need": "medicine", "words": "insulin"})
    need = case.needs.get()
    assert (need.what, need.words, need.state) == ("medicine", "insulin", "asked")
    client.post(f"/my/people/{case.resident_id}/needs/", {"drop": str(need.pk)})
    need.refresh_from_db()
    assert need.state == "dropped"


def test_the_phones_pages_are_there_in_five_languages(register, phone) -> None:
    _client, applicant = phone
    case = quarantined(register())
    entrust(None, case.resident, applicant, Relation.SELF, Consent.OWN)
    for code, _name in settings.LANGUAGES:
        client = Client(headers={"accept-language": code})
        for page in ("/my/report/", f"/my/people/{case.resident_id}/quarantine/", "/verify/"):
            text = client.get(page).content.decode()
            assert f'lang="{code}"' in text
            assert code == "en" or "Report how I am" not in text


# ---------------------------------------------------------------- staff


def test_a_case_is_opened_amended_and_explained_on_pages(register, employ, log_in) -> None:
    person, client = register(), log_in(employ(Role.SOCIAL_WORKER))
    begun = (timezone.localtime() - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    answer = client.post(
        f"/residents/{person.pk}/quarantine/new/", {"kind": "home", "started_at": begun, "reason": "arrival"}
    )
    case = Quarantine.objects.get()
    assert answer.headers["location"] == f"/quarantine/{case.pk}/"
    assert case.started_at.astimezone(case.civil).strftime("%Y-%m-%dT%H:%M") == begun
    ends = (case.ends_at + timedelta(days=1)).astimezone(case.civil).strftime("%Y-%m-%dT%H:%M")
    client.post(
        f"/quarantine/{case.pk}/amend/",
        {"reason": "new_contact", "started_at": begun, "ends_at": ends, "place": "", "words": "a visitor fell ill"},
    )
    case.refresh_from_db()
    assert case.ends_at - case.started_at == timedelta(days=15)
    client.post(f"/quarantine/{case.pk}/explain/", {"manner": "by_phone", "language": "ko", "interpreter": "Kim"})
    page = client.get(f"/quarantine/{case.pk}/").content.decode()
    assert "a visitor fell ill" in page
    assert "Kim" in page
    assert Entry.objects.filter(verb="resident:view", fields__page="quarantine").exists()


def test_staff_write_down_a_households_reports_from_one_call(town, employ, log_in) -> None:
    people = [
        register_resident(None, Registration(who.document, site=town.estate.pk, household="H1")) for who in (WANG, LI)
    ]
    cases = [quarantined(person) for person in people]
    client = log_in(employ(Role.SOCIAL_WORKER))
    page = client.get(f"/quarantine/{cases[0].pk}/report/").content.decode()
    assert "王秀英" in page
    assert "李建国" in page
    first, second = (f"case{one.pk}" for one in cases)
    client.post(
        f"/quarantine/{cases[0].pk}/report/",
        {"via": "call", f"{first}-temperature": "36.6", f"{second}-temperature": "37.9", f"{second}-note": "hot"},
    )
    assert sorted(Report.objects.values_list("tenths", "via")) == [(366, "call"), (379, "call")]


def test_a_report_at_the_gate_answers_the_same_whoever_it_is(register, employ, log_in) -> None:
    case = quarantined(register())
    client = log_in(employ(Role.GUARD_LEAD))
    number = str(case.resident.documents.get().number)
    for typed in (number, LI.number):
        answer = client.post("/quarantine/gate/", {"number": typed, "temperature": "36.6"}, follow=True)
        page = answer.content.decode()
        assert "If a report was expected, it is written down" in page
        assert "王秀英" not in page
    assert [(one.quarantine, one.via) for one in Report.objects.all()] == [(case, "gate")]


def test_the_list_is_filtered_in_its_address_and_exported(register, employ, log_in) -> None:
    case, other = quarantined(register()), quarantined(register(LI), kind="monitoring")
    Quarantine.objects.filter(pk=other.pk).update(rung="desk")
    client = log_in(employ(Role.OFFICE))
    page = client.get("/quarantine/?look=missing").content.decode()
    assert "李建国" in page
    assert "王秀英" not in page
    assert "王秀英" in client.get("/quarantine/?kind=home").content.decode()
    rows = list(csv.reader(io.StringIO(client.get("/quarantine/export/?kind=home").content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [str(case.pk)]
    assert rows[1][6].endswith("+08:00")
    assert client.get("/quarantine/export/?as=xlsx").content.startswith(b"PK")


def test_todays_list_says_what_waits_and_an_empty_one_that_nothing_does(register, employ, log_in, town) -> None:
    worker = employ(Role.SOCIAL_WORKER)
    client = log_in(worker)
    assert "Nothing waits" in client.get("/quarantine/today/").content.decode()
    case = quarantined(register())
    Breach.objects.create(
        quarantine=case, gate=town.east, at=timezone.now(), direction="out", noticed_at=timezone.now()
    )
    page = client.get("/quarantine/today/").content.decode()
    for heading in ("Seen at a gate", "Not explained yet"):
        assert heading in page
    Quarantine.objects.filter(pk=case.pk).update(assignee=employ(Role.OFFICE))
    assert "王秀英" not in client.get("/quarantine/today/").content.decode()
    assert "王秀英" in client.get("/quarantine/today/?whose=all").content.decode()


def test_the_days_work_is_written_down_on_the_page_of_the_case(register, employ, log_in) -> None:
    case, worker = quarantined(register()), employ(Role.SOCIAL_WORKER)
    client = log_in(worker)

    def work(what: str, **said: Any) -> None:
        assert client.post(f"/quarantine/{case.pk}/care/", {"what": what, **said}).status_code == 302

    work("sample", method="pcr")
    work("result", row=case.samples.get().pk, result="negative")
    work("visit", found="well", note="cheerful")
    work("need", need="groceries", words="milk")
    work("move_need", row=case.needs.get().pk, to="taken")
    work("trip", why="test", since="2026-11-20T09:00", until="2026-11-20T11:00")
    work("give", whom="me")
    case.refresh_from_db()
    assert case.samples.get().result == "negative"
    assert case.visits.get().note == "cheerful"
    assert case.needs.get().assignee == worker
    assert case.trips.get().since.astimezone(case.civil).hour == 9
    assert case.assignee == worker
    work("nonsense")
    work("result", row="999", result="negative")


def test_two_people_release_on_pages_and_the_paper_can_be_revoked(register, employ, log_in) -> None:
    case = quarantined(register(), days_ago=6)
    reported_well(case)
    first, second = log_in(employ(Role.SOCIAL_WORKER)), log_in(employ(Role.OFFICE))
    page = first.get(f"/quarantine/{case.pk}/release/").content.decode()
    assert "does not hold" in page
    first.post(f"/quarantine/{case.pk}/release/", {"reason": "rule_shortened", "words": "order 12"})
    assert "You asked for it" in first.get(f"/quarantine/{case.pk}/").content.decode()
    first.post(f"/quarantine/{case.pk}/release/answer/", {"answer": "confirm"})
    case.refresh_from_db()
    assert case.is_open
    second.post(f"/quarantine/{case.pk}/release/answer/", {"answer": "confirm"})
    case.refresh_from_db()
    assert case.state == "released"
    page = second.get(f"/quarantine/{case.pk}/").content.decode()
    assert "order 12" in page or "The authority has shortened the period" in page
    second.post(f"/quarantine/{case.pk}/take-back/", {"what": "release", "reason": "released_in_error"})
    case.refresh_from_db()
    assert case.is_open
    assert "Revoked notices" in second.get(f"/quarantine/{case.pk}/").content.decode()


def test_a_protected_person_is_in_no_list_of_others(register, employ, log_in) -> None:
    from gatepass.centre.people.protection.actions import protect

    case = quarantined(register())
    named, other = employ(Role.SOCIAL_WORKER), employ(Role.SOCIAL_WORKER)
    protect(None, case.resident, [named])
    assert log_in(other).get(f"/quarantine/{case.pk}/").status_code == 404
    assert "王秀英" not in log_in(other).get("/quarantine/").content.decode()
    assert "王秀英" in log_in(named).get("/quarantine/").content.decode()
    assert Entry.objects.filter(verb="protected:see").exists()


def test_a_case_of_a_row_that_was_merged_is_met_by_whoever_meets_its_keeper(town, register, employ, log_in) -> None:
    from gatepass.centre.people.models import Resident
    from gatepass.centre.people.protection.actions import protect

    keeper, case = register(LI, town.far_site), quarantined(register())
    here, there = employ(Role.SOCIAL_WORKER, site=town.estate), employ(Role.SOCIAL_WORKER, site=town.far_site)
    assert [log_in(one).get(f"/quarantine/{case.pk}/").status_code for one in (here, there)] == [200, 404]
    Resident.objects.filter(pk=case.resident_id).update(merged_into=keeper)
    assert [log_in(one).get(f"/quarantine/{case.pk}/").status_code for one in (here, there)] == [404, 200]
    protect(None, keeper, [employ(Role.SOCIAL_WORKER, site=town.far_site)])
    assert [log_in(one).get(f"/quarantine/{case.pk}/").status_code for one in (here, there)] == [404, 404]


def test_a_correction_begins_with_what_was_reported_so_that_nothing_else_is_lost(register, employ, log_in) -> None:
    case = quarantined(register())
    first = record_report(None, case, Told(372, ["cough"], "at night"), Report.Via.CALL)
    client = log_in(employ(Role.SOCIAL_WORKER))
    page = client.get(f"/quarantine/{case.pk}/").content.decode()
    shown = page[page.index(f'name="row" value="{first.pk}"') :]
    assert 'name="temperature" value="37.2"' in shown
    assert re.search(r'value="cough"[^>]*checked', shown)
    assert "at night" in shown

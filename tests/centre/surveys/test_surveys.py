from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.centre.applicants.helpers import applicant  # noqa: F401
from tests.centre.employers.things import company_of

from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.employers.actions import appoint
from gatepass.centre.employers.models import Whereabouts
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.actions import PhoneFacts, Registration, register_resident
from gatepass.centre.sending.models import Message
from gatepass.centre.surveys import actions
from gatepass.centre.surveys.figures import completion
from gatepass.centre.surveys.models import Reply, Survey
from gatepass.identity import Document, DocumentKind, Holder

pytestmark = pytest.mark.django_db
State, Manner = Reply.State, Reply.Manner


@pytest.fixture
def people(town):
    """A Korean, a Japanese and a Chinese resident of the estate."""

    def person(name: str, state: str, number: str):
        document = Document(DocumentKind.PASSPORT, state, number, Holder(native_name=name, nationality=state))
        phones = (PhoneFacts("13900000777"),) if state == "JPN" else ()
        return register_resident(None, Registration(document, site=town.estate.pk, phones=phones))

    return [
        person("김민준", "KOR", "M12345671"), person("佐藤 葵", "JPN", "TK1234561"), person("王芳", "CHN", "E12345671"),
    ]  # fmt: skip


def next_week():
    return timezone.localdate() + timedelta(days=7)


def test_foreign_residents_are_asked_reminded_in_their_language_and_counted(town, employ, applicant, people) -> None:  # noqa: F811
    kim, sato, _wang = people
    holder = applicant(language="ko")
    entrust(None, kim, holder, Relation.SELF, Consent.OWN)
    worker = employ(Role.SOCIAL_WORKER, town.community)
    survey = actions.open_survey(worker, town.community, next_week())
    assert survey.replies.count() == 2
    assert actions.remind(worker, survey) == 2
    written = {one.language: str(one.text) for one in Message.objects.filter(kind="survey")}
    assert f"/my/people/{kim.pk}/survey/{survey.pk}/" in written["ko"]
    assert "/my/" not in written["ja"], "she has no page"
    with pytest.raises(RefusedError, match="survey_reminded"):
        actions.remind(worker, survey)
    with transaction.atomic():
        entrance = begin_visit(holder, "Chrome · Android")
    phone = Client(headers={"Accept-Language": "en"})
    phone.cookies[COOKIE] = entrance.token
    address = f"/my/people/{kim.pk}/survey/{survey.pk}/"
    assert "it must not have passed" in phone.post(address, {"state": "away", "place": "Seoul"}).content.decode()
    phone.post(address, {"state": "away", "place": "Seoul", "returns_on": f"{next_week()}"})
    lines, whole = completion(survey.replies.all())
    assert (whole.asked, whole.away, whole.waiting, whole.percent) == (2, 1, 1, 50)
    assert sum(line.asked for line in lines) == whole.asked
    assert phone.get(f"/my/people/{sato.pk}/survey/{survey.pk}/").status_code == 404
    actions.close(worker, survey)
    with pytest.raises(RefusedError, match="survey_closed"):
        actions.answer(worker, survey.replies.first(), State.HERE, manner=Manner.DESK)


def test_an_administrator_makes_a_survey_and_meets_no_name(town, employ, log_in, people) -> None:
    client = log_in(employ(Role.ADMINISTRATOR))
    made = client.post("/surveys/new/", {"community": town.community.pk, "due_on": f"{next_week()}"})
    page = client.get(made.headers["location"]).content.decode()
    assert "柳浪新苑" in page
    assert "김민준" not in page
    survey = Survey.objects.get()
    assert client.get(f"/surveys/{survey.pk}/export/").status_code == 403
    office = log_in(employ(Role.OFFICE))
    assert "김민준" in office.get(f"/surveys/{survey.pk}/?state=waiting").content.decode()
    assert "김민준" in office.get(f"/surveys/{survey.pk}/export/").content.decode()
    office.post(f"/surveys/{survey.pk}/people/{survey.replies.first().pk}/", {"state": "here"})
    assert survey.replies.first().manner == "desk"
    ((_survey, whole),) = office.get("/surveys/").context["lines"]
    assert (whole.asked, whole.here, whole.asked - whole.waiting) == (survey.replies.count(), 1, 1)


def test_a_grid_worker_answers_for_her_company_and_the_report_is_kept_with_it(town, employ, log_in) -> None:
    office, grid = employ(Role.OFFICE), employ(Role.GRID_WORKER)
    company = company_of(office, "Near", town.community, 1, "Hans Muster,DEU,C01X00T41,A1,Sales,,,")
    appoint(office, company, grid, "email", "g@example.org")
    survey = actions.open_survey(office, company, next_week())
    with pytest.raises(RefusedError, match="survey_open"):
        actions.open_survey(office, company, next_week())
    client = log_in(grid)
    reply = survey.replies.get()
    client.post(
        f"/surveys/{survey.pk}/people/{reply.pk}/", {"state": "away", "place": "Bonn", "returns_on": f"{next_week()}"}
    )
    assert Whereabouts.objects.get().until == next_week()
    other = actions.open_survey(office, town.community, next_week())
    assert client.get(f"/surveys/{other.pk}/").status_code == 404

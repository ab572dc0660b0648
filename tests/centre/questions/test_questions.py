"""Asking, the desk, its clock, and an answer that serves the next one who asks, in another language."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import msgspec
import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation
from tests.cast import WANG
from tests.centre.applicants.helpers import applicant  # noqa: F401
from tests.centre.notices.things import staff
from tests.centre.quarantine.things import quarantined
from tests.centre.visitors.things import tuesdays_and_fridays
from tests.policy.test_asking import ASKED

from gatepass.centre.accounts.actions import GrantWish, create_staff
from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.notices.actions import Where, publish, review, translate, withdraw
from gatepass.centre.notices.answers import answers, find
from gatepass.centre.notices.ready_made import Text
from gatepass.centre.questions import actions
from gatepass.centre.questions.access import access_questions
from gatepass.centre.questions.desk_hours import looks_at, moment_words
from gatepass.centre.questions.foretelling import foretell, lines
from gatepass.centre.questions.models import Question
from gatepass.centre.questions.watch import LateQuestions
from gatepass.centre.rosters.actions import Hours, Serves, set_shift
from gatepass.centre.sending.models import Message
from gatepass.centre.sites.models import Gate
from gatepass.centre.visitors.actions import invite
from gatepass.languages import LANGUAGES
from gatepass.policy import Colour

pytestmark = pytest.mark.django_db
HANGZHOU = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 30, 23, 0, tzinfo=HANGZHOU)
"""A Monday."""


@pytest.fixture
def phone(town, applicant, register):  # noqa: F811
    """Diego's phone, in English, at the estate."""
    resident = register()
    holder = applicant(language="en")
    entrust(None, resident, holder, Relation.SELF, Consent.OWN)
    with transaction.atomic():
        entrance = begin_visit(holder, "Chrome · Android")
    client = Client(headers={"Accept-Language": "en"})
    client.cookies[COOKIE] = entrance.token
    client.holder, client.resident = holder, resident
    return client


def desk(town, languages=("en", "zh-hans"), weekdays=range(5)):
    """Mornings on weekdays, nine to five, for written questions."""
    wish = GrantWish(Role.INTERPRETER, None, town.estate, languages=languages)
    user = create_staff(None, f"desk{languages[0]}", "Ms Lin", [wish], language="en", password="x")[0]
    hours = Hours(weekdays, time(9), time(17), date(2026, 1, 5), site=town.estate)
    set_shift(None, user, hours, Serves(languages, ("desk",)))
    return user


def page(answer) -> str:
    """As it is read: a date in a sentence is an element of its own there, so that it does not break."""
    return unescape(re.sub(r'<span class="date">([^<]*)</span>', r"\1", answer.content.decode()))


def test_at_night_it_is_said_when_a_person_looks_in_words_with_the_zone(town) -> None:
    desk(town)
    assert looks_at("en", town.estate, NIGHT) == datetime(2026, 12, 1, 9, tzinfo=HANGZHOU)
    assert looks_at("en", town.estate, NIGHT.replace(hour=10)) == NIGHT.replace(hour=10), "somebody is there"
    friday = datetime(2026, 12, 4, 18, tzinfo=HANGZHOU)
    assert looks_at("ko", town.estate, friday) == datetime(2026, 12, 7, 9, tzinfo=HANGZHOU), "or whoever is there"
    assert looks_at("en", town.far_site, NIGHT) is None
    with translation.override("en"):
        said = moment_words(looks_at("en", town.estate, NIGHT), town.estate)
    assert said == "Tuesday, 2026-12-01 09:00 (China Standard Time)"


def test_a_question_has_its_clock_and_the_same_form_asks_once(town, phone) -> None:
    desk(town)
    sent = {"words": "May I feed the cats?", "site": town.estate.pk, "key": "one"}
    with time_machine.travel(NIGHT, tick=False):
        for _twice in range(2):
            answer = phone.post("/my/questions/ask/", sent, follow=True)
    question = Question.objects.get()
    assert question.resident == phone.resident
    assert question.due_at == datetime(2026, 12, 1, 13, tzinfo=HANGZHOU)
    assert "Somebody looks at it on Tuesday, 2026-12-01 09:00 (China Standard Time)" in page(answer)
    assert Entry.objects.filter(verb="question:ask").count() == 1
    LateQuestions()(question.due_at - timedelta(seconds=1))
    assert not Alarm.objects.exists()
    LateQuestions()(question.due_at)
    assert Alarm.objects.get().kind == "question_late"
    phone.post(f"/my/questions/{question.pk}/withdraw/")
    LateQuestions()(question.due_at + timedelta(minutes=1))
    assert not Alarm.objects.exists(), "armed, and over before it rang"


def test_one_takes_it_gives_it_on_and_the_other_answers_and_the_person_is_told_without_its_words(
    town, phone, employ, log_in
) -> None:
    one, other = employ(Role.OFFICE, town.community), employ(Role.SOCIAL_WORKER, town.community)
    far = employ(Role.OFFICE, town.far_community)
    question = actions.ask(phone.holder, town.estate, "en", "Secret: where is the vet?", "k", resident=phone.resident)
    with pytest.raises(RefusedError, match="question_not_own"):
        actions.answer(one, question, "x")
    actions.claim(one, question)
    with pytest.raises(RefusedError, match="question_taken"):
        actions.claim(other, question)
    with pytest.raises(RefusedError, match="question_colleague"):
        actions.hand_over(one, question, far, "")
    desk_of_one = log_in(one)
    assert "Secret: where is the vet?" in page(desk_of_one.get(f"/questions/{question.pk}/"))
    desk_of_one.post(f"/questions/{question.pk}/hand-over/", {"to": other.pk, "note": "You know the vets"})
    assert "You know the vets" in page(log_in(other).get(f"/questions/{question.pk}/"))
    log_in(other).post(f"/questions/{question.pk}/answer/", {"words": "Next to the east gate."})
    told = Message.objects.get(kind="question_answered")
    assert f"/my/questions/{question.pk}/" in str(told.text)
    assert "vet" not in str(told.text)
    assert "Next to the east gate." in page(phone.get(f"/my/questions/{question.pk}/"))
    with pytest.raises(RefusedError, match="question_over"):
        actions.close(other, question)
    assert "Secret" not in page(desk_of_one.get("/questions/export/?state=answered"))


def test_an_interpreter_meets_the_questions_of_her_languages_and_nobody_those_of_others(town, phone, applicant) -> None:  # noqa: F811
    korean = desk(town, ("ko",))
    question = actions.ask(phone.holder, town.estate, "en", "x", "k")
    assert not access_questions(korean, "question").exists()
    assert access_questions(desk(town), "question").get() == question
    stranger = applicant("13800077777")
    with transaction.atomic():
        entrance = begin_visit(stranger, "x")
    client = Client()
    client.cookies[COOKIE] = entrance.token
    assert client.get(f"/my/questions/{question.pk}/").status_code == 404
    assert client.post(f"/my/questions/{question.pk}/withdraw/").status_code == 404


def approved(town, phone) -> Question:
    """Asked and answered in English, made an answer for everybody, reviewed and published in English and Korean."""
    office, other = staff(), staff()
    question = actions.ask(phone.holder, town.estate, "en", "Where do I bring glass bottles?", "g")
    actions.claim(office, question)
    actions.answer(office, question, "Behind house 4.")
    text = Text("Where does glass go?", "Behind house 4, day and night.", "The green container behind house 4.")
    notice = actions.approve(office, question, text, "en", Where(site=town.estate))
    korean = Text("유리병은 어디에 버리나요?", "4동 뒤에 언제든지 버리세요.", "4동 뒤 초록색 통입니다.")
    translate(office, notice, "ko", korean, done=True)
    for each in notice.translations.all():
        review(other, each, differences_seen=True)
    assert find("glass", [town.estate.pk]) == [], "not before it is public"
    publish(other, notice)
    question.refresh_from_db()
    return question


def test_an_answer_for_everybody_is_suggested_to_the_next_in_another_language(town, phone, applicant) -> None:  # noqa: F811
    question = approved(town, phone)
    for words in ("glass", "유리병", "bottle container"):
        found = page(phone.get(f"/my/questions/found/?words={words}"))
        assert "Where does glass go?" in found, words
    [said] = find("glass", [town.estate.pk])
    assert said.texts["ko"].question == "유리병은 어디에 버리나요?"
    assert said.texts["ja"].language == "en", "the next best, and it is said which"
    assert find("glass", [town.far_site.pk]) == [], "it is the estate's"
    assert str(town.east.pk) in (answers(timezone.now()).answers[0].gates or [])
    withdraw(staff(), question.notice)
    assert find("glass", [town.estate.pk]) == []
    assert "no longer holds" not in page(phone.get(f"/my/questions/{question.pk}/")), "its own words stay"


def test_the_desk_gives_an_approved_answer_and_the_person_reads_it(town, phone, employ, log_in) -> None:
    notice = approved(town, phone).notice
    office = employ(Role.OFFICE)
    question = actions.ask(phone.holder, town.estate, "en", "glass?", "h")
    actions.claim(office, question)
    client = log_in(office)
    assert "Where does glass go?" in page(client.get(f"/questions/{question.pk}/"))
    client.post(f"/questions/{question.pk}/answer/", {"words": "", "notice": notice.pk})
    assert "Behind house 4, day and night." in page(phone.get(f"/my/questions/{question.pk}/"))


def test_the_phone_and_the_gate_give_the_same_answer_over_the_whole_table(town) -> None:
    for case, asked in ASKED:
        if math.isnan(case.rules.hold_after_hours):
            continue  # no form writes it
        # Straight into the row: the table has slips of the pen as well, which no form takes.
        Gate.objects.filter(pk=town.east.pk).update(rules=msgspec.to_builtins(case.rules))
        [told] = foretell(asked, _at_the_estate(town, case))
        assert told.decision.outcome is case.outcome, str(case)
        assert told.decision.reasons == case.reasons, str(case)
        for language in LANGUAGES:
            [line] = lines([told], language.lower())
            assert line.said
            assert line.rule, "the rule is shown"


def _at_the_estate(town, case):
    """The gate of the estate, whose civil time is that of the row."""
    zones = {480: "Asia/Shanghai", 0: "Etc/UTC"}
    town.estate.time_zone = zones[case.rules.utc_offset_minutes]
    town.estate.save()
    return Gate.objects.select_related("site").get(pk=town.east.pk)


def test_the_rule_is_answered_on_the_phone_and_goes_with_the_question_to_the_desk(town, phone, employ, log_in) -> None:
    asked = {
        "who": "helper", "gate": town.east.pk, "at": "2026-12-01T09:30", "standing": "not_said", "brings": "card",
        "valid_until": "",
    }  # fmt: skip
    said = page(phone.get("/my/questions/rule/", asked))
    assert "A helper (cleaning, care)" in said
    assert "Tuesday, 2026-12-01 09:30 (China Standard Time)" in said
    for sentence in ("May come in", "Waits at the gate, and the staff decides", "May not come in"):
        assert sentence in said, sentence
    assert "A red code: is not let in." in said
    phone.post("/my/questions/ask/", {**asked, "words": "And without her code?", "site": town.estate.pk, "key": "r"})
    question = Question.objects.get()
    shown = page(log_in(employ(Role.OFFICE)).get(f"/questions/{question.pk}/"))
    assert "What the gate's rule had answered" in shown
    assert "A helper (cleaning, care)" in shown


RULE = {"who": "helper", "at": "2026-12-01T09:30", "standing": "not_said", "brings": "card"}


def test_where_an_invitation_would_help_its_page_is_offered_with_what_is_known(town, phone) -> None:
    set_colour(None, phone.resident, Colour.GREEN, "C")
    said = page(phone.get("/my/questions/rule/", {**RULE, "gate": town.east.pk}))
    link = f"/my/people/{phone.resident.pk}/visitors/?"
    begins = said.index(link)
    form = page(phone.get(said[begins : said.index('"', begins)]))
    for known in ('value="cleaning" selected', 'value="2026-12-01"', 'value="09:30"', 'value="12:30"'):
        assert known in form, known
    supposed = page(phone.get("/my/questions/rule/", {**RULE, "gate": town.east.pk, "invitation": "supposed"}))
    assert "A visitor with an invitation, in its time: comes in" in supposed
    assert "need not ask the host" in supposed
    assert "The code of the invitation" in supposed


def test_a_named_invitation_counts_as_it_was_written_and_a_host_in_quarantine_invites_nobody(town, phone) -> None:
    set_colour(None, phone.resident, Colour.GREEN, "C")
    made = invite(phone.holder, phone.resident, tuesdays_and_fridays())
    named = {**RULE, "gate": town.east.pk, "standing": "green", "invitation": made.pk}
    day = timezone.localtime() + timedelta(days=1)
    while day.weekday() != 1:
        day += timedelta(days=1)
    good = page(phone.get("/my/questions/rule/", {**named, "at": f"{day:%Y-%m-%d}T10:00"}))
    assert "A visitor with an invitation, in its time: comes in" in good
    late = page(phone.get("/my/questions/rule/", {**named, "at": f"{day:%Y-%m-%d}T15:00"}))
    assert "The invitation is for another time: does not let in." in late
    quarantined(phone.resident)
    closed = page(phone.get("/my/questions/rule/", {**named, "at": f"{day:%Y-%m-%d}T10:00"}))
    assert "The host receives nobody for the time being" in closed
    assert "Invite them" not in closed


def test_an_address_of_another_estates_gate_is_no_choice(town, phone) -> None:
    asked = {"who": "helper", "gate": town.far_gate.pk, "at": "2026-12-01T09:30", "standing": "green", "brings": "card"}
    said = page(phone.get("/my/questions/rule/", asked))
    assert "May come in" not in said
    assert WANG.name not in said

"""`POST /gate/v1/questions`: what a gate asks the desk for somebody who does not say who they are."""

from __future__ import annotations

import asyncio
from html import unescape

import msgspec
import pytest
from django.test import Client
from tests.centre.gateway.harness import Terminal, call, gateway

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.gateway import calls as gateway_calls
from gatepass.centre.questions.actions import answer, claim
from gatepass.centre.questions.at_gates import asked_at
from gatepass.centre.questions.models import Question
from gatepass.languages import LANGUAGES
from gatepass.wire.questions import GateAnswer, GateQuestion

QUESTIONS = "/gate/v1/questions"
ASKED = GateQuestion("0123456789abcdef", "en", "Where is the vet?")
"""Stands at the desk without a name."""


def test_a_gate_that_signs_is_told_where_the_answer_will_stand(tmp_path, monkeypatch):
    taken = []

    def asked(device, question: GateQuestion) -> GateAnswer:
        if question.words == "again":
            raise RefusedError("too_many", minutes=5)
        taken.append((device.gate, question))
        return GateAnswer("https://centre.example/q/abcdef/", "Somebody of the desk is there now.")

    monkeypatch.setattr(gateway_calls, "_asked", asked)

    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east) as town:
            body = msgspec.msgpack.encode(ASKED)
            told = (await town.send(east, "POST", QUESTIONS, body)).read(GateAnswer)
            assert told.address == "https://centre.example/q/abcdef/"
            assert (await call(town.app, "POST", QUESTIONS, body)).status == 401
            for wrong in (b"nonsense", msgspec.msgpack.encode({"key": "short", "language": "en", "words": "?"})):
                assert (await town.send(east, "POST", QUESTIONS, wrong)).problem.code == "malformed"
            again = msgspec.msgpack.encode(msgspec.structs.replace(ASKED, words="again"))
            refused = await town.send(east, "POST", QUESTIONS, again)
            assert (refused.status, refused.problem.code) == (409, "question_not_now")

    asyncio.run(story())
    assert taken == [(1, ASKED)]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_at_the_desk_without_a_name_and_when_somebody_looks_is_said_in_its_language(town, language):
    told = asked_at(town.east, msgspec.structs.replace(ASKED, language=language))
    question = Question.objects.get()
    assert (question.gate, question.site, question.source) == (town.east, town.estate, Question.Source.GATE)
    assert (question.applicant, question.resident, question.language) == (None, None, language.lower())
    assert told.address.endswith(f"/q/{question.code}/")
    assert (told.looks == "Somebody of the desk looks at it as soon as they can.") is (language == "en")
    assert "vet" not in str(Entry.objects.get(verb="question:ask").__dict__)


@pytest.mark.django_db
def test_what_is_sent_twice_is_asked_once_and_the_answer_is_read_by_whoever_was_shown_the_address(town, employ):
    first, second = (asked_at(town.east, ASKED) for _ in range(2))
    assert first == second
    ms_lin = employ(Role.OFFICE, town.community)
    question = Question.objects.get()
    claim(ms_lin, question)
    answer(ms_lin, question, "At 12 Lake Road.")
    read = Client(headers={"Accept-Language": "en"}).get(f"/q/{question.code}/")
    assert "At 12 Lake Road." in unescape(read.content.decode())


@pytest.mark.django_db
def test_nothing_that_can_be_read_is_no_question(town):
    with pytest.raises(RefusedError) as refused:
        asked_at(town.east, msgspec.structs.replace(ASKED, words="\u200b \n"))
    assert refused.value.code == "question_needs_words"
    assert not Question.objects.exists()

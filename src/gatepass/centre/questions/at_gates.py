"""A question from a gate, of somebody who does not say who they are: what is asked, and what the gate may tell them."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from gatepass.centre.questions.actions import ask
from gatepass.centre.questions.words import promise
from gatepass.centre.sites.models import Gate
from gatepass.wire.questions import GateAnswer, GateQuestion


def asked_at(gate: Gate, question: GateQuestion) -> GateAnswer:
    """RefusedError `question_needs_words`, `too_many`."""
    language = question.language.lower()
    asked = ask(gate, gate.site, language, question.words, question.key)
    with translation.override(language):
        looks = promise(asked.looks_at, asked.site, asked.asked_at)
    return GateAnswer(f"{settings.CONFIGURATION.address}{reverse('question_public', args=[asked.code])}", looks)

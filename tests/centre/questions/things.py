"""A question near and far, of a resident each, and the desk of the morning."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from gatepass.centre.accounts import roles
from gatepass.centre.accounts.models import User
from gatepass.centre.people.models import Resident
from gatepass.centre.questions import actions
from gatepass.centre.questions.models import Question

KINDS = {
    **dict.fromkeys((name for name in roles.QUESTIONS if not name.startswith("questions")), "question"),
    "question_approve": "answered_question",
    "my_question": "my_question",
    "my_question_withdraw": "my_question",
    "question_public": "question_code",
}
ONLY_POST = {
    *("question_claim", "question_hand_over", "question_answer", "question_close"),
    *("my_question_ask", "my_question_withdraw"),
}


def things_of_questions(near: Resident, far: Resident, by: User) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    asked = [_asked(one) for one in (near, far)]
    answered = [_answered(_asked(one), by) for one in (near, far)]
    return {
        "question": ({"question": asked[0].pk}, {"question": asked[1].pk}),
        "answered_question": ({"question": answered[0].pk}, {"question": answered[1].pk}),
        "my_question": ({"question": asked[0].pk}, {}),
        "question_code": ({"code": asked[0].code}, {}),
    }


def _asked(resident: Resident) -> Question:
    """In Chinese: no interpreter of the tests is asked for another language."""
    gate = resident.site.gates.first()
    assert gate is not None
    key = f"{resident.pk}-{Question.objects.count()}"
    asked = actions.ask(gate, resident.site, "zh-hans", f"{resident.full_name}?", key)
    Question.objects.filter(pk=asked.pk).update(resident=resident)
    return asked


def _answered(question: Question, by: User) -> Question:
    Question.objects.filter(pk=question.pk).update(
        state="answered", answer="x", answered_by=by, answered_at=timezone.now()
    )
    return question

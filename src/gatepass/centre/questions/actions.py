"""The verbs of questions.

    ask ──► open ◄──► claimed ──► answered ──► (approve) an approved answer, a `Notice` that others translate and review
              │           │  └► handed over to a colleague, with a word, or put back
              └───────────┴──► withdrawn by whoever asked, or closed without an answer

The clock: an answer is due four hours after somebody of the desk can first look at it by the roster, 24 hours after the
asking where the roster names nobody, and never later than 72 hours. What is late stays open and is an alarm (`watch`).
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import spend
from gatepass.centre.notices.actions import Where
from gatepass.centre.notices.actions import create as begin_notice
from gatepass.centre.notices.models import Kind, Notice
from gatepass.centre.notices.prose import printable
from gatepass.centre.notices.ready_made import Text
from gatepass.centre.people.models import Resident
from gatepass.centre.questions.access import WAITING, access_questions
from gatepass.centre.questions.desk_hours import due_at, looks_at
from gatepass.centre.questions.models import Move, Question
from gatepass.centre.sending.actions import queue
from gatepass.centre.sites.models import Gate, Site

MOST_WORDS: Final = 2000
State = Question.State


def ask(
    by: Applicant | Gate, site: Site, language: str, words: str, key: str, *,
    resident: Resident | None = None, foretold: str = "",
) -> Question:  # fmt: skip
    """Asked from a phone, or at a gate by somebody who does not say who they are. The same key is the same question.

    RefusedError `question_needs_words`, `too_many`.
    """
    words = _clean(words)
    mine = {"applicant": by} if isinstance(by, Applicant) else {"gate": by}
    if known := Question.objects.filter(key=key, **mine).first():
        return known
    limit = "question_of_applicant" if isinstance(by, Applicant) else "question_of_gate"
    spend(limit, str(by.pk))
    now = timezone.now()
    looks = looks_at(language, site, now)
    with transaction.atomic():
        question, is_new = Question.objects.get_or_create(
            **mine,
            key=key,
            defaults={
                "site": site, "language": language, "words": words, "asked_at": now, "looks_at": looks,
                "due_at": due_at(looks, now), "resident": resident, "foretold": foretold or None,
                "source": Question.Source.PHONE if isinstance(by, Applicant) else Question.Source.GATE,
            },
        )  # fmt: skip
        if is_new:
            record(by, "question:ask", question, site=site.pk, language=language)
    return question


def claim(by: User, question: Question) -> None:
    """RefusedError `question_taken`: a colleague was quicker; `question_over`."""
    with transaction.atomic():
        fresh = _waiting(question)
        if fresh.claimed_by_id is not None:
            raise RefusedError("question_taken")
        _move(fresh, State.CLAIMED, by)
        Move.objects.create(question=fresh, at=timezone.now(), by=by, what=Move.What.CLAIM)
        record(by, "question:claim", fresh)


def hand_over(by: User, question: Question, to: User | None, note: str) -> None:
    """To a colleague, or back to everybody. RefusedError `question_not_own`, `question_colleague`, `question_over`."""
    with transaction.atomic():
        fresh = _waiting(question)
        if fresh.claimed_by_id != by.pk:
            raise RefusedError("question_not_own")
        if to is not None and not access_questions(to, "question_answer").filter(pk=fresh.pk).exists():
            raise RefusedError("question_colleague")
        _move(fresh, State.OPEN if to is None else State.CLAIMED, to)
        what = Move.What.PUT_BACK if to is None else Move.What.HAND_OVER
        said = printable(note).strip()[:MOST_WORDS] or None
        Move.objects.create(question=fresh, at=timezone.now(), by=by, what=what, to=to, note=said)
        record(by, "question:hand_over", fresh, to=to.pk if to else None)


def answer(by: User, question: Question, words: str, notice: Notice | None = None) -> None:
    """In own words, or by an approved answer; the person is told that it is there, and nothing of what it says.

    RefusedError `question_needs_words`, `question_not_own` (whoever answers has claimed it), `question_over`.
    """
    said = printable(words).strip()[:MOST_WORDS] if notice is not None else _clean(words)
    with transaction.atomic():
        fresh = _waiting(question)
        if fresh.claimed_by_id != by.pk:
            raise RefusedError("question_not_own")
        fresh.state, fresh.answer, fresh.notice = State.ANSWERED, said or None, notice
        fresh.answered_by, fresh.answered_at = by, timezone.now()
        fresh.save()
        record(by, "question:answer", fresh, notice=notice.pk if notice else None)
        if fresh.applicant is not None:
            _tell(fresh, fresh.applicant)


def close(by: User, question: Question) -> None:
    """Without an answer: not a question, or told in person. RefusedError `question_not_own`, `question_over`."""
    with transaction.atomic():
        fresh = _waiting(question)
        if fresh.claimed_by_id != by.pk:
            raise RefusedError("question_not_own")
        Question.objects.filter(pk=fresh.pk).update(state=State.CLOSED, answered_by=by, answered_at=timezone.now())
        record(by, "question:close", fresh)


def withdraw(by: Applicant, question: Question) -> None:
    """RefusedError `question_over`."""
    with transaction.atomic():
        fresh = _waiting(question)
        Question.objects.filter(pk=fresh.pk).update(state=State.WITHDRAWN, answered_at=timezone.now())
        record(by, "question:withdraw", fresh)


def approve(by: User, question: Question, text: Text, language: str, where: Where) -> Notice:
    """The answer, without the person, for everybody who asks the same: a notice that waits for review and translation.

    RefusedError `question_open`, `question_approved`, `notice_empty`, `notice_long`.
    """
    with transaction.atomic():
        fresh = Question.objects.select_for_update().get(pk=question.pk)
        if fresh.state != State.ANSWERED:
            raise RefusedError("question_open")
        if fresh.notice_id is not None:
            raise RefusedError("question_approved")
        notice = begin_notice(by, Kind.ANSWER, language, where, text)
        Question.objects.filter(pk=fresh.pk).update(notice=notice)
        record(by, "question:approve", fresh, notice=notice.pk)
    return notice


def _waiting(question: Question) -> Question:
    """Its row, locked. RefusedError `question_over`."""
    fresh = Question.objects.select_for_update(of=("self",)).select_related("applicant", "site").get(pk=question.pk)
    if fresh.state not in WAITING:
        raise RefusedError("question_over")
    return fresh


def _move(question: Question, state: State, to: User | None) -> None:
    Question.objects.filter(pk=question.pk).update(
        state=state, claimed_by=to, claimed_at=timezone.now() if to else None
    )


def _clean(words: str) -> str:
    said = printable(words).strip()[:MOST_WORDS]
    if not said:
        raise RefusedError("question_needs_words")
    return said


def _tell(question: Question, applicant: Applicant) -> None:
    with translation.override(question.language):
        town = settings.CONFIGURATION.town
        said = gettext("Your question has been answered. Read the answer here:")
        address = f"{settings.CONFIGURATION.address}{reverse('my_question', args=[question.pk])}"
        queue(
            applicant.channel,
            str(applicant.contact),
            kind="question_answered",
            language=question.language,
            subject=town,
            text=f"{town}: {said} {address}",
        )

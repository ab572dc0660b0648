"""The only ways to questions: an applicant's own, and the desk's within a user's places and languages."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.paging import few
from gatepass.centre.people.protection.access import hidden_from
from gatepass.centre.questions.models import Question

WAITING = (Question.State.OPEN, Question.State.CLAIMED)


def access_questions(user: User, page: str = "questions") -> QuerySet[Question]:
    """An interpreter meets those in her languages; nobody those of a protected person who is not entrusted to them."""
    scope = scope_of(user, page)
    if scope.nowhere:
        return Question.objects.none()
    found = Question.objects.filter(scope.q("site")).exclude(resident__in=hidden_from(user))
    if scope.languages is not None:
        found = found.filter(language__in=scope.languages)
    return found.select_related("site__community", "gate", "claimed_by", "answered_by", "resident", "applicant")


def access_question(user: User, question: int, page: str = "question") -> Question:
    found = access_questions(user, page).filter(pk=question).first()
    if found is None:
        raise Http404
    return found


def own_questions(applicant: Applicant) -> QuerySet[Question]:
    return Question.objects.filter(applicant=applicant).select_related("site").order_by("-id")


def access_own_question(applicant: Applicant, question: int) -> Question:
    found = own_questions(applicant).filter(pk=question).first()
    if found is None:
        raise Http404
    return found


def colleagues(user: User, question: Question) -> list[User]:
    """To whom it can be given on: whoever may answer it, by name."""
    others = User.objects.filter(is_active=True).exclude(pk=user.pk).prefetch_related("grants")
    able = [one for one in others if access_questions(one, "question_answer").filter(pk=question.pk).exists()]
    return sorted(able, key=lambda one: (one.full_name, one.pk))


def waiting(user: User) -> int:
    """How many nobody has taken, or this user has. For the menu of every page: quick where there are none at all."""
    if not Question.objects.filter(state__in=WAITING).exists():
        return 0
    mine = Q(claimed_by=None) | Q(claimed_by=user)
    return few(lambda: access_questions(user).filter(mine, state__in=WAITING), user.rights)

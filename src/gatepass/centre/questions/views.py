"""The desk: what waits, by its clock; one question, taken, answered or given on; an answer for everybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.notices.access import language_of
from gatepass.centre.notices.answers import find
from gatepass.centre.notices.models import Notice
from gatepass.centre.paging import Pages
from gatepass.centre.people.protection.access import note_opened, note_seen
from gatepass.centre.questions import actions
from gatepass.centre.questions.access import WAITING, access_question, access_questions, colleagues
from gatepass.centre.questions.foretelling import kept_in_words
from gatepass.centre.questions.forms import AnswerForm, ApproveForm, HandOverForm, QuestionFilter
from gatepass.centre.questions.models import Question
from gatepass.centre.questions.words import given, suggestions

PAGE = 50
MOST_EXPORTED = 10_000
SHORT = 90


def _chosen(request: HttpRequest, user: User, page: str) -> tuple[QuestionFilter, QuerySet[Question]]:
    form = QuestionFilter(request.GET)
    found = access_questions(user, page)
    if not form.is_valid():
        return form, found.none()
    state, language = form.cleaned_data["state"], form.cleaned_data["language"]
    if language:
        found = found.filter(language=language)
    if state in {"", "mine"}:
        found = found.filter(state__in=WAITING)
        return form, found.filter(claimed_by=user) if state == "mine" else found
    return form, found.filter(state=state).order_by("-id")


@never_cache
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form, found = _chosen(request, user, "questions")
    page = Pages(found, PAGE).get_page(request.GET.get("page"))
    note_seen(user, [one.resident for one in page if one.resident], "questions")
    context = {
        "form": form,
        "page": page,
        "lines": [(one, _shortened(str(one.words))) for one in page],
        "now": timezone.now(),
        "anything": access_questions(user).exists(),
    }
    return render(request, "questions/questions.html", context)


def _shortened(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"


@require_GET
def questions_export(request: HttpRequest) -> HttpResponse:
    """Figures of the desk: numbers and times, no words of anybody."""
    user = asking(request)
    _form, found = _chosen(request, user, "questions_export")
    rows = list(found[:MOST_EXPORTED])
    with transaction.atomic():
        record(user, "question:export", "questions:many", count=len(rows))
    header = (
        _("Number"), _("Place"), _("Language"), _("Asked"), _("State"), _("Asked at"), _("Answer due"), _("On it"),
        _("Answered at"), _("Approved answer"),
    )  # fmt: skip
    cells = (
        (
            one.pk, one.site.name, one.get_language_display(), one.get_source_display(), one.get_state_display(),
            one.asked_at.isoformat(timespec="seconds"), one.due_at.isoformat(timespec="seconds"),
            one.claimed_by.full_name if one.claimed_by else "",
            one.answered_at.isoformat(timespec="seconds") if one.answered_at else "", one.notice_id or "",
        )
        for one in rows
    )  # fmt: skip
    return table_response(request, "questions", header, cells)


@never_cache
@require_GET
def question(request: HttpRequest, question: int) -> HttpResponse:
    user = asking(request)
    found = access_question(user, question)
    if found.resident is not None:
        note_opened(user, found.resident, "question")
    language = get_language() or "zh-hans"
    approved = suggestions(find(str(found.words), [found.site_id]), language)
    mine = found.claimed_by_id == user.pk
    others = [(one.pk, one.full_name) for one in colleagues(user, found)] if mine and found.is_waiting else []
    context = {
        "question": found,
        "foretold": kept_in_words(found.foretold, language),
        "given": given(found, language_of(language)),
        "moves": found.moves.select_related("by", "to"),
        "mine": mine,
        "late": found.is_waiting and found.due_at < timezone.now(),
        "answer_form": AnswerForm([(one.id, one.question) for one in approved]),
        "hand_over_form": HandOverForm(others),
        "may_approve": may_open(user, "question_approve"),
        "languages_by_code": dict(settings.LANGUAGES),
    }
    return render(request, "questions/question.html", context)


Page = Callable[..., HttpResponse]


def _back(view: Page) -> Page:
    """A refusal is said on the page of the question."""

    @wraps(view)
    def answered(request: HttpRequest, question: int) -> HttpResponse:
        try:
            return view(request, question)
        except RefusedError as refused:
            messages.error(request, refused.sentence)
            return redirect("question", question)

    return answered


@require_POST
@_back
def question_claim(request: HttpRequest, question: int) -> HttpResponse:
    user = asking(request)
    actions.claim(user, access_question(user, question, "question_claim"))
    return redirect("question", question)


@require_POST
@_back
def question_hand_over(request: HttpRequest, question: int) -> HttpResponse:
    user = asking(request)
    found = access_question(user, question, "question_hand_over")
    to = request.POST.get("to", "")
    colleague = User.objects.filter(pk=int(to), is_active=True).first() if to.isascii() and to.isdecimal() else None
    if to and colleague is None:
        raise RefusedError("question_colleague")
    actions.hand_over(user, found, colleague, request.POST.get("note", ""))
    return redirect("questions")


@require_POST
@_back
def question_answer(request: HttpRequest, question: int) -> HttpResponse:
    user = asking(request)
    found = access_question(user, question, "question_answer")
    chosen = request.POST.get("notice", "")
    possible = {one.id for one in find(str(found.words), [found.site_id])}
    notice = None
    if chosen.isascii() and chosen.isdecimal() and int(chosen) in possible:
        notice = Notice.objects.filter(pk=int(chosen)).first()
    actions.answer(user, found, request.POST.get("words", ""), notice)
    messages.success(request, _("The answer has been sent."))
    return redirect("question", question)


@require_POST
@_back
def question_close(request: HttpRequest, question: int) -> HttpResponse:
    user = asking(request)
    actions.close(user, access_question(user, question, "question_close"))
    return redirect("questions")


@never_cache
@require_http_methods(["GET", "POST"])
@_back
def question_approve(request: HttpRequest, question: int) -> HttpResponse:
    """Begin a notice of it. It becomes public as every notice does: reviewed by somebody else, in each language."""
    user = asking(request)
    found = access_question(user, question, "question_approve")
    if found.state != Question.State.ANSWERED:
        raise RefusedError("question_open")
    if found.notice_id is not None:
        return redirect("notice", found.notice_id)
    first = {"language": found.language, "body": str(found.answer or ""), "title": _shortened(str(found.words))}
    form = ApproveForm(user, "question_approve", request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            notice = actions.approve(user, found, form.text(), form.cleaned_data["language"], form.chosen())
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Begun. Somebody else reviews it, and it is translated, before it is public."))
            return redirect("notice", notice.pk)
    return render(request, "questions/approve.html", {"question": found, "form": form})

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.mandates.access import access_own
from gatepass.centre.people.protection.access import note_opened, note_seen
from gatepass.centre.surveys import actions
from gatepass.centre.surveys.access import access_replies, access_survey, access_surveys
from gatepass.centre.surveys.figures import completed, completion
from gatepass.centre.surveys.forms import ReplyForm, SurveyForm
from gatepass.centre.surveys.models import Reply

PAGE = 100


@never_cache
@require_GET
def surveys(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    page = Paginator(access_surveys(user), 20).get_page(request.GET.get("page"))
    whole = completed(page)
    lines = [(one, whole[one.pk]) for one in page]
    context = {"page": page, "lines": lines, "may_make": may_open(user, "survey_new")}
    return render(request, "surveys/surveys.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def survey_new(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = SurveyForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            survey = actions.open_survey(user, facts["company"] or facts["community"], facts["due_on"])
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("survey", survey.pk)
    return render(request, "surveys/new.html", {"form": form})


@never_cache
@require_GET
def survey(request: HttpRequest, survey: int) -> HttpResponse:
    """Completion for whoever makes surveys; the list of people for those who may answer for them."""
    user = asking(request)
    found = access_survey(user, survey)
    lines, whole = completion(found.replies.all())
    replies = access_replies(user, found, "survey_answer")
    state = request.GET.get("state", "")
    if state in {*Reply.State.values, "waiting"}:
        replies = replies.filter(state="" if state == "waiting" else state)
    page = Paginator(replies.order_by("state", "id"), PAGE).get_page(request.GET.get("page"))
    note_seen(user, [one.resident for one in page if one.resident], "survey")
    context = {
        "survey": found,
        "lines": lines,
        "whole": whole,
        "page": page,
        "state": state,
        "states": [("", _("Everybody")), ("waiting", _("No answer yet")), *Reply.State.choices],
        "may_answer": may_open(user, "survey_answer"),
        "may_make": access_surveys(user, "survey_remind").filter(pk=found.pk).exists(),
        "may_export": may_open(user, "survey_export"),
    }
    return render(request, "surveys/survey.html", context)


@require_GET
def survey_export(request: HttpRequest, survey: int) -> HttpResponse:
    user = asking(request)
    found = access_survey(user, survey, "survey_export")
    replies = list(access_replies(user, found, "survey_export"))
    note_seen(user, [one.resident for one in replies if one.resident], "survey_export")
    with transaction.atomic():
        record(user, "survey:export", found, count=len(replies))
    header = (
        _("Name"),
        _("Site"),
        _("Address"),
        _("Where"),
        _("Place"),
        _("Returns on"),
        _("Answered"),
        _("Reminders"),
    )
    rows = (
        (
            one.name, one.resident.site.name if one.resident else "", one.resident.home if one.resident else "",
            one.get_state_display() if one.state else _("No answer yet"), str(one.place or ""), one.returns_on or "",
            one.answered_at.isoformat(timespec="minutes") if one.answered_at else "", one.reminders,
        )
        for one in replies
    )  # fmt: skip
    return table_response(request, f"survey-{found.pk}", header, rows)


@never_cache
@require_http_methods(["GET", "POST"])
def survey_answer(request: HttpRequest, survey: int, reply: int) -> HttpResponse:
    user = asking(request)
    found = access_survey(user, survey, "survey_answer")
    row = get_object_or_404(access_replies(user, found, "survey_answer"), pk=reply)
    if row.resident is not None:
        note_opened(user, row.resident, "survey_answer")
    manner = Reply.Manner.EMPLOYER if row.colleague_id else Reply.Manner.DESK
    form = _form(request, row)
    if request.method == "POST" and form.is_valid() and _answered(form, row, user, manner):
        return redirect("survey", survey)
    return render(request, "surveys/answer.html", {"survey": found, "reply": row, "form": form})


@require_POST
def survey_remind(request: HttpRequest, survey: int) -> HttpResponse:
    user = asking(request)
    try:
        count = actions.remind(user, access_survey(user, survey, "survey_remind"))
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(
            request, _("Written to: %(count)s. Who has no telephone here is asked at the desk.") % {"count": count}
        )
    return redirect("survey", survey)


@require_POST
def survey_close(request: HttpRequest, survey: int) -> HttpResponse:
    user = asking(request)
    try:
        actions.close(user, access_survey(user, survey, "survey_close"))
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("survey", survey)


@never_cache
@require_http_methods(["GET", "POST"])
def my_survey(request: HttpRequest, resident: int, survey: int) -> HttpResponse:
    """On the phone: for oneself, or for somebody for whom one acts."""
    applicant = asking_applicant(request)
    mandate = access_own(applicant, resident)
    row = Reply.objects.select_related("survey").filter(survey=survey, resident=mandate.resident).first()
    if row is None:
        raise Http404
    form = _form(request, row)
    if request.method == "POST" and form.is_valid() and _answered(form, row, applicant, Reply.Manner.PHONE):
        messages.success(request, _("Thank you. You can change it until the survey is closed."))
        return redirect("my_person", mandate.resident_id)
    return render(request, "surveys/my.html", {"person": mandate.resident, "reply": row, "form": form})


def _form(request: HttpRequest, row: Reply) -> ReplyForm:
    first = {"state": row.state or None, "place": row.place or "", "returns_on": row.returns_on}
    return ReplyForm(request.POST or None, initial=first)


def _answered(form: ReplyForm, row: Reply, by, manner: Reply.Manner) -> bool:
    facts = form.cleaned_data
    try:
        actions.answer(
            by, row, Reply.State(facts["state"]), place=facts["place"], returns_on=facts["returns_on"], manner=manner
        )
    except RefusedError as refused:
        form.add_error("returns_on" if refused.code == "survey_return" else None, refused.sentence)
        return False
    return True

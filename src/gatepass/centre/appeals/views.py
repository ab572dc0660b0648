"""The office's side of objections: a list with a clock, the words, what is known, the answer."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.appeals.access import access_appeal, access_appeals
from gatepass.centre.appeals.actions import MOST_WORDS, answer_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.paging import Pages
from gatepass.centre.people.protection.access import note_opened, note_seen

PAGE = 50
State = Appeal.State


class AnswerForm(forms.Form):
    granted = forms.TypedChoiceField(
        label=gettext_lazy("The objection is"),
        choices=(("yes", gettext_lazy("right: what was wrong has been corrected")), ("no", gettext_lazy("not right"))),
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer to the person"),
        max_length=MOST_WORDS,
        help_text=gettext_lazy("In plain words and in their language: what was looked at, and what happens now."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


@require_GET
def appeals(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    state = request.GET.get("state", State.OPEN)
    chosen = access_appeals(user).filter(state=state if state in State.values else State.OPEN)
    page = Pages(chosen if state == State.OPEN else chosen.order_by("-answered_at"), PAGE).get_page(
        request.GET.get("page")
    )
    note_seen(user, [one.resident for one in page], "appeals")
    context = {"page": page, "state": state, "states": State.choices, "now": timezone.now()}
    return render(request, "appeals/appeals.html", context)


@require_GET
def appeals_export(request: HttpRequest) -> HttpResponse:
    rows = (
        (one.pk, one.resident.site.name, one.about, one.colour, one.reason, one.state,
         one.sent_at.isoformat(timespec="seconds"), one.due_at.isoformat(timespec="seconds"),
         one.answered_at.isoformat(timespec="seconds") if one.answered_at else "")
        for one in access_appeals(asking(request), "appeals_export")
    )  # fmt: skip
    header = ("id", "site", "about", "colour", "reason", "state", "sent_at", "due_at", "answered_at")
    return csv_response("objections", header, rows)


@never_cache
@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, appeal: int) -> HttpResponse:
    user = asking(request)
    found = access_appeal(user, appeal)
    note_opened(user, found.resident, "appeal")
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            answer_appeal(user, found, granted=facts["granted"], answer=facts["answer"])
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The answer has been sent."))
            return redirect("appeals")
    context = {
        "appeal": found,
        "person": found.resident,
        "code": getattr(found.resident, "code", None),
        "facts": found.resident.facts.filter(withdrawn_at=None)[:20],
        "form": form,
        "may_colour": may_open(user, "resident_colour"),
        "late": found.state == State.OPEN and found.due_at < timezone.now(),
    }
    return render(request, "appeals/appeal.html", context)

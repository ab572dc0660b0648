"""Residents on their own phone. Everything is for the person, or for who stands in for them by law; other helpers are
told to ask at the desk: a daughter who shows the code need not know where her mother was."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.audit.actions import record
from gatepass.centre.codes.papers import PaperError
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.access import access_own
from gatepass.centre.mandates.models import Consent, Mandate, Relation
from gatepass.centre.privacy.actions import MOST_WORDS, send_request, withdraw_request
from gatepass.centre.privacy.held import held, looks
from gatepass.centre.privacy.models import Request
from gatepass.centre.privacy.printing import held_pdf
from gatepass.centre.privacy.views.staff import as_file, as_json, handed_out


class AskForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What do you ask?"), choices=Request.Kind.choices)
    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        max_length=MOST_WORDS,
        required=False,
        help_text=gettext_lazy("What is wrong and how it should read, or what you do not want and why."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _sees_everything(mandate: Mandate) -> bool:
    return mandate.relation == Relation.SELF or mandate.consent == Consent.BY_LAW


def _own(request: HttpRequest, resident: int) -> Mandate:
    mandate = access_own(asking_applicant(request), resident)
    if not _sees_everything(mandate):
        raise Http404
    return mandate


@never_cache
@require_http_methods(["GET", "POST"])
def my_data(request: HttpRequest, resident: int) -> HttpResponse:
    applicant = asking_applicant(request)
    mandate = access_own(applicant, resident)
    person, whole = mandate.resident, _sees_everything(mandate)
    form = AskForm(request.POST if "kind" in request.POST else None)
    if request.method == "POST" and whole:
        try:
            if request.POST.get("withdraw", "").isdecimal():
                found = person.privacy_requests.filter(pk=int(request.POST["withdraw"])).first()
                if found is not None:
                    withdraw_request(applicant, found)
                return redirect("my_data", person.pk)
            if form.is_valid():
                send_request(applicant, person, Request.Kind(form.cleaned_data["kind"]), form.cleaned_data["words"])
                messages.success(request, _("Sent. You get a message when it is answered."))
                return redirect("my_data", person.pk)
        except RefusedError as refused:
            if form.is_bound:
                form.add_error(None, refused.sentence)
            else:
                messages.error(request, refused.sentence)
    if whole and request.method == "GET":
        with transaction.atomic():
            record(applicant, "privacy:show", person)
    context = {
        "person": person,
        "whole": whole,
        "sections": held(person, passages=True) if whole else [],
        "looks": looks(person)[:30] if whole else [],
        "requests": person.privacy_requests.order_by("-id")[:10] if whole else [],
        "form": form,
        "now": timezone.now(),
    }
    return render(request, "privacy/my_data.html", context)


@never_cache
@require_GET
def my_data_pdf(request: HttpRequest, resident: int) -> HttpResponse:
    person = _own(request, resident).resident
    try:
        content = held_pdf(person, passages=True)
    except PaperError as error:
        messages.error(request, error.sentence)
        return redirect("my_data", person.pk)
    return handed_out(asking_applicant(request), person, "pdf", as_file(content, "application/pdf", "held.pdf"))


@never_cache
@require_GET
def my_data_json(request: HttpRequest, resident: int) -> HttpResponse:
    person = _own(request, resident).resident
    return handed_out(asking_applicant(request), person, "json", as_json(person))

"""The office's side: applications that wait, and the declaration at the desk for whoever has no phone."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.applications import actions
from gatepass.centre.applications.access import access_application, access_applications
from gatepass.centre.applications.facts import ApplicationFacts, unpacked
from gatepass.centre.applications.forms import Told
from gatepass.centre.applications.models import Application
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.facts.actions import Source
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.paging import Pages
from gatepass.centre.people.access import access_resident, access_residents
from gatepass.centre.people.duplicates import Candidate, Sought, find_duplicates
from gatepass.centre.people.protection.access import note_seen
from gatepass.identity import Document
from gatepass.identity.masking import mask_number
from gatepass.identity.names import Name

PAGE = 50
State = Application.State


@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    state = request.GET.get("state", State.SENT)
    chosen = access_applications(user).filter(state=state if state in State.values else State.SENT)
    page = Pages(chosen if state == State.SENT else chosen.order_by("-decided_at", "-id"), PAGE)
    lines = [(one, unpacked(str(one.facts))) for one in page.get_page(request.GET.get("page"))]
    note_seen(user, [one.resident for one, _told in lines if one.resident], "applications")
    context = {"lines": lines, "page": page.get_page(request.GET.get("page")), "state": state, "states": State.choices}
    return render(request, "applications/applications.html", context)


@require_GET
def applications_export(request: HttpRequest) -> HttpResponse:
    """Figures and states, no names: whoever needs a name opens the application."""
    rows = (
        (one.pk, one.site.name, one.relation, one.consent, one.state, one.refusal,
         one.sent_at.isoformat(timespec="seconds"),
         one.decided_at.isoformat(timespec="seconds") if one.decided_at else "")
        for one in access_applications(asking(request), "applications_export")
    )  # fmt: skip
    header = ("id", "site", "relation", "consent", "state", "refusal", "sent_at", "decided_at")
    return csv_response("applications", header, rows)


@never_cache
@require_GET
def application(request: HttpRequest, application: int) -> HttpResponse:
    user = asking(request)
    found = access_application(user, application)
    told = unpacked(str(found.facts))
    candidates = _candidates(request, told) if found.state == State.SENT else []
    note_seen(user, [candidate.resident for candidate in candidates], "application")
    context = {
        "application": found,
        "told": told,
        "number": mask_number(told.kind, told.number),
        "candidates": candidates,
        "known": next((one for one in candidates if one.same_document), None),
        "refusals": Application.Refusal.choices,
        "may_decide": may_open(user, "application_decide"),
    }
    return render(request, "applications/application.html", context)


@require_POST
def application_decide(request: HttpRequest, application: int) -> HttpResponse:
    user = asking(request)
    found = access_application(user, application, "application_decide")
    try:
        if request.POST.get("refuse") in Application.Refusal.values:
            actions.refuse(user, found, Application.Refusal(request.POST["refuse"]))
            messages.success(request, _("The application is refused, and the applicant has been told why."))
        else:
            chosen = request.POST.get("resident", "")
            resident = access_resident(user, int(chosen), "resident") if chosen.isdecimal() else None
            person = actions.approve(user, found, resident)
            messages.success(request, _("Approved. The colour follows within seconds; the applicant has been told."))
            if access_residents(user, "resident").filter(pk=person.pk).exists():
                return redirect("resident", person.pk)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
        return redirect("application", found.pk)
    return redirect("applications")


class AtTheDesk(forms.Form):
    consent = forms.ChoiceField(
        label=gettext_lazy("The person agrees"),
        choices=[
            (Consent.TOLD_STAFF, gettext_lazy("They stand here and said so")),
            (Consent.ON_PAPER, gettext_lazy("They signed a paper, which the office keeps")),
            (Consent.BY_LAW, gettext_lazy("A guardian by law acts for them")),
        ],
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "POST"])
def resident_declare(request: HttpRequest, resident: int) -> HttpResponse:
    """For an elder without a phone: staff write down what they say. The code is used with the ID card alone."""
    user = asking(request)
    person = access_resident(user, resident, "resident_declare")
    told, desk = Told(request.POST or None), AtTheDesk(request.POST or None)
    if request.method == "POST" and all([told.is_valid(), desk.is_valid()]):
        entrust(user, person, user, Relation.SOCIAL_WORKER, Consent(desk.cleaned_data["consent"]))
        actions.record_declaration(user, person, told.form.declaration(), told.told_stays(), source=Source.HELPER)
        messages.success(
            request,
            _("The declaration is recorded. The colour follows within seconds; then the ID card opens the gate."),
        )
        return redirect("resident", person.pk)
    return render(request, "applications/declare.html", {"person": person, "told": told, "desk": desk})


def _candidates(request: HttpRequest, told: ApplicationFacts) -> list[Candidate]:
    document: Document = told.document
    sought = Sought(
        Name(told.full_name, told.latin_name), document.holder.birth, told.nationality, documents=(document,)
    )
    return find_duplicates(asking(request), sought)

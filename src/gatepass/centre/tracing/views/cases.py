"""The list of cases, opening one, and the page of a case with its two-person verbs."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.tracing import actions
from gatepass.centre.tracing.access import access_cases, access_extension, access_index_persons, how_many_hidden
from gatepass.centre.tracing.finding import count_contacts
from gatepass.centre.tracing.forms import CaseFilter, CaseForm, ExtensionForm, IndexPersons
from gatepass.centre.tracing.listing import narrowed_words
from gatepass.centre.tracing.models import Case, Extension, HandOver
from gatepass.centre.tracing.views import back_to_the_case, case_asked_for
from gatepass.centre.tracing.words import BASES, basis_words

PAGE = 50


@never_cache
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    actions.close_expired(timezone.now())
    form = CaseFilter(request.GET)
    everything = access_cases(user)
    page = Paginator(form.cases(everything, user), PAGE).get_page(request.GET.get("page"))
    # What a colleague wrote about contacts goes with the case's time, as everything in it.
    open_ones = everything.filter(state=Case.State.OPEN, expires_at__gt=timezone.now())
    offered = HandOver.objects.filter(taker=user, state=HandOver.State.OFFERED, case__in=open_ones)
    context = {"page": page, "form": form, "anything": everything.exists(), "offered": offered.select_related("giver")}
    return render(request, "tracing/cases.html", context)


@require_GET
def cases_export(request: HttpRequest) -> HttpResponse:
    """Which cases there are and who opened and confirmed them; nothing of what they found."""
    user = asking(request)
    found = CaseFilter(request.GET).cases(access_cases(user, "cases_export"), user)
    with transaction.atomic():
        record(user, "case:export_list", "case:many", count=found.count())
    header = (
        *(
            _("Tracing case"),
            _("State"),
            _("Whose gates"),
            _("Legal basis"),
            _("Opened"),
            _("Opened by"),
            _("Confirmed by"),
        ),
        *(_("Closes by itself"), _("Closed"), _("Contacts")),
    )
    rows = (
        (
            one.pk, one.get_state_display(), one.community or _("The whole town"), basis_words(one.legal_basis),
            one.opened_at.isoformat(timespec="minutes"), one.opened_by.full_name,
            one.confirmed_by.full_name if one.confirmed_by else "", one.expires_at.isoformat(timespec="minutes"),
            one.closed_at.isoformat(timespec="minutes") if one.closed_at else "",
            "" if one.candidates is None else one.candidates,
        )
        for one in found
    )  # fmt: skip
    return csv_response("cases", header, rows)


@never_cache
@require_http_methods(["GET", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = CaseForm(user, request.POST or None)
    persons = IndexPersons(request.POST or None, prefix="person")
    if request.method == "POST" and form.is_valid() and persons.is_valid():
        documents = [one.cleaned_data["document"] for one in persons if one.has_changed()]
        if not documents:
            form.add_error(None, _("Say by a document for whom the case is."))
        else:
            try:
                case = actions.open_case(user, form.facts(timezone.now()), documents)
            except RefusedError as refused:
                form.add_error(None, refused.sentence)
            else:
                messages.success(request, _("The case waits for a second person. Tell a colleague."))
                return redirect("case", case.pk)
    return render(request, "tracing/new.html", {"form": form, "persons": persons})


@never_cache
@require_GET
def case_page(request: HttpRequest, case: int) -> HttpResponse:
    user, found = case_asked_for(request, case, "case")
    is_open = found.is_open_at(timezone.now())
    waiting = found.extensions.filter(state=Extension.State.ASKED).select_related("asked_by").first()
    context = {
        "case": found,
        "is_open": is_open,
        "narrowed": narrowed_words(found.narrowed_to_s) if found.narrowed_to_s else "",
        "own": found.opened_by_id == user.pk,
        "basis": basis_words(found.legal_basis),
        "known_basis": found.legal_basis in BASES,
        "index": access_index_persons(user, found),
        "hidden": how_many_hidden(user, found) if is_open else 0,
        "waiting": waiting,
        "own_extension": waiting is not None and waiting.asked_by_id == user.pk,
        "extensions": found.extensions.exclude(state=Extension.State.ASKED).select_related("asked_by", "answered_by"),
        "extension_form": ExtensionForm(),
        "offers": found.hand_overs.filter(taker=user, state=HandOver.State.OFFERED).select_related("giver")
        if is_open
        else (),
        "given": found.hand_overs.filter(giver=user).select_related("taker") if is_open else (),
    }
    return render(request, "tracing/case.html", context)


@require_POST
@back_to_the_case
def case_answer(request: HttpRequest, case: int) -> HttpResponseBase:
    """The second person's word; of whoever opened it, only taking it back."""
    user, found = case_asked_for(request, case, "case_answer")
    if request.POST.get("answer") == "confirm":
        actions.confirm_case(user, found)
        messages.success(request, _("The case is open. Begin with the count."))
    elif request.POST.get("answer") == "refuse":
        actions.refuse_case(user, found)
        messages.success(request, _("The case does not open."))
    return redirect("case", case)


@require_POST
@back_to_the_case
def case_close(request: HttpRequest, case: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "case_close")
    actions.close_case(user, found)
    messages.success(request, _("The case is closed. Nobody can read what it found any more."))
    return redirect("case", case)


@require_POST
@back_to_the_case
def case_extend(request: HttpRequest, case: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "case_extend")
    form = ExtensionForm(request.POST)
    if not form.is_valid():
        raise RefusedError("case_facts", field="expires_at" if "days" in form.errors else "reason")
    until = timezone.now() + timedelta(days=form.cleaned_data["days"])
    actions.ask_for_extension(user, found, until, form.cleaned_data["reason"])
    messages.success(request, _("Asked for more time. A colleague has to grant it."))
    return redirect("case", case)


@require_POST
@back_to_the_case
def case_extension(request: HttpRequest, case: int, extension: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "case_extension")
    asked = access_extension(user, found, extension)
    if request.POST.get("answer") == "grant":
        actions.grant_extension(user, asked)
    elif request.POST.get("answer") == "refuse":
        actions.refuse_extension(user, asked)
    return redirect("case", case)


@require_POST
@back_to_the_case
def case_count(request: HttpRequest, case: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "case_count")
    total = count_contacts(user, found)
    said = ngettext("%(n)d person may have been near.", "%(n)d people may have been near.", total)
    messages.success(request, said % {"n": total})
    return redirect("case", case)

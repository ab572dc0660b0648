"""The residents' own pages about helping: offer it, answer what one was asked, say how long it took."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.access import mandates_of
from gatepass.centre.mandates.models import Relation
from gatepass.centre.rosters.words import clock_word, language_word, languages_word
from gatepass.centre.volunteers import actions
from gatepass.centre.volunteers.access import access_own_ask, minutes_of, own_volunteer
from gatepass.centre.volunteers.forms import DoneForm, OfferForm
from gatepass.centre.volunteers.models import Ask, Kind, Task, Volunteer
from gatepass.centre.volunteers.views import hours_words


@never_cache
@require_GET
def my_helping(request: HttpRequest) -> HttpResponse:
    applicant = asking_applicant(request)
    volunteer = own_volunteer(applicant)
    open_states = (Ask.State.ASKED, Ask.State.ACCEPTED)
    asks = volunteer.asks.filter(state__in=open_states).select_related("task__site") if volunteer else ()
    shown = (Task.State.OPEN, Task.State.TAKEN)
    context = {
        "volunteer": volunteer,
        "may_offer": mandates_of(applicant).filter(relation=Relation.SELF).exists(),
        "spoken": languages_word(volunteer.languages) if volunteer else "",
        "hours": hours_words(volunteer) if volunteer else [],
        "asks": [
            {"ask": one, "language": language_word(one.task.language), "mine": one.state == Ask.State.ACCEPTED,
             "when": clock_word(one.task.begins_at, one.task.ends_at, one.task.site.zone)}
            for one in asks if one.task.state in shown
        ],
        "minutes": minutes_of(volunteer) if volunteer else 0,
        "done": DoneForm(),
        "takes_calls": volunteer is not None
        and volunteer.state == Volunteer.State.CONFIRMED
        and Kind.CALLS in volunteer.kinds,
        "stays": volunteer is not None and volunteer.state in {Volunteer.State.APPLIED, Volunteer.State.CONFIRMED},
    }  # fmt: skip
    return render(request, "volunteers/my_helping.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def my_help_offer(request: HttpRequest) -> HttpResponse:
    applicant = asking_applicant(request)
    form = OfferForm(request.POST or None, volunteer=own_volunteer(applicant))
    if request.method == "POST" and form.is_valid():
        try:
            actions.offer_help(applicant, form.offer())
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Thank you. Your offer is on record."))
            return redirect("my_helping")
    return render(request, "volunteers/my_offer.html", {"form": form})


@require_POST
def my_help_answer(request: HttpRequest, ask: int) -> HttpResponse:
    applicant = asking_applicant(request)
    found = access_own_ask(applicant, ask)
    done = DoneForm(request.POST)
    try:
        if "yes" in request.POST:
            actions.accept_task(applicant, found)
        elif "no" in request.POST:
            actions.decline_task(applicant, found)
        elif found.state == Ask.State.ACCEPTED and done.is_valid():
            actions.finish_task(applicant, found.task, done.cleaned_data["minutes"])
            messages.success(request, _("Thank you. Your time is counted."))
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("my_helping")


@require_POST
def my_help_end(request: HttpRequest) -> HttpResponse:
    applicant = asking_applicant(request)
    volunteer = own_volunteer(applicant)
    if volunteer is not None:
        actions.leave(applicant, volunteer)
    return redirect("my_helping")

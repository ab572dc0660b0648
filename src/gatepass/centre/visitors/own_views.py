"""The residents' own pages: invite, pass the link on, take back, say whether somebody at the gate is expected."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.access import access_own, mandates_of
from gatepass.centre.pictures import qr
from gatepass.centre.visitors import actions
from gatepass.centre.visitors.access import access_own_invitation, asked_of, own_invitations, received_by
from gatepass.centre.visitors.forms import InvitationForm
from gatepass.centre.visitors.models import Invitation
from gatepass.centre.visitors.words import closed_until, times_word

_SHOWN = 20


@never_cache
@require_GET
def my_visitors(request: HttpRequest) -> HttpResponse:
    applicant = asking_applicant(request)
    standing = own_invitations(applicant).filter(ends_at__gt=timezone.now()).exclude(state=Invitation.State.ENDED)
    context = {
        "asked": asked_of(applicant),
        "invitations": [(one, times_word(one)) for one in standing],
        "visits": received_by(applicant)[:_SHOWN],
        "people": [(mandate.resident, closed_until(mandate.resident)) for mandate in mandates_of(applicant)],
    }
    return render(request, "visitors/my_visitors.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def my_visitor_invite(request: HttpRequest, resident: int) -> HttpResponse:
    applicant = asking_applicant(request)
    host = access_own(applicant, resident).resident
    known = {name: request.GET[name] for name in InvitationForm.base_fields if name in request.GET}
    form = InvitationForm(host, request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.invite(applicant, host, form.facts())
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("my_visitor", made.pk)
    return render(request, "visitors/my_invite.html", {"form": form, "host": host})


@never_cache
@require_GET
def my_visitor(request: HttpRequest, invitation: int) -> HttpResponse:
    found = access_own_invitation(asking_applicant(request), invitation)
    address = actions.address_of(found)
    over = found.state == Invitation.State.ENDED or found.ends_at <= timezone.now()
    context = {
        "invitation": found, "times": times_word(found), "address": address, "over": over,
        "picture": "" if over else qr(address),
    }  # fmt: skip
    return render(request, "visitors/my_visitor.html", context)


@require_POST
def my_visitor_end(request: HttpRequest, invitation: int) -> HttpResponse:
    applicant = asking_applicant(request)
    found = access_own_invitation(applicant, invitation)
    try:
        actions.end_invitation(applicant, found)
        messages.success(request, _("Taken back. The gates know it within seconds."))
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("my_visitors")


@require_POST
def my_visit_answer(request: HttpRequest, visit: int) -> HttpResponse:
    applicant = asking_applicant(request)
    found = get_object_or_404(asked_of(applicant), pk=visit)
    try:
        actions.answer(applicant, found, expected="yes" in request.POST)
        messages.success(request, _("Thank you. The guard sees your answer now."))
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("my_visitors")

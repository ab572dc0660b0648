"""Visitors as staff see them: who is inside now, who for too long, what was; and invitations for a resident."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.paging import Pages
from gatepass.centre.passages.words import active_language
from gatepass.centre.people.access import access_resident
from gatepass.centre.visitors import actions, intake
from gatepass.centre.visitors.access import access_invitations, access_visits, overstayed
from gatepass.centre.visitors.forms import InvitationForm, VisitFilter
from gatepass.centre.visitors.models import Invitation, Visit
from gatepass.centre.visitors.words import times_word
from gatepass.policy.reasons import REASONS, RESOLUTIONS

PAGE = 50


def _filtered(request: HttpRequest, page: str) -> tuple[VisitFilter, QuerySet[Visit]]:
    user = asking(request)
    form = VisitFilter(user, page, request.GET)
    found = access_visits(user, page)
    told = form.cleaned_data if form.is_valid() else {}
    state = told.get("state", "")
    if state == "over":
        found = found.filter(overstayed(timezone.now()))
    elif state != "all":
        found = found.filter(state=state or Visit.State.INSIDE)
    if told.get("site"):
        found = found.filter(site=told["site"])
    if told.get("day"):
        zone = timezone.get_current_timezone()
        begins = datetime.combine(told["day"], time(0), zone)
        found = found.filter(at__gte=begins, at__lt=begins + timedelta(days=1))
    return form, found


@never_cache
@require_GET
def visitors(request: HttpRequest) -> HttpResponse:
    form, found = _filtered(request, "visitors")
    user, now = asking(request), timezone.now()
    everything = access_visits(user, "visitors")
    inside = everything.filter(state=Visit.State.INSIDE).order_by()
    page = Pages(found, PAGE).get_page(request.GET.get("page"))
    with transaction.atomic():
        record(user, "visitor:list", "visit:many", count=len(page.object_list))
    context = {
        "form": form,
        "page": page,
        "lines": [(one, _is_over(one, now)) for one in page],
        "anything": everything.exists(),
        **inside.aggregate(inside=Count("pk"), over=Count("pk", filter=Q(leaves_by__lt=now))),
        "may_invite": may_open(user, "visitor_invitations"),
    }
    return render(request, "visitors/visitors.html", context)


@require_GET
def visitors_export(request: HttpRequest) -> HttpResponse:
    _form, found = _filtered(request, "visitors_export")
    with transaction.atomic():
        record(asking(request), "visitor:export", "visit:many", count=found.count())
    header = (
        _("Visitor"),
        _("Whom they visit"),
        _("Purpose of the visit"),
        _("Site"),
        _("Gate"),
        _("State"),
        _("Came"),
        _("Left"),
    )
    rows = (
        (one.name, one.whom, one.get_purpose_display(), one.site.name, one.gate.name if one.gate else "",
         one.get_state_display(), _minute(one.came_at), _minute(one.left_at))
        for one in found.iterator(chunk_size=2000)
    )  # fmt: skip
    return table_response(request, "visitors", header, rows)


@never_cache
@require_GET
def visit(request: HttpRequest, visit: int) -> HttpResponse:
    """One visit with everything that the guard wrote. That it was opened is on record."""
    user = asking(request)
    found = get_object_or_404(access_visits(user, "visit"), pk=visit)
    with transaction.atomic():
        record(user, "visitor:open", found)
    language = active_language()
    said = REASONS.get(found.reason)
    resolution = RESOLUTIONS.get(found.reason)
    context = {
        "visit": found,
        "over": _is_over(found, timezone.now()),
        "why": said.texts[language].guard if said else resolution.texts[language] if resolution else "",
        "may_open_resident": found.host_id is not None and may_open(user, "resident"),
    }
    return render(request, "visitors/visit_staff.html", context)


@require_POST
def visit_left(request: HttpRequest, visit: int) -> HttpResponse:
    user = asking(request)
    intake.leave_by_hand(user, get_object_or_404(access_visits(user, "visit_left"), pk=visit))
    return redirect("visit", visit)


@never_cache
@require_GET
def visitor_invitations(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    standing = access_invitations(user).filter(ends_at__gt=timezone.now()).exclude(state=Invitation.State.ENDED)
    page = Pages(standing, PAGE).get_page(request.GET.get("page"))
    with transaction.atomic():
        record(user, "visitor:list", "invitation:many", count=len(page.object_list))
    context = {"page": page, "lines": [(one, times_word(one)) for one in page]}
    return render(request, "visitors/invitations.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def visitor_invite(request: HttpRequest, resident: int) -> HttpResponse:
    """For a resident who has no phone, or asks by telephone."""
    user = asking(request)
    host = access_resident(user, resident, "visitor_invite")
    form = InvitationForm(host, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.invite(user, host, form.facts())
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            if not made.contact:
                messages.success(request, _("The page for the visitor: %(link)s") % {"link": actions.address_of(made)})
            return redirect("visitor_invitations")
    return render(request, "visitors/invite_staff.html", {"form": form, "host": host})


@require_POST
def visitor_invitation_end(request: HttpRequest, invitation: int) -> HttpResponse:
    user = asking(request)
    found = get_object_or_404(access_invitations(user, "visitor_invitation_end"), pk=invitation)
    try:
        actions.end_invitation(user, found)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("visitor_invitations")


def _is_over(visit: Visit, now: datetime) -> bool:
    return visit.state == Visit.State.INSIDE and visit.leaves_by is not None and visit.leaves_by < now


def _minute(moment: datetime | None) -> str:
    return moment.isoformat(timespec="minutes") if moment else ""

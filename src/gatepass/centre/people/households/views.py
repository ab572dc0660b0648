from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.paging import Pages
from gatepass.centre.people.access import access_resident, access_residents
from gatepass.centre.people.households.access import (
    Member,
    access_household,
    access_households,
    access_memberships,
    members_of,
)
from gatepass.centre.people.households.actions import (
    change_household,
    found_household,
    move_household,
    set_relations,
)
from gatepass.centre.people.households.forms import HouseholdFilter, HouseholdForm, MoveForm
from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.protection.access import note_seen

PAGE = 50
MOST_EXPORTED = 50_000
MOST_OFFERED = 50


class HouseholdLine(NamedTuple):
    """A line of the list."""

    pk: int
    label: str
    room: str | None
    site: str
    members: list[Member]


@never_cache
@require_GET
def households(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    everything = access_households(user)
    form = HouseholdFilter(user, request.GET)
    found = form.households(everything, access_residents(user, "residents"))
    shown = found.values_list("pk", "label", "room__path", "site__name")
    page = Pages(shown, PAGE).get_page(request.GET.get("page"))
    living = members_of(user, [pk for pk, *_said in page])
    lines = [HouseholdLine(pk, label, room, site, living[pk]) for pk, label, room, site in page]
    note_seen(user, [member for members in living.values() for member in members], "households")
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "anything": page.paginator.count > 0 or everything.exists(),
        "may_export": may_open(user, "households_export"),
    }
    return render(request, "households/households.html", context)


@require_GET
def households_export(request: HttpRequest) -> HttpResponse:
    """One line for each member, without documents and telephones; on record with its size."""
    user = asking(request)
    form = HouseholdFilter(user, request.GET)
    met = access_residents(user, "households_export")
    found = form.households(access_households(user, "households_export"), met)
    living = Membership.objects.filter(until__isnull=True, household__in=found.order_by().values("pk"))
    living = living.filter(resident__in=met.order_by().values("pk")).order_by("household__label", "household", "id")
    living = living.select_related("household__site__community", "household__room", "resident")[:MOST_EXPORTED]
    rows = [
        (one.household.label, one.household.room or "", one.household.site.community.name, one.household.site.name,
         one.get_relation_display(), one.resident.full_name, one.resident.birth)
        for one in living
    ]  # fmt: skip
    note_seen(user, [one.resident for one in living], "households_export")
    with transaction.atomic():
        record(user, "household:export", "household:many", count=len(rows), filtered=form.narrows)
    header = (_("Household"), _("Room"), _("Community"), _("Site"), _("Relation"), _("Full name"), _("Date of birth"))
    return csv_response("households", header, rows)


@never_cache
@require_http_methods(["GET", "POST"])
def household(request: HttpRequest, household: int) -> HttpResponse:
    """Who lives here, and who is what to whom; changed on the same page."""
    user = asking(request)
    found = access_household(user, household)
    members = access_memberships(user, found, now=True)
    former = access_memberships(user, found, now=False)
    note_seen(user, [one.resident for one in (*members, *former)], "household")
    initial = {"label": found.label, "room": found.room.path if found.room else ""}
    form = HouseholdForm(found, members, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                if form.has_changed():
                    change_household(user, found, form.cleaned_data["label"], form.cleaned_data["place"])
                set_relations(user, found, form.relations())
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("household", found.pk)
    context = {"household": found, "members": members, "former": former, "form": form}
    return render(request, "households/household.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def resident_household(request: HttpRequest, resident: int) -> HttpResponse:
    """Move somebody into a household, or out of one."""
    user = asking(request)
    person = access_resident(user, resident, "resident_household")
    membership = person.membership
    initial = {"label": membership.household.label, "relation": membership.relation} if membership else {}
    form = MoveForm(request.POST or None, initial=initial)
    there = access_households(user, "resident_household").filter(site=person.site)
    if request.method == "POST" and form.is_valid():
        label = form.cleaned_data["label"].strip()
        try:
            with transaction.atomic():
                chosen = there.filter(label=label).first() if label else None
                if label and chosen is None:
                    chosen = found_household(user, person.site, label, person.room)
                move_household(user, person, chosen, form.cleaned_data["relation"])
        except RefusedError as refused:
            form.add_error("label" if refused.code == "household_there" else "relation", refused.sentence)
        else:
            messages.success(request, _("The household is changed."))
            return redirect("resident", person.pk)
    offered = (there.filter(room=person.room) if person.room else there)[:MOST_OFFERED]
    context = {"form": form, "person": person, "membership": membership, "offered": offered}
    return render(request, "households/move.html", context)

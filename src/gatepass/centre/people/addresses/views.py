from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.paging import Pages
from gatepass.centre.people.access import access_residents
from gatepass.centre.people.addresses.access import access_place, access_places
from gatepass.centre.people.addresses.actions import enter_places, remove_place, rename_place
from gatepass.centre.people.addresses.forms import PlaceFilter, PlaceForm, RenameForm
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.addresses.paths import above
from gatepass.centre.people.protection.access import note_seen
from gatepass.centre.sites.access import access_sites

PAGE = 50
MOST_EXPORTED = 400_000
SUGGESTED = 10
Level = Place.Level


@never_cache
@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """The buildings of a site; or, with words, whatever address has them in it."""
    user = asking(request)
    sites = access_sites(user, "places")
    first = sites.filter(Exists(Place.objects.filter(site=OuterRef("pk")))).first() or sites.first()
    data = request.GET if "site" in request.GET else {"site": first.pk if first else ""}
    form = PlaceFilter(user, "places", data)
    found = access_places(user).none()
    site, words = None, ""
    if form.is_valid():
        site, words = form.cleaned_data["site"], form.cleaned_data["words"].strip()
        found = access_places(user).filter(site=site)
        found = found.filter(path__icontains=words) if words else found.filter(level=Level.BUILDING)
    page = Pages(found.order_by("order", "id"), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "site": site,
        "words": words,
        "page": page,
        "lines": [(place, inside) for place, inside in zip(page, _rooms_inside(list(page)), strict=True)],
        "anything": site is not None and access_places(user).filter(site=site).exists(),
        "new": PlaceForm(),
        "may_enter": may_open(user, "place_enter"),
        "may_export": may_open(user, "places_export"),
        "may_import": may_open(user, "import_new"),
    }
    return render(request, "addresses/places.html", context)


def _rooms_inside(some: list[Place]) -> list[int]:
    rooms = Place.objects.filter(level=Level.ROOM).order_by()
    near = dict(rooms.filter(parent__in=some).values_list("parent").annotate(Count("pk")))
    far = dict(rooms.filter(parent__parent__in=some).values_list("parent__parent").annotate(Count("pk")))
    return [near.get(place.pk, 0) + far.get(place.pk, 0) for place in some]


@require_GET
def places_export(request: HttpRequest) -> HttpResponse:
    """Every place of a site, as a list that can be imported again. Nobody's name is in it."""
    user = asking(request)
    form = PlaceFilter(user, "places_export", request.GET)
    rows: list[tuple[Any, ...]] = []
    if form.is_valid():
        site = form.cleaned_data["site"]
        found = access_places(user, "places_export").filter(site=site).select_related("parent__parent")
        for place in found.order_by("order", "id")[:MOST_EXPORTED]:
            around = above(place)
            names = [*around, place.name]
            unit = names[1] if len(names) == 3 or place.level == Level.UNIT else ""
            rows.append((site.name, names[0], unit, place.name if place.level == Level.ROOM else ""))
    with transaction.atomic():
        record(user, "place:export", "place:many", count=len(rows))
    return csv_response("addresses", (_("Site"), _("Building"), _("Unit"), _("Room")), rows)


@require_POST
def place_enter(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    choice = PlaceFilter(user, "place_enter", request.POST)
    form = PlaceForm(request.POST)
    if not (choice.is_valid() and form.is_valid()):
        messages.error(request, _("Name the building at least, with up to 40 characters for each name."))
        return redirect("places")
    site = choice.cleaned_data["site"]
    try:
        new = enter_places(user, site, form.paths())
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("%(count)d new places are on the list.") % {"count": len(new)})
    return redirect(f"{reverse('places')}?site={site.pk}")


@never_cache
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, place: int) -> HttpResponse:
    """What lies in a place, and who lives there as far as the reader may meet them."""
    user = asking(request)
    found = access_place(user, place)
    may_enter = access_places(user, "place_enter").filter(pk=found.pk).exists()
    form = RenameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and may_enter and form.is_valid():
        try:
            rename_place(user, found, form.cleaned_data["name"])
        except RefusedError as refused:
            form.add_error("name", refused.sentence)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("place", found.pk)
    people = access_residents(user, "place").filter(room__in=found.subtree.values("pk")).select_related("room")
    page = Pages(people.order_by("room__order", "full_name", "id"), PAGE).get_page(request.GET.get("page"))
    note_seen(user, page.object_list, "place")
    children = list(found.children.order_by("order", "id"))
    context = {
        "place": found,
        "around": _around(found),
        "children": list(zip(children, _rooms_inside(children), strict=True)),
        "page": page,
        "form": form,
        "may_enter": may_enter,
    }
    return render(request, "addresses/place.html", context)


def _around(found: Place) -> list[Place]:
    around: list[Place] = []
    parent = found.parent
    while parent is not None:
        around.insert(0, parent)
        parent = parent.parent
    return around


@require_POST
def place_remove(request: HttpRequest, place: int) -> HttpResponse:
    user = asking(request)
    found = access_place(user, place, "place_remove")
    site, parent = found.site_id, found.parent_id
    try:
        remove_place(user, found)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
        return redirect("place", found.pk)
    messages.success(request, _("The place is off the list."))
    return redirect("place", parent) if parent else redirect(f"{reverse('places')}?site={site}")


@require_GET
def place_suggest(request: HttpRequest) -> HttpResponse:
    """Rooms of a site whose address has these words in it, for a field that is being filled in."""
    user = asking(request)
    form = PlaceFilter(user, "place_suggest", request.GET)
    if not form.is_valid():
        return JsonResponse({"rooms": []})
    rooms = access_places(user, "place_suggest").filter(site=form.cleaned_data["site"], level=Level.ROOM)
    for word in form.cleaned_data["words"].split():
        rooms = rooms.filter(path__icontains=word)
    return JsonResponse({"rooms": list(rooms.order_by("order").values_list("path", flat=True)[:SUGGESTED])})

"""The board of those who expect people, and what they do: acknowledge, say who is here, look at papers."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.arrivals import actions, proofs
from gatepass.centre.arrivals.access import access_journey, access_journeys, access_proof, access_travellers
from gatepass.centre.arrivals.board import announced, lines_of
from gatepass.centre.arrivals.board_forms import BoardFilter
from gatepass.centre.arrivals.models import Journey, Traveller
from gatepass.centre.arrivals.proof_forms import CheckForm
from gatepass.centre.arrivals.rules import term
from gatepass.centre.arrivals.sampling import sampling_of
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.paging import Pages, read_rows
from gatepass.centre.people.nationality import nationality_word
from gatepass.centre.people.protection.access import note_seen

PAGE = 50
MOST_EXPORTED = 20_000


def _of_site(to: str = "") -> tuple[str, ...]:
    return f"{to}site__name", f"{to}site__time_zone", f"{to}building__name"


# What a line shows and no more: a registration has four fields that are deciphered whenever they are read.
_ROW = ("journey__site", "journey__building", "resident")
_SHOWN = (
    "full_name", "nationality", "language", "state", "arrived_at", "seen", "resident__id",
    "journey__arrives_at", "journey__number",
)  # fmt: skip
_WAITING = ("arrives_at", "acknowledge_by")


@never_cache
@require_GET
def arrivals(request: HttpRequest) -> HttpResponse:
    user, now = asking(request), timezone.now()
    journeys = access_journeys(user, "arrivals")
    form = BoardFilter(user, "arrivals", request.GET)
    everybody = announced(access_travellers(user, "arrivals"), now)
    lines, whole = lines_of(form.narrowed(everybody, standing=False), now)
    chosen = form.narrowed(everybody, standing=True).order_by("journey__arrives_at", "journey", "id")
    page = Pages(chosen.values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    rows = announced(Traveller.objects.all(), now).select_related(*_ROW).only(*_SHOWN, *_of_site("journey__"))
    read_rows(page, rows)
    note_seen(user, [one.resident for one in page if one.resident is not None], "arrivals")
    sent = journeys.filter(state=Journey.State.SENT).order_by("acknowledge_by")
    waiting = list(sent.select_related(None).select_related("site", "building").only(*_WAITING, *_of_site())[:20])
    people = Traveller.objects.filter(journey__in=waiting).order_by().values_list("journey")
    many = dict(people.annotate(Count("pk")))
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "whole": whole,
        "waiting": [(one, many.get(one.pk, 0)) for one in waiting],
        "drafts": list(journeys.filter(state=Journey.State.DRAFT).select_related(None).only("changed_at")[:20]),
        "now": now,
        "term": term(now),
        "may_enter": may_open(user, "arrival_new"),
        "may_work": may_open(user, "arrival_acknowledge"),
    }
    return render(request, "arrivals/board.html", context)


@require_GET
def arrivals_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV, or as XLSX with `as=xlsx`; times in the time of the site, and which that is."""
    user, now = asking(request), timezone.now()
    everybody = announced(access_travellers(user, "arrivals_export"), now).select_related(
        "journey__site__community", "journey__building", "resident"
    )
    form = BoardFilter(user, "arrivals_export", request.GET)
    found = list(form.narrowed(everybody, standing=True).order_by("journey__arrives_at", "id")[:MOST_EXPORTED])
    note_seen(user, [one.resident for one in found if one.resident is not None], "arrivals_export")
    with transaction.atomic():
        record(user, "journey:export", "journey:many", count=len(found))
    header = (
        _("Community"), _("Site"), _("Building"), _("Name"), _("Nationality"), _("Language"), _("Expected on"),
        _("Time zone"), _("Flight or train number"), _("Seats"), _("State"), _("Arrived"), _("Acknowledged"),
    )  # fmt: skip
    rows = (
        (
            journey.site.community.name, journey.site.name, journey.building.name if journey.building else "",
            one.full_name, nationality_word(one.nationality) if one.nationality else "", one.get_language_display(),
            _minute(journey.arrives_at, journey), str(journey.zone), journey.number, journey.seat,
            _standing(one), _minute(one.arrived_at, journey), _minute(journey.acknowledged_at, journey),
        )
        for one in found
        if (journey := one.journey).site is not None
    )  # fmt: skip
    return table_response(request, "arrivals", header, rows)


def _standing(one: Traveller) -> str:
    words = {
        "coming": _("Still to come"),
        "missing": _("Not yet reported"),
        "arrived": _("Arrived"),
        "cancelled": _("Does not come"),
    }
    return words[one.standing]  # type: ignore[attr-defined]


def _minute(moment, journey: Journey) -> str:
    return f"{moment.astimezone(journey.zone):%Y-%m-%d %H:%M}" if moment else ""


@require_POST
def arrival_acknowledge(request: HttpRequest, journey: int) -> HttpResponse:
    user = asking(request)
    found = access_journey(user, journey, "arrival_acknowledge")
    try:
        residents = actions.acknowledge(user, found)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    else:
        count = len(residents)
        said = ngettext(
            "Acknowledged. The gates know %(count)s person now.",
            "Acknowledged. The gates know %(count)s people now.",
            count,
        )
        messages.success(request, said % {"count": count})
    return redirect("arrival", journey)


@require_POST
def arrival_here(request: HttpRequest, journey: int, traveller: int) -> HttpResponse:
    """One of them is here, or does not come, or is to stay at home for a while."""
    user = asking(request)
    found = access_journey(user, journey, "arrival_here")
    row = get_object_or_404(found.travellers, pk=traveller)
    try:
        if "cancel" in request.POST:
            actions.cancel_traveller(user, row)
        elif "quarantine" in request.POST:
            return redirect("quarantine", actions.order_quarantine(user, row).pk)
        else:
            actions.mark_arrived(user, row, Traveller.Seen.STAFF)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("arrival", journey)


@never_cache
@require_http_methods(["GET", "POST"])
def proof_check(request: HttpRequest, journey: int, proof: int) -> HttpResponse:
    user = asking(request)
    found = access_proof(user, journey, proof, "proof_check")
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proofs.check_proof(user, found, form.cleaned_data["outcome"], form.cleaned_data["why"])
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("arrival", journey)
    context = {
        "proof": found,
        "journey": found.traveller.journey,
        "sampling": sampling_of(found),
        "form": form,
        "term": term(found.uploaded_at),
    }
    return render(request, "arrivals/check.html", context)


@never_cache
@require_GET
def proof_file(request: HttpRequest, journey: int, proof: int) -> HttpResponse:
    """The paper itself, to be opened by a program of its own: never shown inside these pages."""
    user = asking(request)
    found = access_proof(user, journey, proof, "proof_file")
    with transaction.atomic():
        record(user, "proof:open", found, journey=journey)
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    ending = "pdf" if found.media_type == "application/pdf" else "jpg"
    response.headers["Content-Disposition"] = f'attachment; filename="paper-{found.pk}.{ending}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response

"""The steps of a registration. Each page has one form, saves it, and leads back to the overview; none needs a script.

Each is served twice, for the phone and for the desk (`on`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gatepass.centre.accounts.access import may_open, roles_of, scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.arrivals import actions, proofs
from gatepass.centre.arrivals.access import own_journeys
from gatepass.centre.arrivals.forms import (
    BeginForm,
    ExplanationForm,
    PhotoForm,
    StayForm,
    TravellerForm,
    WayForm,
    WhereForm,
    stay_initial,
    traveller_initial,
    way_initial,
)
from gatepass.centre.arrivals.itinerary import itineraries
from gatepass.centre.arrivals.models import Journey, Proof, Stay, Traveller
from gatepass.centre.arrivals.proof_forms import ProofForm
from gatepass.centre.arrivals.reading import FIELDS, opened_upload, proof_facts, traveller_from
from gatepass.centre.arrivals.rules import term
from gatepass.centre.arrivals.sampling import sampling_of
from gatepass.centre.arrivals.sides import PHONE, STAFF, Side
from gatepass.centre.employers.access import access_companies
from gatepass.centre.errors import RefusedError
from gatepass.centre.quarantine.models import Quarantine
from gatepass.centre.sites.models import Site
from gatepass.centre.uploads import MOST_BYTES

Step = Callable[..., HttpResponse]


def on(side: Side, view: Callable[..., HttpResponse]) -> Step:
    """The view on one side, as Django calls it."""

    @never_cache
    @sensitive_post_parameters()
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def page(request: HttpRequest, **numbers: int) -> HttpResponse:
        return view(request, side, **numbers)

    return page


def show(request: HttpRequest, side: Side, template: str, **context: Any) -> HttpResponse:
    return render(request, f"arrivals/{template}.html", {"side": side, "base": side.base, **context})


def home(request: HttpRequest, side: Side) -> HttpResponse:
    """On the phone: what one has registered, and where to begin."""
    journeys = own_journeys(side.actor(request))  # type: ignore[arg-type]
    shown = [(one, [each.full_name for each in one.travellers.all() if each.full_name]) for one in journeys[:20]]
    return show(request, side, "home", journeys=shown, days=term().days_before_arrival)


def begin(request: HttpRequest, side: Side) -> HttpResponse:
    actor = side.actor(request)
    companies = None
    if isinstance(actor, User) and roles_of(actor) == {Role.GRID_WORKER}:
        companies = access_companies(actor, "companies")
    form = BeginForm(request.POST or None, companies=companies, staff=side is STAFF)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            journey = actions.begin(
                actor,
                Journey.Manner(facts["manner"]),
                consent=facts["consent"],
                company=facts.get("company"),
                address=request.META.get("REMOTE_ADDR"),
            )
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect(side.url("_person_new", journey.pk))
    return show(request, side, "begin", form=form)


def overview(request: HttpRequest, side: Side, journey: int) -> HttpResponse:
    """All steps with what they say, what is still missing, and the button that sends it."""
    found = side.shown(request, journey, "")
    mine = side is PHONE or found.staff_id is not None
    if request.method == "POST":
        if not mine:
            raise Http404
        return _press(request, side, found)
    told = itineraries(found)
    lacking = actions.lacking(found) if found.may_change else []
    questions = any(one.questions for one in told)
    in_force = term()
    context = {
        "journey": found,
        "mine": mine,
        "people": found.travellers.prefetch_related("proofs"),
        "stays": found.stays.prefetch_related("travellers"),
        "told": told,
        "due": {one.traveller.pk for one in told if one.quarantine},
        "questions": questions,
        "lacking": [(code, RefusedError(code).sentence) for code in lacking],
        "explanation": ExplanationForm(initial={"explanation": found.explanation or ""})
        if found.may_change and questions
        else None,
        "term": in_force,
        "tests": [(proof, sampling_of(proof)) for proof in _proofs(found)],
        "expected": found.is_announced and found.travellers.filter(state=Traveller.State.EXPECTED).exists(),
        "today": timezone.localdate(),
        **_of_staff(request, side, found),
    }
    return show(request, side, "overview", **context)


def _of_staff(request: HttpRequest, side: Side, journey: Journey) -> dict[str, object]:
    if side is not STAFF:
        return {}
    return {
        "may_work": may_open(request.user, "arrival_acknowledge") and journey.is_announced,
        "may_check": may_open(request.user, "proof_check"),
        "may_resident": may_open(request.user, "resident"),
        "cases": {
            case.resident_id: case.pk
            for case in Quarantine.objects.filter(resident__travels__journey=journey, state="open")
        },
    }


def _proofs(journey: Journey) -> list[Proof]:
    found = Proof.objects.filter(traveller__journey=journey).defer("content")
    return list(found.select_related("traveller__journey", "checked_by"))


def _press(request: HttpRequest, side: Side, journey: Journey) -> HttpResponse:
    """One of the buttons of the overview; each names its verb."""
    pressed = next((name for name in _BUTTONS if name in request.POST), "")
    try:
        if pressed:
            _BUTTONS[pressed](request, side, journey)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect(side.url("", journey.pk))


def _send(request: HttpRequest, side: Side, journey: Journey) -> None:
    actor = side.actor(request)
    form = ExplanationForm(request.POST)
    if "explanation" in request.POST and form.is_valid():
        words = form.cleaned_data["explanation"] or None
        if words != journey.explanation:
            actions.set_way(actor, journey, {"explanation": words})
            journey.refresh_from_db()
    actions.send(actor, journey)
    messages.success(request, _("Sent. The community is told now; you need not do anything more."))


def _cancel(request: HttpRequest, side: Side, journey: Journey) -> None:
    actions.cancel(side.actor(request), journey)
    messages.success(request, _("Cancelled. Nobody waits for you."))


def _here(request: HttpRequest, side: Side, journey: Journey) -> None:
    actor, seen = side.actor(request), Traveller.Seen.SELF if side is PHONE else Traveller.Seen.STAFF
    for traveller in journey.travellers.filter(state=Traveller.State.EXPECTED):
        actions.mark_arrived(actor, traveller, seen)
    messages.success(request, _("Thank you. The community knows that you are here."))


def _dropping(verb: Callable[[Any, Journey, int], None], name: str) -> Callable[[HttpRequest, Side, Journey], None]:
    def drop(request: HttpRequest, side: Side, journey: Journey) -> None:
        verb(side.actor(request), journey, _number(request.POST, name))

    return drop


_BUTTONS: dict[str, Callable[[HttpRequest, Side, Journey], None]] = {
    "send": _send,
    "amend": lambda request, side, journey: actions.amend(side.actor(request), journey),
    "cancel": _cancel,
    "here": _here,
    "drop_person": _dropping(actions.drop_traveller, "drop_person"),
    "drop_stay": _dropping(actions.drop_stay, "drop_stay"),
    "drop_proof": _dropping(proofs.drop_proof, "drop_proof"),
}
"""Name of the pressed button -> its verb."""


def _number(pressed: Any, name: str) -> int:
    value = pressed.get(name, "")
    return int(value) if value.isdecimal() else 0


def person(request: HttpRequest, side: Side, journey: int, traveller: int = 0) -> HttpResponse:
    """A photo of the passport, or the fields by hand; the photo only fills the fields in."""
    found = side.journey(request, journey, "_person" if traveller else "_person_new")
    row = _of(found.travellers, traveller)
    first = not found.travellers.exclude(pk=traveller).exists()
    language = translation.get_language() or "en"
    photo, form = PhotoForm(), TravellerForm(journey=found, first=first, initial=traveller_initial(row, language))
    if request.method == "POST" and "read" in request.POST:
        photo = PhotoForm(request.POST, request.FILES)
        if photo.is_valid():
            try:
                row = _read(request, side, found, row, photo)
            except RefusedError as refused:
                photo.add_error("photo", refused.sentence)
            else:
                return redirect(side.url("_person", found.pk, row.pk))
    elif request.method == "POST":
        form = TravellerForm(request.POST, journey=found, first=first)
        if form.is_valid():
            try:
                actions.set_traveller(
                    side.actor(request),
                    found,
                    form.kept(),
                    form.cleaned_data["document"],
                    traveller=row.pk if row else None,
                )
            except RefusedError as refused:
                form.add_error(None, refused.sentence)
            else:
                if "another" in request.POST:
                    return redirect(side.url("_person_new", found.pk))
                return redirect(side.url("", found.pk))
    doubtful = [FIELDS[name] for name in (row.doubtful if row else []) if name in FIELDS]
    context = {
        "journey": found,
        "row": row,
        "photo": photo,
        "form": form,
        "doubtful": doubtful,
        "read": row is not None and not row.confirmed,
        "several": found.manner != Journey.Manner.SELF,
    }
    return show(request, side, "person", **context)


def _read(request: HttpRequest, side: Side, journey: Journey, row: Traveller | None, photo: PhotoForm) -> Traveller:
    opened = opened_upload(photo.cleaned_data["photo"].read(MOST_BYTES + 1), zone=True)
    facts, doubtful = traveller_from(opened)
    facts |= {"doubtful": doubtful, "confirmed": False, "person_key": b""}
    facts["relation"] = row.relation if row else "self" if journey.manner == Journey.Manner.SELF else "carer"
    actor = side.actor(request)
    row = actions.set_traveller(actor, journey, facts, None, traveller=row.pk if row else None)
    if photo.cleaned_data["keep"]:
        proofs.add_proof(actor, journey, row.pk, proof_facts(opened, Proof.Kind.PASSPORT))
    return row


def stay(request: HttpRequest, side: Side, journey: int, stay: int = 0) -> HttpResponse:
    found = side.journey(request, journey, "_stay" if stay else "_stay_new")
    row: Stay | None = _of(found.stays, stay)
    last = found.stays.order_by("-last").first()
    initial: dict[str, Any] = stay_initial(row) if row else {}
    if row is None and last is not None:
        initial = {"first": last.last}
    form = StayForm(request.POST or None, journey=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts, people = form.kept()
        try:
            actions.set_stay(side.actor(request), found, facts, people, stay=row.pk if row else None)
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            if "another" in request.POST:
                return redirect(side.url("_stay_new", found.pk))
            return redirect(side.url("", found.pk) + "#stays")
    told = itineraries(found)
    return show(request, side, "stay", journey=found, row=row, form=form, told=told, term=term())


def way(request: HttpRequest, side: Side, journey: int) -> HttpResponse:
    found = side.journey(request, journey, "_way")
    form = WayForm(request.POST or None, journey=found, initial=way_initial(found))
    if request.method == "POST" and form.is_valid():
        return _kept(request, side, found, form.kept(), form) or show(request, side, "way", journey=found, form=form)
    return show(request, side, "way", journey=found, form=form)


def where(request: HttpRequest, side: Side, journey: int) -> HttpResponse:
    """The site first; a site with buildings then asks which."""
    found = side.journey(request, journey, "_where")
    initial = {
        "site": found.site_id,
        "building": found.building_id,
        "address": found.address or "",
        "phone": found.phone or "",
    }
    sites = Site.objects.filter(scope_of(request.user, "arrival_where").q_site()) if side is STAFF else None
    form = WhereForm(request.POST or None, initial=initial, sites=sites)
    if request.method == "POST" and form.is_valid():
        asks = "building" in form.fields and "building" not in request.POST
        kept = _kept(request, side, found, form.kept(), form)
        if kept is not None and not asks:
            return kept
        if kept is not None:
            return redirect(side.url("_where", found.pk))
    return show(request, side, "where", journey=found, form=form)


def _kept(
    request: HttpRequest, side: Side, journey: Journey, facts: dict[str, Any], form: WayForm | WhereForm
) -> HttpResponse | None:
    try:
        actions.set_way(side.actor(request), journey, facts)
    except RefusedError as refused:
        form.add_error(None, refused.sentence)
        return None
    return redirect(side.url("", journey.pk))


def proof(request: HttpRequest, side: Side, journey: int) -> HttpResponse:
    """A test result or a certificate, as a photo or a PDF; also after the registration was sent."""
    found = side.journey(request, journey, "_proof_new")
    if not found.travellers.exists():
        return redirect(side.url("_person_new", found.pk))
    form = ProofForm(request.POST or None, request.FILES or None, journey=found)
    if request.method == "POST" and form.is_valid():
        facts = form.kept()
        try:
            opened = opened_upload(form.cleaned_data["file"].read(MOST_BYTES + 1))
            proofs.add_proof(
                side.actor(request),
                found,
                int(form.cleaned_data["traveller"]),
                proof_facts(opened, facts["kind"]) | facts,
            )
        except RefusedError as refused:
            form.add_error("file", refused.sentence)
        else:
            messages.success(request, _("It is there. A member of staff looks at it, and you see here what they say."))
            return redirect(side.url("", found.pk) + "#papers")
    return show(request, side, "proof", journey=found, form=form, term=term())


def _of(rows: Any, number: int) -> Any:
    if not number:
        return None
    row = rows.filter(pk=number).first()
    if row is None:
        raise Http404
    return row

"""The list of contacts: pseudonyms first, names for a reason, what was done, and whose it is."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.people.protection.access import note_seen
from gatepass.centre.spreadsheets.writing import XLSX, Sheet, xlsx
from gatepass.centre.tracing import listing, worklist
from gatepass.centre.tracing.access import (
    access_contact,
    access_contacts,
    access_hand_over,
    colleagues,
    how_many_hidden,
    open_now,
)
from gatepass.centre.tracing.finding import MOST_STEPS, trace_on
from gatepass.centre.tracing.forms import ContactFilter, OfferForm, RevealForm, WorkForm
from gatepass.centre.tracing.listing import narrowed_words
from gatepass.centre.tracing.models import Case, Contact
from gatepass.centre.tracing.reveals import MOST_AT_ONCE, names_known, reveal
from gatepass.centre.tracing.sightings import MINUTE
from gatepass.centre.tracing.views import back_to_the_case, case_asked_for
from gatepass.centre.tracing.views.chains import chain_rows, occasions_of, shared_stays, stay_rows
from gatepass.centre.tracing.words import reason_words

PAGE = 50


def counted(case: Case) -> Case:
    """There is no list before somebody has counted. RefusedError `case_not_open`, `count_first`."""
    open_now(case)
    if case.counted_at is None:
        raise RefusedError("count_first")
    return case


@never_cache
@require_GET
@back_to_the_case
def contacts(request: HttpRequest, case: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "contacts")
    counted(found)
    team = colleagues(found)
    form = ContactFilter(team, request.GET)
    everybody = access_contacts(user, found).filter(step__gt=0)
    page = Paginator(form.contacts(everybody), PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    with transaction.atomic():
        record(user, "case:list", found, page=page.number, contacts=len(listed))
    names = names_known(user, found, listed)
    _note_named(user, [one for one in listed if one.pk in names], "contacts")
    context = {
        "case": found,
        "page": page,
        "rows": listing.rows(listed, names, access_contacts(user, found)),
        "form": form,
        "hidden": how_many_hidden(user, found),
        "reveal_form": RevealForm(),
        "offer_form": OfferForm([one for one in team if one != user]),
        "alone": len(team) < 2,
        "most": MOST_AT_ONCE,
    }
    return render(request, "tracing/contacts.html", context)


def _note_named(user: User, contacts: list[Contact], page: str) -> None:
    """Protected people whose names their named staff see here."""
    note_seen(user, [one.resident for one in contacts if one.resident is not None], page)


@require_GET
@back_to_the_case
def contacts_export(request: HttpRequest, case: int) -> HttpResponseBase:
    """As the list is filtered; names only of those that this user was told. Every row carries the watermark."""
    user, found = case_asked_for(request, case, "contacts_export")
    counted(found)
    chosen = list(ContactFilter(colleagues(found), request.GET).contacts(
        access_contacts(user, found, "contacts_export").filter(step__gt=0)
    ))  # fmt: skip
    names = names_known(user, found, chosen)
    as_book = request.GET.get("as") == "xlsx"
    now = timezone.now()
    with transaction.atomic():
        record(user, "case:export", found, form="xlsx" if as_book else "csv", contacts=len(chosen), names=len(names))
    _note_named(user, [one for one in chosen if one.pk in names], "contacts_export")
    mark = listing.watermark(user, found, now)
    cells = listing.cells(listing.rows(chosen, names, access_contacts(user, found, "contacts_export")), mark)
    name = f"case-{found.pk}-contacts"
    if not as_book:
        return csv_response(name, [mark], [listing.header(), *cells])
    chains = [[*row, mark] for row in chain_rows(user, found)]
    stays = [[*row, mark] for row in stay_rows(user, found)]
    book = xlsx(
        [
            Sheet(_("Contacts"), [mark], [listing.header(), *cells]),
            Sheet(
                _("Chains"),
                [mark],
                [[_("From whom"), _("To whom"), _("Link"), _("Score"), _("Why"), _("Copy")], *chains],
            ),
            Sheet(
                _("Stays"),
                [mark],
                [
                    [
                        pgettext("instead of a name", "Code"),
                        _("Site"),
                        _("Entered"),
                        _("Left"),
                        _("How it is known"),
                        _("Copy"),
                    ],
                    *stays,
                ],
            ),
        ]
    )
    response = HttpResponse(book, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _chosen(request: HttpRequest, case: Case, page: str) -> list[Contact]:
    """The rows that were ticked."""
    user, numbers = case_asked_for(request, case.pk, page)[0], request.POST.getlist("contact")
    ticked = [int(one) for one in numbers if one.isascii() and one.isdigit() and len(one) < 16]
    return list(access_contacts(user, case, page).filter(pk__in=ticked).select_related("resident"))


def _back_to_list(request: HttpRequest, case: int) -> HttpResponse:
    """To the list as it was filtered, or to the contact from which the form was sent."""
    one = request.POST.get("from", "")
    if one.isascii() and one.isdigit() and len(one) < 16:
        return redirect("contact", case, int(one))
    response = redirect("contacts", case)
    if request.GET:
        response.headers["Location"] += f"?{request.GET.urlencode()}"
    return response


@require_POST
@back_to_the_case
def contact_reveal(request: HttpRequest, case: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "contact_reveal")
    counted(found)
    try:
        new = reveal(
            user, found, _chosen(request, found, "contact_reveal"), request.POST.get("reason", ""),
            request.POST.get("words", "")[:300],
        )  # fmt: skip
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, ngettext("%(n)d name is shown.", "%(n)d names are shown.", new) % {"n": new})
    return _back_to_list(request, case)


@require_POST
@back_to_the_case
def contact_offer(request: HttpRequest, case: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "contact_offer")
    counted(found)
    form = OfferForm(colleagues(found), request.POST)
    # Nobody chosen is refused as oneself is: choose a colleague.
    taker: User = form.cleaned_data["taker"] if form.is_valid() else user
    try:
        worklist.offer(user, found, _chosen(request, found, "contact_offer"), taker, request.POST.get("note", "")[:500])
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("Offered. They stay yours until your colleague takes them over."))
    return _back_to_list(request, case)


@require_POST
@back_to_the_case
def hand_over_answer(request: HttpRequest, case: int, hand_over: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "hand_over_answer")
    offered = access_hand_over(user, found, hand_over)
    takes = request.POST.get("answer") == "take"
    worklist.answer(user, offered, takes=takes)
    if not takes:
        return redirect("case", case)
    messages.success(request, _("Taken over. They stand in the list under your name."))
    response = redirect("contacts", case)
    response.headers["Location"] += f"?whose={user.pk}"
    return response


@never_cache
@require_GET
@back_to_the_case
def contact_page(request: HttpRequest, case: int, contact: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "contact")
    counted(found)
    one = access_contact(user, found, contact)
    names = names_known(user, found, [one])
    with transaction.atomic():
        record(user, "contact:view", one, case=found.pk, contact=one.code)
    if names:
        _note_named(user, [one], "contact")
    visible = access_contacts(user, found).values("pk")
    links = one.comes_from.filter(source__in=visible).select_related("source")
    told = one.reveals.select_related("user")
    context = {
        "case": found,
        "contact": one,
        "who": names.get(one.pk),
        "links": [(link, listing.why_words(link), occasions_of(link)) for link in links],
        "shared": shared_stays(user, found, one),
        "told": [(each, reason_words(each.reason)) for each in told],
        "work": one.work.select_related("by"),
        "work_form": WorkForm(),
        "reveal_form": RevealForm(),
        "stamps": [(what, worklist.What(what).label, getattr(one, field)) for what, field in worklist.STAMPS.items()],
        "may_trace": one.step < MOST_STEPS,
    }
    return render(request, "tracing/contact.html", context)


@require_POST
@back_to_the_case
def contact_work(request: HttpRequest, case: int, contact: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "contact_work")
    one = access_contact(user, found, contact, "contact_work")
    taken_back = request.POST.get("take_back", "")
    try:
        if taken_back in worklist.STAMPS:
            worklist.take_back(user, one, taken_back)
        else:
            form = WorkForm(request.POST)
            if form.is_valid():
                worklist.note_work(user, one, form.cleaned_data["what"], form.cleaned_data["note"])
    except RefusedError as refused:
        if refused.code == "case_not_open":
            raise
        messages.error(request, refused.sentence)
    return redirect("contact", case, contact)


@require_POST
@back_to_the_case
def contact_trace(request: HttpRequest, case: int, contact: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "contact_trace")
    counted(found)
    one = access_contact(user, found, contact, "contact_trace")
    trace = trace_on(user, one)
    total = len(trace.everybody)
    said = ngettext("%(n)d person was near %(code)s.", "%(n)d people were near %(code)s.", total)
    messages.success(request, said % {"n": total, "code": one.code})
    if trace.within < found.margin * MINUTE:
        messages.warning(request, narrowed_words(trace.within // 1000))
    return redirect("case_chains", case)

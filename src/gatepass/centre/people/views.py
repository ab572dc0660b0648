from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.limits.actions import spend
from gatepass.centre.paging import Pages
from gatepass.centre.people import saved
from gatepass.centre.people.access import (
    access_resident,
    access_residents,
    holders,
    kept_half,
    looks_like_a_number,
)
from gatepass.centre.people.actions import (
    add_document,
    change_resident,
    register_resident,
    retire_document,
    set_phones,
)
from gatepass.centre.people.duplicates import find_duplicates
from gatepass.centre.people.filters import ResidentFilter
from gatepass.centre.people.forms import (
    ChangeForm,
    DocumentForm,
    PhoneForms,
    RegisterForm,
    RetireForm,
    SaveFilterForm,
    phone_initial,
    phones_of,
    sought,
)
from gatepass.centre.people.households.access import living_with
from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.lines import read_lines
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.people.nationality import nationality_word
from gatepass.centre.people.protection.access import note_seen, tries_of
from gatepass.centre.people.protection.models import Protection
from gatepass.centre.spreadsheets import XLSX, Sheet, xlsx
from gatepass.identity import DocumentKind
from gatepass.identity.masking import mask_number

PAGE = 50
MOST_EXPORTED = 100_000
MOST_EXPORTED_XLSX = 20_000
"""A workbook of more takes longer than somebody waits; CSV goes further."""


@never_cache
@require_http_methods(["GET", "POST"])
def residents(request: HttpRequest) -> HttpResponse:
    """The list. Its search form posts, so that a document number never stands in an address, a history or a log."""
    user = asking(request)
    if request.method == "POST":
        return _search(request)
    everybody = access_residents(user)
    form = ResidentFilter(user, request.GET)
    found = form.residents(everybody).values_list("pk", flat=True)
    page = read_lines(Pages(found, PAGE).get_page(request.GET.get("page")))
    context = {
        "form": form,
        "page": page,
        "anybody": page.paginator.count > 0 or everybody.exists(),
        "protected": note_seen(user, page.object_list, "residents"),
        "saved": saved.filters_of(user),
        "save_form": SaveFilterForm(),
        "may_register": may_open(user, "resident_register"),
        "may_export": may_open(user, "residents_export"),
        "may_import": may_open(user, "import_new"),
    }
    return render(request, "people/residents.html", context)


def _with_homes(some: QuerySet[Resident]) -> QuerySet[Resident]:
    """With what a line of the export says of each: no query for each line.

    Sites are not joined: SQLite would go through them, and sort a whole town by name for fifty lines.
    """
    living = Membership.objects.filter(until__isnull=True).select_related("household")
    return some.select_related("code", "room").prefetch_related(
        "site__community", Prefetch("memberships", queryset=living)
    )


def _search(request: HttpRequest) -> HttpResponse:
    """A whole document or telephone number leads to its holder; anything else to the list, in an address of its own."""
    user = asking(request)
    wanted = {name: request.POST.get(name, "") for name in ResidentFilter.base_fields}
    words = wanted["words"]
    if looks_like_a_number(words):
        try:
            spend("number_of_staff", f"user:{user.pk}", request.META.get("REMOTE_ADDR"))
        except RefusedError as refused:
            messages.error(request, refused.sentence)
            return redirect("residents")
    found = holders(user, words)
    if len(found) == 1:
        note_seen(user, found, "residents")
        return redirect("resident", found[0].pk)
    if looks_like_a_number(words):
        if found:
            # Several people may be called under one telephone number.
            note_seen(user, found, "residents")
            return render(request, "people/found.html", {"found": found})
        messages.info(request, _("Nobody in your area is registered with this number."))
        wanted["words"] = ""
    return redirect(f"{reverse('residents')}?{urlencode({name: word for name, word in wanted.items() if word})}")


@require_GET
def residents_export(request: HttpRequest) -> HttpResponse:
    """The filtered list, without document numbers and telephones; on record with its size."""
    header, rows = _exported(request, MOST_EXPORTED)
    return csv_response("residents", header, rows)


@require_GET
def residents_export_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    header, rows = _exported(request, MOST_EXPORTED_XLSX)
    response = HttpResponse(xlsx([Sheet(_("Residents"), header, rows)]), content_type=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="residents.xlsx"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _exported(request: HttpRequest, most: int) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    user = asking(request)
    form = ResidentFilter(user, request.GET)
    people = list(_with_homes(form.residents(access_residents(user, "residents_export")))[:most])
    rows = [
        (person.full_name, person.latin_name, person.get_sex_display(), person.birth,
         nationality_word(person.nationality), person.get_language_display(), person.site.community.name,
         person.site.name, person.home, person.household or "", *_code_in_words(person))
        for person in people
    ]  # fmt: skip
    note_seen(user, people, "residents_export")
    with transaction.atomic():
        record(user, "resident:export", "resident:many", count=len(rows), filtered=form.narrows)
    header = (_("Full name"), _("Name in Latin letters"), _("Sex"), _("Date of birth"), _("Nationality"),
              _("Language"), _("Community"), _("Site"), _("Address"), _("Household"), _("Colour"), _("Next step"),
              _("Valid until"))  # fmt: skip
    return header, rows


@never_cache
@require_GET
def resident(request: HttpRequest, resident: int) -> HttpResponse:
    """One resident. Opening it is on record: the resident can ask who looked."""
    user = asking(request)
    kept = kept_half(user, resident)
    if kept is not None:
        messages.info(request, _("This entry was merged into the one below."))
        return redirect("resident", kept.pk)
    person = access_resident(user, resident)
    documents = [
        (document, mask_number(DocumentKind(document.kind), str(document.number)))
        for document in person.documents.all()
    ]
    housemates = living_with(user, person)
    note_seen(user, [one.resident for one in housemates], "resident")
    protection = Protection.objects.filter(resident=person).prefetch_related("staff").first()
    context = {
        "person": person,
        "nationality": nationality_word(person.nationality),
        "code": getattr(person, "code", None),
        "documents": [pair for pair in documents if pair[0].retired_at is None],
        "retired": [pair for pair in documents if pair[0].retired_at is not None],
        "history": person.code_changes.all()[:20],
        "membership": person.membership,
        "housemates": housemates,
        "protection": protection,
        "tries": tries_of(person) if protection else [],
        "merges": person.merges.filter(undone_at__isnull=True).select_related("other", "by"),
        "consent": person.photo_consents.filter(withdrawn_at__isnull=True).first(),
        "photo": getattr(person, "photo", None),
        "quarantine": person.quarantines.filter(state="open").first(),
        "may": {name: _may(user, person, name) for name in _VERBS},
    }
    return render(request, "people/resident.html", context)


_VERBS = (
    *("resident_change", "resident_document_add", "resident_household", "resident_photo", "resident_merge"),
    *("resident_protection", "resident_colour", "household", "resident_acting", "resident_declare", "resident_facts"),
    *("resident_privacy", "quarantine_new", "visitor_invite"),
)


def _may(user: User, person: Resident, page: str) -> bool:
    return may_open(user, page) and access_residents(user, page).filter(pk=person.pk).exists()


@never_cache
@require_http_methods(["GET", "POST"])
def resident_register(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = RegisterForm(user, request.POST or None, initial={"language": translation.get_language()})
    known = None
    if request.method == "POST" and form.is_valid():
        try:
            protectors = [user] if form.cleaned_data["protect"] else []
            person = register_resident(user, form.registration(), protect_for=protectors)
        except RefusedError as refused:
            form.add_error("number", refused.sentence)
            known = refused.fields.get("resident")
        else:
            messages.success(request, _("The resident is registered. Gates know the person within seconds."))
            return redirect("resident", person.pk)
    candidates = find_duplicates(user, sought(request.POST), page="resident") if request.method == "POST" else []
    note_seen(user, [candidate.resident for candidate in candidates], "resident_register")
    return render(request, "people/register.html", {"form": form, "candidates": candidates, "known": known})


@never_cache
@require_POST
def resident_duplicates(request: HttpRequest) -> HttpResponse:
    """Who may be registered already, for the form as far as it is filled in. Posted: names stand in no address."""
    user = asking(request)
    without = request.POST.get("without", "")
    candidates = find_duplicates(
        user, sought(request.POST), page="resident", without=int(without) if without.isdecimal() else None
    )
    note_seen(user, [candidate.resident for candidate in candidates], "resident_duplicates")
    return render(request, "people/candidates.html", {"candidates": candidates})


@never_cache
@require_http_methods(["GET", "POST"])
def resident_change(request: HttpRequest, resident: int) -> HttpResponse:
    user = asking(request)
    person = access_resident(user, resident, "resident_change")
    form = ChangeForm(user, request.POST or None, initial=ChangeForm.initial_of(person))
    phones = PhoneForms(request.POST or None, prefix="phones", initial=phone_initial(person))
    if request.method == "POST" and form.is_valid() and phones.is_valid():
        try:
            with transaction.atomic():
                change_resident(user, person, form.facts(), revision=form.cleaned_data["revision"])
                set_phones(user, person, phones_of(phones))
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("resident", person.pk)
    return render(request, "people/change.html", {"form": form, "phones": phones, "person": person})


@never_cache
@require_http_methods(["GET", "POST"])
def resident_document_add(request: HttpRequest, resident: int) -> HttpResponse:
    user = asking(request)
    person = access_resident(user, resident, "resident_document_add")
    form = DocumentForm(request.POST or None)
    known = None
    if request.method == "POST" and form.is_valid():
        try:
            add_document(user, person, form.cleaned_data["document"])
        except RefusedError as refused:
            form.add_error("number", refused.sentence)
            known = refused.fields.get("resident")
        else:
            messages.success(request, _("The document is added. Gates know the person by it within seconds."))
            return redirect("resident", person.pk)
    return render(request, "people/document.html", {"form": form, "person": person, "known": known})


@never_cache
@require_http_methods(["GET", "POST"])
def resident_document_retire(request: HttpRequest, resident: int, document: int) -> HttpResponse:
    user = asking(request)
    person = access_resident(user, resident, "resident_document_retire")
    found = person.documents.filter(pk=document).first()
    if found is None:
        raise Http404
    form = RetireForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            retire_document(user, found, form.cleaned_data["reason"])
        except RefusedError as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, _("The document is retired. Gates do not know it any longer."))
        return redirect("resident", person.pk)
    context = {"form": form, "person": person, "document": found, "last": _is_last(found),
               "number": mask_number(DocumentKind(found.kind), str(found.number))}  # fmt: skip
    return render(request, "people/retire.html", context)


def _is_last(document: IdentityDocument) -> bool:
    others = document.resident.documents.filter(retired_at__isnull=True).exclude(pk=document.pk)
    return document.retired_at is None and not others.exists()


@require_POST
def filter_save(request: HttpRequest) -> HttpResponse:
    """What the list is narrowed to, under a name; names of people are left out."""
    user = asking(request)
    query = dict(parse_qsl(request.POST.get("query", "")))
    form = SaveFilterForm(request.POST)
    if form.is_valid():
        saved.save_filter(user, form.cleaned_data["name"], query, shared=form.cleaned_data["shared"])
        messages.success(request, _("The filter is saved."))
    else:
        messages.error(request, _("Give the filter a name of at most 60 characters."))
    return redirect(f"{reverse('residents')}?{urlencode(query)}")


@require_POST
def filter_drop(request: HttpRequest, saved_filter: int) -> HttpResponse:
    if saved.drop_filter(asking(request), saved_filter):
        messages.success(request, _("The filter is removed."))
    else:
        messages.info(request, _("There is no such filter of yours any more."))
    return redirect("residents")


def _code_in_words(person) -> tuple[str, str, str]:
    code = getattr(person, "code", None)
    if code is None:
        return "", "", ""
    until = code.valid_until.isoformat(timespec="minutes") if code.valid_until else ""
    return code.get_colour_display() if code.colour else "", code.get_advice_display(), until

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.people.access import (
    access_resident,
    access_residents,
    documents_of,
    looks_like_a_number,
    with_document,
)
from gatepass.centre.people.actions import register_resident
from gatepass.centre.people.forms import RegisterForm, ResidentFilter
from gatepass.identity import DocumentKind
from gatepass.identity.masking import mask_number

PAGE = 50
MOST_EXPORTED = 100_000


@never_cache
@require_http_methods(["GET", "POST"])
def residents(request: HttpRequest) -> HttpResponse:
    """The list. Its search form posts, so that a document number never stands in an address, a history or a log."""
    user = asking(request)
    if request.method == "POST":
        return _search(request)
    everybody = access_residents(user).select_related("site", "code").prefetch_related("memberships__household")
    form = ResidentFilter(user, request.GET)
    page = Paginator(form.residents(everybody), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "anybody": page.paginator.count > 0 or everybody.exists(),
        "may_register": may_open(user, "resident_register"),
        "may_export": may_open(user, "residents_export"),
    }
    return render(request, "people/residents.html", context)


def _search(request: HttpRequest) -> HttpResponse:
    """A whole document number leads to its holder; anything else to the filtered list, in an address of its own."""
    wanted = {name: request.POST.get(name, "") for name in ("words", "site", "colour")}
    documents = documents_of(wanted["words"])
    holder = access_residents(asking(request)).filter(with_document(documents)).first() if documents else None
    if holder is not None:
        return redirect("resident", holder.pk)
    if looks_like_a_number(wanted["words"]):
        messages.info(request, _("Nobody in your area is registered with this number."))
        wanted["words"] = ""
    return redirect(f"{reverse('residents')}?{urlencode({name: word for name, word in wanted.items() if word})}")


@require_GET
def residents_export(request: HttpRequest) -> HttpResponse:
    """The filtered list, without document numbers and telephones; on record with its size."""
    user = asking(request)
    form = ResidentFilter(user, request.GET)
    everybody = (
        access_residents(user, "residents_export")
        .select_related("site__community", "code")
        .prefetch_related("memberships__household")
    )
    rows = [
        (person.full_name, person.latin_name, person.get_sex_display(), person.birth, person.site.community.name,
         person.site.name, person.household, *_code_in_words(person))
        for person in form.residents(everybody)[:MOST_EXPORTED]
    ]  # fmt: skip
    with transaction.atomic():
        record(user, "resident:export", "resident:many", count=len(rows), filtered=form.narrows)
    header = (_("Full name"), _("Name in Latin letters"), _("Sex"), _("Date of birth"), _("Community"), _("Site"),
              _("Household"), _("Colour"), _("Next step"), _("Valid until"))  # fmt: skip
    return csv_response("residents", header, rows)


@never_cache
@require_GET
def resident(request: HttpRequest, resident: int) -> HttpResponse:
    """One resident. Opening it is on record: the resident can ask who looked."""
    user = asking(request)
    person = access_resident(user, resident)
    with transaction.atomic():
        record(user, "resident:view", person)
    documents = [
        (document, mask_number(DocumentKind(document.kind), str(document.number)))
        for document in person.documents.all()
    ]
    context = {
        "person": person,
        "code": getattr(person, "code", None),
        "documents": documents,
        "history": person.code_changes.all()[:20],
        "may_colour": access_residents(user, "resident_colour").filter(pk=person.pk).exists(),
    }
    return render(request, "people/resident.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def resident_register(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = RegisterForm(user, request.POST or None, initial={"language": translation.get_language()})
    if request.method == "POST" and form.is_valid():
        try:
            person = register_resident(user, form.registration())
        except RefusedError as refused:
            form.add_error("number", refused.sentence)
        else:
            messages.success(request, _("The resident is registered. Gates know the person within seconds."))
            return redirect("resident", person.pk)
    return render(request, "people/register.html", {"form": form})


def _code_in_words(person) -> tuple[str, str, str]:
    code = getattr(person, "code", None)
    if code is None:
        return "", "", ""
    until = code.valid_until.isoformat(timespec="minutes") if code.valid_until else ""
    return code.get_colour_display() if code.colour else "", code.get_advice_display(), until

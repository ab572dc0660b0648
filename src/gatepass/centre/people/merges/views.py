from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.accounts.models import User
from gatepass.centre.codes.models import Code
from gatepass.centre.errors import RefusedError
from gatepass.centre.passages.words import active_language
from gatepass.centre.people.access import access_resident, access_residents, documents_of, named, with_document
from gatepass.centre.people.duplicates import Sought, find_duplicates, same_person
from gatepass.centre.people.merges.actions import CHOICES, merge, unmerge
from gatepass.centre.people.models import Resident
from gatepass.centre.people.nationality import nationality_word
from gatepass.centre.people.protection.access import note_seen
from gatepass.identity import DocumentKind
from gatepass.identity.masking import mask_number

MOST_FOUND = 20


@never_cache
@require_http_methods(["GET", "POST"])
def resident_merge(request: HttpRequest, resident: int) -> HttpResponse:
    """With whom? Those who look alike are offered; others are searched for, by name or number."""
    user = asking(request)
    person = access_resident(user, resident, "resident_merge")
    sought = Sought(person.name, person.born, person.nationality)
    candidates = find_duplicates(user, sought, page="resident_merge", without=person.pk)
    words = request.POST.get("words", "").strip()
    found = _found(user, words, person) if words else []
    note_seen(user, [*(one.resident for one in candidates), *found], "resident_merge")
    context = {"person": person, "candidates": candidates, "words": words, "found": found}
    return render(request, "merges/choose.html", context)


def _found(user: User, words: str, person: Resident) -> list[Resident]:
    everybody = access_residents(user, "resident_merge").exclude(pk=person.pk).select_related("site", "room")
    documents = documents_of(words)
    holders = list(everybody.filter(with_document(documents)).distinct()) if documents else []
    return holders or list(named(everybody, words)[:MOST_FOUND])


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of the two, side by side."""

    name: str
    label: str
    kept: str
    other: str

    @property
    def differs(self) -> bool:
        return self.kept != self.other

    @property
    def other_first(self) -> bool:
        """What only the other one has is taken unless somebody decides otherwise."""
        return not self.kept and bool(self.other)


@never_cache
@require_http_methods(["GET", "POST"])
def resident_merge_with(request: HttpRequest, resident: int, other: int) -> HttpResponse:
    user = asking(request)
    kept = access_resident(user, resident, "resident_merge_with")
    half = access_resident(user, other, "resident_merge_with")
    if kept.pk == half.pk:
        raise Http404
    if request.method == "POST":
        take = [name for name in CHOICES if request.POST.get(name) == "other"]
        try:
            merge(user, kept, half, take)
        except RefusedError as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, _("The two entries are one now. They can be parted again on this page."))
            return redirect("resident", kept.pk)
    match = same_person(Sought(kept.name, kept.born, kept.nationality), half)
    context = {
        "kept": kept,
        "other": half,
        "lines": _lines(kept, half),
        "belongings": [_belongings(one) for one in (kept, half)],
        "reasons": [reason.sentences[active_language()] for reason in match.reasons],
        "verdict": match.verdict,
    }
    return render(request, "merges/side_by_side.html", context)


@require_POST
def resident_unmerge(request: HttpRequest, resident: int, merged: int) -> HttpResponse:
    user = asking(request)
    kept = access_resident(user, resident, "resident_unmerge")
    made = kept.merges.filter(pk=merged).first()
    if made is None:
        raise Http404
    try:
        unmerge(user, made)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("They are two entries again, each with its own documents and household."))
    return redirect("resident", kept.pk)


def _lines(kept: Resident, other: Resident) -> list[Line]:
    def both(name: str, label: str, kept_word: str, other_word: str) -> Line:
        return Line(name, label, kept_word, other_word)

    return [
        both("full_name", _("Full name"), kept.full_name, other.full_name),
        both("latin_name", _("Name in Latin letters"), kept.latin_name, other.latin_name),
        both("preferred_name", _("Preferred name"), kept.preferred_name, other.preferred_name),
        both("sex", _("Sex"), kept.get_sex_display(), other.get_sex_display()),
        both("birth", _("Date of birth"), kept.birth, other.birth),
        both("nationality", _("Nationality"), *map(nationality_word, (kept.nationality, other.nationality))),
        both("language", _("Language"), kept.get_language_display(), other.get_language_display()),
        both("home", _("Home"), _home(kept), _home(other)),
        both("colour", _("Colour"), _colour(kept), _colour(other)),
    ]


def _home(person: Resident) -> str:
    return " · ".join(word for word in (person.site.name, person.home) if word)


def _colour(person: Resident) -> str:
    code = Code.objects.filter(pk=person.pk).first()
    if code is None:
        return ""
    return " · ".join(
        [code.get_colour_display() if code.colour else _("No valid code"), str(code.get_advice_display())]
    )


def _belongings(person: Resident) -> dict[str, object]:
    """What moves with the person; numbers masked."""
    documents = [
        (document.get_kind_display(), mask_number(DocumentKind(document.kind), str(document.number)))
        for document in person.documents.filter(retired_at__isnull=True)
    ]
    return {"documents": documents, "phones": list(person.phones.all()), "household": person.household}

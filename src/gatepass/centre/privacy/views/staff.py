from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.audit.actions import record
from gatepass.centre.audit.verbs import in_words
from gatepass.centre.codes.papers import PaperError
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.paging import Pages
from gatepass.centre.people.access import access_resident
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.access import note_opened, note_seen
from gatepass.centre.privacy.access import access_receipts, access_request, access_requests
from gatepass.centre.privacy.actions import MOST_WORDS, answer_request, send_request
from gatepass.centre.privacy.categories import BASES, CATEGORIES, SENSITIVITY, kept_in_words
from gatepass.centre.privacy.held import as_data, held, looks
from gatepass.centre.privacy.inventory import inventory, store_of
from gatepass.centre.privacy.models import Request
from gatepass.centre.privacy.people import acts_also_for
from gatepass.centre.privacy.printing import held_pdf
from gatepass.centre.privacy.waiting import by_store, waits_for

PAGE = 50
ERASURES = 15
"""The newest; the export has them all. Each is a line of every store and gate."""
State = Request.State


class InventoryFilter(forms.Form):
    """Every field is in the address: a filtered page survives a reload."""

    words = forms.CharField(label=gettext_lazy("Table or field"), required=False, max_length=60)
    category = forms.ChoiceField(label=gettext_lazy("Purpose"), required=False)
    sensitivity = forms.ChoiceField(label=gettext_lazy("Sensitivity"), required=False)
    store = forms.ChoiceField(label=gettext_lazy("Store"), required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        stores = sorted({store_of(name) for name in inventory()})
        everything = [("", _("Everything"))]
        choices = {
            "category": [(name, one.title) for name, one in CATEGORIES.items()],
            "sensitivity": list(SENSITIVITY.items()),
            "store": [(store, store) for store in stores],
        }
        for name, those in choices.items():
            self.fields[name].choices = [*everything, *those]  # type: ignore[attr-defined,misc]

    def lines(self) -> list[dict[str, str]]:
        """One for each field of each table that is left."""
        if not self.is_valid():
            return []
        wanted = self.cleaned_data
        # Put into words once each, not once a field: there are thousands.
        about = {
            name: {"category": str(one.title), "purpose": str(one.purpose), "basis": str(BASES[one.basis])}
            for name, one in CATEGORIES.items()
        }
        sensitivity = {kind: str(word) for kind, word in SENSITIVITY.items()}
        found = []
        for name, table in sorted(inventory().items()):
            store, kept = store_of(name), ", ".join(dict.fromkeys(kept_in_words(table)))
            for field, kind in table.fields:
                category = table.category_of_field(field)
                if (
                    wanted["words"].lower() in f"{name}.{field}".lower()
                    and wanted["category"] in {"", category}
                    and wanted["sensitivity"] in {"", kind}
                    and wanted["store"] in {"", store}
                ):
                    found.append(
                        {
                            "table": name,
                            "field": field,
                            "store": store,
                            **about[category],
                            "sensitivity": sensitivity[kind],
                            "kept": kept,
                        }
                    )
        return found


class AnswerForm(forms.Form):
    granted = forms.TypedChoiceField(
        label=gettext_lazy("The request is"),
        choices=(("yes", gettext_lazy("done as asked")), ("no", gettext_lazy("refused"))),
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer to the person"),
        max_length=MOST_WORDS,
        help_text=gettext_lazy("In plain words and in their language: what was done, or why not and whom to ask next."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class DeskForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What the person asks"), choices=Request.Kind.choices)
    words = forms.CharField(
        label=gettext_lazy("In the person's words"),
        max_length=MOST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """The inventory: why each field is kept, and for how long."""
    user = asking(request)
    form = InventoryFilter(request.GET)
    page = Paginator(form.lines(), 100).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "fields": sum(len(table.fields) for table in inventory().values()),
        "tables": len(inventory()),
    }
    return render(request, "privacy/inventory.html", context | _links(user))


@require_GET
def privacy_export(request: HttpRequest) -> HttpResponse:
    lines = InventoryFilter(request.GET).lines()
    with transaction.atomic():
        record(asking(request), "privacy:export", "store:every", count=len(lines))
    header = ("table", "field", "store", "category", "purpose", "basis", "sensitivity", "kept")
    return csv_response("inventory", header, ([line[name] for name in header] for line in lines))


@require_GET
def privacy_receipts(request: HttpRequest) -> HttpResponse:
    """What was forgotten, and who was erased: each line is an entry of the audit."""
    user = asking(request)
    entries, erasures = access_receipts(user)
    page = Pages(entries.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    lines = [(entry, _moment(entry.at), in_words(entry.verb)) for entry in page]
    now = timezone.now()
    shown = [
        (erasure, by_store([(one, "" if one.at else waits_for(one, now)) for one in erasure.receipts.all()]))
        for erasure in erasures[:ERASURES]
    ]
    context = {"page": page, "lines": lines, "erasures": shown}
    return render(request, "privacy/receipts.html", context | _links(user))


@require_GET
def privacy_receipts_export(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    entries, erasures = access_receipts(user, "privacy_receipts_export")
    rows: list[tuple[object, ...]] = [
        (
            _moment(entry.at).isoformat(timespec="seconds"),
            entry.verb,
            entry.object,
            entry.fields.get("count", ""),
            entry.pk,
            "",
        )
        for entry in entries.order_by("-id")[:100_000]
    ]
    rows += [
        (one.at.isoformat(timespec="seconds") if one.at else "", "privacy:erase", f"{erasure} {one.store}", one.counts,
         one.entry or "", bytes(one.proof or b"").hex())
        for erasure in erasures for one in erasure.receipts.all()
    ]  # fmt: skip
    with transaction.atomic():
        record(user, "privacy:export", "store:receipts", count=len(rows))
    return csv_response("receipts", ("at", "verb", "about", "count", "audit_entry", "signature"), rows)


@require_GET
def privacy_requests(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    state = request.GET.get("state", State.OPEN)
    chosen = access_requests(user).filter(state=state if state in State.values else State.OPEN)
    ordered = chosen if state == State.OPEN else chosen.order_by("-answered_at")
    page = Pages(ordered, PAGE).get_page(request.GET.get("page"))
    note_seen(user, [one.resident for one in page if one.resident], "privacy_requests")
    context = {"page": page, "state": state, "states": State.choices, "now": timezone.now()}
    return render(request, "privacy/requests.html", context | _links(user))


@require_GET
def privacy_requests_export(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    rows = [
        (one.pk, one.subject, one.kind, one.state, one.sent_at.isoformat(timespec="seconds"),
         one.due_at.isoformat(timespec="seconds"),
         one.answered_at.isoformat(timespec="seconds") if one.answered_at else "")
        for one in access_requests(user, "privacy_requests_export")
    ]  # fmt: skip
    with transaction.atomic():
        record(user, "privacy:export", "request:many", count=len(rows))
    header = ("id", "resident", "kind", "state", "sent_at", "due_at", "answered_at")
    return csv_response("requests", header, rows)


@never_cache
@require_http_methods(["GET", "POST"])
def privacy_request(request: HttpRequest, request_id: int) -> HttpResponse:
    user = asking(request)
    found = access_request(user, request_id)
    assert found.resident is not None
    note_opened(user, found.resident, "privacy_request")
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            answer_request(user, found, granted=facts["granted"], answer=facts["answer"])
        except RefusedError as refused:
            # Somebody was quicker: the page has no form any more, on which a fault could stand.
            messages.error(request, refused.sentence)
            return redirect("privacy_request", found.pk)
        else:
            messages.success(request, _("The answer has been sent."))
            return redirect("privacy_requests")
    context = {
        "one": found,
        "person": found.resident,
        "form": form,
        "late": found.state == State.OPEN and found.due_at < timezone.now(),
        "others": acts_also_for(found.resident) if found.kind == Request.Kind.ERASE else 0,
    }
    return render(request, "privacy/request.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def resident_privacy(request: HttpRequest, resident: int) -> HttpResponse:
    """The desk's side for somebody without a phone: the same that they would see on one, printed or written down."""
    user = asking(request)
    person = access_resident(user, resident, "resident_privacy")
    form = DeskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            send_request(user, person, Request.Kind(form.cleaned_data["kind"]), form.cleaned_data["words"])
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Written down. It stands in the list with the time by which an answer is due."))
            return redirect("resident_privacy", person.pk)
    context = {
        "person": person,
        # Where somebody was is for their own eyes: it is on the printed sheet, and not on this screen.
        "sections": held(person, passages=False),
        "looks": looks(person),
        "form": form,
        "requests": person.privacy_requests.order_by("-id")[:10],
        "may_answer": may_open(user, "privacy_request"),
    }
    return render(request, "privacy/desk.html", context)


@never_cache
@require_GET
def resident_privacy_pdf(request: HttpRequest, resident: int) -> HttpResponse:
    user = asking(request)
    person = access_resident(user, resident, "resident_privacy_pdf")
    try:
        content = held_pdf(person, passages=True)
    except PaperError as error:
        messages.error(request, error.sentence)
        return redirect("resident_privacy", person.pk)
    return handed_out(user, person, "pdf", as_file(content, "application/pdf", "held.pdf"))


@never_cache
@require_GET
def resident_privacy_json(request: HttpRequest, resident: int) -> HttpResponse:
    user = asking(request)
    person = access_resident(user, resident, "resident_privacy_json")
    return handed_out(user, person, "json", as_json(person))


def handed_out(by, person: Resident, form: str, response: HttpResponse) -> HttpResponse:
    with transaction.atomic():
        record(by, "privacy:hand_out", person, form=form)
    return response


def as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def as_json(person: Resident) -> HttpResponse:
    response = JsonResponse(
        as_data(person, passages=True), json_dumps_params={"ensure_ascii": False, "indent": 1}, safe=False
    )
    response.headers["Content-Disposition"] = 'attachment; filename="held.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _links(user) -> dict[str, dict[str, bool]]:
    return {"may": {name: may_open(user, name) for name in ("privacy", "privacy_receipts", "privacy_requests")}}


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)

"""The list of quarantines, the page of a case, and what changes its period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.paging import Pages
from gatepass.centre.passages.words import zone_word
from gatepass.centre.people.access import access_resident
from gatepass.centre.people.protection.access import note_seen
from gatepass.centre.quarantine import actions
from gatepass.centre.quarantine.access import access_quarantine
from gatepass.centre.quarantine.forms import AmendForm, CloseForm, CorrectForm, ExplainForm, OpenForm, QuarantineFilter
from gatepass.centre.quarantine.models import Explanation, Quarantine
from gatepass.centre.quarantine.reports import counting
from gatepass.centre.quarantine.rules import reason_words, rules_at
from gatepass.centre.quarantine.views import back_to_the_case, in_words
from gatepass.centre.quarantine.views.care import care_context
from gatepass.centre.quarantine.views.releases import release_context
from gatepass.centre.quarantine.words import end_words, kind_word, symptom_words, temperature

PAGE = 50
MOST_EXPORTED = 50_000


@never_cache
@require_GET
def quarantines(request: HttpRequest) -> HttpResponse:
    user, now = asking(request), timezone.now()
    form = QuarantineFilter(user, "quarantines", request.GET)
    page = Pages(form.cases(), PAGE).get_page(request.GET.get("page"))
    note_seen(user, [one.resident for one in page], "quarantines")
    context = {"form": form, "page": page, "anything": form.anything, "now": now}
    return render(request, "quarantine/quarantines.html", context)


@require_GET
def quarantines_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV, or as XLSX with `as=xlsx`; moments carry their zone."""
    user = asking(request)
    found = QuarantineFilter(user, "quarantines_export", request.GET).cases()[:MOST_EXPORTED]
    note_seen(user, [one.resident for one in found], "quarantines_export")
    with transaction.atomic():
        record(user, "quarantine:export", "quarantine:many", count=len(found))
    header = (
        *(_("Number"), _("Name"), _("Site"), _("Room"), _("Kind"), _("State"), _("Beginning"), _("End"), _("Day")),
        *(_("Last report"), _("Missing report"), _("Looked after by")),
    )
    return table_response(request, "quarantines", header, _cells(found))


def _cells(found: QuerySet[Quarantine]) -> Iterator[tuple[object, ...]]:
    now = timezone.now()
    for one in found:
        local = [
            moment.astimezone(one.civil).isoformat(timespec="minutes") if moment else ""
            for moment in (one.started_at, one.ends_at, one.last_report_at)
        ]
        yield (
            one.pk, one.resident.full_name, one.resident.site.name, one.resident.home, kind_word(one),
            one.get_state_display(), *local[:2], one.day(now), local[2], one.get_rung_display(),
            one.assignee.full_name if one.assignee else "",
        )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def quarantine_new(request: HttpRequest, resident: int) -> HttpResponse:
    user = asking(request)
    person = access_resident(user, resident, "quarantine_new")
    rules = rules_at(timezone.now())
    form = OpenForm(rules, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case = actions.open_case(user, person, **form.cleaned_data)
        except RefusedError as refused:
            form.add_error("started_at" if refused.code == "quarantine_times" else None, refused.sentence)
        else:
            messages.success(request, _("The case is open. Explain it to the person, and write down how."))
            return redirect("quarantine", case.pk)
    context = {"person": person, "form": form, "rules": rules}
    return render(request, "quarantine/new.html", context)


@never_cache
@require_GET
def quarantine_page(request: HttpRequest, quarantine: int) -> HttpResponse:
    user, now = asking(request), timezone.now()
    case = access_quarantine(user, quarantine)
    return render(request, "quarantine/quarantine.html", case_context(user, case, now))


def case_context(user: Any, case: Quarantine, now: Any) -> dict[str, Any]:
    amendments = case.amendments.select_related("by")
    return {
        **in_words(case, now),
        **release_context(user, case),
        **care_context(case),
        "code": getattr(case.resident, "code", None),
        "now": now,
        "zone": zone_word(case.started_at.astimezone(case.civil)),
        "amendments": [
            (one, end_words(one.ends_at, case.civil), reason_words(case.rules, one.reason)) for one in amendments
        ],
        "explanations": case.explanations.select_related("by"),
        "reports": [
            (one, temperature(one.tenths), symptom_words(one.symptoms), CorrectForm(one))
            for one in counting(case).select_related("by")[:30]
        ],
        "closed_for": reason_words(case.rules, case.closed_for),
        "may_work": may_open(user, "quarantine_amend"),
        "explain_form": ExplainForm(initial={"language": case.resident.language}),
        "amend_form": AmendForm(case),
        "close_form": CloseForm(case),
    }


@require_POST
@back_to_the_case
def explain(request: HttpRequest, quarantine: int) -> HttpResponseBase:
    user = asking(request)
    case = access_quarantine(user, quarantine, "quarantine_explain")
    form = ExplainForm(request.POST)
    if not form.is_valid():
        raise RefusedError("quarantine_needs_words")
    said = {**form.cleaned_data, "manner": Explanation.Manner(form.cleaned_data["manner"])}
    actions.explain(user, case, actions.Explained(**said))
    messages.success(request, _("It is on record how the order was explained."))
    return redirect("quarantine", quarantine)


@require_POST
@back_to_the_case
def amend(request: HttpRequest, quarantine: int) -> HttpResponseBase:
    user = asking(request)
    case = access_quarantine(user, quarantine, "quarantine_amend")
    form = AmendForm(case, request.POST)
    if not form.is_valid():
        raise RefusedError("quarantine_times")
    actions.amend(user, case, **form.changes())
    messages.success(request, _("The period is changed. What stood before is kept beside it."))
    return redirect("quarantine", quarantine)


@require_POST
@back_to_the_case
def close(request: HttpRequest, quarantine: int) -> HttpResponseBase:
    """Give up, find again, withdraw; the release has a page of its own."""
    user = asking(request)
    case = access_quarantine(user, quarantine, "quarantine_close")
    what, words = request.POST.get("what"), request.POST.get("words", "")
    if what == "give_up":
        actions.give_up(user, case, request.POST.get("reason", ""), words)
        messages.success(request, _("The case is given up. The colour stays as it is: nobody was released."))
    elif what == "find_again":
        actions.find_again(user, case)
        messages.success(request, _("The case goes on."))
    elif what == "withdraw":
        actions.withdraw_case(user, case, words)
        messages.success(request, _("The case is withdrawn, and the colour has followed."))
    return redirect("quarantine", quarantine)

"""The residents' own pages: my quarantine, and the report with two taps. They work without any script."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.models import Mandate, Relation
from gatepass.centre.phone.keeping import owner_word
from gatepass.centre.quarantine.access import access_own_open, access_own_quarantine
from gatepass.centre.quarantine.care import ask_for, move_need
from gatepass.centre.quarantine.forms import symptom_choices
from gatepass.centre.quarantine.models import Need, Quarantine, Report, Rung
from gatepass.centre.quarantine.orders import order_of
from gatepass.centre.quarantine.printing import own_languages
from gatepass.centre.quarantine.reports import POSSIBLE, Told, counting, record_reports
from gatepass.centre.quarantine.views.care import wanted
from gatepass.centre.quarantine.views.releases import printed, printed_order, standing_notice
from gatepass.centre.quarantine.words import (
    clocks_words,
    counted_words,
    day_words,
    end_words,
    kind_word,
    symptom_words,
    temperature,
)
from gatepass.languages import LANGUAGES, OWN_NAME

_TELLS: Final = re.compile(r"(usual|typed|symptoms|note)-")
USUAL: Final = tuple(range(360, 373))
"""Tenths that one tap tells: 36.0 to 37.2 °C. Anything else is typed."""


@never_cache
@require_GET
def my_quarantine(request: HttpRequest, resident: int) -> HttpResponse:
    """Day 5 of 14, when it ends, what was reported; and what to do now."""
    applicant = asking_applicant(request)
    mandate, case = access_own_quarantine(applicant, resident)
    now = timezone.now()
    context: dict[str, Any] = {
        "mandate": mandate,
        "person": mandate.resident,
        "case": case,
        "owner": owner_word(applicant),
    }
    if case is not None:
        context |= {
            "needs": case.needs.exclude(state=Need.State.DROPPED),
            "need_choices": Need.What.choices,
            "notice": standing_notice(case),
            "notice_languages": [(code, OWN_NAME[code]) for code in LANGUAGES],
            "own_languages": own_languages(mandate.resident),
            "kind": kind_word(case),
            "day": day_words(case, now),
            "end": end_words(case.ends_at, case.civil),
            "counted": counted_words(case),
            "clocks": clocks_words(case),
            "asked": case.rung != Rung.WAITING,
            "awaited": case.awaited and case.awaited.astimezone(case.civil),
            "reports": [(one, temperature(one.tenths), symptom_words(one.symptoms)) for one in counting(case)[:6]],
        }
    return render(request, "quarantine/my_quarantine.html", context)


@require_POST
def my_need(request: HttpRequest, resident: int) -> HttpResponse:
    """Something is needed, or is needed no more."""
    applicant = asking_applicant(request)
    _mandate, case = access_own_quarantine(applicant, resident)
    try:
        if case is None:
            raise RefusedError("quarantine_over")  # noqa: TRY301 - one place says what was refused
        dropped = request.POST.get("drop", "")
        need = case.needs.filter(pk=int(dropped)).first() if dropped.isascii() and dropped.isdecimal() else None
        if need is not None:
            move_need(applicant, need, Need.State.DROPPED)
        else:
            ask_for(applicant, case, wanted(request), request.POST.get("words", ""))
            messages.success(request, _("Thank you. Somebody will look after it."))
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("my_quarantine", resident)


@never_cache
@require_GET
def my_notice(request: HttpRequest, resident: int) -> HttpResponseBase:
    """My release notice, in the languages that I choose."""
    _mandate, case = access_own_quarantine(asking_applicant(request), resident)
    notice = standing_notice(case) if case else None
    if notice is None:
        raise Http404
    return printed(request, notice, "my_quarantine", resident)


@never_cache
@require_GET
def my_order(request: HttpRequest, resident: int) -> HttpResponseBase:
    """What is asked of me, on paper, in the languages that I choose."""
    _mandate, case = access_own_quarantine(asking_applicant(request), resident)
    order = order_of(case) if case else None
    if order is None:
        raise Http404
    return printed_order(request, order, "my_quarantine", resident)


@never_cache
@require_http_methods(["GET", "POST"])
def my_quarantine_report(request: HttpRequest) -> HttpResponse:
    """Everybody in quarantine for whom this phone may report, on one page: a temperature each, and one button.

    Tap one: the temperature. Tap two: *All well, send*. Whoever has symptoms taps the other button and ticks them. The
    page carries a key for each person, so that a phone that sends twice reports once, and the moment of measuring.
    """
    applicant = asking_applicant(request)
    people = access_own_open(applicant)
    if request.method == "POST" and request.accepts("application/json") and not request.accepts("text/html"):
        return _kept_report(request, applicant, people)
    asked_again: set[int] = set()
    ill = request.POST.get("how") == "ill"
    if request.method == "POST" and people:
        many = [(case, told, _via(mandate)) for mandate, case in people if (told := _told(request, case))]
        # Whoever says that somebody is not well ticks on the next page what it is.
        if not ill or any(told.symptoms or told.note for _case, told, _via_whom in many):
            try:
                if not many:
                    raise RefusedError("report_empty")  # noqa: TRY301 - one place says what was refused
                record_reports(applicant, many)
                messages.success(request, _("Thank you. It has arrived."))
                return redirect("my_quarantine", many[0][0].resident_id)
            except RefusedError as refused:
                messages.error(request, refused.sentence)
                if refused.code == "report_again":
                    asked_again = {many[int(refused.fields["row"]) - 1][0].pk}
    lines = [
        {
            "case": case,
            "person": case.resident,
            "key": request.POST.get(f"key-{case.pk}") or secrets.token_hex(10),
            "chosen": request.POST.get(f"usual-{case.pk}", ""),
            "typed": request.POST.get(f"typed-{case.pk}", ""),
            "again": case.pk in asked_again,
            "ticked": request.POST.getlist(f"symptoms-{case.pk}"),
        }
        for _mandate, case in people
    ]
    context = {
        "lines": lines,
        "usual": [(tenths, f"{tenths / 10:.1f}") for tenths in USUAL],
        "symptoms": symptom_choices(),
        "ill": ill,
        "now": timezone.now(),
        "owner": owner_word(applicant),
    }
    return render(request, "quarantine/my_report.html", context)


def _kept_report(request: HttpRequest, applicant: Applicant, people: list[tuple[Mandate, Quarantine]]) -> JsonResponse:
    """A report that waited on a phone. JSON: 200 where it is here now, or was already; 409 with code, said and next."""
    keys = {name[4:]: key for name, key in request.POST.items() if name.startswith("key-")}
    many = [(case, told, _via(mandate)) for mandate, case in people if (told := _told(request, case))]
    sent = {
        name.rpartition("-")[2] for name, value in request.POST.items() if _TELLS.match(name) and str(value).strip()
    }
    known = Report.objects.filter(quarantine__in=[case for case in sent if case.isascii() and case.isdecimal()])
    here = {str(one.quarantine_id) for one in known.filter(applicant=applicant, key__in=keys.values())}
    open_ones = {str(case.pk) for case, _told_of, _via_whom in many}
    next_page = reverse("my_quarantine_report")
    try:
        if not sent:
            raise RefusedError("report_empty")  # noqa: TRY301 - one place says what was refused
        if sent - open_ones - here:
            raise RefusedError("quarantine_over")  # noqa: TRY301
        reports = record_reports(applicant, many) if many else []
    except RefusedError as refused:
        next_page = reverse("my") if refused.code == "quarantine_over" else next_page
        return JsonResponse({"code": refused.code, "said": refused.sentence, "next": next_page}, status=409)
    messages.success(request, _("Thank you. It has arrived."))
    if reports:
        next_page = reverse("my_quarantine", args=[reports[0].quarantine.resident_id])
    return JsonResponse({"next": next_page})


def _via(mandate: Mandate) -> Report.Via:
    return Report.Via.OWN if mandate.relation == Relation.SELF else Report.Via.HOUSEHOLD


def _told(request: HttpRequest, case: Quarantine) -> Told | None:
    """What was said of one person; None where nothing was."""
    said = request.POST
    tenths = _tenths(said.get(f"typed-{case.pk}", ""))
    if tenths is None:
        tenths = _tenths_of_code(said.get(f"usual-{case.pk}", ""))
    symptoms = said.getlist(f"symptoms-{case.pk}") if said.get("how") != "well" else []
    note = said.get(f"note-{case.pk}", "")
    if tenths is None and not symptoms and not note.strip():
        return None
    return Told(
        tenths, symptoms, note, _moment(said.get("at", "")), (said.get(f"key-{case.pk}") or secrets.token_hex(10))[:40],
        confirmed=said.get(f"confirmed-{case.pk}") == "yes",
    )  # fmt: skip


def _tenths(typed: str) -> int | None:
    """36.5, 36,5, ３６．５ or 365; anything that is no number is 0, which nobody has."""
    typed = typed.strip().replace(",", ".").replace("．", ".").rstrip("°C℃ ")
    if not typed:
        return None
    try:
        value = float(typed)
        return round(value if value >= POSSIBLE[0] else value * 10)
    except (ValueError, OverflowError):
        return 0


def _tenths_of_code(code: str) -> int | None:
    return int(code) if code.isascii() and code.isdecimal() and int(code) in USUAL else None


def _moment(text: str) -> datetime | None:
    """When the page was opened, as it says itself: a form that waited for a network was measured then."""
    try:
        return datetime.fromtimestamp(int(text), timezone.get_current_timezone())
    except (ValueError, OverflowError, OSError):
        return None

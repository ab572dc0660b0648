"""The day's work: the list of today, a report by telephone for a household or at the gate, and what a case needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.accounts.models import User
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import spend
from gatepass.centre.people.access import documents_of, with_document
from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.access import note_seen
from gatepass.centre.quarantine import actions, care
from gatepass.centre.quarantine.access import access_quarantine, access_quarantines
from gatepass.centre.quarantine.forms import GateForm, MomentsForm, ReportForm, VisitForm
from gatepass.centre.quarantine.models import Breach, Need, Quarantine, Release, Report, Rung, Sample, Trip, Visit
from gatepass.centre.quarantine.reports import Told, correct_report, record_report, record_reports
from gatepass.centre.quarantine.views import back_to_the_case, in_words

SHOWN: Final = 30


@never_cache
@require_GET
def quarantine_today(request: HttpRequest) -> HttpResponse:
    """What waits, the most urgent first: of one's own cases and those of nobody, or of everybody."""
    user, now = asking(request), timezone.now()
    everybodys = request.GET.get("whose") == "all"
    open_ones = access_quarantines(user, "quarantine_today").filter(state=Quarantine.State.OPEN)
    mine = open_ones if everybodys else open_ones.filter(Q(assignee=user) | Q(assignee__isnull=True))
    groups = [(title, what, _shown(cases, now)) for title, what, cases in _groups(mine, user)]
    note_seen(user, [line["person"] for _t, _w, lines in groups for line in lines], "quarantine_today")
    context = {
        "groups": [group for group in groups if group[2]],
        "everybodys": everybodys,
        "count": mine.count(),
        "reported": mine.filter(last_report_at__gte=now - timedelta(hours=12)).count(),
    }
    return render(request, "quarantine/today.html", context)


def _shown(cases: QuerySet[Quarantine], now: Any) -> list[dict[str, Any]]:
    return [in_words(case, now) for case in cases.distinct()[:SHOWN]]


def _groups(mine: QuerySet[Quarantine], user: User) -> list[tuple[str, str, QuerySet[Quarantine]]]:
    """(heading, what to do, cases), in the order in which somebody should look."""
    now = timezone.now()
    ill = Q(reports__alarming=True, reports__corrected_by__isnull=True,
            reports__measured_at__gte=now - timedelta(hours=24))  # fmt: skip
    waiting = Q(releases__state=Release.State.ASKED) & ~Q(releases__asked_by=user)
    open_needs = Q(needs__state__in=[Need.State.ASKED, Need.State.TAKEN])
    return [
        (_("Fever or symptoms"), _("Call first."), mine.filter(ill)),
        (pgettext("a breach", "Seen at a gate"), _("Ask why, and write it down."),
         mine.filter(breaches__state=Breach.State.OPEN)),
        (_("A report is missing"), _("Call, or go there."), mine.exclude(rung=Rung.WAITING)),
        (_("Waits for a second person"), _("Read the criteria, then confirm."), mine.filter(waiting)),
        (_("The period is over"), _("Release, or change the period and say why."), mine.filter(ends_at__lte=now)),
        (_("Not explained yet"), _("In the person's language, and write down how."),
         mine.filter(explanations__isnull=True)),
        (_("Something is needed"), _("Groceries, medicine and the like."), mine.filter(open_needs)),
        (_("A result is awaited"), _("Enter it as soon as it is there."), mine.filter(samples__result="pending")),
        (_("Ends within a day"), _("See whether the criteria hold."),
         mine.filter(ends_at__gt=now, ends_at__lte=now + timedelta(days=1))),
    ]  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def quarantine_report(request: HttpRequest, quarantine: int) -> HttpResponse:
    """By telephone or at a visit: everybody of the household who is in quarantine, on one page."""
    user = asking(request)
    case = access_quarantine(user, quarantine, "quarantine_report")
    cases = _household(user, case)
    forms = [ReportForm(request.POST or None, prefix=f"case{one.pk}") for one in cases]
    via = Report.Via.VISIT if request.POST.get("via") == Report.Via.VISIT else Report.Via.CALL
    if request.method == "POST" and all(form.is_valid() for form in forms):
        many = [
            (one, Told(form.tenths, form.cleaned_data["symptoms"], form.cleaned_data["note"],
                       confirmed=form.cleaned_data["confirmed"]), via)
            for one, form in zip(cases, forms, strict=True) if form.has_changed()
        ]  # fmt: skip
        try:
            if not many:
                raise RefusedError("report_empty")  # noqa: TRY301 - one place says what was refused
            record_reports(user, many)
        except RefusedError as refused:
            messages.error(request, refused.sentence)
            row = refused.fields.get("row")
            if refused.code == "report_again" and row:
                place = cases.index(many[int(row) - 1][0])
                forms[place].ask_again()
        else:
            messages.success(request, _("The reports are written down."))
            return redirect("quarantine", case.pk)
    context = {**in_words(case, timezone.now()), "code": getattr(case.resident, "code", None),
               "lines": list(zip(cases, forms, strict=True)), "via": via}  # fmt: skip
    return render(request, "quarantine/report.html", context)


def _household(user: User, case: Quarantine) -> list[Quarantine]:
    """The case itself first, then those of whoever lives there and may be met."""
    homes = Membership.objects.filter(resident=case.resident_id, until__isnull=True).values("household")
    people = Membership.objects.filter(household__in=homes, until__isnull=True).values("resident")
    others = access_quarantines(user, "quarantine_report").filter(state=Quarantine.State.OPEN, resident__in=people)
    return [case, *others.exclude(pk=case.pk)]


@never_cache
@require_http_methods(["GET", "POST"])
def quarantine_gate(request: HttpRequest) -> HttpResponse:
    """At the gate: a card's number and a temperature. The answer is the same whoever it is: nobody learns by it who is
    in quarantine, and the report goes where it belongs."""
    user = asking(request)
    form = GateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            spend("number_of_staff", f"user:{user.pk}", request.META.get("REMOTE_ADDR"))
            case = _of_number(user, form.cleaned_data["number"])
            if case is not None:
                said = form.cleaned_data
                told = Told(form.tenths, said["symptoms"], confirmed=said["confirmed"])
                record_report(user, case, told, Report.Via.GATE)
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Thank you. If a report was expected, it is written down."))
            return redirect("quarantine_gate")
    return render(request, "quarantine/gate.html", {"form": form})


def _of_number(user: User, number: str) -> Quarantine | None:
    from gatepass.centre.accounts.access import scope_of

    documents = documents_of(number)
    if not documents:
        return None
    # No list and no name comes back, so that protection hides nobody here: the report is for whoever may see the case.
    holder = Resident.objects.filter(scope_of(user, "quarantine_gate").q("site"), with_document(documents)).first()
    return Quarantine.objects.filter(resident=holder, state=Quarantine.State.OPEN).first() if holder else None


# ---------------------------------------------------------------- the verbs on the page of a case


@require_POST
@back_to_the_case
def quarantine_care(request: HttpRequest, quarantine: int) -> HttpResponseBase:
    """One address for what is done about a case; `what` says which verb."""
    user = asking(request)
    case = access_quarantine(user, quarantine, "quarantine_care")
    verb = _VERBS.get(request.POST.get("what", ""))
    if verb is not None:
        verb(user, case, request)
        messages.success(request, _("It is written down."))
    return redirect("quarantine", quarantine)


def _sample(user: User, case: Quarantine, request: HttpRequest) -> None:
    method = request.POST.get("method", "")
    form = MomentsForm(case, request.POST)
    moment = form.moment("taken_at")
    care.take_sample(user, case, method if method in dict(Sample.METHODS) else "pcr", moment)


def _result(user: User, case: Quarantine, request: HttpRequest) -> None:
    care.note_result(user, _one(case.samples.all(), request), request.POST.get("result", ""))


def _visit(user: User, case: Quarantine, request: HttpRequest) -> None:
    form = VisitForm(request.POST)
    if not form.is_valid():
        raise RefusedError("quarantine_needs_words")
    care.note_visit(user, case, Visit.Found(form.cleaned_data["found"]), form.cleaned_data["note"])


def _need(user: User, case: Quarantine, request: HttpRequest) -> None:
    care.ask_for(user, case, wanted(request), request.POST.get("words", ""))


def wanted(request: HttpRequest) -> Need.What:
    what = request.POST.get("need", "")
    return Need.What(what) if what in Need.What.values else Need.What.OTHER


def _move_need(user: User, case: Quarantine, request: HttpRequest) -> None:
    to = request.POST.get("to", "")
    if to not in {Need.State.TAKEN, Need.State.DONE, Need.State.DROPPED}:
        raise RefusedError("care_done")
    care.move_need(user, _one(case.needs.all(), request), Need.State(to))


def _trip(user: User, case: Quarantine, request: HttpRequest) -> None:
    form = MomentsForm(case, request.POST)
    since, until = form.moment("since"), form.moment("until")
    why = request.POST.get("why", "")
    if since is None or until is None:
        raise RefusedError("care_moment")
    care.allow_trip(user, case, Trip.Why(why) if why in Trip.Why.values else Trip.Why.OTHER, since, until)


def _breach(user: User, case: Quarantine, request: HttpRequest) -> None:
    explained = request.POST.get("answer") != "confirmed"
    breach = _one(case.breaches.all(), request)
    care.answer_breach(user, breach, explained=explained, words=request.POST.get("words", ""))


def _give(user: User, case: Quarantine, request: HttpRequest) -> None:
    actions.give_to(user, case, user if request.POST.get("whom") == "me" else None)


def _correct(user: User, case: Quarantine, request: HttpRequest) -> None:
    form = ReportForm(request.POST)
    if not form.is_valid():
        raise RefusedError("report_empty")
    said = form.cleaned_data
    told = Told(form.tenths, said["symptoms"], said["note"], confirmed=True)
    correct_report(user, _one(case.reports.all(), request), told)


_VERBS: Final[dict[str, Callable[[User, Quarantine, HttpRequest], None]]] = {
    "sample": _sample,
    "result": _result,
    "visit": _visit,
    "need": _need,
    "move_need": _move_need,
    "trip": _trip,
    "breach": _breach,
    "give": _give,
    "correct": _correct,
}


def _one(rows: QuerySet[Any], request: HttpRequest) -> Any:
    """The row of this case that the form names."""
    number = request.POST.get("row", "")
    found = rows.filter(pk=int(number)).first() if number.isascii() and number.isdecimal() else None
    if found is None:
        raise RefusedError("care_done")
    return found


def care_context(case: Quarantine) -> dict[str, Any]:
    """What the page of a case shows of the day's work."""
    return {
        "samples": case.samples.select_related("recorded_by"),
        "visits": case.visits.select_related("by")[:10],
        "needs": case.needs.select_related("assignee"),
        "trips": case.trips.select_related("by"),
        "breaches": case.breaches.select_related("gate__site", "answered_by"),
        "steps": case.steps.order_by("-id")[:20],
        "moments": MomentsForm(case),
        "visit_form": VisitForm(),
        "report_form": ReportForm(),
        "need_choices": Need.What.choices,
        "trip_choices": Trip.Why.choices,
        "methods": Sample.METHODS,
        "results": Sample.RESULTS[1:],
    }

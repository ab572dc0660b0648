"""A company's pages: its people, a person, the month, the permits; and for the office, the companies themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open, scope_of
from gatepass.centre.employers import actions
from gatepass.centre.employers.access import access_colleague, access_colleagues, access_companies, access_company
from gatepass.centre.employers.forms import AppointForm, CompanyForm, LeaveForm, PermitForm, WhereaboutsForm
from gatepass.centre.employers.models import Answer, Appointment, Colleague, Company, Whereabouts, WorkPermit
from gatepass.centre.employers.reminders import STEPS
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.paging import Pages
from gatepass.centre.people.access import access_residents
from gatepass.centre.sites.models import Community

PAGE = 50
SHOWN = ("here", "foreign", "away", "gone")


@never_cache
@require_http_methods(["GET", "POST"])
def companies(request: HttpRequest) -> HttpResponse:
    """A grid worker of one company is led to it at once."""
    user = asking(request)
    found = access_companies(user)
    may_found = may_open(user, "company_appoint")
    if not may_found and found.count() == 1:
        return redirect("colleagues", found.get().pk)
    form = CompanyForm(request.POST or None)
    scope = scope_of(user, "company_appoint")
    reach = Community.objects.all() if scope.everywhere else Community.objects.filter(pk__in=scope.communities)
    form.fields["community"].queryset = reach  # type: ignore[attr-defined]
    if request.method == "POST" and may_found and form.is_valid():
        try:
            company = actions.found_company(user, **form.cleaned_data)
        except RefusedError as refused:
            form.add_error("credit_code", refused.sentence)
        else:
            return redirect("colleagues", company.pk)
    chosen, words = _companies_chosen(request, found)
    page = Pages(chosen, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "may_found": may_found, "q": words}
    return render(request, "employers/companies.html", context)


def _companies_chosen(request: HttpRequest, found: QuerySet[Company]) -> tuple[QuerySet[Company], str]:
    words = request.GET.get("q", "").strip()
    return found.filter(Q(name__icontains=words) | Q(credit_code__icontains=words)) if words else found, words


@require_GET
def companies_export(request: HttpRequest) -> HttpResponse:
    chosen, _words = _companies_chosen(request, access_companies(asking(request), "companies_export"))
    rows = [(one.name, one.credit_code, one.community.name) for one in chosen]
    return csv_response("companies", (_("Company"), _("Unified social credit code"), _("Community")), rows)


@never_cache
@require_http_methods(["GET", "POST"])
def company_appoint(request: HttpRequest, company: int) -> HttpResponse:
    user = asking(request)
    found = access_company(user, company, "company_appoint")
    form = AppointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            actions.appoint(user, found, facts["user"], facts["channel"], facts["address"])
        except RefusedError as refused:
            form.add_error("user", refused.sentence)
        else:
            return redirect("company_appoint", found.pk)
    appointed = found.appointments.filter(until=None).select_related("user")
    return render(request, "employers/appoint.html", {"company": found, "form": form, "appointed": appointed})


@require_POST
def appointment_end(request: HttpRequest, company: int, appointment: int) -> HttpResponse:
    user = asking(request)
    found = access_company(user, company, "appointment_end")
    actions.end_appointment(user, get_object_or_404(Appointment, company=found, pk=appointment))
    return redirect("company_appoint", found.pk)


def _chosen(request: HttpRequest, people: QuerySet[Colleague]) -> tuple[QuerySet[Colleague], str, str]:
    """By name or department, and by who is there or is to return; filters stand in the address."""
    show, words = request.GET.get("show", SHOWN[0]), request.GET.get("q", "").strip()
    show = show if show in SHOWN else SHOWN[0]
    gone = Q(until__lt=timezone.localdate())
    people = people.filter(gone) if show == "gone" else people.exclude(gone)
    if show == "foreign":
        people = people.exclude(nationality__in=["", "CHN", "HKG", "MAC", "TWN"])
    if show == "away":
        newest = Whereabouts.objects.filter(colleague=OuterRef("pk")).order_by("-id").values("state")[:1]
        people = people.alias(now=Subquery(newest)).filter(
            now__in=(Whereabouts.State.AWAY, Whereabouts.State.ISOLATION)
        )
    if words:
        people = people.filter(
            Q(full_name__icontains=words) | Q(latin_name__icontains=words) | Q(department__icontains=words)
        )
    return people.select_related("permit").prefetch_related("whereabouts"), show, words


@never_cache
@require_GET
def colleagues(request: HttpRequest, company: int) -> HttpResponse:
    user = asking(request)
    found = access_company(user, company, "colleagues")
    chosen, show, words = _chosen(request, access_colleagues(user, found, "colleagues"))
    today = timezone.localdate()
    context = {
        "company": found,
        "page": Pages(chosen, PAGE).get_page(request.GET.get("page")),
        "show": show,
        "shown": zip(
            SHOWN,
            (_("Work here"), _("Foreign colleagues"), _("Away or in isolation"), _("Have left")),
            strict=True,
        ),
        "q": words,
        "month": _month_of(found, today),
        "soon": _soon(user, found).count(),
        "may_appoint": may_open(user, "company_appoint"),
        "today": today,
    }
    return render(request, "employers/colleagues.html", context)


@require_GET
def colleagues_export(request: HttpRequest, company: int) -> HttpResponse:
    user = asking(request)
    found = access_company(user, company, "colleagues_export")
    chosen, _show, _words = _chosen(request, access_colleagues(user, found, "colleagues_export"))
    rows = [
        (one.full_name, one.nationality, one.employee_number, one.department, one.since, one.until,
         permit.valid_until if (permit := getattr(one, "permit", None)) else "", _where(one))
        for one in chosen
    ]  # fmt: skip
    actions.note_export(user, found, "colleagues", len(rows))
    header = (_("Full name"), _("Nationality"), _("Employee number"), _("Department"), _("Works here from"),
              _("Until"), _("Permit valid until"), _("Whereabouts"))  # fmt: skip
    return csv_response("colleagues", header, rows)


def _where(colleague: Colleague) -> str:
    newest = next(iter(colleague.whereabouts.all()), None)
    if newest is None:
        return ""
    return f"{newest.get_state_display()} → {newest.until}" if newest.until else str(newest.get_state_display())


@never_cache
@require_http_methods(["GET", "POST"])
def colleague(request: HttpRequest, company: int, colleague: int) -> HttpResponse:
    user = asking(request)
    found = access_company(user, company, "colleague")
    person = access_colleague(user, found, colleague)
    step = request.POST.get("step", "")
    forms: dict[str, Any] = {
        name: kind(request.POST if step == name else None)
        for name, kind in (("where", WhereaboutsForm), ("permit", PermitForm), ("leave", LeaveForm))
    }
    form = forms.get(step)
    if form is not None and form.is_valid():
        facts = form.cleaned_data
        try:
            if step == "where":
                actions.report_whereabouts(user, person, facts["state"], facts["place"], facts["until"])
            elif step == "permit":
                actions.set_permit(user, person, facts["number"], facts["valid_until"])
            else:
                actions.end_employment(user, person, facts["last_day"])
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("It is on record."))
            return redirect("colleague", found.pk, person.pk)
    # Whether somebody is registered is told to those who may open the resident anyway.
    registered = access_residents(user, "resident").filter(pk=person.resident_id or 0).exists()
    context = {
        "company": found,
        "person": person,
        "permit": WorkPermit.objects.filter(colleague=person).first(),
        "reports": person.whereabouts.all()[:20],
        "registered": registered,
        "forms": forms,
    }
    return render(request, "employers/colleague.html", context)


def _month_of(company: Any, today: Any) -> dict[str, Any]:
    confirmation = company.confirmations.filter(month=today.replace(day=1)).first()
    done = confirmation is not None and confirmation.confirmed_at is not None
    return {"done": done, "overdue": not done and today.day > actions.DUE_DAY}


@never_cache
@require_http_methods(["GET", "POST"])
def company_month(request: HttpRequest, company: int) -> HttpResponse:
    """All foreign colleagues on one page, everybody marked as still here, one button."""
    user = asking(request)
    found = access_company(user, company, "company_month")
    today = timezone.localdate()
    people = actions.to_confirm(found, today)
    confirmation = actions.open_month(found, today)
    if request.method == "POST":
        said = {
            int(name.removeprefix("said-")): str(value)
            for name, value in request.POST.items()
            if name.startswith("said-") and name.removeprefix("said-").isdecimal()
        }
        try:
            actions.confirm_month(user, confirmation, said, today)
        except (RefusedError, ValueError) as refused:
            sentence = refused.sentence if isinstance(refused, RefusedError) else _("Choose one of the answers.")
            messages.error(request, sentence)
        else:
            messages.success(request, _("The month is confirmed. Thank you."))
        return redirect("company_month", found.pk)
    context = {
        "company": found,
        "people": people,
        "confirmation": confirmation,
        "overdue": confirmation.confirmed_at is None and today > confirmation.due_on,
        "answers": [(value, str(label)) for value, label in Answer.Said.choices],
        "changed": Colleague.objects.filter(answers__confirmation=confirmation, answers__said=Answer.Said.CHANGED),
        "earlier": found.confirmations.exclude(pk=confirmation.pk).select_related("confirmed_by")[:12],
    }
    return render(request, "employers/month.html", context)


def _soon(user: Any, company: Any, page: str = "permits") -> QuerySet[WorkPermit]:
    """Permits that end within sixty days, or have ended, of those who work there."""
    today = timezone.localdate()
    people = access_colleagues(user, company, page).exclude(until__lt=today)
    ends = today + timedelta(days=STEPS[0])
    return (
        WorkPermit.objects.filter(colleague__in=people, valid_until__lte=ends)
        .select_related("colleague")
        .order_by("valid_until", "pk")
    )


@never_cache
@require_GET
def permits(request: HttpRequest, company: int) -> HttpResponse:
    user = asking(request)
    found = access_company(user, company, "permits")
    page = Pages(_soon(user, found), PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    lines = [(permit, (permit.valid_until - today).days) for permit in page]
    return render(request, "employers/permits.html", {"company": found, "page": page, "lines": lines})


@require_GET
def permits_export(request: HttpRequest, company: int) -> HttpResponse:
    user = asking(request)
    found = access_company(user, company, "permits_export")
    rows = [
        (one.colleague.full_name, one.colleague.department, one.valid_until)
        for one in _soon(user, found, "permits_export")
    ]
    actions.note_export(user, found, "permits", len(rows))
    return csv_response("permits", (_("Full name"), _("Department"), _("Permit valid until")), rows)

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.codes.papers import PaperError
from gatepass.centre.exports import csv_response, table_response
from gatepass.centre.insights.access import access_reports, sees_small_counts
from gatepass.centre.insights.actions import make_report
from gatepass.centre.insights.forms import ReportFilter
from gatepass.centre.insights.periods import PeriodForm
from gatepass.centre.insights.printing import report_pdf
from gatepass.centre.insights.stages import STAGE_WORDS, Timing, at_the_gate_ms, slowest, timings
from gatepass.centre.insights.statistics import Statistics, statistics
from gatepass.centre.insights.tables import Table, tables
from gatepass.centre.paging import Pages
from gatepass.centre.passages.storage import now_ms, passage_log, town_days
from gatepass.centre.passages.words import active_language
from gatepass.centre.sites.access import access_site, access_sites
from gatepass.centre.spreadsheets import XLSX, Sheet, xlsx

PAGE = 50
MOST_GATES = 50
"""In the table on the page; the exports have them all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The figures that the address asks for, and their tables."""

    form: PeriodForm
    found: Statistics
    timings: list[Timing]
    tables: list[Table]
    hide: bool


def _asked(user: User, page: str, request: HttpRequest, most_gates: int | None = None) -> Asked:
    """`most_gates`: so many of the busiest in the table, and what the others have together."""
    form = PeriodForm(user, page, request.GET)
    period, gates = form.period, form.gates
    names = gates.names
    now = town_days().slot(now_ms())
    found = statistics(passage_log(), period.first, period.last, names, now=now)
    took = timings(period.first, period.last, names)
    shown = gates.of(one.gate for one in found.gates[:most_gates])
    named = {number: (gate.site.name, gate.name) for number, gate in shown.items()}
    hide = not sees_small_counts(user, gates.rows)
    made = tables(found, took, named, active_language(), hide=hide, most_gates=most_gates)
    return Asked(form, found, took, made, hide)


@never_cache
@require_GET
def insights(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    asked = _asked(user, "insights", request, MOST_GATES)
    worst = slowest(asked.timings)
    by_name = {table.name: table for table in asked.tables}
    context = {
        "form": asked.form,
        "period": asked.form.period,
        "found": asked.found,
        "change": None if asked.found.change is None else round(asked.found.change * 100),
        "tables": asked.tables,
        "decisions": by_name["outcomes"].total[1],
        "outcomes": by_name["outcomes"].rows,
        "at_the_gate": at_the_gate_ms(asked.timings),
        "slowest": (STAGE_WORDS[worst.stage], worst.mean_ms) if worst else None,
        "anything": asked.found.decisions > 0 or any(one.entered or one.left for one in asked.found.hours),
        "gates": asked.form.gates.count,
    }
    return render(request, "insights/insights.html", context)


@require_GET
def insights_export(request: HttpRequest) -> HttpResponse:
    """One table as CSV (`table=`), or all of them in one workbook (`as=xlsx`)."""
    user = asking(request)
    asked = _asked(user, "insights_export", request)
    period, chosen = asked.form.period, request.GET.get("table", "hours")
    table = next((one for one in asked.tables if one.name == chosen), None)
    if table is None:
        raise Http404
    whole = request.GET.get("as") == "xlsx"
    with transaction.atomic():
        record(user, "statistics:export", "statistics:many", table="" if whole else table.name,
               first=period.first.isoformat(), last=period.last.isoformat())  # fmt: skip
    name = f"statistics-{period.first}-{period.last}"
    if not whole:
        return csv_response(f"{name}-{table.name}", table.header, _rows(table))
    book = xlsx([Sheet(one.title, one.header, _rows(one), figures=True) for one in asked.tables])
    response = HttpResponse(book, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _rows(table: Table) -> list[list[Any]]:
    return [*table.rows, *([table.total] if table.total else [])]


@never_cache
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = ReportFilter(user, "reports", request.GET)
    page = Pages(form.reports(), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "sites": access_sites(user, "report_make"),
        "today": town_days().day(now_ms()),
    }
    return render(request, "insights/reports.html", context)


@require_GET
def reports_export(request: HttpRequest) -> HttpResponse:
    """The list of reports, with each day's people; CSV, or XLSX with `as=xlsx`."""
    user = asking(request)
    found = ReportFilter(user, "reports_export", request.GET).reports()
    with transaction.atomic():
        record(user, "statistics:export", "reports:many", table="reports", first="", last="")
    header = (_("Day"), _("Community"), _("Site"), _("Entered"), _("Left"), _("Made"), _("By"))
    rows = (
        (one.day.isoformat(), str(one.site.community), one.site.name, *_people(one.figures),
         one.made_at.isoformat(timespec="seconds"), one.by.full_name if one.by else "")
        for one in found
    )  # fmt: skip
    return table_response(request, "reports", header, rows)


def _people(figures: dict[str, Any]) -> tuple[int, int]:
    return sum(hour[0] for hour in figures["hours"]), sum(hour[1] for hour in figures["hours"])


@require_POST
def report_make(request: HttpRequest) -> HttpResponse:
    """The report of one site's day as it stands now."""
    user = asking(request)
    text = request.POST.get("site", "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        messages.error(request, _("Choose a site."))
        return redirect("reports")
    site = access_site(user, int(text), "report_make")
    made = make_report(user, site, _day(request.POST.get("day", "")))
    messages.success(request, _("The report is made. It is the first one in the list."))
    return redirect(f"/statistics/reports/?site={made.site_id}")


def _day(text: str) -> date | None:
    """None for today, and for what is no day or has not come."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day <= town_days().day(now_ms()) else None


@never_cache
@require_GET
def report_file(request: HttpRequest, report: int) -> HttpResponse:
    """The report as PDF, in the reader's language."""
    found = get_object_or_404(access_reports(asking(request), "report_file"), pk=report)
    try:
        made = report_pdf(found, active_language())
    except PaperError as missing:
        messages.error(request, missing.sentence)
        return redirect("reports")
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="report-{found.site_id}-{found.day}.pdf"'
    return response

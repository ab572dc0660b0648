from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.exports import csv_response
from gatepass.centre.limits.access import access_alarms
from gatepass.centre.limits.actions import clear_alarm
from gatepass.centre.limits.limits import LIMITS
from gatepass.centre.limits.models import Alarm

PAGE = 50


@require_GET
def alarms(request: HttpRequest) -> HttpResponse:
    everything = access_alarms(asking(request))
    which = request.GET.get("which", "open")
    chosen = everything if which == "all" else everything.filter(cleared_at=None)
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    lines = [(alarm, _words(alarm)) for alarm in page]
    return render(request, "limits/alarms.html", {"page": page, "lines": lines, "which": which})


@require_GET
def alarms_export(request: HttpRequest) -> HttpResponse:
    rows = (
        (alarm.pk, alarm.limit, alarm.address or "", alarm.first_at.isoformat(timespec="seconds"),
         alarm.last_at.isoformat(timespec="seconds"), alarm.count,
         alarm.cleared_at.isoformat(timespec="seconds") if alarm.cleared_at else "",
         alarm.cleared_by.full_name if alarm.cleared_by else "")
        for alarm in access_alarms(asking(request), "alarms_export")
    )  # fmt: skip
    header = ("id", "limit", "address", "first_at", "last_at", "refused", "cleared_at", "cleared_by")
    return csv_response("alarms", header, rows)


@require_POST
def alarm_clear(request: HttpRequest, alarm: int) -> HttpResponse:
    user = asking(request)
    clear_alarm(user, get_object_or_404(access_alarms(user, "alarm_clear"), pk=alarm))
    return redirect("alarms")


def _words(alarm: Alarm) -> str:
    limit = LIMITS.get(alarm.limit)
    return str(limit.words) if limit else alarm.limit

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.exports import csv_response
from gatepass.centre.paging import Pages
from gatepass.centre.sending.access import access_messages
from gatepass.centre.sending.actions import send_again
from gatepass.centre.sending.kinds import KINDS
from gatepass.centre.sending.models import State

PAGE = 50


@require_GET
def messages(request: HttpRequest) -> HttpResponse:
    """How the sending goes: counts by state, and the newest messages without address and text."""
    everything = access_messages(asking(request))
    state = request.GET.get("state", "")
    chosen = everything.filter(state=state) if state in State.values else everything
    counts = dict(everything.order_by().values_list("state").annotate(Count("id")))
    page = Pages(chosen, PAGE).get_page(request.GET.get("page"))
    states = [(one.value, one.label, counts.get(one.value, 0)) for one in State]
    lines = [(message, KINDS.get(message.kind, message.kind)) for message in page]
    return render(request, "sending/messages.html", {"page": page, "lines": lines, "states": states, "state": state})


@require_GET
def messages_export(request: HttpRequest) -> HttpResponse:
    rows = (
        (one.pk, one.queued_at.isoformat(timespec="seconds"), one.channel, one.kind, one.language, one.state,
         one.attempts, one.detail, one.done_at.isoformat(timespec="seconds") if one.done_at else "")
        for one in access_messages(asking(request), "messages_export")[:100_000]
    )  # fmt: skip
    header = ("id", "queued_at", "channel", "kind", "language", "state", "attempts", "detail", "done_at")
    return csv_response("messages", header, rows)


@require_POST
def message_again(request: HttpRequest, message: int) -> HttpResponse:
    user = asking(request)
    send_again(user, get_object_or_404(access_messages(user, "message_again"), pk=message))
    return redirect("messages")

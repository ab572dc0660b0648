from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.alarms import actions
from gatepass.centre.alarms.access import access_alarms
from gatepass.centre.alarms.forms import AlarmFilter, ContactForm
from gatepass.centre.alarms.kinds import KINDS, sentence_of, word_of
from gatepass.centre.alarms.models import Alarm, Contact, State
from gatepass.centre.alarms.telling import falls_on
from gatepass.centre.applicants.contacts import Contact as Typed
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.paging import Pages
from gatepass.centre.sending.models import Channel

PAGE = 50
MOST_EXPORTED = 50_000


@dataclass(frozen=True, slots=True)
class Line:
    """One alarm in words."""

    alarm: Alarm
    word: str
    sentence: str
    next_step: str
    mark: str
    """Shape of its state: `red`, `look` or `none`."""
    page: str
    """Where to go about it; empty where there is no such page, or not for this user."""
    by_hand: bool


_MARKS = {State.RAISED: "red", State.ACKNOWLEDGED: "look", State.CLEARED: "none", State.ARMED: "none"}


def _line(user: User, alarm: Alarm) -> Line:
    kind = KINDS.get(alarm.kind)
    page = ""
    if kind and kind.page and may_open(user, kind.page):
        page = reverse(kind.page, args=[int(alarm.subject.split()[0].rpartition(":")[2])])
    return Line(
        alarm=alarm,
        word=word_of(alarm.kind),
        sentence=sentence_of(alarm.kind, alarm.facts),
        next_step=str(kind.next_step) if kind else "",
        mark=_MARKS[State(alarm.state)],
        page=page,
        by_hand=bool(kind and kind.by_hand),
    )


@never_cache
@require_GET
def alarms(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = AlarmFilter(user, "alarms", request.GET)
    page = Pages(form.alarms(), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "lines": [_line(user, alarm) for alarm in page],
        "may_work": may_open(user, "alarm_acknowledge"),
        "reached": Contact.objects.filter(user=user).exists(),
    }
    return render(request, "alarms/alarms.html", context)


@require_GET
def alarms_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV, or as XLSX with `as=xlsx`."""
    user = asking(request)
    found = AlarmFilter(user, "alarms_export", request.GET).alarms()[:MOST_EXPORTED]
    with transaction.atomic():
        record(user, "alarm:export", "alarms:many", count=len(found))
    header = (
        _("Number"), _("Kind"), _("What"), _("Site"), _("State"), _("Raised"), _("Last noticed"), _("Noticed"),
        _("Over"),
    )  # fmt: skip
    return table_response(request, "alarms", header, _cells(found))


def _cells(found: QuerySet[Alarm]) -> Iterator[tuple[object, ...]]:
    for alarm in found:
        moments = [
            moment.isoformat(timespec="seconds") if moment else ""
            for moment in (alarm.raised_at, alarm.last_at, alarm.cleared_at)
        ]
        yield (
            alarm.pk, word_of(alarm.kind), sentence_of(alarm.kind, alarm.facts), alarm.site.name if alarm.site else "",
            alarm.get_state_display(), *moments[:2], alarm.count, moments[2],
        )  # fmt: skip


@never_cache
@require_GET
def alarm(request: HttpRequest, alarm: int) -> HttpResponse:
    """One alarm: what to do, who was told, what has become of it."""
    user = asking(request)
    found = get_object_or_404(access_alarms(user, "alarm"), pk=alarm)
    reached = {delivery.user_id for delivery in found.deliveries.all()}
    context = {
        "line": _line(user, found),
        "flips": found.flips.select_related("by"),
        "deliveries": found.deliveries.select_related("user"),
        "not_told": [one for one in falls_on(found) if one.pk not in reached],
        "may_work": access_alarms(user, "alarm_acknowledge").filter(pk=found.pk).exists(),
    }
    return render(request, "alarms/alarm.html", context)


@require_POST
def alarm_acknowledge(request: HttpRequest, alarm: int) -> HttpResponse:
    user = asking(request)
    actions.acknowledge(user, get_object_or_404(access_alarms(user, "alarm_acknowledge"), pk=alarm))
    return redirect("alarm", alarm)


@require_POST
def alarm_clear(request: HttpRequest, alarm: int) -> HttpResponse:
    user = asking(request)
    try:
        actions.close(user, get_object_or_404(access_alarms(user, "alarm_clear"), pk=alarm))
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("alarm", alarm)


@never_cache
@require_http_methods(["GET", "POST"])
def alarm_contact(request: HttpRequest) -> HttpResponse:
    """Where the alarms of one's own roles arrive."""
    user = asking(request)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reach_at(user, form.cleaned_data["address"])
        except RefusedError as refused:
            form.add_error("address", refused.sentence)
        else:
            reached = bool(form.cleaned_data["address"].strip())
            messages.success(
                request,
                _("A first message is on its way there. If it does not arrive, look at the address again.")
                if reached
                else _("You get no more messages about alarms."),
            )
            return redirect("alarm_contact")
    contact = Contact.objects.filter(user=user).first()
    now_at = Typed(Channel(contact.channel), str(contact.address)).masked if contact else ""
    return render(request, "alarms/contact.html", {"form": form, "now_at": now_at})

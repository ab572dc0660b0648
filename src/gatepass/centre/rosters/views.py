"""The roster as staff see it: cover, export, shifts, changes and needs. The pages of whoever is on it: `own_views`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.passages.words import zone_word
from gatepass.centre.rosters import actions, duty
from gatepass.centre.rosters.access import (
    access_changes,
    access_needs,
    access_notes,
    access_shifts,
    duty_between,
    inside,
    members,
    nearness,
    need_pattern,
    reachable,
    seen_by,
    serving,
)
from gatepass.centre.rosters.channels import channel_word
from gatepass.centre.rosters.cover import DAYS, cover, merged
from gatepass.centre.rosters.duty import Span, Stretch
from gatepass.centre.rosters.forms import ChangeForm, CoverFilter, NeedForm, ShiftForm, day_of, place_of, within_place
from gatepass.centre.rosters.models import Change, Need, Shift
from gatepass.centre.rosters.words import clock_word, days_word, language_word, languages_word, place_word
from gatepass.centre.sites.models import Site


@never_cache
@require_GET
def roster(request: HttpRequest) -> HttpResponse:
    """Fourteen days by the hour, for one language at a time; which languages have gaps stands above."""
    user = asking(request)
    form, site, zone = _asked(request, user, "roster")
    now = timezone.now()
    first = now.astimezone(zone).date()
    begin, end = _fortnight(now, zone)
    spans = [span for span in seen_by(user, "roster", duty_between(begin, end)) if _here(span, site)]
    needs = [need for need in access_needs(user, "roster") if site is None or nearness(need.place, site) is not None]
    channel = str(form.cleaned_data.get("channel") or "") if form.is_valid() else ""
    wanted = [need for need in needs if not channel or need.channel == channel]
    language = _language(form, wanted, spans)
    if not request.GET.get("language"):  # the list says which language is shown, also where nobody chose one
        form.data = {**request.GET.dict(), "language": language}
    table = cover(
        [span for span in spans if span.serves(language, channel or None)],
        [need for need in wanted if need.language == language],
        first,
        zone,
    )
    held = [span for span in spans if span.covers(now)]
    users = {one.pk: one for one in User.objects.filter(pk__in={span.member for span in held})}
    everyone = list(members(user, "roster"))
    reached = reachable([one.pk for one in everyone])
    context = {
        "form": form,
        "language": language,
        "days": table,
        "missing": [clock_word(one, other, zone) for one, other in merged(x for day in table for x in day.missing)],
        "clocks": [day for day in table if day.changes_clock],
        "zone": zone_word(now.astimezone(zone)),
        "gaps": _gaps_by_language(wanted, spans, begin, end),
        "anything": bool(spans or needs),
        "needed": any(need.language == language for need in wanted),
        "now": [(users[span.member], _span_words(span, zone), span.member in reached) for span in held],
        "unreachable": [one for one in everyone if one.pk not in reached],
        "notes": [(note, place_word(note.place)) for note in access_notes(user, "roster")[:5]],
        "may_work": may_open(user, "shifts"),
        "may_serve": may_open(user, "duty"),
    }
    return render(request, "rosters/roster.html", context)


@require_GET
def roster_export(request: HttpRequest) -> HttpResponse:
    """Every duty of the next fourteen days, as CSV or (`as=xlsx`) XLSX; times in UTC and on the wall clock."""
    user = asking(request)
    form, site, zone = _asked(request, user, "roster_export")
    begin, end = _fortnight(timezone.now(), zone)
    told = form.cleaned_data if form.is_valid() else {}
    spans = [
        span
        for span in seen_by(user, "roster_export", duty_between(begin, end))
        if _here(span, site) and span.serves(told.get("language") or None, told.get("channel") or None)
    ]
    with transaction.atomic():
        record(user, "roster:export", "roster:many", count=len(spans))
    header = (_("From"), _("Until"), _("Time zone"), _("Interpreter"), _("Languages"), _("Channels"), _("Where"),
              _("Instead of"), _("Reached"))  # fmt: skip
    return table_response(request, "roster", header, _cells(spans, zone))


def _cells(spans: list[Span], zone: tzinfo) -> Iterator[tuple[object, ...]]:
    people = {span.member for span in spans} | {span.instead_of for span in spans if span.instead_of is not None}
    names, reached = dict(User.objects.filter(pk__in=people).values_list("pk", "full_name")), reachable(people)
    for span in spans:
        yield (
            span.begins.astimezone(zone).isoformat(timespec="minutes"),
            span.ends.astimezone(zone).isoformat(timespec="minutes"),
            zone_word(span.begins.astimezone(zone)),
            names[span.member],
            languages_word(span.languages),
            ", ".join(channel_word(one) for one in sorted(span.channels)),
            place_word(span.place),
            names.get(span.instead_of or 0, ""),
            _("yes") if span.member in reached else _("no"),
        )


@never_cache
@require_GET
def shifts(request: HttpRequest) -> HttpResponse:
    """What repeats, what differs, and what is needed."""
    user, today = asking(request), timezone.localdate()
    may_end = set(Shift.objects.filter(inside(user, "shift_end")).values_list("pk", flat=True))
    repeats = [
        {
            "shift": shift,
            "languages": languages_word(shift.languages),
            "channels": ", ".join(channel_word(one) for one in shift.channels),
            "days": days_word(shift.weekdays),
            "place": place_word(shift.place),
            "mine": shift.pk in may_end,
        }
        for shift in access_shifts(user, "shifts")
        if shift.last_day is None or shift.last_day >= today
    ]
    changes = [
        {"change": one, "when": clock_word(one.begins_at, one.ends_at, _zone_of(one)), "place": place_word(one.place),
         "languages": languages_word(one.languages)}
        for one in access_changes(user, "shifts").filter(ends_at__gt=timezone.now()).order_by("begins_at")
    ]  # fmt: skip
    mine = set(Need.objects.filter(inside(user, "need_end")).values_list("pk", flat=True))
    needs = [
        {"need": need, "language": language_word(need.language), "days": days_word(need.weekdays),
         "place": place_word(need.place), "mine": need.pk in mine}
        for need in access_needs(user, "shifts")
    ]  # fmt: skip
    context = {"shifts": repeats, "changes": changes, "needs": needs, "today": today}
    return render(request, "rosters/shifts.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def shift_new(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = ShiftForm(user, "shift_new", request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.set_shift(user, told["user"], form.hours(), form.serves(), every_weeks=told["every_weeks"])
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("shifts")
    return render(request, "rosters/form.html", {"form": form, "title": _("Enter a shift")})


@require_POST
def shift_end(request: HttpRequest, shift: int) -> HttpResponse:
    user = asking(request)
    found = get_object_or_404(Shift.objects.filter(inside(user, "shift_end")), pk=shift)
    last = day_of(request.POST.get("last_day", "")) or timezone.localdate() - timedelta(days=1)
    actions.end_shift(user, found, last)
    return redirect("shifts")


@never_cache
@require_http_methods(["GET", "POST"])
def roster_change(request: HttpRequest) -> HttpResponse:
    """An absence or an extra duty of somebody."""
    user = asking(request)
    form = ChangeForm(user, "roster_change", request.POST or None)
    if request.method == "POST" and form.is_valid():
        told, where = form.cleaned_data, place_of(form.cleaned_data["place"])
        try:
            if told["kind"] == "away":
                actions.set_away(user, told["user"], told["begins"], told["ends"])
            else:
                begins, ends = (within_place(told[name], where) for name in ("begins", "ends"))
                serves = actions.Serves(told["languages"], told["channels"])
                actions.add_extra(user, told["user"], where, serves, begins, ends)
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("shifts")
    return render(request, "rosters/form.html", {"form": form, "title": _("Enter a change")})


@require_POST
def roster_change_cancel(request: HttpRequest, change: int) -> HttpResponse:
    user = asking(request)
    actions.cancel_change(user, get_object_or_404(access_changes(user, "roster_change_cancel"), pk=change))
    return redirect("shifts")


@never_cache
@require_http_methods(["GET", "POST"])
def need_new(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = NeedForm(user, "need_new", request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.set_need(
                user, told["language"], told["channel"], form.hours(), least=told["least"],
                lead_hours=told["lead_hours"],
            )  # fmt: skip
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("shifts")
    return render(request, "rosters/form.html", {"form": form, "title": _("Say what is needed")})


@require_POST
def need_end(request: HttpRequest, need: int) -> HttpResponse:
    user = asking(request)
    actions.end_need(user, get_object_or_404(Need.objects.filter(inside(user, "need_end")), pk=need))
    messages.success(request, _("Nobody is missed at these hours any more."))
    return redirect("shifts")


def _asked(request: HttpRequest, user: User, page: str) -> tuple[CoverFilter, Site | None, tzinfo]:
    form = CoverFilter(user, page, request.GET)
    site = form.cleaned_data["site"] if form.is_valid() else None
    return form, site, site.zone if site is not None else timezone.get_default_timezone()


def _fortnight(now: datetime, zone: tzinfo) -> Stretch:
    """From midnight of today to midnight after fourteen calendar days."""
    today = now.astimezone(zone).date()
    midnight = datetime.min.time()
    return duty.instant(today, midnight, zone), duty.instant(today + timedelta(days=DAYS), midnight, zone)


def _here(span: Span, site: Site | None) -> bool:
    return site is None or nearness(span.place, site) is not None


def _language(form: CoverFilter, needs: list[Need], spans: list[Span]) -> str:
    asked = form.cleaned_data.get("language") if form.is_valid() else ""
    if asked:
        return str(asked)
    known = [need.language for need in needs] or sorted({code for span in spans for code in span.languages})
    return known[0] if known else (get_language() or "en")


def _gaps_by_language(needs: list[Need], spans: list[Span], begin: datetime, end: datetime) -> list[dict[str, object]]:
    found: dict[str, list[Stretch]] = {}
    now = timezone.now()
    for need in needs:
        wanted = duty.wanted_of(need_pattern(need), max(begin, now), end)
        found.setdefault(need.language, []).extend(duty.gaps(serving(need, spans), wanted, need.least))
    return [
        {"code": code, "language": language_word(code), "count": len(merged(missing))}
        for code, missing in sorted(found.items())
    ]


def _span_words(span: Span, zone: tzinfo) -> dict[str, object]:
    return {
        "languages": languages_word(span.languages),
        "channels": ", ".join(channel_word(one) for one in sorted(span.channels)),
        "place": place_word(span.place),
        "until": span.ends.astimezone(zone),
    }


def _zone_of(change: Change) -> tzinfo:
    return change.shift.zone if change.shift is not None else change.zone

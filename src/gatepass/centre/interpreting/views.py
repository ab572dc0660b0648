"""The interpreter's pages: what rings, the conversation with its form, what came of it; and the list for the office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import msgspec
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.interpreting import actions
from gatepass.centre.interpreting.access import access_calls, access_own_call, ringing_for, to_conclude
from gatepass.centre.interpreting.exchange import Said, heard_by_interpreter
from gatepass.centre.interpreting.forms import CallFilter, ConcludeForm, LineForm, RegisterForm
from gatepass.centre.interpreting.models import Call, Line, Outcome, State
from gatepass.centre.paging import Pages
from gatepass.centre.people.actions import register_resident
from gatepass.centre.rosters.access import duty_between
from gatepass.centre.rosters.words import clock_word, language_word

PAGE = 50
MOST_EXPORTED = 50_000
MEDIA = "camera=(self), microphone=(self), geolocation=()"
"""Permissions-Policy of the pages on which somebody talks, and of no other."""


@never_cache
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """What rings for me now; it comes by itself (`/live/calls`)."""
    user, now = asking(request), timezone.now()
    mine = [span for span in duty_between(now, now + timedelta(seconds=1)) if span.member == user.pk]
    context = {
        "ringing": ringing_for(user),
        "to_note": to_conclude(user),
        "until": clock_word(now, max(span.ends for span in mine)) if mine else "",
    }
    return render(request, "interpreting/calls.html", context)


@require_POST
def call_answer(request: HttpRequest, call: int) -> HttpResponse:
    user = asking(request)
    found = access_own_call(user, call)
    try:
        if "decline" in request.POST:
            actions.decline(user, found)
            return redirect("calls")
        if found.state != State.TALKING:
            actions.answer(user, found)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
        return redirect("calls")
    return redirect("call_talk", call)


@never_cache
@require_GET
def call_talk(request: HttpRequest, call: int) -> HttpResponse:
    """Camera and microphone are allowed here, and on no other page of the staff site."""
    found = access_own_call(asking(request), call)
    if found.answered_at is None:
        return redirect("calls")
    context = {
        "call": found,
        "in_language": language_word(found.language),
        "form": ConcludeForm(initial={"outcome": found.outcome, "notes": found.notes}),
        "register": RegisterForm(),
        "talking": found.state == State.TALKING,
    }
    response = render(request, "interpreting/talk.html", context)
    response.headers["Permissions-Policy"] = MEDIA
    return response


@require_POST
def call_exchange(request: HttpRequest, call: int) -> HttpResponse:
    """JSON both ways: signals of the browsers, and a sign of life."""
    user = asking(request)
    found = access_own_call(user, call)
    try:
        said = msgspec.json.decode(request.body[:400_000], type=Said)
        return JsonResponse(heard_by_interpreter(found, user, said))
    except (msgspec.MsgspecError, ValueError):
        return JsonResponse({"code": "malformed"}, status=400)


@require_POST
def call_conclude(request: HttpRequest, call: int) -> HttpResponse:
    user = asking(request)
    found = access_own_call(user, call)
    form = ConcludeForm(request.POST)
    if form.is_valid():
        try:
            actions.conclude(user, found, Outcome(form.cleaned_data["outcome"]), form.cleaned_data["notes"])
            messages.success(request, _("Noted. Thank you."))
        except RefusedError as refused:
            messages.error(request, refused.sentence)
    return redirect("call_talk", call) if found.state == State.TALKING else redirect("calls")


@require_POST
def call_register(request: HttpRequest, call: int) -> HttpResponse:
    """While talking, and only then: the person's document at the site of the call. JSON for the page, which stays."""
    user = asking(request)
    found = access_own_call(user, call)
    form = RegisterForm(request.POST)
    if found.state != State.TALKING:
        return JsonResponse({"said": RefusedError("call_not_now").sentence}, status=409)
    if not form.is_valid():
        said = (f"{form[name].label}: {errors[0]}" for name, errors in form.errors.items() if name in form.fields)
        return JsonResponse({"said": " ".join(said)}, status=400)
    try:
        resident = register_resident(user, form.registration(found.site, found.language))
        actions.note_registered(user, found, resident)
    except RefusedError as refused:
        return JsonResponse({"said": refused.sentence}, status=409)
    return JsonResponse({"said": _("Registered. The gates know the person within seconds; the office gives a colour.")})


def _filtered(request: HttpRequest, user: User, page: str) -> tuple[CallFilter, QuerySet[Call]]:
    form = CallFilter(user, page, request.GET)
    found = access_calls(user, page)
    if form.is_valid():
        told = form.cleaned_data
        for name in ("language", "state", "site"):
            if told[name]:
                found = found.filter(**{name: told[name]})
        if told["since"]:
            begins = datetime.combine(told["since"], time(0), timezone.get_current_timezone())
            found = found.filter(asked_at__gte=begins)
    return form, found


@never_cache
@require_GET
def call_list(request: HttpRequest) -> HttpResponse:
    """Who asked where, who answered after how long, and what came of it."""
    user = asking(request)
    form, found = _filtered(request, user, "call_list")
    page = Pages(found, PAGE).get_page(request.GET.get("page"))
    lines = Line.objects.select_related("site")
    context = {
        "form": form,
        "page": page,
        "lines": [{"call": one, "language": language_word(one.language), "wait": _wait(one)} for one in page],
        "anything": access_calls(user, "call_list").exists(),
        "numbers": [(line, language_word(line.language)) for line in lines],
        "line_form": _line_form(user),
    }
    return render(request, "interpreting/list.html", context)


@require_GET
def call_list_export(request: HttpRequest) -> HttpResponse:
    """Without notes: they are read one by one."""
    user = asking(request)
    _form, rows = _filtered(request, user, "call_list_export")
    found = list(rows[:MOST_EXPORTED])
    with transaction.atomic():
        record(user, "interpreting:export", "call:many", count=len(found))
    header = (_("Number"), _("When"), _("Language"), _("Site"), _("From where"), _("State"), _("Interpreter"),
              _("Seconds until answered"), _("Seconds of talk"), _("Outcome"))  # fmt: skip
    return table_response(request, "calls", header, _cells(found))


def _cells(found: list[Call]) -> Iterator[tuple[object, ...]]:
    for one in found:
        talked = int((one.ended_at - one.answered_at).total_seconds()) if one.ended_at and one.answered_at else ""
        yield (
            one.pk, one.asked_at.isoformat(timespec="seconds"), language_word(one.language), one.site.name,
            one.get_source_display(), one.get_state_display(),
            _who(one) if one.answered_at else "", _wait(one), talked,
            one.get_outcome_display(),
        )  # fmt: skip


def _who(call: Call) -> str:
    """Whoever has it, or had it last. A neighbour stays nameless here too: the list goes out as a file."""
    if call.volunteer_id is not None:
        return _("a volunteer")
    return call.interpreter.full_name if call.interpreter else ""


@never_cache
@require_GET
def call_page(request: HttpRequest, call: int) -> HttpResponse:
    """One call, move by move, and what was noted. That it was opened is on record."""
    user = asking(request)
    found = get_object_or_404(access_calls(user, "call_page"), pk=call)
    with transaction.atomic():
        record(user, "interpreting:open", found)
    moves = list(found.moves.select_related("rung"))
    if len(moves) > 1 and moves[0].at == moves[1].at:
        del moves[0]  # somebody was free at once: it did not wait for those who were talking
    context = {
        "call": found,
        "in_language": language_word(found.language),
        "moves": moves,
    }
    return render(request, "interpreting/call.html", context)


@require_http_methods(["POST"])
def call_lines(request: HttpRequest) -> HttpResponse:
    """The telephone number of a language, for a site or the whole town."""
    user = asking(request)
    form = _line_form(user, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        actions.set_line(user, told["language"], told["site"], told["number"])
    else:
        messages.error(request, _("This is no telephone number, or no site of yours."))
    return redirect("call_list")


def _line_form(user: User, posted: object = None) -> LineForm:
    return LineForm(user, "call_lines", posted, whole_town=scope_of(user, "call_lines").everywhere)


def _wait(call: Call) -> int | str:
    return int((call.answered_at - call.asked_at).total_seconds()) if call.answered_at else ""

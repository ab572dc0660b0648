"""What an interpreter does with their own duty: see it, give it, take it, be away, leave a note, have a calendar."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.accounts.models import User
from gatepass.centre.errors import RefusedError
from gatepass.centre.rosters import actions
from gatepass.centre.rosters.access import (
    able_languages,
    access_changes,
    access_notes,
    access_shifts,
    access_swaps,
    duty_between,
    members,
    reachable,
    seen_by,
)
from gatepass.centre.rosters.calendar import Event, calendar
from gatepass.centre.rosters.channels import channel_word
from gatepass.centre.rosters.duty import Place, Span
from gatepass.centre.rosters.forms import AwayForm, NoteForm, day_of, place_of
from gatepass.centre.rosters.models import Change, Feed
from gatepass.centre.rosters.words import clock_word, languages_word, place_word
from gatepass.centre.sites.models import Site

AHEAD = timedelta(days=14)
IN_CALENDAR = timedelta(days=60)


@never_cache
@require_GET
def duty(request: HttpRequest) -> HttpResponse:
    """The next fourteen times 24 hours: mine, what colleagues offer, and what I could take over at once."""
    user, now = asking(request), timezone.now()
    spans = seen_by(user, "duty", duty_between(now, now + AHEAD))
    offered = {(swap.shift_id, swap.day): swap for swap in access_swaps(user, "duty")}
    colleagues = [one for one in members(user, "duty") if one.pk != user.pk]
    context = {
        "lines": [_line(span, offered) for span in spans if span.member == user.pk],
        "offers": [
            {"swap": swap, "when": clock_word(swap.begins_at, swap.ends_at, swap.shift.zone),
             "languages": languages_word(swap.shift.languages), "place": place_word(swap.shift.place)}
            for swap in offered.values() if swap.giver_id != user.pk
        ],
        "others": [
            _line(span, offered)
            for span in spans
            if span.member != user.pk
            and span.pattern is not None
            and span.begins < now + timedelta(hours=24)
            and span.languages & able_languages(user.pk, span.place)
        ],
        "names": {one.pk: one.full_name for one in User.objects.filter(pk__in={span.member for span in spans})},
        "colleagues": colleagues,
        "aways": [
            {"change": one, "when": clock_word(one.begins_at, one.ends_at)}
            for one in access_changes(user, "duty").filter(kind=Change.Kind.AWAY, user=user, ends_at__gt=now)
        ],
        "away": AwayForm(),
        "note": NoteForm(_own_places(user)),
        "notes": [(one, place_word(one.place)) for one in access_notes(user, "duty")[:10]],
        "reachable": user.pk in reachable([user.pk]),
        "feed": Feed.objects.filter(user=user, revoked_at=None).first(),
        "new_feed": request.session.pop("new_feed", ""),
    }  # fmt: skip
    return render(request, "rosters/duty.html", context)


@require_POST
def duty_act(request: HttpRequest) -> HttpResponse:
    """Every button of the page of one's own duty; what is pressed is the name `do`."""
    user = asking(request)
    try:
        _do(request, user, request.POST.get("do", ""))
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("duty")


def _do(request: HttpRequest, user: User, what: str) -> None:
    match what:
        case "offer" | "take" | "accept" | "withdraw":
            _swap(request, user, what)
        case "away" | "back":
            _away(request, user, what)
        case "note":
            note = NoteForm(_own_places(user), request.POST)
            if note.is_valid():
                actions.leave_note(user, place_of(note.cleaned_data["place"]), note.cleaned_data["text"])
                messages.success(request, _("Whoever is on duty next reads it here."))
        case "calendar":
            # Shown once, on the next page: what is kept is only its hash.
            address = reverse("calendar_feed", args=[actions.make_feed(user)])
            request.session["new_feed"] = f"{settings.CONFIGURATION.address}{address}"
        case "no_calendar":
            actions.revoke_feed(user)


def _swap(request: HttpRequest, user: User, what: str) -> None:
    posted = request.POST
    if what in {"accept", "withdraw"}:
        swap = get_object_or_404(access_swaps(user, "duty_act"), pk=_number(posted.get("swap")))
        (actions.accept_swap if what == "accept" else actions.withdraw_swap)(user, swap)
        return
    shift = get_object_or_404(access_shifts(user, "duty_act"), pk=_number(posted.get("shift")))
    day = day_of(posted.get("day", "")) or date.min
    if what == "take":
        actions.take_over(user, shift, day)
        messages.success(request, _("It is your duty now. Whoever had it is told."))
    else:
        asked = members(user, "duty_act").filter(pk=_number(posted.get("asked"))).first()
        actions.offer_swap(user, shift, day, asked)


def _away(request: HttpRequest, user: User, what: str) -> None:
    if what == "back":
        mine = access_changes(user, "duty_act").filter(kind=Change.Kind.AWAY, user=user)
        actions.cancel_change(user, get_object_or_404(mine, pk=_number(request.POST.get("change"))))
        return
    form = AwayForm(request.POST)
    if not form.is_valid():
        raise RefusedError("roster_times")
    actions.set_away(user, user, form.cleaned_data["begins"], form.cleaned_data["ends"])


@require_GET
def calendar_feed(_request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the address sees one member's hours, languages and place; no resident stands in it."""
    feed = Feed.objects.filter(
        token_hash=actions.feed_hash(token), revoked_at=None, user__is_active=True
    ).select_related("user").first()  # fmt: skip
    if feed is None:
        raise Http404
    now = timezone.now()
    with translation.override(feed.user.language):
        spans = duty_between(now - AHEAD, now + IN_CALENDAR)
        events = [_event(span) for span in spans if span.member == feed.user_id]
        body = calendar(f"{settings.CONFIGURATION.town}: {_('My duty')}", events, now)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'attachment; filename="duty.ics"'
    return response


def _event(span: Span) -> Event:
    of = f"{span.pattern}-{span.day}" if span.pattern is not None else f"extra-{span.extra}"
    host = settings.CONFIGURATION.host
    return Event(
        f"duty-{of}-{span.begins:%Y%m%dT%H%M}@{host}",
        span.begins,
        span.ends,
        f"{_('On duty')}: {languages_word(span.languages)} "
        f"({', '.join(channel_word(one) for one in sorted(span.channels))})",
        place_word(span.place),
    )


def _line(span: Span, offered: dict) -> dict[str, object]:
    zone = Site.objects.get(pk=span.place[1]).zone if span.place[1] is not None else None
    return {
        "span": span,
        "when": clock_word(span.begins, span.ends, zone),
        "languages": languages_word(span.languages),
        "channels": ", ".join(channel_word(one) for one in sorted(span.channels)),
        "place": place_word(span.place),
        "swap": offered.get((span.pattern, span.day)),
        "under_way": span.begins <= timezone.now(),
    }


def _own_places(user: User) -> dict[Place, str]:
    """Where this interpreter has the role: there the notes lie."""
    places = sorted({(grant.community_id, grant.site_id) for grant in user.granted}, key=str)
    return {place: place_word(place) for place in places}


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0

"""Posters, screens, sound, and messages to groups."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.errors import RefusedError
from gatepass.centre.notices import broadcasts, screens
from gatepass.centre.notices.access import access_broadcast, access_notice, language_of, public_editions
from gatepass.centre.notices.forms import GroupForm, PosterForm, ShowForm
from gatepass.centre.notices.loudspeaker import spoken
from gatepass.centre.notices.models import Broadcast
from gatepass.centre.notices.posters import Layout, Size, poster_pdf
from gatepass.centre.notices.views import back_to_the_notice
from gatepass.centre.notices.views.lists import title_of


@never_cache
@require_GET
@back_to_the_notice
def notice_poster(request: HttpRequest, notice: int) -> HttpResponseBase:
    """What is public, as a PDF."""
    found = access_notice(asking(request), notice, "notice_poster")
    public = public_editions(found)
    form = PosterForm(list(public), request.GET)
    if not form.is_valid():
        raise RefusedError("poster_empty")
    wishes = form.cleaned_data
    chosen = [public[code] for code in wishes["languages"] or public if code in public]
    order = [code for code, _name in settings.LANGUAGES]
    chosen.sort(key=lambda one: order.index(one.language))
    content = poster_pdf(chosen, Size(wishes["size"]), Layout(wishes["layout"]), coloured=wishes["coloured"])
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="notice-{found.code}-{wishes["size"]}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@never_cache
@require_GET
@back_to_the_notice
def notice_sound(request: HttpRequest, notice: int, language: str) -> HttpResponseBase:
    """The public sentence for a loudspeaker, as a WAV file."""
    found = access_notice(asking(request), notice, "notice_sound")
    edition = public_editions(found).get(language)
    if edition is None:
        raise RefusedError("notice_not_public")
    made = spoken(edition.short, language_of(language))
    response = HttpResponse(made.wav, content_type="audio/wav")
    response.headers["Content-Disposition"] = f'attachment; filename="notice-{found.code}-{language}.wav"'
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@back_to_the_notice
def notice_show(request: HttpRequest, notice: int) -> HttpResponseBase:
    user = asking(request)
    found = access_notice(user, notice, "notice_show")
    form = ShowForm(user, "notice_show", request.POST)
    if not form.is_valid():
        raise RefusedError("notice_end")
    said = form.cleaned_data
    screens.show(user, found, form.chosen(), said["begins_at"] or timezone.now(), said["ends_at"])
    messages.success(request, _("The gates have it within seconds; those without a network when it is back."))
    return redirect("notice", notice)


@require_POST
@back_to_the_notice
def notice_take_down(request: HttpRequest, notice: int, showing: int) -> HttpResponseBase:
    user = asking(request)
    found = access_notice(user, notice, "notice_take_down")
    screens.take_down(user, get_object_or_404(found.showings, pk=showing))
    return redirect("notice", notice)


@never_cache
@require_http_methods(["GET", "POST"])
@back_to_the_notice
def notice_broadcast(request: HttpRequest, notice: int) -> HttpResponseBase:
    """First what it would be: how many people, in which languages. Then it is begun."""
    user = asking(request)
    found = access_notice(user, notice, "notice_broadcast")
    asked = request.POST if request.method == "POST" else request.GET
    form = GroupForm(user, "notice_broadcast", asked if "group" in asked else None)
    lines: list[broadcasts.Preview] = []
    if form.is_bound and form.is_valid():
        group = form.chosen()
        if request.method == "POST":
            begun = broadcasts.begin(user, found, group)
            return redirect("broadcast", begun.pk)
        lines = broadcasts.preview(found, group)
    context = {
        "notice": found, "title": title_of(found), "form": form, "lines": lines,
        "people": sum(line.people for line in lines), "segments": sum(line.people * line.segments for line in lines),
    }  # fmt: skip
    return render(request, "notices/broadcast_new.html", context)


@never_cache
@require_GET
def broadcast(request: HttpRequest, broadcast: int) -> HttpResponse:
    found = access_broadcast(asking(request), broadcast, "broadcast")
    context = {
        "broadcast": found,
        "notice": found.notice,
        "title": title_of(found.notice),
        "sent": broadcasts.sent(found),
        "running": found.state == Broadcast.State.RUNNING,
    }
    return render(request, "notices/broadcast.html", context)


@require_POST
def broadcast_cancel(request: HttpRequest, broadcast: int) -> HttpResponse:
    user = asking(request)
    try:
        broadcasts.cancel(user, access_broadcast(user, broadcast, "broadcast_cancel"))
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("broadcast", broadcast)

"""The visitor's page: whoever holds the link sees the code, in the visitor's language, also without a network."""

from __future__ import annotations

import json
from contextlib import suppress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import spend
from gatepass.centre.pictures import qr
from gatepass.centre.visitors.access import invitation_of
from gatepass.centre.visitors.actions import pass_text, whom
from gatepass.centre.visitors.models import Invitation
from gatepass.centre.visitors.words import times_word, zone_words

_FILES = ("my/my.css", "visitors/visit.css", "centre/mark.svg", "visitors/visit.js")


@cache_control(private=True, no_cache=True)
@require_GET
def visit_page(request: HttpRequest, token: str) -> HttpResponse:
    """In the language that the host chose, until the visitor touches another."""
    try:
        found = invitation_of(token)
    except Http404:
        with suppress(RefusedError):
            spend("invitation_from_address", request.META.get("REMOTE_ADDR", ""))
        raise
    language = found.language
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        language = translation.get_language()
    with translation.override(language):
        over = found.state == Invitation.State.ENDED or found.ends_at <= timezone.now()
        paused = found.state == Invitation.State.PAUSED
        context = {
            "invitation": found, "times": times_word(found), "zone": zone_words(found),
            "whom": whom(found.host), "over": over, "paused": paused,
            "picture": "" if over or paused else qr(pass_text(found)), "town": settings.CONFIGURATION.town,
        }  # fmt: skip
        response = render(request, "visitors/visit.html", context)
    response.headers["Content-Language"] = language
    # Not "no-referrer": with it a browser sends no origin either, and the choice of a language is refused.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_GET
def visit_worker(request: HttpRequest) -> HttpResponse:
    """Keeps a visitor's page on the phone: at the gate there may be no network."""
    context = {"files": json.dumps([static(file) for file in _FILES])}
    response = render(request, "visitors/worker.js", context, content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response

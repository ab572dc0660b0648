"""What everybody sees: the live page behind a poster's QR, and residents their notices. No cookie is set here.

The page says in the reader's language what holds: that the notice is over or withdrawn, that the paper is out of date,
that the text is not there in this language (then it counts the fallback).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.mandates.access import mandates_of
from gatepass.centre.notices.access import best_of, notices_for, public_editions
from gatepass.centre.notices.actions import count_fallback
from gatepass.centre.notices.models import Change, Edition, Notice, Shown
from gatepass.centre.notices.prose import to_html


@dataclass(frozen=True, slots=True)
class Told:
    notice: Notice
    edition: Edition
    falls_back: bool
    body: str


@never_cache
@require_GET
def notice_public(request: HttpRequest, code: str, revision: int = 0) -> HttpResponse:
    notice = Notice.objects.select_related("community", "site").filter(code=code).first()
    if notice is None:
        raise Http404
    codes = dict(settings.LANGUAGES)
    asked = request.GET.get("l", "")
    wanted = asked if asked in codes else translation.get_language() or "zh-hans"
    now = timezone.now()
    public = public_editions(notice)
    edition = best_of(public, wanted, notice.language)
    over = bool(notice.ends_at and notice.ends_at <= now)
    if edition is not None and edition.language != wanted and not over:
        count_fallback(notice, wanted, edition.language, Shown.PAGE)
    last = notice.editions.filter(language=wanted, ended_at__isnull=False).first()
    with translation.override(wanted):
        context = {
            "notice": notice, "edition": edition, "body": to_html(edition.body) if edition else "", "wanted": wanted,
            "language_names": [(one, name, one in public) for one, name in settings.LANGUAGES],
            "withdrawn": notice.withdrawn_at is not None, "over": over,
            "fell_back": edition is not None and edition.language != wanted,
            "stale": edition is None or edition.language != wanted, "last": last,
            "told_in": codes[edition.language] if edition else "",
            "outdated": bool(revision and edition and _has_changed(notice, revision, edition)), "revision": revision,
            "languages": (),  # no form: it would set a cookie
        }  # fmt: skip
        response = render(request, "notices/public.html", context)
    response.headers["Content-Language"] = wanted
    return response


def _has_changed(notice: Notice, revision: int, edition: Edition) -> bool:
    """Whether the substance has changed between the paper and the page."""
    between = {"number__gt": revision, "number__lte": edition.revision.number}
    return notice.revisions.filter(change=Change.SUBSTANCE, **between).exists()


@never_cache
@require_GET
def my_notices(request: HttpRequest) -> HttpResponse:
    """What holds for the people for whom the applicant acts, in the page's language."""
    sites = [mandate.resident.site_id for mandate in mandates_of(asking_applicant(request))]
    wanted = translation.get_language() or "zh-hans"
    lines: list[Told] = []
    for notice in notices_for(sites, timezone.now())[:60]:
        edition = best_of(public_editions(notice), wanted, notice.language)
        if edition is not None:
            lines.append(Told(notice, edition, edition.language != wanted, to_html(edition.body)))
    # Fetched by a phone for later, nobody has read it yet.
    for line in lines if "x-kept-ahead" not in request.headers else ():
        if line.falls_back:
            count_fallback(line.notice, wanted, line.edition.language, Shown.PHONE)
    return render(request, "notices/my.html", {"lines": lines, "wanted": wanted})

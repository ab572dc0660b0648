"""The list of notices, what waits for review, posters that may hang, languages that were missing, and the glossary."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.notices import actions
from gatepass.centre.notices.access import access_notices, languages_of
from gatepass.centre.notices.forms import NoticeFilter, PosterForm, TermForm, public_notices
from gatepass.centre.notices.glossary import shipped
from gatepass.centre.notices.models import Change, Fallback, Notice, State, TownTerm, Translation
from gatepass.centre.notices.ready_made import READY_MADE, REVIEWED_BY
from gatepass.languages import LANGUAGES

PAGE = 50
MOST_EXPORTED = 10_000


def lines_of(notice: Notice) -> list[dict[str, object]]:
    """The five languages of a notice: what is public, and how far the work is."""
    texts = {one.language: one for one in notice.translations.all()}
    public = {one.language: one for one in notice.editions.all() if one.ended_at is None}
    return [
        {
            "code": code,
            "name": name,
            "text": texts.get(code),
            "edition": public.get(code),
            "mark": _mark(texts.get(code)),
        }
        for code, name in settings.LANGUAGES
    ]


def _mark(text: Translation | None) -> str:
    if text is None or text.state in {State.STALE, State.WITHDRAWN}:
        return "look" if text is not None else "none"
    return "green" if text.state == State.PUBLISHED else ""


def substance_of(notice: Notice, up_to: int) -> int:
    """The last text of the source, up to this one, whose substance was new."""
    numbers = [one.number for one in notice.revisions.all() if one.change == Change.SUBSTANCE and one.number <= up_to]
    return max(numbers, default=0)


def title_of(notice: Notice) -> str:
    source = next((one for one in notice.translations.all() if one.language == notice.language), None)
    return source.title if source else ""


@never_cache
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = NoticeFilter(user, "notices", request.GET)
    page = Paginator(form.notices(), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "lines": [(one, title_of(one), lines_of(one)) for one in page],
        "anything": access_notices(user, "notices").exists(),
        "may_work": may_open(user, "notice_new"),
        "ready_made": len(READY_MADE),
        "reviewed_by": REVIEWED_BY,
    }
    return render(request, "notices/notices.html", context)


@require_GET
def notices_export(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    found = NoticeFilter(user, "notices_export", request.GET).notices()[:MOST_EXPORTED]
    with transaction.atomic():
        record(user, "notice:export", "notices:many", count=len(found))
    header = (
        _("Number"), _("Kind"), _("Title"), _("For whom"), _("Holds until"), _("Withdrawn"),
        *(name for _code, name in settings.LANGUAGES),
    )  # fmt: skip
    return table_response(request, "notices", header, _cells(list(found)))


def _cells(found: list[Notice]) -> Iterator[tuple[object, ...]]:
    for one in found:
        states = []
        for line in lines_of(one):
            text = line["text"]
            states.append(text.get_state_display() if isinstance(text, Translation) else "")
        yield (
            one.pk, one.get_kind_display(), title_of(one), str(one.site or one.community or _("The whole town")),
            one.ends_at.isoformat(timespec="minutes") if one.ends_at else "",
            one.withdrawn_at.isoformat(timespec="minutes") if one.withdrawn_at else "", *states,
        )  # fmt: skip


@never_cache
@require_GET
def notice_queue(request: HttpRequest) -> HttpResponse:
    """What somebody else must read before it may become public; own texts wait for others."""
    user = asking(request)
    mine = languages_of(user, "notice_review")
    waiting = Translation.objects.filter(
        notice__in=access_notices(user, "notice_queue"), state=State.TRANSLATED, language__in=mine
    )
    rows = waiting.select_related("notice__site", "notice__community", "translator").order_by("changed_at")
    context = {"lines": [(one, one.translator_id == user.pk) for one in rows[:200]]}
    return render(request, "notices/queue.html", context)


@never_cache
@require_GET
def posters(request: HttpRequest) -> HttpResponse:
    """What may hang on a wall now; what was printed of older texts must come down."""
    user = asking(request)
    found = public_notices(user, "posters").prefetch_related("translations", "editions__revision")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    gone = access_notices(user, "posters").filter(editions__ended_at__isnull=False).distinct()
    lines = [(one, title_of(one), [line for line in lines_of(one) if line["edition"]], PosterForm([])) for one in page]
    context = {
        "page": page,
        "lines": lines,
        "take_down": _take_down(list(gone.prefetch_related("editions__revision", "translations", "revisions")[:50])),
    }
    return render(request, "notices/posters.html", context)


def _take_down(notices: list[Notice]) -> list[tuple[Notice, str, list[str]]]:
    """Notices of which paper may hang that holds no more: of which language, and of which text of the source."""
    names = dict(settings.LANGUAGES)
    found = []
    for one in notices:
        live = {each.language: each for each in one.editions.all() if each.ended_at is None}
        since = substance_of(one, live[one.language].revision.number) if one.language in live else 0
        old = {
            (list(names).index(each.language), each.revision.number)
            for each in one.editions.all()
            if each.ended_at is not None and (each.language not in live or each.revision.number < since)
        }
        if old:
            said = [f"{list(names.values())[place]} ({number})" for place, number in sorted(old)]
            found.append((one, title_of(one), said))
    return found


@never_cache
@require_GET
def notice_fallbacks(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    rows = Fallback.objects.filter(notice__in=access_notices(user, "notice_fallbacks"))
    wanted = request.GET.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        rows = rows.filter(language=wanted)
    page = Paginator(rows.select_related("notice").prefetch_related("notice__translations"), PAGE)
    shown = page.get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "lines": [(one, title_of(one.notice)) for one in shown],
        "wanted": wanted,
        "codes": settings.LANGUAGES,
    }
    return render(request, "notices/fallbacks.html", context)


@require_GET
def notice_fallbacks_export(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    rows = Fallback.objects.filter(notice__in=access_notices(user, "notice_fallbacks_export"))
    found = list(rows.select_related("notice").prefetch_related("notice__translations")[:MOST_EXPORTED])
    with transaction.atomic():
        record(user, "notice:export", "fallbacks:many", count=len(found))
    header = (_("Number"), _("Title"), _("Wanted"), _("Shown instead"), _("Where"), _("How often"), _("Last"))
    cells = (
        (one.notice_id, title_of(one.notice), one.get_language_display(), one.get_told_in_display(),
         one.get_place_display(), one.count, one.last_at.isoformat(timespec="minutes"))
        for one in found
    )  # fmt: skip
    return table_response(request, "fallbacks", header, cells)


@never_cache
@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    own = [(term, [term.words.get(language, "") for language in LANGUAGES]) for term in TownTerm.objects.all()]
    context = {
        "own": own,
        "shipped": [[term.words[language] for language in LANGUAGES] for term in shipped()],
        "names": [name for _code, name in settings.LANGUAGES],
        "form": TermForm(),
        "may_set": may_open(user, "term_set"),
    }
    return render(request, "notices/terms.html", context)


@require_POST
def term_set(request: HttpRequest) -> HttpResponse:
    form = TermForm(request.POST)
    words, avoid = (form.words(), form.avoid()) if form.is_valid() else ({}, {})
    try:
        actions.set_term(asking(request), words, avoid)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("terms")


@require_POST
def term_drop(request: HttpRequest, term: int) -> HttpResponse:
    actions.drop_term(asking(request), get_object_or_404(TownTerm, pk=term))
    return redirect("terms")

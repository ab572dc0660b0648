from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from gatepass.centre.accounts.access import asking
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.exports import plain
from gatepass.centre.form_rendering import LongSelect
from gatepass.centre.passages.access import access_log_gates, access_passages
from gatepass.centre.passages.board import Line, board, lines, local_time
from gatepass.centre.passages.forms import PassageFilter
from gatepass.centre.passages.log import BadCursorError, Filters, Passage
from gatepass.centre.passages.storage import now_ms
from gatepass.centre.passages.words import active_language, outcome_word, reason_words, zone_word
from gatepass.centre.sites.choosing import offer, without_foreign_gate
from gatepass.centre.sites.models import Gate

PAGE = 50
EXPORT_PAGE = 1_000
EXPORT_AT_MOST = 1_000_000


@never_cache
@require_GET
def board_page(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    offered = offer(user, "board", without_foreign_gate(user, "board", request.GET))
    if offered.unknown:
        raise Http404
    today = local_time(now_ms())
    by_site = not offered.gates or offered.site is not None
    # By number and name: five hundred rows of the model, each an option of a template, were a third of the page.
    sites = list(offered.sites.values_list("pk", "name")) if by_site else []
    choice = LongSelect({"id": "site", "data-applies": True}, choices=[("", _("All sites")), *sites])
    context = {
        **board(user, _text(offered.gate), _text(offered.site)),
        "choices": offered.gates,
        "site_choice": choice.render("site", offered.site) if len(sites) > 1 else "",
        "chosen": offered.gate,
        "stream": urlencode({name: n for name, n in (("site", offered.site), ("gate", offered.gate)) if n}),
        "any_gate": access_log_gates(user, "board"),
        "today": today,
        "zone": zone_word(today),
    }
    return render(request, "passages/board.html", context)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the passages page."""

    line: Line
    moment: datetime
    site: str
    direction: str
    why: str
    centre_time: bool


@never_cache
@require_GET
def passages(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = PassageFilter(user, request.GET)
    filters = form.filters()
    gates = access_log_gates(user, "passages")
    rows: list[Row] = []
    following = None
    if filters is not None:
        try:
            page = access_passages(user, "passages", filters, after=request.GET.get("after") or None, limit=PAGE)
        except BadCursorError:
            query = request.GET.copy()
            query.pop("after", None)
            return redirect(f"{request.path}?{query.urlencode()}")
        rows, following = _rows(user, page.passages, gates.of(one.gate for one in page.passages)), page.next
    context = {
        "form": form,
        "rows": rows,
        "next": following,
        "gates": gates,
        "zone": zone_word(local_time(now_ms())),
    }
    return render(request, "passages/passages.html", context)


def _rows(user: User, found: list[Passage], gates: dict[str, Gate]) -> list[Row]:
    language = active_language()
    return [
        Row(
            line=line,
            moment=local_time(one.at),
            site=gates[one.gate].site.name,
            direction=_("Entering") if one.direction == "in" else _("Leaving"),
            why=reason_words(_reasons(one), language),
            centre_time=one.centre_time,
        )
        for one, line in zip(found, lines(user, found, gates, language), strict=True)
    ]


def _reasons(passage: Passage) -> tuple[str, ...]:
    """Of the gate's last answer: a further document or code may have changed it."""
    return passage.word.reasons if passage.word and passage.word.is_of_gate else passage.reasons


@require_GET
def passages_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The filtered list as CSV, without names or person keys; that it was taken is on record."""
    user = asking(request)
    form = PassageFilter(user, request.GET)
    filters = form.filters()
    if filters is None:
        return redirect(f"/passages/?{request.GET.urlencode()}")
    with transaction.atomic():
        record(user, "passages:export", "passages:many", **form.said())
    language = translation.get_language() or "zh-hans"
    text = _csv(user, filters, language)
    response = StreamingHttpResponse(
        _in_thread(text) if isinstance(request, ASGIRequest) else text, content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="passages.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


class _Line:
    """What csv.writer writes to: it hands the line back."""

    @staticmethod
    def write(line: str) -> str:
        return line


def _csv(user: User, filters: Filters, language: str) -> Iterator[str]:
    """One piece per thousand rows; memory does not grow with the export."""
    writer = csv.writer(_Line())
    with translation.override(language):
        yield "\ufeff" + writer.writerow(_header())
    after: str | None = None
    written = 0
    while written < EXPORT_AT_MOST:
        with translation.override(language):
            page = access_passages(user, "passages_export", filters, after=after, limit=EXPORT_PAGE)
            gates = access_log_gates(user, "passages_export").of(one.gate for one in page.passages)
            yield "".join(
                writer.writerow([plain(cell) for cell in _cells(one, row)])
                for one, row in zip(page.passages, _rows(user, page.passages, gates), strict=True)
            )
        written += len(page.passages)
        if page.next is None:
            return
        after = page.next


def _header() -> list[str]:
    return [
        _("Time"), _("Site"), _("Gate"), _("Direction"), _("Document"), _("Outcome"), _("Resolution"), _("Why"),
        _("Reason codes"), _("Sequence"),
    ]  # fmt: skip


def _cells(passage: Passage, row: Row) -> list[str | int]:
    language = active_language()
    return [
        row.moment.isoformat(timespec="milliseconds"),
        row.site,
        row.line.gate,
        row.direction,
        row.line.what,
        outcome_word(passage.outcome, language),
        outcome_word(passage.verdict, language) if passage.verdict else "",
        row.why,
        " ".join(_reasons(passage)),
        passage.seq,
    ]


async def _in_thread(pieces: Iterator[str]) -> AsyncIterator[str]:
    """The same pieces for ASGI, each made in Django's thread."""
    following = sync_to_async(lambda: next(pieces, None))
    while (piece := await following()) is not None:
        yield piece

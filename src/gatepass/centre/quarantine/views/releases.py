"""The end of a case: criteria with what they were found from, the release, its second person, the notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.codes.papers import PaperError
from gatepass.centre.errors import RefusedError
from gatepass.centre.quarantine import releasing
from gatepass.centre.quarantine.access import access_quarantine
from gatepass.centre.quarantine.criteria import findings, needs_second, timing_of
from gatepass.centre.quarantine.evidence import finding_words
from gatepass.centre.quarantine.forms import ReleaseForm
from gatepass.centre.quarantine.models import Notice, Quarantine, Release
from gatepass.centre.quarantine.orders import Order, order_of, order_pdf
from gatepass.centre.quarantine.printing import languages_of, notice_pdf, own_languages
from gatepass.centre.quarantine.rules import reason_words
from gatepass.centre.quarantine.views import back_to_the_case, in_words
from gatepass.credentials import serials
from gatepass.languages import LANGUAGES, OWN_NAME


@never_cache
@require_http_methods(["GET", "POST"])
def quarantine_release(request: HttpRequest, quarantine: int) -> HttpResponse:
    """What holds and what does not, by which rules; and the one button."""
    user, now = asking(request), timezone.now()
    case = access_quarantine(user, quarantine, "quarantine_release")
    if not case.is_open:
        return redirect("quarantine", case.pk)
    timing = timing_of(case, now)
    form = ReleaseForm(case, timing, now, request.POST or None)
    reason = request.POST.get("reason") or request.GET.get("reason", "")
    if request.method == "POST" and form.is_valid():
        try:
            release = releasing.ask_for_release(
                user, case, reason=form.cleaned_data.get("reason", ""), words=form.cleaned_data["words"]
            )
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            done = release.state == Release.State.DONE
            said = _("Released. The code, the gates and the message follow, and the notice is ready.")
            messages.success(request, said if done else _("A second person has to confirm it. Tell a colleague."))
            return redirect("quarantine", case.pk)
    found = findings(case, now, reason)
    context = {
        **in_words(case, now),
        "code": getattr(case.resident, "code", None),
        "findings": [(one, *finding_words(one.stored(), case)) for one in found],
        "all_hold": all(one.stands for one in found),
        "timing": Release.Timing(timing).label,
        "in_time": timing == Release.Timing.IN_TIME,
        "second": needs_second(case, timing),
        "waiting": case.releases.filter(state=Release.State.ASKED).select_related("asked_by").first(),
        "form": form,
    }
    return render(request, "quarantine/release.html", context)


@require_POST
@back_to_the_case
def quarantine_release_answer(request: HttpRequest, quarantine: int) -> HttpResponseBase:
    """The second person's word; of whoever asked, only taking it back."""
    user = asking(request)
    case = access_quarantine(user, quarantine, "quarantine_release_answer")
    release = _one(case, Release.State.ASKED)
    if request.POST.get("answer") == "confirm":
        releasing.confirm_release(user, release)
        messages.success(request, _("Released. The code, the gates and the message follow, and the notice is ready."))
    elif request.POST.get("answer") == "refuse":
        releasing.refuse_release(user, release)
        messages.success(request, _("Nobody is released. The case goes on."))
    return redirect("quarantine", quarantine)


@require_POST
@back_to_the_case
def quarantine_take_back(request: HttpRequest, quarantine: int) -> HttpResponseBase:
    """Revoke: the release as a whole, or only the paper that was lost."""
    user = asking(request)
    case = access_quarantine(user, quarantine, "quarantine_take_back")
    release = _one(case, Release.State.DONE)
    reason = request.POST.get("reason", "")
    if request.POST.get("what") == "release":
        releasing.take_back(user, release, reason)
        messages.success(request, _("The release is taken back, its notice is revoked, and the case goes on."))
    elif request.POST.get("what") == "notice":
        releasing.issue_anew(user, release, reason)
        messages.success(request, _("The old notice is revoked, and a new one is ready."))
    return redirect("quarantine", quarantine)


@never_cache
@require_GET
def quarantine_notice(request: HttpRequest, quarantine: int) -> HttpResponseBase:
    """The notice as PDF, in the languages that are asked for."""
    user = asking(request)
    case = access_quarantine(user, quarantine, "quarantine_notice")
    notice = standing_notice(case)
    if notice is None:
        raise Http404
    return printed(request, notice, "quarantine", case.pk)


def standing_notice(case: Quarantine) -> Notice | None:
    notices = Notice.objects.filter(release__quarantine=case, release__state=Release.State.DONE)
    return notices.filter(revoked_at__isnull=True).select_related("release__quarantine__resident").first()


@never_cache
@require_GET
def quarantine_order(request: HttpRequest, quarantine: int) -> HttpResponseBase:
    """The order as PDF, in the languages that are asked for."""
    user = asking(request)
    case = access_quarantine(user, quarantine, "quarantine_order")
    order = order_of(case)
    if order is None:
        raise Http404
    return printed_order(request, order, "quarantine", case.pk)


def printed(request: HttpRequest, notice: Notice, page: str, argument: int) -> HttpResponseBase:
    wished = languages_of(notice, request.GET.getlist("language"))
    return _printed(request, lambda: notice_pdf(notice, wished), "release-notice", bytes(notice.serial), page, argument)


def printed_order(request: HttpRequest, order: Order, page: str, argument: int) -> HttpResponseBase:
    wished = languages_of(order, request.GET.getlist("language"))
    serial = bytes(order.amendment.serial)
    return _printed(request, lambda: order_pdf(order, wished), "quarantine-order", serial, page, argument)


def _printed(
    request: HttpRequest, typeset: Callable[[], bytes], name: str, serial: bytes, page: str, argument: int
) -> HttpResponseBase:
    try:
        content = typeset()
    except PaperError as error:
        messages.error(request, error.sentence or _("This cannot be printed here."))
        return redirect(page, argument)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}-{serials.written(serial)}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def release_context(user: Any, case: Quarantine) -> dict[str, Any]:
    """What the page of a case says of its releases."""
    notice = standing_notice(case)
    standing = case.releases.filter(state__in=[Release.State.ASKED, Release.State.DONE]).first()
    return {
        "asked": standing if standing and standing.state == Release.State.ASKED else None,
        "done": standing if standing and standing.state == Release.State.DONE else None,
        "asked_findings": [(one, *finding_words(one, case)) for one in (standing.evidence if standing else ())],
        "asked_reason": reason_words(case.rules, standing.reason) if standing else "",
        "own_release": standing is not None and standing.asked_by_id == user.pk,
        "may_release": may_open(user, "quarantine_release"),
        "notice": notice,
        "notice_number": serials.written(bytes(notice.serial)) if notice else "",
        "revoked": [
            (serials.written(bytes(one.serial)), one.revoked_at, reason_words(case.rules, one.revoked_for))
            for one in Notice.objects.filter(release__quarantine=case, revoked_at__isnull=False)
        ],
        "revoke_reasons": case.rulebook.reasons("revoke", timezone.now()),
        "order_languages": [(code, OWN_NAME[code], code in own_languages(case.resident)) for code in LANGUAGES],
        "notice_languages": [
            (code, OWN_NAME[code], code in (notice.languages if notice else ())) for code in LANGUAGES
        ],
    }


def _one(case: Quarantine, state: Release.State) -> Release:
    release = case.releases.filter(state=state).first()
    if release is None:
        raise RefusedError("release_over")
    return release

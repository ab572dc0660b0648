"""A resident's phone: one button for each language, and the page of the call."""

from __future__ import annotations

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.errors import RefusedError
from gatepass.centre.interpreting.actions import line_for
from gatepass.centre.interpreting.exchange import exchange
from gatepass.centre.interpreting.views import MEDIA
from gatepass.centre.mandates.access import mandates_of
from gatepass.centre.sites.models import Site
from gatepass.languages import LANGUAGES, OWN_NAME
from gatepass.speech import calling
from gatepass.wire.interpreting import InterpretingQuestion

_question = msgspec.json.Decoder(InterpretingQuestion)


def _site(applicant: Applicant) -> Site | None:
    """Where the person lives, or the person for whom they act: there the interpreters are near."""
    mandate = mandates_of(applicant).first()
    return mandate.resident.site if mandate is not None else None


@never_cache
@require_GET
def my_interpreter(request: HttpRequest) -> HttpResponse:
    applicant = asking_applicant(request)
    site = _site(applicant)
    wanted = {language.lower(): language for language in LANGUAGES}.get(request.GET.get("language", "").lower())
    if wanted is None or site is None:
        mine = get_language()
        offered = [(code, OWN_NAME[code]) for code in sorted(LANGUAGES, key=lambda code: code.lower() != mine)]
        return render(request, "interpreting/my_choose.html", {"offered": offered, "site": site})
    context = {"texts": calling.texts(wanted), "line": line_for(wanted, site), "wanted": wanted}
    response = render(request, "interpreting/my_call.html", context)
    response.headers["Permissions-Policy"] = MEDIA
    return response


@require_POST
def my_interpreter_exchange(request: HttpRequest) -> HttpResponse:
    """JSON: `wire.interpreting`, as a gate asks it."""
    applicant = asking_applicant(request)
    site = _site(applicant)
    if site is None:
        raise Http404
    try:
        question = _question.decode(request.body[:900_000])
        answer = exchange(question, site, applicant=applicant)
    except msgspec.MsgspecError:
        return JsonResponse({"code": "malformed"}, status=400)
    except RefusedError as refused:
        return JsonResponse({"code": refused.code, "detail": refused.sentence}, status=409)
    return HttpResponse(msgspec.json.encode(answer), content_type="application/json")

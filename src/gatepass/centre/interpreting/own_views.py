"""A resident's phone: one button for each language, the page of the call; and calls that ring for a volunteer."""

from __future__ import annotations

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.errors import RefusedError
from gatepass.centre.interpreting import actions
from gatepass.centre.interpreting.access import ringing_for_volunteer
from gatepass.centre.interpreting.actions import line_for
from gatepass.centre.interpreting.exchange import Said, exchange, heard_by_interpreter
from gatepass.centre.interpreting.models import State
from gatepass.centre.interpreting.views import MEDIA
from gatepass.centre.mandates.access import mandates_of
from gatepass.centre.rosters.words import language_word
from gatepass.centre.sites.models import Site
from gatepass.centre.volunteers.access import own_volunteer
from gatepass.centre.volunteers.models import Volunteer
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


@never_cache
@require_http_methods(["GET", "POST"])
def my_calls(request: HttpRequest) -> HttpResponse:
    """What rings for this volunteer now; the page asks again by itself. POST answers it, or declines."""
    applicant = asking_applicant(request)
    call = ringing_for_volunteer(applicant)
    if request.method == "POST":
        try:
            if call is None or call.volunteer is None or str(call.pk) != request.POST.get("call"):
                raise RefusedError("call_not_now")  # noqa: TRY301 - one place says what was refused
            if "decline" in request.POST:
                actions.decline(call.volunteer, call)
                return redirect("my_calls")
            if call.state != State.TALKING:
                actions.answer(call.volunteer, call)
        except RefusedError as refused:
            messages.error(request, refused.sentence)
            return redirect("my_calls")
        return redirect("my_calls_talk")
    volunteer = own_volunteer(applicant)
    confirmed = volunteer is not None and volunteer.state == Volunteer.State.CONFIRMED
    context = {"call": call, "in_language": language_word(call.language) if call else "", "confirmed": confirmed}
    return render(request, "interpreting/my_calls.html", context)


@never_cache
@require_GET
def my_calls_talk(request: HttpRequest) -> HttpResponse:
    call = ringing_for_volunteer(asking_applicant(request))
    if call is None or call.state != State.TALKING:
        return redirect("my_calls")
    response = render(request, "interpreting/my_talk.html", {"call": call, "in_language": language_word(call.language)})
    response.headers["Permissions-Policy"] = MEDIA
    return response


@require_POST
def my_calls_exchange(request: HttpRequest) -> HttpResponse:
    """JSON both ways, as an interpreter's page has it."""
    call = ringing_for_volunteer(asking_applicant(request))
    if call is None or call.volunteer is None:
        return JsonResponse({"state": State.ENDED, "said": [], "ice": "[]"})
    try:
        said = msgspec.json.decode(request.body[:400_000], type=Said)
        return JsonResponse(heard_by_interpreter(call, call.volunteer, said))
    except (msgspec.MsgspecError, ValueError):
        return JsonResponse({"code": "malformed"}, status=400)

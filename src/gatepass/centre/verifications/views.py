from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import spend
from gatepass.centre.passages.words import active_language
from gatepass.centre.verifications.access import verdict_of
from gatepass.centre.verifications.forms import CheckForm
from gatepass.credentials import Verdict, serials
from gatepass.languages import Language
from gatepass.policy.reasons import OUTCOMES, REASONS
from gatepass.verify import words

_SIGNS = {"pass": "green", "hold": "yellow", "refuse": "red"}


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict in words. Whose code it is, is not among them: who holds a paper knows, and nobody else need."""

    sign: str
    outcome: str
    sentences: list[str]
    kind: str = ""
    serial: str = ""
    expires: datetime | None = None


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def my_check(request: HttpRequest) -> HttpResponse:
    """A photo or a text goes in, and what a gate would say comes out. Nothing of it is kept."""
    asking_applicant(request)
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    told: list[Told] = []
    refused = ""
    if request.method == "POST":
        try:
            # Before the picture is opened: that is the work.
            spend("verify_from_address", request.META.get("REMOTE_ADDR", ""))
        except RefusedError as error:
            refused = error.sentence
        else:
            if form.is_valid():
                told = [_told(verdict_of(text), active_language()) for text in form.texts]
    shown = CheckForm() if told or refused else form
    return render(request, "verifications/check.html", {"form": shown, "told": told, "refused": refused})


def _told(verdict: Verdict, language: Language) -> Told:
    code = verdict.credential
    return Told(
        sign=_SIGNS[verdict.outcome],
        outcome=OUTCOMES[verdict.outcome][language],
        sentences=[REASONS[reason].texts[language].guard for reason in verdict.reasons],
        kind=words().kind[code.kind.value][language] if code else "",
        serial=serials.written(code.serial) if code else "",
        expires=code.expires if code else None,
    )

"""A resident's phone: search and ask, the gate's rule, what became of it. All of it works without a script."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.access import mandates_of
from gatepass.centre.mandates.models import Relation
from gatepass.centre.notices.access import language_of
from gatepass.centre.notices.answers import find
from gatepass.centre.people.models import Resident
from gatepass.centre.questions import actions
from gatepass.centre.questions.access import access_own_question, own_questions
from gatepass.centre.questions.desk_hours import looks_at, moment_words
from gatepass.centre.questions.foretelling import (
    HELPS,
    foretell,
    gates_of,
    kept,
    kept_in_words,
    lines,
    says_otherwise,
    shown_at,
)
from gatepass.centre.questions.forms import AskForm, RuleForm
from gatepass.centre.questions.models import Question
from gatepass.centre.questions.words import given, promise, suggestions
from gatepass.centre.sites.models import Site
from gatepass.centre.visitors.access import own_invitations
from gatepass.centre.visitors.models import Invitation, Kind, Purpose
from gatepass.languages import LANGUAGES
from gatepass.policy.asking import Foretold

MOST = 30
MOST_KEY = 40
_PURPOSES: Final = {"helper": Purpose.CLEANING, "delivery": Purpose.DELIVERY}


def _sites(applicant: Applicant) -> list[Site]:
    """Where the people live for whom one acts; the own home first."""
    return list({mandate.resident.site_id: mandate.resident.site for mandate in mandates_of(applicant)}.values())


def _language() -> str:
    return get_language() or LANGUAGES[0].lower()


@never_cache
@require_GET
def my_questions(request: HttpRequest) -> HttpResponse:
    """What is answered already, found by words; else the desk; and the own questions."""
    applicant = asking_applicant(request)
    sites, words = _sites(applicant), request.GET.get("words", "").strip()
    context = {
        "sites": sites,
        "words": words,
        "found": suggestions(find(words, [site.pk for site in sites]), _language()) if words else [],
        "form": AskForm(sites, initial={"words": words}),
        "key": secrets.token_hex(10),
        "looks": _when(sites[0]) if sites else "",
        "questions": own_questions(applicant)[:MOST],
    }
    return render(request, "questions/my_questions.html", context)


@never_cache
@require_GET
def my_questions_while_typing(request: HttpRequest) -> HttpResponse:
    """The list beneath the box: a part of a page."""
    sites = [site.pk for site in _sites(asking_applicant(request))]
    words = request.GET.get("words", "").strip()
    found = suggestions(find(words, sites), _language())
    return render(request, "questions/found.html", {"found": found, "words": words})


@require_POST
def my_question_ask(request: HttpRequest) -> HttpResponse:
    applicant = asking_applicant(request)
    sites = _sites(applicant)
    form = AskForm(sites, request.POST)
    if not sites:
        raise Http404
    if not form.is_valid():
        messages.error(request, RefusedError("question_needs_words").sentence)
        return redirect("my_questions")
    site = form.cleaned_data["site"]
    try:
        asked = actions.ask(
            applicant,
            site,
            _language(),
            form.cleaned_data["words"],
            request.POST.get("key", "")[:MOST_KEY] or secrets.token_hex(10),
            resident=_asker(applicant, site),
            foretold=_foretold_before(request, applicant, sites),
        )
    except RefusedError as refused:
        messages.error(request, refused.sentence)
        return redirect("my_questions")
    messages.success(request, _("Your question is at the desk. You get a message when it is answered."))
    return redirect("my_question", asked.pk)


def _asker(applicant: Applicant, site: Site) -> Resident | None:
    """Whoever asks for themself; else the person there for whom they act."""
    there = [mandate for mandate in mandates_of(applicant) if mandate.resident.site_id == site.pk]
    own = [mandate for mandate in there if mandate.relation == Relation.SELF]
    return (own or there)[0].resident if there else None


def _foretold_before(request: HttpRequest, applicant: Applicant, sites: list[Site]) -> str:
    """What the person had read of the gate's rule before they asked: answered anew, never taken from the form."""
    if "brings" not in request.POST:
        return ""
    form = _rule_form(applicant, sites, request.POST)
    if not form.is_valid():
        return ""
    gate, asked = form.cleaned_data["gate"], form.asked()
    return kept(form.cleaned_data["who"], gate, asked, _answers(form, _asker(applicant, gate.site)))


def _rule_form(applicant: Applicant, sites: list[Site], said: QueryDict | None) -> RuleForm:
    standing = own_invitations(applicant).filter(ends_at__gt=timezone.now()).exclude(state=Invitation.State.ENDED)
    return RuleForm(gates_of(site.pk for site in sites), _language(), said, invitations=standing)


def _answers(form: RuleForm, host: Resident | None) -> tuple[Foretold, ...]:
    gate, asked, named = form.cleaned_data["gate"], form.asked(), form.named()
    who = named.host if named else host
    return foretell(asked, gate, shown_at(gate, asked, who, named) if who and asked.invited else None)


def _invite_link(form: RuleForm, found: tuple[Foretold, ...], host: Resident | None) -> str:
    """Where an invitation is written, with what is known filled in; empty where it would change nothing."""
    gate, asked = form.cleaned_data["gate"], form.asked()
    if host is None or form.named() is not None:
        return ""
    if not asked.invited and not says_otherwise(asked, gate, found, host):
        return ""
    if asked.invited and not any(one.rules[:1] and one.rules[0] in HELPS for one in found):
        return ""
    stops = min(asked.at + timedelta(hours=3), asked.at.replace(hour=23, minute=59))
    who = form.cleaned_data["who"]
    known = {
        "purpose": _PURPOSES.get(who, Purpose.FAMILY).value,
        "kind": (Kind.DELIVERY if who == "delivery" else Kind.GUEST).value,
        "first_day": asked.at.date().isoformat(), "starts": f"{asked.at:%H:%M}", "stops": f"{stops:%H:%M}",
        "gate": str(gate.pk),
    }  # fmt: skip
    return f"{reverse('my_visitor_invite', args=[host.pk])}?{urlencode(known)}"


@never_cache
@require_GET
def my_question_rule(request: HttpRequest) -> HttpResponse:
    """May somebody come in? The gate's rule answers at once; the address holds what was asked."""
    applicant = asking_applicant(request)
    sites = _sites(applicant)
    form = _rule_form(applicant, sites, request.GET if "brings" in request.GET else None)
    context: dict[str, object] = {"form": form, "sites": sites, "key": secrets.token_hex(10)}
    if form.is_bound and form.is_valid():
        gate, asked = form.cleaned_data["gate"], form.asked()
        host = _asker(applicant, gate.site)
        found = _answers(form, host)
        context |= {
            "gate": gate,
            "answers": lines(found, _language()),
            "invite": _invite_link(form, found, host),
            "when": moment_words(asked.at, gate.site),
            "who": dict(form.fields["who"].choices)[form.cleaned_data["who"]],  # type: ignore[attr-defined]
            "kept": [(name, request.GET.get(name, "")) for name in form.fields],
            "ask": AskForm([gate.site]),
            "looks": _when(gate.site),
            "in_quarantine": _is_in_quarantine(applicant, gate.site),
        }
    return render(request, "questions/my_rule.html", context)


def _is_in_quarantine(applicant: Applicant, site: Site) -> bool:
    here = [mandate.resident_id for mandate in mandates_of(applicant) if mandate.resident.site_id == site.pk]
    return Resident.objects.filter(pk__in=here, quarantines__state="open").exists()


def _when(site: Site) -> str:
    now = timezone.now()
    return promise(looks_at(_language(), site, now), site, now)


@never_cache
@require_GET
def my_question(request: HttpRequest, question: int) -> HttpResponse:
    found = access_own_question(asking_applicant(request), question)
    context = {
        "question": found,
        "foretold": kept_in_words(found.foretold, _language()),
        "given": given(found, language_of(_language())),
        "looks": promise(found.looks_at, found.site, found.asked_at),
        "due": moment_words(found.due_at, found.site),
    }
    return render(request, "questions/my_question.html", context)


@require_POST
def my_question_withdraw(request: HttpRequest, question: int) -> HttpResponse:
    applicant = asking_applicant(request)
    try:
        actions.withdraw(applicant, access_own_question(applicant, question))
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("my_questions")


@never_cache
@require_GET
def question_public(request: HttpRequest, code: str) -> HttpResponse:
    """The answer to a question from a gate, for whoever was shown its address there."""
    found = Question.objects.filter(code=code, source=Question.Source.GATE).select_related("site").first()
    if found is None:
        raise Http404
    context = {
        "question": found,
        "given": given(found, language_of(_language())),
        "looks": promise(found.looks_at, found.site, found.asked_at),
        "due": moment_words(found.due_at, found.site),
        "languages": (),  # no form: it would set a cookie
    }
    response = render(request, "questions/public.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response

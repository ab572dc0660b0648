from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.codes.models import COLOURS, Reason
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.policies import actions
from gatepass.centre.policies.access import access_run, access_version, language_of, masked_people
from gatepass.centre.policies.forms import TrialForm
from gatepass.centre.policies.in_force import prepared
from gatepass.centre.policies.models import PolicyVersion, Run

_WORDS = dict(COLOURS)


@dataclass(frozen=True, slots=True)
class TransitionLine:
    """So many would turn, or have turned, from one colour to another, for a reason."""

    count: int
    was: str
    """Colour; "" for no valid code."""
    was_word: str
    becomes: str
    becomes_word: str
    reason: str
    title: str
    people: list[tuple[str, str]]
    """Masked name and site."""


@require_POST
def policy_dry_run(request: HttpRequest, version: int) -> HttpResponse:
    user = asking(request)
    found = access_version(user, version, "policy_dry_run")
    form = TrialForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This is no moment. Write a day and an hour, or leave the field empty."))
        return redirect("policy_version", found.pk)
    run = actions.ask_for_dry_run(user, found, form.cleaned_data["at"], form.cleaned_data["site"])
    return redirect("policy_run", run.pk)


@require_POST
def policy_re_evaluate(request: HttpRequest) -> HttpResponse:
    run = actions.ask_for_re_evaluation(asking(request))
    return redirect("policy_run", run.pk)


@never_cache
@require_GET
def policy_run(request: HttpRequest, run: int) -> HttpResponse:
    """How far it is; afterwards, what came of it."""
    user = asking(request)
    found = access_run(user, run)
    lines = _lines(user, found)
    context = {
        **_progress(found),
        "lines": lines,
        "sums": _sums(lines),
        "may_cancel": may_open(user, "policy_run_cancel"),
    }
    return render(request, "policies/run.html", context)


@never_cache
@require_GET
def policy_run_progress(request: HttpRequest, run: int) -> HttpResponse:
    """The bar alone; 204 when it is over: the page loads itself anew."""
    found = access_run(asking(request), run, "policy_run_progress")
    if not _under_way(found):
        return HttpResponse(status=204)
    return render(request, "policies/bar.html", _progress(found))


@require_GET
def policy_run_export(request: HttpRequest, run: int) -> HttpResponse:
    """The table of transitions, without people."""
    user = asking(request)
    found = access_run(user, run, "policy_run_export")
    header = (_("How many people"), _("Colour before"), _("Colour after"), _("Reason"), _("In words"))
    rows = [(each.count, each.was_word, each.becomes_word, each.reason, each.title) for each in _lines(user, found)]
    return csv_response(f"policy-run-{found.pk}", header, rows)


@require_POST
def policy_run_cancel(request: HttpRequest, run: int) -> HttpResponse:
    user = asking(request)
    found = access_run(user, run, "policy_run_cancel")
    try:
        actions.cancel_run(user, found)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("policy_run", found.pk)


def _under_way(run: Run) -> bool:
    return run.state in {Run.State.QUEUED, Run.State.RUNNING}


def _progress(run: Run) -> dict[str, Any]:
    percent = round(100 * run.done / run.total) if run.total else 0
    return {"run": run, "percent": percent, "under_way": _under_way(run)}


def _lines(user: User, run: Run) -> list[TransitionLine]:
    transitions = run.report.get("transitions", [])
    names = masked_people(user, [key for line in transitions for key in line["examples"]])
    titles = _titles({line["version"] for line in transitions})
    lines = []
    for line in transitions:
        (was, _reason), (becomes, reason) = line["from"], line["to"]
        people = [names[key] for key in line["examples"] if key in names]
        title = titles.get((line["version"], reason)) or str(Reason(reason).label)
        lines.append(TransitionLine(line["count"], was, _word(was), becomes, _word(becomes), reason, title, people))
    return lines


def _titles(versions: set[int]) -> dict[tuple[int, str], str]:
    language = language_of(translation.get_language())
    titles: dict[tuple[int, str], str] = {}
    for version in PolicyVersion.objects.filter(pk__in=versions):
        for code, reason in prepared(version.source).file.reasons.items():
            titles[version.pk, code] = reason.title[language]
    return titles


def _word(colour: str) -> str:
    return str(_WORDS.get(colour) or _("No valid code"))  # type: ignore[call-overload]


def _sums(lines: list[TransitionLine]) -> list[tuple[str, str, int]]:
    """Colour, its word, and how many turn that colour from another one."""
    counts: Counter[str] = Counter()
    for line in lines:
        if line.was != line.becomes:
            counts[line.becomes] += line.count
    return [
        (colour.value, str(word), counts[colour.value]) for colour, word in reversed(COLOURS) if counts[colour.value]
    ]

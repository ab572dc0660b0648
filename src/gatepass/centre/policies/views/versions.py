from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.policies import actions
from gatepass.centre.policies.access import access_runs, access_version, access_versions, language_of
from gatepass.centre.policies.forms import TrialForm, VersionFilter, VersionForm
from gatepass.centre.policies.in_force import prepared, terms_in_force
from gatepass.centre.policies.models import PolicyVersion, Term
from gatepass.centre.policies.words import DIFFERENCES, said
from gatepass.policy.colours import Finding, Policy, colour_of, shipped
from gatepass.policy.colours.differences import differences
from gatepass.policy.colours.layout import laid_out
from gatepass.policy.colours.notation import written

PAGE = 30
STATES = {
    "hand_in": actions.hand_in,
    "approve": actions.approve,
    "drop": actions.drop_version,
}


@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    """What rules now and what is announced; below it every version, and the runs of late."""
    user = asking(request)
    form = VersionFilter(request.GET)
    page = Paginator(_filtered(form, access_versions(user)), PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    ruling = terms_in_force(now)
    announced = Term.objects.filter(effective_from__gt=now, cancelled_at__isnull=True).select_related("version", "site")
    context = {
        "form": form,
        "page": page,
        "anything": page.paginator.count > 0 or access_versions(user).exists(),
        "everywhere": ruling.pop(None, None),
        "sites": sorted(ruling.values(), key=lambda term: str(term.site)),
        "announced": announced.order_by("effective_from"),
        "runs": access_runs(user)[:5],
        "may_write": may_open(user, "policy_new"),
    }
    return render(request, "policies/policies.html", context)


def _filtered(form: VersionFilter, versions: Any) -> Any:
    if not form.is_valid():
        return versions.none()
    wanted = {name: value for name, value in form.cleaned_data.items() if value}
    return versions.filter(**wanted)


@require_GET
def policies_export(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    versions = _filtered(VersionFilter(request.GET), access_versions(user, "policies_export"))
    header = (_("Policy"), _("Version"), _("State"), _("What changes"), _("Author"), _("Changed"), _("Approved by"),
              _("Approved"))  # fmt: skip
    rows = [
        (each.policy, each.number, each.get_state_display(), each.note, each.author_name, _minute(each.changed_at),
         each.approved_by_name, _minute(each.approved_at))
        for each in versions
    ]  # fmt: skip
    return csv_response("policies", header, rows)


def _minute(moment: Any) -> str:
    return moment.isoformat(timespec="minutes") if moment else ""


# ---------------------------------------------------------------- one version


@dataclass(frozen=True, slots=True)
class RuleLine:
    id: str
    reason: str
    colour: str
    title: str
    when: str
    note: str


@require_GET
def policy_version(request: HttpRequest, version: int) -> HttpResponse:
    user = asking(request)
    found = access_version(user, version)
    policy = prepared(found.source)
    language = language_of(translation.get_language())
    others = PolicyVersion.objects.filter(policy=found.policy).exclude(pk=found.pk)
    own = found.author_id == user.pk
    writes = may_open(user, "policy_edit")
    states = PolicyVersion.State
    context = {
        "version": found,
        "title": policy.file.title[language],
        "summary": policy.file.summary[language],
        "file": policy.file,
        "rules": _rule_lines(policy, language),
        "reasons": [(code, colour_of(code).value, policy.texts(code, language)) for code in policy.file.reasons],
        "selections": [(name, each.of.value, _where(each.where)) for name, each in policy.file.selections.items()],
        "regions": [(name, ", ".join(map(_region, entries))) for name, entries in policy.file.regions.items()],
        "others": others.order_by("-number"),
        "terms": found.terms.select_related("site"),
        "runs": found.runs.all()[:5],
        "trial": TrialForm(),
        "writes": writes,
        "may_edit": writes and found.state in {states.DRAFT, states.SUBMITTED},
        "may_hand_in": writes and found.state == states.DRAFT,
        "may_approve": writes and found.state == states.SUBMITTED and not own,
        "own_waits": found.state == states.SUBMITTED and own,
        "may_drop": writes and found.state in {states.DRAFT, states.SUBMITTED},
        "may_schedule": writes and found.state == states.APPROVED,
    }
    return render(request, "policies/version.html", context)


def _rule_lines(policy: Policy, language: Any) -> list[RuleLine]:
    return [
        RuleLine(
            rule.id, rule.reason, colour_of(rule.reason).value, policy.file.reasons[rule.reason].title[language],
            written(rule.when), rule.note_in(language),
        )
        for rule in policy.file.rules
    ]  # fmt: skip


def _where(where: Any) -> str:
    return "" if where is True else written(where)


def _region(entry: Any) -> str:
    if isinstance(entry, str):
        return entry
    since, until = (f"{moment:%Y-%m-%d}" if moment else "" for moment in (entry.since, entry.until))
    return f"{entry.region} ({since} – {until})"


@require_GET
def policy_file(request: HttpRequest, version: int) -> HttpResponse:
    found = access_version(asking(request), version, "policy_file")
    response = HttpResponse(found.source, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.policy}-{found.number}.json"'
    return response


@require_GET
def policy_compare(request: HttpRequest, version: int) -> HttpResponse:
    """What is different in this version, against another one; by default against the one before it."""
    user = asking(request)
    found = access_version(user, version, "policy_compare")
    others = access_versions(user, "policy_compare").filter(policy=found.policy).exclude(pk=found.pk)
    chosen = request.GET.get("with", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 16:
        other = others.filter(pk=int(chosen)).first()
    else:
        other = others.filter(number__lt=found.number).order_by("-number").first()
    lines = []
    if other is not None:
        found_differences = differences(prepared(other.source).file, prepared(found.source).file)
        lines = [(str(DIFFERENCES[each.what]), each) for each in found_differences]
    context = {"version": found, "other": other, "others": others.order_by("-number"), "lines": lines}
    return render(request, "policies/compare.html", context)


@require_POST
def policy_state(request: HttpRequest, version: int) -> HttpResponse:
    """Hand in, approve, drop: whichever button was pressed."""
    user = asking(request)
    found = access_version(user, version, "policy_state")
    verb = STATES.get(request.POST.get("verb", ""))
    if verb is not None:
        try:
            verb(user, found)
        except RefusedError as refused:
            messages.error(request, refused.sentence)
    return redirect("policy_version", found.pk)


# ---------------------------------------------------------------- writing


@never_cache
@require_http_methods(["GET", "POST"])
def policy_new(request: HttpRequest) -> HttpResponse:
    """A first version from a file, or a new one on the basis of an old one."""
    user = asking(request)
    if request.method == "POST":
        return _written_down(request, user, None)
    name, basis = request.GET.get("shipped", ""), request.GET.get("from", "")
    source = shipped().get(name, "")
    if basis.isascii() and basis.isdigit() and len(basis) < 16:
        source = access_version(user, int(basis), "policy_new").source
    form = VersionForm(initial={"source": source})
    return render(request, "policies/edit.html", {"form": form, "shelf": [] if source else _shelf()})


@never_cache
@require_http_methods(["GET", "POST"])
def policy_edit(request: HttpRequest, version: int) -> HttpResponse:
    user = asking(request)
    found = access_version(user, version, "policy_edit")
    if request.method == "POST":
        return _written_down(request, user, found)
    form = VersionForm(initial={"source": found.source, "note": found.note})
    return render(request, "policies/edit.html", {"form": form, "version": found})


def _written_down(request: HttpRequest, user: User, version: PolicyVersion | None) -> HttpResponse:
    """The button says what is wanted: to save, to check only, or to lay the file out anew."""
    form = VersionForm(request.POST)
    good = form.is_valid()
    step = request.POST.get("step")
    if step == "tidy":
        form = _tidied(request)
    elif good and step == "save":
        source, note = form.cleaned_data["source"], form.cleaned_data["note"]
        try:
            if version is None:
                version = actions.write_version(user, source, note)
            else:
                version = actions.change_draft(user, version, source, note)
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The draft is saved. Try it on everybody before you hand it in."))
            return redirect("policy_version", version.pk)
    context = {
        "form": form,
        "version": version,
        "findings": _pointed_at(form.findings, request.POST.get("source", "")),
        "good": good and step == "check",
    }
    return render(request, "policies/edit.html", context)


def _tidied(request: HttpRequest) -> VersionForm:
    """The same file with its lines as a person would break them. What is no JSON stays, and is said to be none."""
    given = request.POST.copy()
    with contextlib.suppress(ValueError, RecursionError):
        given["source"] = laid_out(json.loads(given.get("source", "")))
    form = VersionForm(given)
    form.is_valid()
    return form


@dataclass(frozen=True, slots=True)
class Pointer:
    line: int
    sentence: str
    excerpt: str
    """The line itself: who has no script sees what is meant."""


def _pointed_at(findings: tuple[Finding, ...], source: str) -> list[Pointer]:
    lines = source.replace("\r\n", "\n").split("\n")
    return [
        Pointer(each.line, said(each), lines[each.line - 1].strip()[:160] if each.line <= len(lines) else "")
        for each in findings
    ]


def _shelf() -> list[tuple[str, str]]:
    language = language_of(translation.get_language())
    return [(name, prepared(text).file.title[language]) for name, text in shipped().items()]

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.facts.access import access_fact, access_facts
from gatepass.centre.facts.actions import end_fact, record_fact, withdraw_fact
from gatepass.centre.facts.forms import EndForm, FactForm
from gatepass.centre.facts.models import Fact
from gatepass.centre.facts.words import in_words
from gatepass.centre.policies.access import explanation
from gatepass.centre.policies.actions import let_policy_decide, re_evaluate
from gatepass.policy.colours.facts import FactKind
from gatepass.policy.colours.policy import PERIODS


@never_cache
@require_http_methods(["GET", "POST"])
def resident_facts(request: HttpRequest, resident: int) -> HttpResponse:
    """What is known of a resident, why the colour is what it is, and a form for one more fact."""
    user = asking(request)
    person, facts = access_facts(user, resident)
    kind = request.GET.get("kind", "")
    may_record = may_open(user, "fact_withdraw")
    form = FactForm(FactKind(kind), request.POST or None) if kind in set(FactKind) and may_record else None
    if request.method == "POST" and form is not None and form.is_valid():
        at, until = form.moments()
        try:
            record_fact(user, person, form.kind, at, until=until, data=form.facts(), source=form.cleaned_data["source"])
        except RefusedError as refused:
            field = str(refused.fields.get("field", ""))
            form.add_error(
                field.partition("[")[0] if field.partition("[")[0] in form.fields else None, refused.sentence
            )
        else:
            re_evaluate(person)
            messages.success(request, _("It is recorded, and the colour has followed."))
            return redirect("resident_facts", person.pk)
    code = getattr(person, "code", None)
    context = {
        "person": person,
        "code": code,
        "explained": code and explanation(code, translation.get_language()),
        "lines": [(fact, in_words(fact.data), _may_end(fact)) for fact in facts],
        "kinds": Fact.KIND,
        "kind": kind,
        "form": form,
        "may_record": may_record,
    }
    return render(request, "facts/facts.html", context)


def _may_end(fact: Fact) -> bool:
    return fact.withdrawn_at is None and FactKind(fact.kind) in PERIODS


@require_GET
def resident_facts_export(request: HttpRequest, resident: int) -> HttpResponse:
    """All facts of one resident, withdrawn ones included: what somebody asks for who wants to know what is held."""
    user = asking(request)
    person, facts = access_facts(user, resident, "resident_facts_export")
    rows = [
        (fact.get_kind_display(), _minute(fact.at), _minute(fact.until), in_words(fact.data),
         fact.get_source_display(), _minute(fact.recorded_at), _minute(fact.withdrawn_at))
        for fact in facts
    ]  # fmt: skip
    with transaction.atomic():
        record(user, "fact:export", person, count=len(rows))
    header = (
        _("Fact"),
        _("From"),
        _("Until"),
        _("In words"),
        _("Source"),
        _("Recorded"),
        pgettext("when", "Withdrawn"),
    )
    return csv_response(f"facts-{person.pk}", header, rows)


def _minute(moment) -> str:
    return moment.isoformat(timespec="minutes") if moment else ""


@never_cache
@require_http_methods(["GET", "POST"])
def fact_end(request: HttpRequest, fact: int) -> HttpResponse:
    user = asking(request)
    found = access_fact(user, fact, "fact_end")
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_fact(user, found, form.cleaned_data["until"])
        except RefusedError as refused:
            form.add_error("until", refused.sentence)
        else:
            re_evaluate(found.resident)
            messages.success(request, _("It is recorded, and the colour has followed."))
            return redirect("resident_facts", found.resident_id)
    return render(request, "facts/end.html", {"form": form, "fact": found, "said": in_words(found.data)})


@require_POST
def fact_withdraw(request: HttpRequest, fact: int) -> HttpResponse:
    user = asking(request)
    found = access_fact(user, fact, "fact_withdraw")
    try:
        withdraw_fact(user, found)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    else:
        re_evaluate(found.resident)
        messages.success(request, _("It is withdrawn, and the colour has followed."))
    return redirect("resident_facts", found.resident_id)


@require_POST
def colour_by_policy(request: HttpRequest, resident: int) -> HttpResponse:
    """What somebody has decided by hand ends; the policy decides at once."""
    user = asking(request)
    person, _facts = access_facts(user, resident, "colour_by_policy")
    decision = let_policy_decide(user, person)
    if decision is None:
        messages.info(request, _("No policy rules at this site: the colour stays as it is."))
    else:
        messages.success(request, _("The policy has decided."))
    return redirect("resident_facts", person.pk)

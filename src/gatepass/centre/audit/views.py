from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from gatepass.centre.accounts.access import asking
from gatepass.centre.audit.access import access_entries, filtered
from gatepass.centre.audit.actions import record
from gatepass.centre.audit.details import about_in_words, details_of
from gatepass.centre.audit.models import Entry
from gatepass.centre.audit.verbs import VERBS, in_words
from gatepass.centre.exports import csv_response
from gatepass.centre.paging import Pages

PAGE = 50
MOST_EXPORTED = 100_000


class AuditFilter(forms.Form):
    """Every field is in the address: a filtered page survives a reload and can be sent to a colleague."""

    actor = forms.CharField(label=gettext_lazy("Who"), required=False, max_length=120)
    verb = forms.ChoiceField(label=pgettext_lazy("of an entry", "What"), required=False)
    about = forms.CharField(label=gettext_lazy("About (for example resident:12)"), required=False, max_length=60)
    day = forms.DateField(
        label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [("", _("Everything")), *VERBS.items()]  # type: ignore[attr-defined]

    def entries(self, everything):
        if not self.is_valid():
            return everything.none()
        facts = self.cleaned_data
        return filtered(everything, facts["actor"], facts["verb"], facts["about"], facts["day"])


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    form = AuditFilter(request.GET)
    page = Pages(form.entries(access_entries(asking(request))), PAGE).get_page(request.GET.get("page"))
    lines = [
        (entry, _moment(entry), in_words(entry.verb), about_in_words(entry.object), details_of(entry.fields))
        for entry in page
    ]
    return render(request, "audit/audit.html", {"form": form, "page": page, "lines": lines})


@require_GET
def audit_export(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = AuditFilter(request.GET)
    entries = form.entries(access_entries(user, "audit_export"))[:MOST_EXPORTED]
    rows = [
        (entry.pk, _moment(entry).isoformat(timespec="milliseconds"), entry.actor, entry.actor_name, entry.verb,
         entry.object, entry.fields, bytes(entry.hash).hex())
        for entry in entries
    ]  # fmt: skip
    with transaction.atomic():
        record(user, "audit:export", "audit:many", count=len(rows))
    return csv_response("audit", ("id", "at", "actor", "actor_name", "verb", "object", "fields", "hash"), rows)


def _moment(entry: Entry) -> datetime:
    return datetime.fromtimestamp(entry.at / 1000, UTC)

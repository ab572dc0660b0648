from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.insights.access import access_reports
from gatepass.centre.insights.models import Report
from gatepass.centre.sites.access import access_sites
from gatepass.centre.sites.choosing import SiteChoice

_DAY = {"type": "date"}


class ReportFilter(forms.Form):
    """Every field is in the address: a filtered list survives a reload."""

    site: forms.ModelChoiceField = SiteChoice(None, label=_("Site"), required=False, empty_label=_("All sites"))
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d"))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d"))

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reports = access_reports(user, page)
        self.fields["site"].queryset = access_sites(user, page)  # type: ignore[attr-defined]

    def reports(self) -> QuerySet[Report]:
        if not self.is_valid():
            return self._reports.none()
        facts, found = self.cleaned_data, self._reports
        if facts["site"]:
            found = found.filter(site=facts["site"])
        if facts["since"]:
            found = found.filter(day__gte=facts["since"])
        return found.filter(day__lte=facts["until"]) if facts["until"] else found

    @property
    def narrows(self) -> bool:
        return not self.is_valid() or any(self.cleaned_data.values())

"""Which days are asked for: a form whose fields all stand in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.insights.statistics import MOST_DAYS
from gatepass.centre.passages.storage import now_ms, town_days
from gatepass.centre.sites.access import access_gates, access_sites
from gatepass.centre.sites.models import Gate

_DAY: Final = {"type": "date"}


@dataclass(frozen=True, slots=True)
class Period:
    first: date
    last: date
    today: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def runs_on(self) -> bool:
        return self.last == self.today


class PeriodForm(forms.Form):
    """`day` is the last day; `span` says how many there are. Empty: today."""

    span = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=(("1", _("One day")), ("7", _("Seven days")), ("28", _("28 days")), ("", _("From … until"))),
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d"))
    day = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d"))
    site: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Site"), required=False, empty_label=_("All sites")
    )
    gate: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Gate"), required=False, empty_label=_("All gates")
    )

    def __init__(self, user: User, page: str, data: Any) -> None:
        super().__init__(data or {"span": "1"})
        self._gates = access_gates(user, page)
        self.today = town_days().day(now_ms())
        self.fields["site"].queryset = access_sites(user, page)  # type: ignore[attr-defined]
        self.fields["gate"].queryset = self._gates  # type: ignore[attr-defined]
        self.fields["gate"].label_from_instance = lambda gate: f"{gate.site.name} · {gate.name}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        last = facts.get("day") or self.today
        since = facts.get("since") or last
        if facts.get("span"):
            since = last - timedelta(days=int(facts["span"]) - 1)
        if since > last:
            self.add_error("since", _("The end must not be before the beginning."))
        elif (last - since).days >= MOST_DAYS:
            self.add_error("since", _("Choose at most 92 days."))
        facts["period"] = Period(since, last, self.today)
        return facts

    @property
    def period(self) -> Period:
        """Today where the form has errors."""
        return self.cleaned_data["period"] if self.is_valid() else Period(self.today, self.today, self.today)

    @property
    def gates(self) -> dict[str, Gate]:
        """By the log's name of them."""
        found = self._gates
        if self.is_valid():
            if self.cleaned_data["gate"]:
                found = found.filter(pk=self.cleaned_data["gate"].pk)
            elif self.cleaned_data["site"]:
                found = found.filter(site=self.cleaned_data["site"])
        return {str(gate.pk): gate for gate in found}

"""Which days are asked for: a form whose fields all stand in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.insights.statistics import MOST_DAYS
from gatepass.centre.passages.access import LogGates, access_log_gates
from gatepass.centre.passages.storage import now_ms, town_days
from gatepass.centre.sites.choosing import SiteChoice, offer, without_foreign_gate

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
    site: forms.ModelChoiceField = SiteChoice(None, label=_("Site"), required=False, empty_label=_("All sites"))
    gate: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Gate"), required=False, empty_label=_("All gates")
    )

    def __init__(self, user: User, page: str, data: Any) -> None:
        data = without_foreign_gate(user, page, data or {"span": "1"})
        super().__init__(data)
        self._asking = user, page
        offered = offer(user, page, data)
        self.today = town_days().day(now_ms())
        self.fields["site"].queryset = offered.sites  # type: ignore[attr-defined]
        self.fields["gate"].queryset = offered.gates  # type: ignore[attr-defined]
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

    @cached_property
    def gates(self) -> LogGates:
        """All of the user's where the form has errors."""
        chosen = {name: self.cleaned_data[name] for name in ("gate", "site")} if self.is_valid() else {}
        texts = {name: str(one.pk) for name, one in chosen.items() if one}
        return access_log_gates(*self._asking, texts.get("gate", ""), texts.get("site", ""))

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.passages.days import milliseconds
from gatepass.centre.passages.log import Filters
from gatepass.centre.passages.storage import now_ms, town_zone
from gatepass.centre.passages.words import active_language, outcome_word
from gatepass.centre.sites.choosing import SiteChoice, offer, without_foreign_gate
from gatepass.policy import Method, Outcome
from gatepass.policy.reasons import METHODS

_MINUTE = "%Y-%m-%dT%H:%M"


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTE)
    return forms.DateTimeField(label=label, required=False, widget=widget, input_formats=[_MINUTE, "%Y-%m-%dT%H:%M:%S"])


class PassageFilter(forms.Form):
    """Every field is in the address: a filtered list survives a reload. There is no field for a person, on purpose."""

    site: forms.ModelChoiceField = SiteChoice(None, label=_("Site"), required=False, empty_label=_("All sites"))
    gate: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Gate"), required=False, empty_label=_("All gates")
    )
    since = _moment(_("From"))
    until = _moment(_("Until"))
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    direction = forms.ChoiceField(
        label=_("Direction"),
        required=False,
        choices=[("", _("Both directions")), ("in", _("Entering")), ("out", _("Leaving"))],
    )
    method = forms.ChoiceField(label=_("Method"), required=False)

    def __init__(self, user: User, data: Any) -> None:
        data = without_foreign_gate(user, "passages", data)
        super().__init__(data)
        language = active_language()
        offered = offer(user, "passages", data)
        self.fields["site"].queryset = offered.sites  # type: ignore[attr-defined]
        self.fields["gate"].queryset = offered.gates  # type: ignore[attr-defined]
        self.fields["gate"].label_from_instance = lambda gate: f"{gate.site.name} · {gate.name}"  # type: ignore[attr-defined]
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            ("", _("All outcomes")),
            *((one.value, outcome_word(one, language)) for one in Outcome),
        ]
        self.fields["method"].choices = [  # type: ignore[attr-defined]
            ("", _("All methods")),
            *((one.value, METHODS[one][language]) for one in Method),
        ]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("since") and facts.get("until") and facts["since"] >= facts["until"]:
            self.add_error("until", _("The end must be later than the beginning."))
        return facts

    def filters(self) -> Filters | None:
        """None while the form has errors. Without times: everything that is held."""
        if not self.is_valid():
            return None
        facts = self.cleaned_data
        return Filters(
            since=_ms(facts["since"]) if facts["since"] else 0,
            until=_ms(facts["until"]) if facts["until"] else now_ms() + 2 * 86_400_000,
            gates=self._gates(),
            outcomes=frozenset({Outcome(facts["outcome"])}) if facts["outcome"] else frozenset(),
            directions=frozenset({facts["direction"]}) if facts["direction"] else frozenset(),
            methods=frozenset({Method(facts["method"])}) if facts["method"] else frozenset(),
        )

    def _gates(self) -> frozenset[str] | None:
        gate, site = self.cleaned_data["gate"], self.cleaned_data["site"]
        if gate:
            return frozenset({str(gate.pk)})
        return frozenset(map(str, site.gates.values_list("pk", flat=True))) if site else None

    @property
    def narrows(self) -> bool:
        return not self.is_valid() or any(self.cleaned_data.values())

    def said(self) -> dict[str, str]:
        """The filter for the audit: field -> what was asked."""
        facts = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: str(value.pk) if name in {"gate", "site"} else str(value) for name, value in facts.items()}


def _ms(moment: datetime) -> int:
    return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=town_zone()))

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gatepass.centre.policies.models import PolicyVersion
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Site
from gatepass.policy.colours import Finding, Policy, PolicyError, read_policy

_MOMENT = {"type": "datetime-local"}


class VersionFilter(forms.Form):
    """Every field is in the address: a filtered list survives a reload."""

    policy = forms.ChoiceField(label=_("Policy"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Every state")), *PolicyVersion.State.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = PolicyVersion.objects.order_by("policy").values_list("policy", flat=True).distinct()
        self.fields["policy"].choices = [("", _("Every policy")), *((name, name) for name in names)]  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """A policy file, as it is written. `findings` says what is wrong with it, by line."""

    note = forms.CharField(
        label=_("What changes"), max_length=200, required=False, help_text=_("One line for whoever approves it.")
    )
    source = forms.CharField(
        label=_("File"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "class": "source", "wrap": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.findings: tuple[Finding, ...] = ()
        self.policy: Policy | None = None

    def clean_source(self) -> str:
        # A browser sends the ends of lines as CR LF.
        source: str = self.cleaned_data["source"].replace("\r\n", "\n")
        try:
            self.policy = read_policy(source)
        except PolicyError as error:
            self.findings = error.findings
            raise forms.ValidationError(_("The file is not a policy yet. What is wrong stands above it.")) from None
        return source


class TrialForm(forms.Form):
    at = forms.DateTimeField(
        label=_("For the moment"),
        required=False,
        widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: now."),
    )
    site: forms.ModelChoiceField = SiteChoice(
        Site.objects.select_related("community"), label=_("Site"), required=False, empty_label=_("The whole town")
    )


class TermForm(forms.Form):
    effective_from = forms.DateTimeField(
        label=_("Effective from"),
        widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M"),
        help_text=_("In the town's own time. Everybody is looked at again then; it takes a minute or two."),
    )
    site: forms.ModelChoiceField = SiteChoice(
        Site.objects.select_related("community"),
        label=_("Site"),
        required=False,
        empty_label=_("The whole town"),
        help_text=_("A site with a policy of its own does not follow the town's."),
    )

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.employers.models import Company
from gatepass.centre.sites.models import Community
from gatepass.centre.surveys.models import Reply

_DAY = {"type": "date"}


class SurveyForm(forms.Form):
    community: forms.ModelChoiceField = forms.ModelChoiceField(
        Community.objects.none(), label=_("Community"), required=False
    )
    company: forms.ModelChoiceField = forms.ModelChoiceField(
        Company.objects.none(), label=_("Or a company"), required=False
    )
    due_on = forms.DateField(label=_("Answers until"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = scope_of(user, "survey_new")
        communities, companies = Community.objects.all(), Company.objects.all()
        if not scope.everywhere:
            communities = communities.filter(pk__in=scope.communities)
            companies = companies.filter(community__in=scope.communities)
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]
        self.fields["company"].queryset = companies  # type: ignore[attr-defined]
        self.fields["due_on"].initial = timezone.localdate() + timedelta(days=7)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if bool(facts.get("community")) == bool(facts.get("company")):
            self.add_error("community", _("Choose a community or a company, one of the two."))
        return facts


class ReplyForm(forms.Form):
    state = forms.ChoiceField(label=_("Where is the person?"), choices=Reply.State.choices, widget=forms.RadioSelect)
    place = forms.CharField(label=_("Away: in which country or city?"), max_length=120, required=False)
    returns_on = forms.DateField(
        label=_("Away: back on"), required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )

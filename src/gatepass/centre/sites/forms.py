from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.sites.access import access_communities, access_sites
from gatepass.centre.sites.models import Gate
from gatepass.policy import Outcome, SiteRules

PASS = (Outcome.PASS.value, _("Pass"))
HOLD = (Outcome.HOLD.value, _("Hold: the guard looks"))
REFUSE = (Outcome.REFUSE.value, _("Refuse"))


class CommunityForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)


class SiteForm(forms.Form):
    community: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Community"))
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("It is shown on the screens of its gates."))
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=40,
        required=False,
        help_text=_("Only where it is not the town's own, such as Asia/Seoul. Days are counted from midnight there."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = access_communities(user, "site_create")  # type: ignore[attr-defined]


class GateForm(forms.Form):
    site: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Site"))
    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("As people call it, for example East gate."))
    direction = forms.ChoiceField(label=_("Direction"), choices=Gate.Direction.choices)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = access_sites(user, "gate_create")  # type: ignore[attr-defined]


class RulesForm(forms.Form):
    """One field for each rule of `policy.SiteRules`, with the answers that make sense for it."""

    yellow = forms.ChoiceField(label=_("A yellow code"), choices=(PASS, HOLD, REFUSE))
    red = forms.ChoiceField(label=_("A red code"), choices=(HOLD, REFUSE))
    unknown = forms.ChoiceField(label=_("Somebody who is not registered"), choices=(HOLD, REFUSE))
    unproven = forms.ChoiceField(
        label=_("A document that no machine has found genuine"),
        choices=(PASS, HOLD),
        help_text=_("Only its printed page was read, or a chip whose signer this gate does not know."),
    )
    uid_cards = forms.ChoiceField(
        label=_("An enrolled card, known by its chip's number"),
        choices=(HOLD, PASS),
        help_text=_("Such a number can be copied: it finds a person and proves nothing. Colours count all the same."),
    )
    notice_after_hours = forms.FloatField(
        label=_("Show the age of knowledge after (hours)"),
        min_value=0.1,
        max_value=720,
        help_text=_(
            "Without network the gate goes on deciding; from this age on the screen says how old its knowledge is."
        ),
    )
    hold_after_hours = forms.FloatField(
        label=_("Let nobody pass by itself after (hours)"),
        min_value=0.1,
        max_value=720,
        help_text=_("Knowledge older than this passes nobody without a guard's look."),
    )

    def rules(self) -> SiteRules:
        facts = self.cleaned_data
        return SiteRules(
            yellow=Outcome(facts["yellow"]),
            red=Outcome(facts["red"]),
            unknown=Outcome(facts["unknown"]),
            unproven=Outcome(facts["unproven"]),
            uid_cards=Outcome(facts["uid_cards"]),
            notice_after_hours=facts["notice_after_hours"],
            hold_after_hours=facts["hold_after_hours"],
        )

    def in_words(self) -> list[tuple[forms.BoundField, str]]:
        """Each rule with its answer, for those who may only read them."""
        answers = []
        for field in self:
            choices = {str(value): str(word) for value, word in getattr(field.field, "choices", ())}
            answers.append((field, choices.get(str(field.initial), str(field.initial))))
        return answers

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gatepass.centre.appeals.actions import MOST_WORDS
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.mandates.models import Relation


class AppealForm(forms.Form):
    about = forms.ChoiceField(label=_("What is wrong?"), choices=Appeal.About.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In your own words"),
        max_length=MOST_WORDS,
        help_text=_("In any language. What happened, and when? You need not send papers; we ask if we need them."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class PaperForm(forms.Form):
    size = forms.ChoiceField(
        label=_("How large?"),
        choices=(("card", _("As a bank card, for the wallet")), ("a4", _("A4, to be folded or hung up"))),
        initial="card",
        widget=forms.RadioSelect,
    )
    masked = forms.TypedChoiceField(
        label=_("The name on it"),
        choices=(("no", _("the whole name")), ("yes", _("the family name only"))),
        initial="no",
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )


class InviteForm(forms.Form):
    relation = forms.ChoiceField(
        label=_("Who shall act for you?"),
        choices=[pair for pair in Relation.choices if pair[0] not in {Relation.SELF, Relation.SOCIAL_WORKER}],
        widget=forms.RadioSelect,
    )

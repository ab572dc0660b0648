from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gatepass.centre.codes.models import ADVICES, COLOURS, Reason


class ColourForm(forms.Form):
    colour = forms.ChoiceField(label=_("Colour"), choices=COLOURS, widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=Reason.choices,
        help_text=_("Only staff see the reason. No gate shows it or says it."),
    )
    advice = forms.ChoiceField(
        label=_("Next step"), choices=ADVICES, help_text=_("This is what the gate tells the person to do.")
    )
    valid_until = forms.DateTimeField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("China Standard Time. Empty: until it is changed."),
    )

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gatepass.centre.applicants.contacts import Contact, read_contact
from gatepass.centre.errors import RefusedError


class ContactForm(forms.Form):
    contact = forms.CharField(
        label=_("Your telephone number or e-mail address"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "autofocus": True, "spellcheck": "false"}),
    )

    def clean_contact(self) -> Contact:
        try:
            return read_contact(self.cleaned_data["contact"])
        except RefusedError as refused:
            raise forms.ValidationError(refused.sentence) from None


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The six digits that we have sent you"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*", "autofocus": True}
        ),
    )


class OwnFactsForm(forms.Form):
    full_name = forms.CharField(
        label=_("Your full name"),
        max_length=120,
        required=False,
        help_text=_("The people for whom you act see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language of our messages to you"), choices=settings.LANGUAGES)

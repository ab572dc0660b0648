from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.interpreting.models import Outcome, State
from gatepass.centre.people.forms import DocumentForm
from gatepass.centre.people.registration import Registration
from gatepass.centre.sites.access import access_sites
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Site
from gatepass.identity import Document


class ConcludeForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect)
    notes = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the office. It is encrypted, and gone after 90 days."),
    )


class RegisterForm(DocumentForm):
    """What the person says while talking; the site is that of the call."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=120, help_text=_("As the document writes it, in its own script.")
    )
    latin_name = forms.CharField(label=_("Name in Latin letters"), max_length=120, required=False)
    phone = forms.CharField(label=_("Mobile number"), required=False, max_length=30)
    agrees = forms.BooleanField(label=_("The person hears what is written down, and agrees."))

    field_order = ("full_name", "latin_name", "kind", "number", "issuer", "phone", "agrees")

    def registration(self, site: Site, language: str) -> Registration:
        told = self.cleaned_data
        document: Document = told["document"]
        holder = replace(document.holder, native_name=told["full_name"], latin_name=told["latin_name"])
        return Registration(
            replace(document, holder=holder), site=site.pk, phone=told["phone"].strip(), language=language
        )


class CallFilter(forms.Form):
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", _("All")), *settings.LANGUAGES])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *State.choices])
    site: forms.ModelChoiceField = SiteChoice(
        Site.objects.none(), label=_("Site"), required=False, empty_label=_("All sites")
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = access_sites(user, page)  # type: ignore[attr-defined]


class LineForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    site: forms.ModelChoiceField = SiteChoice(
        Site.objects.none(), label=_("Site"), required=False, empty_label=_("The whole town")
    )
    number = forms.RegexField(
        r"^[+\d][\d ()-]{2,28}$", label=_("Telephone number"), required=False, help_text=_("Empty: none is shown.")
    )

    def __init__(self, user: User, page: str, *args: Any, whole_town: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = self.fields["site"]
        sites.queryset = access_sites(user, page)  # type: ignore[attr-defined]
        if not whole_town:
            sites.required = True
            sites.empty_label = None  # type: ignore[attr-defined]

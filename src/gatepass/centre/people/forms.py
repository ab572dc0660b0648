from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.codes.models import COLOURS
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import matching
from gatepass.centre.people.actions import Registration, read_typed_document
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.sites.access import access_sites
from gatepass.identity import Document, DocumentKind, PartialDate, Sex

NO_CODE = "none"


class ResidentFilter(forms.Form):
    """Every field is in the address: a filtered list survives a reload."""

    words = forms.CharField(label=_("Name, or a whole document number"), required=False, max_length=120)
    site: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Site"), required=False, empty_label=_("All sites")
    )
    colour = forms.ChoiceField(
        label=_("Colour"), required=False, choices=[("", _("All colours")), *COLOURS, (NO_CODE, _("No valid code"))]
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = access_sites(user, "residents")  # type: ignore[attr-defined]

    def residents(self, everybody: QuerySet[Resident]) -> QuerySet[Resident]:
        if not self.is_valid():
            return everybody.none()
        facts = self.cleaned_data
        if facts["words"].strip():
            everybody = everybody.filter(matching(facts["words"])).distinct()
        if facts["site"]:
            everybody = everybody.filter(site=facts["site"])
        if facts["colour"] == NO_CODE:
            everybody = everybody.exclude(code__colour__in=[colour for colour, _word in COLOURS])
        elif facts["colour"]:
            everybody = everybody.filter(code__colour=facts["colour"])
        return everybody

    @property
    def narrows(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())


class RegisterForm(forms.Form):
    site: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Site"))
    full_name = forms.CharField(
        label=_("Full name"), max_length=120, help_text=_("As the document writes it, in its own script.")
    )
    latin_name = forms.CharField(label=_("Name in Latin letters"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Document"), choices=IdentityDocument.KIND)
    number = forms.CharField(label=_("Number"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    issuer = forms.CharField(
        label=_("Issued by"),
        max_length=3,
        required=False,
        help_text=_("Three letters, for example JPN. Not needed for an 18-character number."),
    )
    birth = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("An 18-character number says it by itself."),
    )
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("", "—"), *Resident.SEX])
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    household = forms.CharField(
        label=_("Household"), max_length=60, required=False, help_text=_("Building, entrance and flat.")
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = access_sites(user, "resident_register")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if "kind" in facts and "number" in facts:
            try:
                facts["document"] = read_typed_document(facts["kind"], facts.get("issuer", ""), facts["number"])
            except RefusedError as refused:
                self.add_error("issuer" if refused.code == "document_issuer" else "number", refused.sentence)
        return facts

    def registration(self) -> Registration:
        """What the number says of birth and sex counts more than what was typed beside it."""
        facts = self.cleaned_data
        document: Document = facts["document"]
        holder = document.holder
        typed_birth = PartialDate.from_date(facts["birth"]) if facts["birth"] else None
        foreign = document.issuer if document.kind is DocumentKind.PASSPORT else ""
        holder = replace(
            holder,
            native_name=facts["full_name"],
            latin_name=facts["latin_name"],
            birth=holder.birth or typed_birth,
            sex=holder.sex if holder.sex is not Sex.UNKNOWN else Sex(facts["sex"] or Sex.UNKNOWN),
            nationality=holder.nationality or foreign,
        )
        return Registration(
            document=replace(document, holder=holder),
            site=facts["site"].pk,
            phone=facts["phone"],
            language=facts["language"],
            household=facts["household"],
            address=facts["address"],
        )

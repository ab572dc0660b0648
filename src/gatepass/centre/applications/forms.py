"""What a person says of themself: the declaration, the stays, the application. Staff and residents use the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, get_args

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gatepass.centre.applications.facts import ApplicationFacts, StayTold
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.people.typed import read_typed_document, read_typed_phone
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Site
from gatepass.identity import Document, DocumentKind, PartialDate, Sex
from gatepass.policy.colours.facts import Declaration, Stay, Symptom

SYMPTOMS = (
    ("fever", _("Fever")),
    ("cough", _("Cough")),
    ("sore_throat", _("Sore throat")),
    ("runny_nose", _("Runny nose")),
    ("breathless", _("Short of breath")),
    ("fatigue", _("Very tired")),
    ("muscle_pain", _("Aching muscles")),
    ("taste_smell", _("Taste or smell is gone")),
    ("diarrhoea", _("Diarrhoea")),
    ("vomiting", _("Vomiting")),
    ("rash", _("Rash")),
    ("other", _("Something else")),
)
if {code for code, _word in SYMPTOMS} != set(get_args(Symptom)):
    raise RuntimeError("the form and the facts must know the same symptoms")

STAYS = 5
"""Lines for stays on the page; more are rare, and are told in a second declaration."""
STAY_DAYS = 21
"""How far back stays are asked for: the longest that a policy has looked."""
KINDS_OF_APPLICANTS = tuple(pair for pair in IdentityDocument.KIND if pair[0] != DocumentKind.CARD_UID)


class DeclarationForm(forms.Form):
    """Today's health and the last days, as the person says."""

    well = forms.BooleanField(label=_("No complaints"), required=False)
    symptoms = forms.MultipleChoiceField(
        label=_("Any of these in the last 14 days?"),
        choices=SYMPTOMS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    temperature = forms.DecimalField(
        label=_("Temperature today, °C, if you have measured it"),
        min_value=30,
        max_value=45,
        max_digits=3,
        decimal_places=1,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal", "placeholder": "36.5"}),
    )
    contact = forms.TypedChoiceField(
        label=_("Near somebody in the last 14 days who has the illness?"),
        choices=(("no", _("No")), ("yes", _("Yes"))),
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    travelled = forms.TypedChoiceField(
        label=_("Anywhere else in the last 21 days, in another district, city or country?"),
        choices=(("no", _("No")), ("yes", _("Yes"))),
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("well") and facts.get("symptoms"):
            self.add_error("symptoms", _("Choose either “No complaints” or what there is."))
        elif not facts.get("well") and not facts.get("symptoms") and "symptoms" not in self.errors:
            self.add_error("well", _("Choose “No complaints”, or what there is."))
        return facts

    def declaration(self) -> Declaration:
        facts = self.cleaned_data
        tenths = None if facts["temperature"] is None else int(facts["temperature"] * 10)
        return Declaration(
            symptoms=facts["symptoms"],
            temperature=tenths,
            contact=facts["contact"],
            travelled=facts["travelled"],
        )


class StayForm(forms.Form):
    """One line of the journey. An empty line is no stay."""

    region = forms.CharField(
        label=_("Where"),
        required=False,
        max_length=6,
        help_text=_("Country as three letters (KOR), or the first 2, 4 or 6 digits of the division code (330102)."),
        widget=forms.TextInput(attrs={"list": "regions", "autocapitalize": "characters"}),
    )
    at = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    transit = forms.BooleanField(label=_("Only changed trains or planes there"), required=False)

    def clean_region(self) -> str:
        region = str(self.cleaned_data["region"]).strip().upper()
        known = (region.isdecimal() and len(region) in {2, 4, 6}) or (region.isalpha() and len(region) == 3)
        if region and not (region.isascii() and known):
            raise forms.ValidationError(_("Three letters for a country, or 2, 4 or 6 digits for a division of China."))
        return region

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        region, at, until = facts.get("region"), facts.get("at"), facts.get("until")
        today = timezone.localdate()
        if (at or until) and not region and "region" not in self.errors:
            self.add_error("region", _("Say where that was."))
        if region and not at and "at" not in self.errors:
            self.add_error("at", _("Say when it began."))
        if at and at > today:
            self.add_error("at", _("This day has not come yet."))
        if at and until and until < at:
            self.add_error("until", _("The end lies before the beginning."))
        return facts

    def stay(self) -> StayTold | None:
        facts = self.cleaned_data
        if not facts.get("region"):
            return None
        zone = timezone.get_current_timezone()
        ends = None
        if facts["until"]:
            ends = min(datetime.combine(facts["until"] + timedelta(days=1), time(), zone), timezone.now())
        begins = datetime.combine(facts["at"], time(), zone)
        return StayTold(
            begins, ends if ends is None or ends > begins else begins, Stay(facts["region"], facts["transit"])
        )


StayFormSet = forms.formset_factory(StayForm, extra=STAYS, max_num=STAYS, absolute_max=STAYS * 2, validate_max=True)


class Told:
    """Declaration and stays of one page, validated together. `data` as posted, or None for an empty page."""

    def __init__(self, data: Any = None) -> None:
        self.form = DeclarationForm(data)
        self.stays = StayFormSet(data, prefix="stays")

    def is_valid(self) -> bool:
        valid = all([self.form.is_valid(), self.stays.is_valid()])
        if valid and self.form.cleaned_data["travelled"] and not self.told_stays():
            self.form.add_error("travelled", _("Say where and when, in the lines below."))
            return False
        return valid

    def told_stays(self) -> list[StayTold]:
        return [stay for form in self.stays if (stay := form.stay()) is not None]


class PersonForm(forms.Form):
    """Who the code is for."""

    kind = forms.ChoiceField(label=_("Document"), choices=KINDS_OF_APPLICANTS)
    number = forms.CharField(
        label=_("Number"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    issuer = forms.CharField(
        label=_("Issued by"),
        max_length=3,
        required=False,
        help_text=_("Three letters, for example JPN. Not needed for an 18-character number."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
    )
    full_name = forms.CharField(
        label=_("Full name"), max_length=120, help_text=_("As the document writes it, in its own script.")
    )
    latin_name = forms.CharField(label=_("Name in Latin letters"), max_length=120, required=False)
    birth = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("An 18-character number says it by itself."),
    )
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("", "—"), *Resident.SEX])
    site: forms.ModelChoiceField = SiteChoice(
        Site.objects.select_related("community"), label=_("Where the person lives or works")
    )
    address = forms.CharField(label=_("Building, entrance and flat"), max_length=200, required=False)
    phone = forms.CharField(label=_("The person's own telephone, if there is one"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Language of the person"), choices=settings.LANGUAGES)

    def clean_phone(self) -> str:
        if not self.cleaned_data["phone"].strip():
            return ""
        try:
            return read_typed_phone(self.cleaned_data["phone"])
        except RefusedError as refused:
            raise forms.ValidationError(refused.sentence) from None

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if "kind" in facts and "number" in facts:
            try:
                facts["document"] = read_typed_document(facts["kind"], facts.get("issuer", ""), facts["number"])
            except RefusedError as refused:
                self.add_error("issuer" if refused.code == "document_issuer" else "number", refused.sentence)
        return facts

    def facts(self, declaration: Declaration, stays: list[StayTold]) -> ApplicationFacts:
        """What the number says of birth and sex counts more than what was typed beside it."""
        typed = self.cleaned_data
        document: Document = typed["document"]
        holder = document.holder
        birth = holder.birth or (PartialDate.from_date(typed["birth"]) if typed["birth"] else None)
        sex = holder.sex if holder.sex is not Sex.UNKNOWN else Sex(typed["sex"] or Sex.UNKNOWN)
        foreign = document.issuer if document.kind is DocumentKind.PASSPORT else ""
        document = replace(document, holder=replace(holder, birth=birth, sex=sex))
        return ApplicationFacts(
            full_name=typed["full_name"].strip(),
            latin_name=typed["latin_name"].strip(),
            kind=document.kind,
            number=document.number,
            issuer=document.issuer,
            birth=birth.isoformat() if birth else "",
            sex=sex,
            nationality=holder.nationality or foreign,
            language=typed["language"],
            phone=typed["phone"],
            address=typed["address"].strip(),
            declaration=declaration,
            stays=stays,
        )


class ActingForm(forms.Form):
    """Who acts, and how the person agreed. For oneself, nothing more is asked."""

    relation = forms.ChoiceField(
        label=_("Who are you?"),
        choices=[pair for pair in Relation.choices if pair[0] != Relation.SOCIAL_WORKER],
        widget=forms.RadioSelect,
    )
    consent = forms.ChoiceField(
        label=_("How did the person agree that you act for them?"),
        choices=[
            (Consent.TOLD_APPLICANT, _("They told me. I declare that this is true.")),
            (Consent.ON_PAPER, _("They signed a paper, which I bring to the office.")),
            (Consent.BY_LAW, _("They are a minor, or I am their guardian by law.")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, alone: bool = True, **kwargs: Any) -> None:
        """`alone` False: somebody acts for another, and is not asked whether they are that person."""
        super().__init__(*args, **kwargs)
        if not alone:
            field = self.fields["relation"]
            field.choices = [pair for pair in field.choices if pair[0] != Relation.SELF]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("relation") == Relation.SELF:
            facts["consent"] = Consent.OWN
        elif facts.get("relation") and not facts.get("consent") and "consent" not in self.errors:
            self.add_error("consent", RefusedError("consent_missing").sentence)
        return facts

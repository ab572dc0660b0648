"""The steps of a registration, for the phone and the desk alike."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gatepass.centre.applications.forms import PersonForm
from gatepass.centre.arrivals.form_fields import MomentField, day_field, in_zone
from gatepass.centre.arrivals.models import Journey, Stay, Transport, Traveller
from gatepass.centre.arrivals.places import chief_zone, own_country, zone_word, zones_of
from gatepass.centre.employers.models import Company
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.nationality import nationality_choices
from gatepass.centre.people.typed import read_typed_phone
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Site
from gatepass.identity import DocumentKind, PartialDate, Sex
from gatepass.languages import language_for

_TRANSPORT = [("", "—"), *Transport.choices]


class BeginForm(forms.Form):
    """Who fills it in, and how the travellers agreed."""

    manner = forms.ChoiceField(label=_("Who registers?"), widget=forms.RadioSelect)
    company = forms.ModelChoiceField(Company.objects.none(), label=_("Company"), required=False)
    consent = forms.ChoiceField(
        label=_("How did they agree that you register them?"), required=False, widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, companies: QuerySet[Company] | None = None, staff: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        manners = Journey.Manner
        if companies is not None:
            choices: list[tuple[str, Any]] = [(manners.EMPLOYER, _("The employer, as its grid worker"))]
            self.fields["company"].queryset = companies  # type: ignore[attr-defined]
            self.fields["company"].required = True
        elif staff:
            choices = [(manners.SOCIAL_WORKER, _("I, for somebody who asked me to"))]
        else:
            choices = [
                (manners.SELF, _("I travel alone")),
                (manners.COMPANION, _("I travel with family or friends, and register us all")),
                (manners.HOST, _("I am their host; they live with me or visit me")),
                (manners.EMPLOYER, _("They work for us")),
            ]
        if companies is None:
            del self.fields["company"]
        self.fields["manner"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["manner"].initial = choices[0][0]
        told = Consent.TOLD_STAFF if staff or companies is not None else Consent.TOLD_APPLICANT
        self.fields["consent"].choices = [  # type: ignore[attr-defined]
            (told, _("They told me. I declare that this is true.")),
            (Consent.ON_PAPER, _("They signed a paper, which I bring to the office.")),
            (Consent.BY_LAW, _("They are minors, or I am their guardian by law.")),
        ]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("manner") not in {Journey.Manner.SELF, None} and not facts.get("consent"):
            self.add_error("consent", RefusedError("consent_missing").sentence)
        return facts


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo of the passport's page with your picture"),
        help_text=_("Flat, in good light, without glare; the two lines of letters at the bottom must be sharp."),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    keep = forms.BooleanField(
        label=_("Keep the photo until the community has looked at it"),
        required=False,
        help_text=_("Otherwise it is read and forgotten at once."),
    )


class TravellerForm(PersonForm):
    """One person with the document. What a photo could not show for certain is asked for here."""

    site = address = phone = None  # type: ignore[assignment]
    issuer = forms.ChoiceField(label=_("Issued by"), required=False)  # type: ignore[assignment]
    nationality = forms.ChoiceField(label=_("Nationality"), required=False)
    valid_until = day_field(_("Valid until"), required=False)
    relation = forms.ChoiceField(label=_("Who are you to this person?"), required=False)

    field_order = (
        *("kind", "number", "issuer", "valid_until", "full_name", "latin_name", "birth", "sex", "nationality"),
        *("language", "relation"),
    )

    def __init__(self, *args: Any, journey: Journey, first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [("", "—"), *nationality_choices()]
        for name in ("issuer", "nationality"):
            self.fields[name].choices = states  # type: ignore[attr-defined]
        self.fields["issuer"].help_text = ""
        self.fields["birth"].help_text = ""
        self.fields["full_name"].help_text = _("As it is written in the passport, in its own script if it has one.")
        self.order_fields(self.field_order)
        manner = journey.manner
        if manner in {Journey.Manner.SELF, Journey.Manner.SOCIAL_WORKER}:
            del self.fields["relation"]
        else:
            left_out = {Relation.SOCIAL_WORKER} | (set() if manner == Journey.Manner.COMPANION else {Relation.SELF})
            field = self.fields["relation"]
            field.choices = [pair for pair in Relation.choices if pair[0] not in left_out]  # type: ignore[attr-defined]
            field.required = True
            if manner == Journey.Manner.COMPANION:
                field.choices = [  # type: ignore[attr-defined]
                    (code, _("I am this person") if code == Relation.SELF else word)
                    for code, word in field.choices  # type: ignore[attr-defined]
                ]
                field.initial = Relation.SELF if first else Relation.PARENT
            else:
                field.initial = Relation.CARER
        self._default_relation = Relation.SOCIAL_WORKER if manner == Journey.Manner.SOCIAL_WORKER else Relation.SELF

    def kept(self) -> dict[str, Any]:
        """The fields of `Traveller` beside the document's own."""
        typed = self.cleaned_data
        document = typed["document"]
        holder = document.holder
        birth = holder.birth or (PartialDate.from_date(typed["birth"]) if typed["birth"] else None)
        sex = holder.sex if holder.sex is not Sex.UNKNOWN else Sex(typed["sex"] or Sex.UNKNOWN)
        passport = document.issuer if document.kind is DocumentKind.PASSPORT else ""
        return {
            "full_name": typed["full_name"].strip(),
            "latin_name": typed["latin_name"].strip(),
            "birth": birth.isoformat() if birth else "",
            "sex": sex,
            "nationality": typed["nationality"] or holder.nationality or passport,
            "language": typed["language"],
            "valid_until": typed["valid_until"],
            "relation": typed.get("relation") or self._default_relation,
        }


def traveller_initial(row: Traveller | None, language: str) -> dict[str, Any]:
    if row is None:
        return {"kind": DocumentKind.PASSPORT, "language": language}
    return {
        "kind": row.kind,
        "number": str(row.number or ""),
        "issuer": row.issuer,
        "valid_until": row.valid_until,
        "full_name": row.full_name or row.latin_name,
        "latin_name": row.latin_name,
        "birth": row.birth if len(row.birth) == 10 else "",
        "sex": row.sex,
        "nationality": row.nationality,
        "language": row.language or language_for(row.nationality).lower(),
        "relation": row.relation,
    }


class StayForm(forms.Form):
    """One place, in whole days there, and how they came to it."""

    country = forms.ChoiceField(label=_("Country"))
    region = forms.CharField(label=_("Region or province"), max_length=60, required=False)
    city = forms.CharField(label=_("City"), max_length=60)
    division = forms.RegexField(
        r"^([0-9]{2}|[0-9]{4}|[0-9]{6})?$",
        label=_("Within China: the division code, if you know it"),
        max_length=6,
        required=False,
        help_text=_("The first 2, 4 or 6 digits, for example 330102."),
    )
    zone = forms.ChoiceField(label=_("Which city's time is it there?"), required=False)
    first = day_field(_("First day there"))
    last = day_field(_("Last day there"), help_text=_("The day on which you moved on counts too."))
    transit = forms.BooleanField(label=_("Only changed trains or planes there"), required=False)
    transport = forms.ChoiceField(label=_("How did you get there?"), choices=_TRANSPORT, required=False)
    number = forms.CharField(label=_("Flight or train number"), max_length=20, required=False)
    seat = forms.CharField(label=_("Seat"), max_length=40, required=False)
    travellers = forms.MultipleChoiceField(
        label=_("Who was there?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    companions = forms.CharField(
        label=_("Who else was with you?"),
        max_length=200,
        required=False,
        help_text=_("Names, as far as you know them. Leave it empty if nobody was."),
    )

    def __init__(self, *args: Any, journey: Journey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.journey = journey
        self.fields["country"].choices = [("", "—"), *nationality_choices()]  # type: ignore[attr-defined]
        country = str(self["country"].value() or "")
        zones = zones_of(country)
        if zones:
            words = sorted(((zone, zone_word(zone)) for zone in zones), key=lambda pair: pair[1])
            self.fields["zone"].choices = words  # type: ignore[attr-defined]
            self.fields["zone"].initial = self.initial.get("zone") or chief_zone(country)
        else:
            del self.fields["zone"]
        if country not in {"", own_country()}:
            del self.fields["division"]
        people = list(journey.travellers.exclude(state=Traveller.State.CANCELLED))
        if len(people) > 1:
            self.fields["travellers"].choices = [(one.pk, one.full_name or "—") for one in people]  # type: ignore[attr-defined]
            self.fields["travellers"].required = True
            self.fields["travellers"].initial = [one.pk for one in people]
        else:
            del self.fields["travellers"]
        self._people = [one.pk for one in people]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        first, last = facts.get("first"), facts.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end lies before the beginning."))
        if first and not 1900 <= first.year <= 2199:
            self.add_error("first", _("This is no day of a journey. Look at the year."))
        return facts

    def kept(self) -> tuple[dict[str, Any], list[int]]:
        typed = dict(self.cleaned_data)
        people = [int(pk) for pk in typed.pop("travellers", None) or self._people]
        zone = typed.pop("zone", "")
        known = zones_of(typed["country"])
        typed["zone"] = zone if zone in known else chief_zone(typed["country"])
        typed["division"] = typed.get("division", "") if typed["country"] == own_country() else ""
        typed["companions"] = typed["companions"] or None
        return typed, people


def stay_initial(row: Stay) -> dict[str, Any]:
    names = ("country", "division", "region", "city", "zone", "first", "last", "transit", "transport", "number", "seat")
    told = {name: getattr(row, name) for name in names}
    return told | {"companions": row.companions or "", "travellers": [one.pk for one in row.travellers.all()]}


class WayForm(forms.Form):
    """When and how they come."""

    arrives_at = MomentField(label=_("Arrival, day and time"))
    port = forms.CharField(label=_("Airport, port or border crossing"), max_length=60, required=False)
    transport = forms.ChoiceField(label=_("By"), choices=_TRANSPORT, required=False)
    number = forms.CharField(label=_("Flight or train number"), max_length=20, required=False)
    seat = forms.CharField(label=_("Seats"), max_length=40, required=False, help_text=_("For example 31A, 31B."))
    boarding_at = MomentField(
        label=_("Boarding, day and time"), required=False, help_text=_("In the time of the place where you board.")
    )
    boarding_country = forms.ChoiceField(label=_("Country of boarding"), required=False)

    def __init__(self, *args: Any, journey: Journey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.journey = journey
        self.fields["boarding_country"].choices = [("", "—"), *nationality_choices()]  # type: ignore[attr-defined]
        self.fields["arrives_at"].help_text = _("In the time of %(zone)s.") % {"zone": zone_word(str(journey.zone))}
        last = self.last_stay
        if last is not None:
            self.fields["boarding_country"].initial = last.country

    @property
    def last_stay(self) -> Stay | None:
        abroad = [stay for stay in self.journey.stays.all() if stay.country != own_country()]
        return max(abroad, key=lambda stay: (stay.last, stay.first), default=None)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        country, boarding = facts.get("boarding_country", ""), facts.get("boarding_at")
        last = self.last_stay
        zone = last.zone if last is not None and last.country == country else chief_zone(country) if country else ""
        facts["boarding_zone"] = zone
        if facts.get("arrives_at"):
            facts["arrives_at"] = in_zone(facts["arrives_at"], self.journey.zone)
        if boarding:
            if not zone:
                self.add_error("boarding_country", _("Say where you board, so that the time is right."))
                return facts
            facts["boarding_at"] = in_zone(boarding, ZoneInfo(zone))
            if facts.get("arrives_at") and facts["boarding_at"] >= facts["arrives_at"]:
                self.add_error("boarding_at", _("Boarding lies after the arrival. Look at both days and times."))
        return facts

    def kept(self) -> dict[str, Any]:
        names = ("arrives_at", "port", "transport", "number", "seat", "boarding_at", "boarding_zone")
        return {name: self.cleaned_data[name] for name in names}


def way_initial(journey: Journey) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(journey, name) for name in ("port", "transport", "number", "seat")}
    if journey.arrives_at:
        told["arrives_at"] = journey.arrives_at.astimezone(journey.zone).replace(tzinfo=None)
    if journey.boarding_at and journey.boarding_zone:
        told["boarding_at"] = journey.boarding_at.astimezone(ZoneInfo(journey.boarding_zone)).replace(tzinfo=None)
    return told


class WhereForm(forms.Form):
    """To whom they come."""

    site: forms.ModelChoiceField = SiteChoice(
        Site.objects.select_related("community"), label=_("Where you will live or work")
    )
    building: forms.ModelChoiceField = forms.ModelChoiceField(Place.objects.none(), label=_("Building"), required=False)
    address = forms.CharField(label=_("Entrance and flat"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Telephone on the way"),
        max_length=30,
        required=False,
        help_text=_("With + and the country code. The community calls it if you do not come."),
    )

    def __init__(self, *args: Any, sites: QuerySet[Site] | None = None, **kwargs: Any) -> None:
        """`sites`: among which staff may choose; None: all of the town."""
        super().__init__(*args, **kwargs)
        if sites is not None:
            self.fields["site"].queryset = sites.select_related("community")  # type: ignore[attr-defined]
        site = self["site"].value()
        buildings = Place.objects.filter(level=Place.Level.BUILDING)
        chosen = buildings.filter(site=int(site)) if str(site or "").isdecimal() else buildings.none()
        if chosen.exists():
            self.fields["building"].queryset = chosen  # type: ignore[attr-defined]
        else:
            del self.fields["building"]

    def clean_phone(self) -> str | None:
        if not self.cleaned_data["phone"].strip():
            return None
        try:
            return read_typed_phone(self.cleaned_data["phone"])
        except RefusedError as refused:
            raise forms.ValidationError(refused.sentence) from None

    def kept(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "site": typed["site"],
            "building": typed.get("building"),
            "address": typed["address"].strip() or None,
            "phone": typed["phone"],
        }


class ExplanationForm(forms.Form):
    explanation = forms.CharField(
        label=_("Days that you cannot account for: what do you know of them?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

"""The filter of the residents' list: every field is in the address, so that a filtered list survives a reload."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.codes.models import COLOURS, Code
from gatepass.centre.form_rendering import LongSelect
from gatepass.centre.people.access import named
from gatepass.centre.people.addresses.access import access_places
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.models import Phone, Resident
from gatepass.centre.people.nationality import nationality_choices
from gatepass.centre.people.protection.models import Protection
from gatepass.centre.sites.access import access_sites
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.policy import Colour

NO_CODE = "none"
MOST_BUILDINGS = 500


class ResidentFilter(forms.Form):
    words = forms.CharField(label=_("Name, or a whole document number"), required=False, max_length=120)
    site: forms.ModelChoiceField = SiteChoice(None, label=_("Site"), required=False, empty_label=_("All sites"))
    colour = forms.ChoiceField(
        label=_("Colour"), required=False, choices=[("", _("All colours")), *COLOURS, (NO_CODE, _("No valid code"))]
    )
    building: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Building"), required=False, empty_label=_("All buildings")
    )
    oldest = forms.IntegerField(label=_("Age from"), required=False, min_value=0, max_value=150)
    youngest = forms.IntegerField(label=_("Age to"), required=False, min_value=0, max_value=150)
    nationality = forms.ChoiceField(label=_("Nationality"), required=False, widget=LongSelect)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("All languages")), *settings.LANGUAGES]
    )
    phone = forms.ChoiceField(
        label=_("Telephone"),
        required=False,
        choices=[("", _("With and without")), ("yes", _("With a telephone")), ("no", _("Without a telephone"))],
    )
    alone = forms.ChoiceField(
        label=_("Household"),
        required=False,
        choices=[("", _("All households")), ("yes", _("Lives alone")), ("none", _("In no household"))],
    )
    protected = forms.ChoiceField(
        label=_("Protection"),
        required=False,
        choices=[("", _("Everybody whom I may see")), ("yes", _("Protected people entrusted to me"))],
    )

    FIRST = ("words", "site", "colour")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fields()["site"].queryset = access_sites(user, "residents")
        buildings = access_places(user, "residents").filter(level=Place.Level.BUILDING)
        site = str(self.data.get("site", ""))
        if site.isascii() and site.isdigit() and len(site) < 16:
            buildings = buildings.filter(site=int(site))
        self._fields()["building"].queryset = buildings
        if not 0 < buildings.order_by()[: MOST_BUILDINGS + 1].count() <= MOST_BUILDINGS:
            # A town has too many of them for one list: choose the site first.
            del self.fields["building"]
        self._fields()["nationality"].choices = [("", _("All nationalities")), *nationality_choices()]
        if not Protection.objects.filter(staff=user).exists():
            del self.fields["protected"]

    def _fields(self) -> dict[str, Any]:
        return self.fields

    def residents(self, everybody: QuerySet[Resident]) -> QuerySet[Resident]:
        if not self.is_valid():
            return everybody.none()
        facts = self.cleaned_data
        if facts["words"].strip():
            everybody = named(everybody, facts["words"])
        plain = {name: facts[name] for name in ("site", "nationality", "language") if facts[name]}
        everybody = everybody.filter(**plain)
        if facts.get("building"):
            everybody = everybody.filter(room__in=facts["building"].subtree.values("pk"))
        if facts.get("protected"):
            everybody = everybody.filter(protection__isnull=False)
        everybody = _of_age(everybody, facts["oldest"], facts["youngest"])
        everybody = _with_phone(everybody, facts["phone"])
        everybody = _of_household(everybody, facts["alone"])
        return _of_colour(everybody, facts["colour"])

    @property
    def narrows(self) -> bool:
        return self.is_valid() and any(value not in {None, ""} for value in self.cleaned_data.values())

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def further_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.FIRST]

    @property
    def has_further(self) -> bool:
        """Whether one of the folded fields narrows the list: then they are shown."""
        return any(field.errors or field.value() for field in self.further_fields)

    @property
    def query(self) -> str:
        """What can be saved: never a part of anybody's name."""
        return saved_query(self.data)


def saved_query(said: Mapping[str, Any]) -> str:
    kept = {name: str(said.get(name, "")) for name in ResidentFilter.base_fields if name != "words"}
    return urlencode({name: value for name, value in kept.items() if value})[:500]


def _of_age(everybody: QuerySet[Resident], oldest: int | None, youngest: int | None) -> QuerySet[Resident]:
    """By the birth date as text: of somebody whose day is not known, the year decides."""
    today = timezone.localdate()
    if oldest is not None:
        everybody = everybody.exclude(birth="").filter(birth__lte=_years_ago(today, oldest).isoformat())
    if youngest is not None:
        everybody = everybody.exclude(birth="").filter(birth__gt=_years_ago(today, youngest + 1).isoformat())
    return everybody


def _years_ago(today: date, years: int) -> date:
    """The latest birthday of somebody who is `years` old today; who was born on 29 February has it on 1 March."""
    try:
        return today.replace(year=max(1, today.year - years))
    except ValueError:
        return today.replace(year=max(1, today.year - years), day=28)


def _with_phone(everybody: QuerySet[Resident], phone: str) -> QuerySet[Resident]:
    """Asked of each row: a list of everybody who has one would be made of the whole town for fifty lines."""
    reachable = Exists(Phone.objects.filter(resident=OuterRef("pk")))
    match phone:
        case "yes":
            return everybody.filter(reachable)
        case "no":
            return everybody.filter(~reachable)
        case _:
            return everybody


def _of_household(everybody: QuerySet[Resident], alone: str) -> QuerySet[Resident]:
    living = Membership.objects.filter(until__isnull=True).order_by()
    match alone:
        case "none":
            return everybody.filter(~Exists(living.filter(resident=OuterRef("pk"))))
        case "yes":
            others = living.filter(household=OuterRef("household")).exclude(resident=OuterRef("resident"))
            return everybody.filter(Exists(living.filter(~Exists(others), resident=OuterRef("pk"))))
        case _:
            return everybody


def _of_colour(everybody: QuerySet[Resident], colour: str) -> QuerySet[Resident]:
    if colour == NO_CODE:
        return everybody.exclude(code__colour__in=[one for one, _word in COLOURS])
    if colour == Colour.GREEN:
        # Nearly everybody: asked of each row, in the order of names. The others are few: found by index and sorted.
        return everybody.filter(Exists(Code.objects.filter(resident=OuterRef("pk"), colour=colour)))
    return everybody.filter(code__colour=colour) if colour else everybody

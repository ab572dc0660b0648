from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import matching
from gatepass.centre.people.forms import RoomField, room_of
from gatepass.centre.people.households.models import Household, Membership
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.access import access_sites
from gatepass.centre.sites.choosing import SiteChoice


class HouseholdFilter(forms.Form):
    words = forms.CharField(label=_("Household, or a name of somebody in it"), required=False, max_length=60)
    site: forms.ModelChoiceField = SiteChoice(None, label=_("Site"), required=False, empty_label=_("All sites"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = access_sites(user, "households")

    def households(self, everything: QuerySet[Household], met: QuerySet[Resident]) -> QuerySet[Household]:
        """`met` are the residents whom the user may meet: nobody else's name finds a household."""
        if not self.is_valid():
            return everything.none()
        facts = self.cleaned_data
        if facts["site"]:
            everything = everything.filter(site=facts["site"])
        words = facts["words"].strip()
        if words:
            named = met.filter(matching(words)).order_by()
            living = Membership.objects.filter(until__isnull=True, resident__in=named.values("pk"))
            everything = everything.filter(
                Q(label__icontains=words) | Q(room__path__icontains=words) | Q(pk__in=living.values("household"))
            )
        return everything

    @property
    def narrows(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())


class MoveForm(forms.Form):
    """Into a household of the resident's site, by its name; a new one is founded, or none is chosen."""

    label = forms.CharField(
        label=_("Household"),
        max_length=60,
        required=False,
        help_text=_("Its name, for example 3幢 2单元 501. A new name founds a new household; empty: in no household."),
        widget=forms.TextInput(attrs={"list": "households", "autocomplete": "off"}),
    )
    relation = forms.ChoiceField(
        label=_("Relation to the head of the household"),
        choices=Membership.Relation.choices,
        initial=Membership.Relation.OTHER,
    )


class HouseholdForm(forms.Form):
    label = forms.CharField(label=_("Household"), max_length=60)
    room = RoomField(label=_("Room"), help_text=_("Building, unit and room as the list of addresses has them."))

    def __init__(self, household: Household, members: Sequence[Membership], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._site = household.site
        self._members = members
        for one in members:
            self.fields[f"relation-{one.resident_id}"] = forms.ChoiceField(
                label=one.resident.full_name, choices=Membership.Relation.choices, initial=one.relation
            )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        try:
            facts["place"] = room_of(self._site, facts.get("room", ""))
        except RefusedError as refused:
            self.add_error("room", refused.sentence)
        return facts

    def relations(self) -> dict[int, str]:
        return {one.resident_id: self.cleaned_data[f"relation-{one.resident_id}"] for one in self._members}

    @property
    def member_fields(self) -> list[forms.BoundField]:
        return [self[f"relation-{one.resident_id}"] for one in self._members]

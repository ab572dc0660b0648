from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.people.addresses.paths import Path, tidy
from gatepass.centre.sites.access import access_sites
from gatepass.centre.sites.choosing import SiteChoice


class PlaceFilter(forms.Form):
    site: forms.ModelChoiceField = SiteChoice(None, label=_("Site"), empty_label=None)
    words = forms.CharField(label=_("Part of an address"), required=False, max_length=60)

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = access_sites(user, page)


class PlaceForm(forms.Form):
    building = forms.CharField(label=_("Building"), max_length=40, help_text=_("For example 3幢, or Block A."))
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False, help_text=_("Where the building has some."))
    rooms = forms.CharField(
        label=_("Rooms"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Several with commas or on lines of their own: 101, 102, 201."),
    )

    def paths(self) -> list[Path]:
        facts = self.cleaned_data
        words = facts["rooms"].replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
        rooms = [word for word in (part.strip() for part in words) if word]
        return [tidy((facts["building"], facts["unit"], room)) for room in rooms or [""]]


class RenameForm(forms.Form):
    name = forms.CharField(label=_("Name of the place"), max_length=40)

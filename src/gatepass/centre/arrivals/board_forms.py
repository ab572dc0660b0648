"""What the board of arrivals is narrowed to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.arrivals.form_fields import day_field
from gatepass.centre.arrivals.models import Traveller
from gatepass.centre.people.access import matching as residents_matching
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Site


class BoardFilter(forms.Form):
    """Every field is in the address: a filtered board survives a reload and can be sent to a colleague."""

    site: forms.ModelChoiceField = SiteChoice(
        Site.objects.none(), label=_("Site"), required=False, empty_label=_("All sites")
    )
    building: forms.ModelChoiceField = forms.ModelChoiceField(
        Place.objects.none(), label=_("Building"), required=False, empty_label=_("All buildings")
    )
    standing = forms.ChoiceField(
        label=pgettext_lazy("a filter of people", "Who"),
        required=False,
        choices=(
            ("", _("Everybody")), ("coming", _("Still to come")), ("missing", _("Not yet reported")),
            ("arrived", _("Arrived")), ("cancelled", pgettext_lazy("people", "Do not come")),
        ),
    )  # fmt: skip
    since = day_field(_("From"), required=False)
    until = day_field(_("Until"), required=False)
    words = forms.CharField(label=_("Name"), max_length=60, required=False)

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(scope_of(user, page).q_site())  # type: ignore[attr-defined]
        site = str(self["site"].value() or "")
        buildings = Place.objects.filter(level=Place.Level.BUILDING)
        if site.isdecimal():
            self.fields["building"].queryset = buildings.filter(site=int(site))  # type: ignore[attr-defined]
        else:
            del self.fields["building"]

    def narrowed(self, travellers: QuerySet[Traveller], *, standing: bool) -> QuerySet[Traveller]:
        """None while the form has errors. `standing` False: figures of all four kinds are wanted."""
        if not self.is_valid():
            return travellers.none()
        facts = self.cleaned_data
        if facts["site"]:
            travellers = travellers.filter(journey__site=facts["site"])
        if facts.get("building"):
            travellers = travellers.filter(journey__building=facts["building"])
        if facts["since"]:
            travellers = travellers.filter(journey__arrives_at__date__gte=facts["since"])
        if facts["until"]:
            travellers = travellers.filter(journey__arrives_at__date__lte=facts["until"])
        if facts["words"].strip():
            words = facts["words"].strip()
            named = travellers.filter(full_name__icontains=words) | travellers.filter(latin_name__icontains=words)
            travellers = named | travellers.filter(resident__in=_residents(words))
        if standing and facts["standing"]:
            travellers = travellers.filter(standing=facts["standing"])  # type: ignore[misc]
        return travellers

    @property
    def narrows(self) -> bool:
        return not self.is_valid() or any(self.cleaned_data.values())


def _residents(words: str) -> QuerySet[Any]:
    from gatepass.centre.people.models import Resident

    return Resident.objects.filter(residents_matching(words)).values("pk")

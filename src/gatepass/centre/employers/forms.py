from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.employers.models import Whereabouts
from gatepass.centre.sending.models import Channel
from gatepass.centre.sites.models import Community

_DAY = {"type": "date"}


class CompanyForm(forms.Form):
    name = forms.CharField(label=_("Company"), max_length=120)
    credit_code = forms.CharField(label=_("Unified social credit code"), max_length=30)
    community = forms.ModelChoiceField(Community.objects.none(), label=_("Community"))


class AppointForm(forms.Form):
    user = forms.ModelChoiceField(User.objects.none(), label=_("Grid worker"))
    channel = forms.ChoiceField(label=_("Reminders by"), choices=Channel.choices)
    address = forms.CharField(label=_("E-mail address or mobile number"), max_length=120)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        workers = User.objects.filter(is_active=True, grants__role=Role.GRID_WORKER).distinct()
        self.fields["user"].queryset = workers  # type: ignore[attr-defined]


class ListForm(forms.Form):
    file = forms.FileField(label=_("Spreadsheet (XLSX or CSV)"))


class WhereaboutsForm(forms.Form):
    state = forms.ChoiceField(label=_("Whereabouts"), choices=Whereabouts.State.choices)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(_DAY))


class PermitForm(forms.Form):
    number = forms.CharField(label=_("Work permit"), max_length=40)
    valid_until = forms.DateField(label=_("Permit valid until"), widget=forms.DateInput(_DAY))


class LeaveForm(forms.Form):
    last_day = forms.DateField(label=_("Last day of work"), widget=forms.DateInput(_DAY))

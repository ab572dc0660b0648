from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.access import who_could_open


class ProtectionForm(forms.Form):
    staff: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        None, label=_("Staff who may see this person"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, person: Resident, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["staff"].queryset = User.objects.filter(pk__in=[user.pk for user in who_could_open(person)])

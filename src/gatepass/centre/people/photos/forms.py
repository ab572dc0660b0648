from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.photos.models import PhotoConsent


class ConsentForm(forms.Form):
    manner = forms.ChoiceField(label=_("How did the person agree?"), choices=PhotoConsent.Manner.choices)
    given_on = forms.DateField(
        label=_("Given on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
    )
    given_by = forms.CharField(
        label=_("Given by"),
        max_length=60,
        required=False,
        help_text=_("Only where somebody else agreed: a parent, a guardian."),
    )


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP, at most 8 MB. It is made small, and what the camera noted in it is removed."),
    )

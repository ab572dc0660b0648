"""A paper that is sent, and what staff find of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gatepass.centre.arrivals.form_fields import ACCEPTED, MomentField, in_zone
from gatepass.centre.arrivals.models import Journey, Proof, Traveller
from gatepass.centre.arrivals.places import chief_zone
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.nationality import nationality_choices
from gatepass.centre.uploads import MOST_BYTES


class ProofForm(forms.Form):
    traveller = forms.ChoiceField(label=_("Whose?"))
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=[pair for pair in Proof.Kind.choices if pair[0] != Proof.Kind.PASSPORT]
    )
    file = forms.FileField(
        label=_("Photo or PDF"),
        help_text=_("JPEG, PNG, WebP or PDF, 8 MB at most."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    sample_at = MomentField(
        label=_("A test: when the sample was taken"), required=False, help_text=_("In the time of that place.")
    )
    sample_country = forms.ChoiceField(label=_("In which country?"), required=False)
    method = forms.ChoiceField(label=_("Kind of test"), choices=[("", "—"), *Proof.METHOD], required=False)
    result = forms.ChoiceField(label=_("Result"), choices=[("", "—"), *Proof.RESULT], required=False)

    def __init__(self, *args: Any, journey: Journey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = journey.travellers.exclude(state=Traveller.State.CANCELLED)
        self.fields["traveller"].choices = [(one.pk, one.full_name or "—") for one in people]  # type: ignore[attr-defined]
        self.fields["sample_country"].choices = [("", "—"), *nationality_choices()]  # type: ignore[attr-defined]
        self._stays = list(journey.stays.all())
        if self._stays:
            self.fields["sample_country"].initial = self._stays[-1].country

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(RefusedError("upload_too_large").sentence)
        return file

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("kind") == Proof.Kind.TEST:
            for name in ("sample_at", "sample_country", "method", "result"):
                if not facts.get(name) and name not in self.errors:
                    self.add_error(name, _("A test needs this."))
        country = facts.get("sample_country", "")
        if facts.get("sample_at") and country:
            zones = [stay.zone for stay in self._stays if stay.country == country]
            facts["sample_zone"] = zones[-1] if zones else chief_zone(country)
            facts["sample_at"] = in_zone(facts["sample_at"], ZoneInfo(facts["sample_zone"]))
            if facts["sample_at"] > timezone.now() + timedelta(hours=1):
                self.add_error("sample_at", _("This moment has not come yet."))
        else:
            facts["sample_at"], facts["sample_zone"] = None, ""
        return facts

    def kept(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("kind", "sample_at", "sample_zone", "method", "result")}


class CheckForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("The paper is"),
        choices=[pair for pair in Proof.Outcome.choices if pair[0] != Proof.Outcome.WAITING],
        widget=forms.RadioSelect,
    )
    why = forms.ChoiceField(label=_("Why"), choices=Proof.Why.choices)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        good = facts.get("why") in {Proof.Why.FITS, Proof.Why.CODE}
        if facts.get("outcome") and facts.get("why") and good != (facts["outcome"] == Proof.Outcome.ACCEPTED):
            self.add_error("why", _("This reason does not go with the outcome."))
        return facts

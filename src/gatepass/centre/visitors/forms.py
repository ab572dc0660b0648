from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.accounts.models import User
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.access import access_sites
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Gate, Site
from gatepass.centre.visitors.actions import InvitationFacts
from gatepass.centre.visitors.models import Kind, Purpose, Visit


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _Clock(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class InvitationForm(forms.Form):
    """Who, when and for what. Days and hours are those of the host's site."""

    name = forms.CharField(
        label=_("Name of the visitor"),
        max_length=40,
        help_text=_("As on their card or passport: the gate compares it."),
    )
    purpose = forms.ChoiceField(label=_("Purpose of the visit"), choices=Purpose.choices)
    kind = forms.ChoiceField(
        label=_("How often they come"), choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.GUEST
    )
    first_day = forms.DateField(label=_("First day"), widget=_Day())
    last_day = forms.DateField(label=_("Last day"), widget=_Day(), required=False, help_text=_("Empty: the same day."))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only for somebody who comes again and again."),
    )
    starts = forms.TimeField(label=pgettext_lazy("of an hour", "From"), widget=_Clock(), initial=time(9))
    stops = forms.TimeField(label=pgettext_lazy("of an hour", "Until"), widget=_Clock(), initial=time(18))
    language = forms.ChoiceField(label=_("Language of the visitor"), choices=settings.LANGUAGES)
    contact = forms.CharField(
        label=_("Mobile number or e-mail address of the visitor"),
        max_length=120,
        required=False,
        help_text=_("The link is sent there. Empty: you pass it on yourself."),
    )
    gate: forms.ModelChoiceField = forms.ModelChoiceField(
        Gate.objects.none(), label=_("Gate"), required=False, empty_label=_("Every gate")
    )

    def __init__(self, host: Resident, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._host = host
        self.fields["gate"].queryset = host.site.gates.order_by("name")  # type: ignore[attr-defined]
        self.fields["first_day"].initial = timezone.now().astimezone(host.site.zone).date()
        self.fields["language"].initial = host.language

    def facts(self) -> InvitationFacts:
        told, zone = self.cleaned_data, self._host.site.zone
        kind = Kind(told["kind"])
        last = told["last_day"] or told["first_day"]
        if kind is Kind.HELPER:
            begins = datetime.combine(told["first_day"], time(0), zone)
            ends = datetime.combine(last + timedelta(days=1), time(0), zone)
        else:
            begins = datetime.combine(told["first_day"], told["starts"], zone)
            ends = datetime.combine(last, told["stops"], zone)
        again = kind is Kind.HELPER
        return InvitationFacts(
            name=told["name"], language=told["language"], kind=kind, purpose=Purpose(told["purpose"]),
            begins=begins, ends=ends, weekdays=told["weekdays"] if again else (),
            starts=told["starts"] if again else None, stops=told["stops"] if again else None,
            gate=told["gate"], contact=told["contact"],
        )  # fmt: skip


class VisitFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", pgettext_lazy("of a visit", "Inside")), ("over", _("Inside for too long")), ("all", _("All")),
                 *((value, label) for value, label in Visit.State.choices if value != Visit.State.INSIDE)],
    )  # fmt: skip
    site: forms.ModelChoiceField = SiteChoice(
        Site.objects.none(), label=_("Site"), required=False, empty_label=_("All sites")
    )
    day = forms.DateField(label=_("Day"), required=False, widget=_Day())

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = access_sites(user, page)  # type: ignore[attr-defined]

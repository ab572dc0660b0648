from __future__ import annotations

from datetime import time
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.accounts.models import User
from gatepass.centre.people.access import access_residents
from gatepass.centre.people.models import Resident
from gatepass.centre.rosters.forms import MomentInput
from gatepass.centre.sites.access import access_sites
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Site
from gatepass.centre.volunteers.actions import Offer, TaskFacts, Time
from gatepass.centre.volunteers.models import TASKS, Kind, Task, Volunteer

PARTS: Final = (
    ("morning", time(8), time(12), "08–12"),
    ("afternoon", time(12), time(18), "12–18"),
    ("evening", time(18), time(22), "18–22"),
    ("night", time(22), time(0), "22–24"),
)
"""Parts of a day that one ticks: easier on a phone than fourteen fields for times."""


class OfferForm(forms.Form):
    languages = forms.MultipleChoiceField(
        label=_("Languages that you speak well"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.MultipleChoiceField(
        label=_("What you would do"), choices=Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label=_("About yourself"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Where you learned the language, what you have done before. Nobody but the office reads it."),
    )

    def __init__(self, *args: Any, volunteer: Volunteer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ticked: set[str] = set(self.data.getlist("time")) if self.is_bound else set()  # type: ignore[attr-defined]
        if volunteer is not None and not self.is_bound:
            self.initial = {"languages": volunteer.languages, "kinds": volunteer.kinds, "words": volunteer.words}
            told = {(hours.weekday, hours.starts, hours.ends) for hours in volunteer.hours.all()}
            self.ticked = {
                f"{day}-{part}" for day in range(7) for part, start, end, _word in PARTS if (day, start, end) in told
            }

    @property
    def week(self) -> list[tuple[str, list[tuple[str, Any, bool]]]]:
        """(day, [(value, word, ticked)])."""
        return [
            (
                str(WEEKDAYS[day]),
                [(f"{day}-{part}", word, f"{day}-{part}" in self.ticked) for part, _s, _e, word in PARTS],
            )
            for day in range(7)
        ]

    def offer(self) -> Offer:
        told = self.cleaned_data
        times: list[Time] = [
            (day, start, end) for day in range(7) for part, start, end, _word in PARTS if f"{day}-{part}" in self.ticked
        ]
        return Offer(told["languages"], told["kinds"], times, told["words"])


class VolunteerFilter(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Volunteer.State.choices])
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", _("All")), *settings.LANGUAGES])


class TaskFilter(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Task.State.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *TASKS])


class TaskForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=TASKS)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    site: forms.ModelChoiceField = SiteChoice(Site.objects.none(), label=_("Site"))
    begins = forms.DateTimeField(label=_("From"), widget=MomentInput())
    ends = forms.DateTimeField(label=_("Until"), widget=MomentInput())
    words = forms.CharField(
        label=pgettext_lazy("of a task", "What is to be done"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whom to call or to meet, where, and what about. Only whoever takes it on reads it."),
    )

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        self.fields["site"].queryset = access_sites(user, page)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("begins") and told.get("ends") and told["begins"] >= told["ends"]:
            self.add_error("ends", _("It ends before it begins."))
        return told

    def facts(self, resident: Resident | None = None) -> TaskFacts:
        told = self.cleaned_data
        return TaskFacts(
            Kind(told["kind"]), told["language"], told["site"], told["begins"], told["ends"], told["words"], resident
        )


def resident_of(user: User, text: str) -> Resident | None:
    """The resident whom a task is for, where a page said so and the user may see them."""
    return access_residents(user, "resident").filter(pk=int(text)).first() if text.isdecimal() else None


class DoneForm(forms.Form):
    minutes = forms.IntegerField(label=_("How many minutes did it take?"), min_value=1, max_value=24 * 60)

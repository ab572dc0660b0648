from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.rosters.access import members
from gatepass.centre.rosters.actions import Hours, Serves, Where
from gatepass.centre.rosters.channels import Channel
from gatepass.centre.rosters.duty import Place
from gatepass.centre.sites.access import access_communities, access_sites
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Community, Site

TOWN = "town"


def place_choices(user: User, page: str) -> list[tuple[str, Any]]:
    """The places for which a user may use a page, as a form writes them."""
    town = [(TOWN, _("The whole town"))] if scope_of(user, page).everywhere else []
    sites = access_sites(user, page)
    return [
        *town,
        *((f"community:{one.pk}", one.name) for one in access_communities(user, page)),
        *((f"site:{one.pk}", f"{one.community.name} · {one.name}") for one in sites),
    ]


def place_of(written: str) -> Where:
    kind, _colon, key = written.partition(":")
    return Where(
        Community.objects.get(pk=key) if kind == "community" else None,
        Site.objects.get(pk=key) if kind == "site" else None,
    )


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class CoverFilter(forms.Form):
    """Every field is in the address: a view survives a reload and can be sent to a colleague."""

    language = forms.ChoiceField(label=_("Language"), required=False, choices=settings.LANGUAGES)
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", _("All")), *Channel.choices])
    site: forms.ModelChoiceField = SiteChoice(
        Site.objects.none(), label=_("Site"), required=False, empty_label=_("All sites")
    )

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = access_sites(user, page)  # type: ignore[attr-defined]


class _WeeklyForm(forms.Form):
    place = forms.ChoiceField(label=_("Where"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days it begins"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        initial=list(WEEKDAYS),
        widget=forms.CheckboxSelectMultiple,
    )
    starts = forms.TimeField(label=_("Begins"), widget=ClockInput())
    ends = forms.TimeField(
        label=_("Ends"), widget=ClockInput(), help_text=_("Not later than its beginning: on the next day.")
    )
    first_day = forms.DateField(label=_("First day"), widget=DayInput())
    last_day = forms.DateField(label=_("Last day"), required=False, widget=DayInput())

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = place_choices(user, page)  # type: ignore[attr-defined]
        self.fields["first_day"].initial = timezone.localdate()

    def hours(self) -> Hours:
        told, where = self.cleaned_data, place_of(self.cleaned_data["place"])
        return Hours(
            told["weekdays"], told["starts"], told["ends"], told["first_day"], told["last_day"], where.community,
            where.site,
        )  # fmt: skip


class ShiftForm(_WeeklyForm):
    user: forms.ModelChoiceField = forms.ModelChoiceField(User.objects.none(), label=_("Interpreter"))
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=Channel.choices, initial=Channel.values, widget=forms.CheckboxSelectMultiple
    )
    every_weeks = forms.IntegerField(label=_("Every so many weeks"), min_value=1, max_value=8, initial=1)

    field_order = ("user", "place", "languages", "channels", "weekdays", "starts", "ends")

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, page, *args, **kwargs)
        self.fields["user"].queryset = members(user, page)  # type: ignore[attr-defined]

    def serves(self) -> Serves:
        return Serves(self.cleaned_data["languages"], self.cleaned_data["channels"])


class NeedForm(_WeeklyForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    least = forms.IntegerField(label=_("At least so many people"), min_value=1, max_value=20, initial=1)
    lead_hours = forms.IntegerField(
        label=_("Hours of warning"),
        min_value=1,
        max_value=14 * 24,
        initial=72,
        help_text=_("So long before a gap begins it becomes an alarm."),
    )

    field_order = ("place", "language", "channel", "weekdays", "starts", "ends")


class OnceForm(forms.Form):
    """From when until when: on the wall clock of the place, or of the town where it names none."""

    begins = forms.DateTimeField(label=_("From"), widget=MomentInput())
    ends = forms.DateTimeField(label=_("Until"), widget=MomentInput())


class AwayForm(OnceForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        self.fields["begins"].initial, self.fields["ends"].initial = midnight, midnight + timedelta(days=1)


class ChangeForm(OnceForm):
    user: forms.ModelChoiceField = forms.ModelChoiceField(User.objects.none(), label=_("Interpreter"))
    kind = forms.ChoiceField(
        label=_("What"), choices=(("away", _("Absent")), ("extra", _("Extra duty"))), widget=forms.RadioSelect
    )
    place = forms.ChoiceField(label=_("Where"), help_text=_("Of an extra duty."))
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Of an extra duty."),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=Channel.choices, initial=Channel.values, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    field_order = ("user", "kind", "begins", "ends", "place", "languages", "channels")

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = members(user, page)  # type: ignore[attr-defined]
        self.fields["place"].choices = place_choices(user, page)  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    place = forms.ChoiceField(label=_("For whom"))
    text = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For whoever is on duty next. It is encrypted, and gone after 14 times 24 hours."),
    )

    def __init__(self, places: dict[Place, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [(written(place), word) for place, word in places.items()]  # type: ignore[attr-defined]


def written(place: Place) -> str:
    community, site = place
    return f"site:{site}" if site is not None else f"community:{community}" if community is not None else TOWN


def within_place(moment: datetime, where: Where) -> datetime:
    """A form reads moments in the town's zone; a site elsewhere means its own clock."""
    return moment if where.site is None else moment.replace(tzinfo=None).replace(tzinfo=where.site.zone)


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

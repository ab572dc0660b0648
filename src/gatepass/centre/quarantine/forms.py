from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.accounts.models import User
from gatepass.centre.facts.words import VALUES
from gatepass.centre.people.access import matching
from gatepass.centre.quarantine.access import access_quarantines
from gatepass.centre.quarantine.models import Explanation, Quarantine, Release, Report, Rung, Visit
from gatepass.centre.quarantine.reports import SYMPTOMS
from gatepass.centre.quarantine.rules import Rules, every_version
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Site

_MINUTE = "%Y-%m-%dT%H:%M"


def moment_field(label: Any, **said: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTE)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[_MINUTE, "%Y-%m-%dT%H:%M:%S"], **said)


def words_field(label: Any, rows: int = 2, **said: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=1000, widget=forms.Textarea(attrs={"rows": rows}), **said)


def now_minute() -> datetime:
    return timezone.localtime().replace(second=0, microsecond=0)


class QuarantineFilter(forms.Form):
    """In the address, so that a list survives a reload and can be sent to a colleague. Never a number of anybody."""

    words = forms.CharField(label=_("Name"), max_length=60, required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", pgettext_lazy("a quarantine", "Under way")),
                                                   *Quarantine.State.choices[1:], ("all", _("All"))]
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    look = forms.ChoiceField(
        label=_("What to look at"),
        required=False,
        choices=[
            ("", _("Everything")),
            ("missing", _("A report is missing")),
            ("ill", _("Fever or symptoms")),
            ("over", _("The period is over")),
            ("soon", _("Ends within a day")),
            ("mine", _("Looked after by me")),
            ("nobody", _("Looked after by nobody")),
        ],
    )
    site: forms.ModelChoiceField = SiteChoice(
        Site.objects.none(), label=_("Site"), required=False, empty_label=_("All sites")
    )

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        self._everything = access_quarantines(user, page)
        fields: dict[str, Any] = self.fields
        kinds = {code: kind.said() for rules in every_version().values() for code, kind in rules.kind.items()}
        fields["kind"].choices = [("", _("All kinds")), *kinds.items()]
        mine = self._everything.order_by().values("resident__site")
        fields["site"].queryset = Site.objects.filter(pk__in=mine)

    @property
    def anything(self) -> bool:
        return self._everything.exists()

    def cases(self) -> QuerySet[Quarantine]:
        """None while the form has errors."""
        if not self.is_valid():
            return self._everything.none()
        said, found, now = self.cleaned_data, self._everything, timezone.now()
        if said["state"] != "all":
            found = found.filter(state=said["state"] or Quarantine.State.OPEN)
        if said["kind"]:
            found = found.filter(kind=said["kind"])
        if said["site"]:
            found = found.filter(resident__site=said["site"])
        if said["words"].strip():
            found = found.filter(resident__in=_named(said["words"]))
        look = {
            "missing": ~Q(rung=Rung.WAITING),
            "ill": Q(reports__alarming=True, reports__corrected_by__isnull=True,
                     reports__measured_at__gte=now - timedelta(days=3)),
            "over": Q(ends_at__lte=now),
            "soon": Q(ends_at__gt=now, ends_at__lte=now + timedelta(days=1)),
            "mine": Q(assignee=self._user),
            "nobody": Q(assignee__isnull=True),
        }.get(said["look"])  # fmt: skip
        return found.filter(look).distinct() if look is not None else found


def _named(words: str) -> QuerySet[Any]:
    from gatepass.centre.people.models import Resident

    return Resident.objects.filter(matching(words)).order_by().values("pk")


class OpenForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)
    started_at = moment_field(
        _("Beginning"), help_text=_("The arrival, or the last contact: not the moment of writing.")
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False, help_text=_("Empty: at home."))
    reason = words_field(_("Reason"))

    def __init__(self, rules: Rules, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"started_at": now_minute()})
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.choices = [(code, kind.said()) for code, kind in rules.kind.items()]
        kinds.initial = next(iter(rules.kind))


class ExplainForm(forms.Form):
    manner = forms.ChoiceField(label=_("How"), choices=Explanation.Manner.choices)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    interpreter = forms.CharField(
        label=_("Interpreter"), max_length=200, required=False,
        help_text=_("Name and channel. Empty: nobody was needed."),
    )  # fmt: skip
    understood = forms.BooleanField(label=_("Understood"), required=False, initial=True)
    supplies = forms.BooleanField(label=_("Food, medicine and what the home needs are ensured"), required=False)
    help_needed = words_field(_("Help that is needed"), required=False)


class AmendForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"))
    started_at = moment_field(_("Beginning"), help_text=_("A new beginning moves the end along."))
    ends_at = moment_field(_("End"))
    place = forms.CharField(label=_("Place"), max_length=200, required=False, help_text=_("Empty: at home."))
    words = words_field(_("In your own words"), required=False)

    def __init__(self, case: Quarantine, *args: Any, **kwargs: Any) -> None:
        self._case = case
        kwargs.setdefault(
            "initial",
            {
                "started_at": case.started_at.astimezone(case.civil),
                "ends_at": case.ends_at.astimezone(case.civil),
                "place": case.place or "",
            },
        )
        super().__init__(*args, **kwargs)
        reasons: Any = self.fields["reason"]
        reasons.choices = case.rulebook.reasons("amend", timezone.now())

    def changes(self) -> dict[str, Any]:
        """What `amend` is told. An untouched end stays the rule's; seconds that no form shows are no change."""
        said, case = self.cleaned_data, self._case
        begun, ends = self._in_zone(said["started_at"]), self._in_zone(said["ends_at"])
        changes: dict[str, Any] = {"reason": said["reason"], "words": said["words"], "place": said["place"]}
        if begun != case.started_at.replace(second=0, microsecond=0):
            changes["started_at"] = begun
        if ends != case.ends_at.replace(second=0, microsecond=0):
            changes["ends_at"] = ends
        return changes

    def _in_zone(self, moment: datetime) -> datetime:
        """What was typed is the civil time of the case, whichever zone Django has read it in."""
        return moment.astimezone(timezone.get_current_timezone()).replace(tzinfo=self._case.civil)


class CloseForm(forms.Form):
    """Giving up, or withdrawing what was a mistake."""

    reason = forms.ChoiceField(label=_("Reason"), required=False)
    words = words_field(_("In your own words"))

    def __init__(self, case: Quarantine, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons: Any = self.fields["reason"]
        reasons.choices = case.rulebook.reasons("lost", timezone.now())


class ReleaseForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"))
    words = words_field(_("In your own words"), required=False)

    def __init__(self, case: Quarantine, timing: Release.Timing, now: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if timing == Release.Timing.IN_TIME:
            del self.fields["reason"]
        else:
            reasons: Any = self.fields["reason"]
            reasons.choices = [("", "—"), *case.rulebook.reasons("early" if timing == "early" else "late", now)]


def symptom_choices() -> list[tuple[str, Any]]:
    return [(code, VALUES[code]) for code in SYMPTOMS]


class ReportForm(forms.Form):
    """One person's report, written down by staff or by whoever acts for them."""

    temperature = forms.DecimalField(
        label=_("Temperature in °C"), required=False, max_digits=3, decimal_places=1,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )  # fmt: skip
    symptoms = forms.MultipleChoiceField(
        label=_("Symptoms"), required=False, widget=forms.CheckboxSelectMultiple, choices=symptom_choices
    )
    note = words_field(_("Note"), required=False)
    confirmed = forms.BooleanField(label=_("I have looked again: it is really so"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmed"].widget = forms.HiddenInput()

    def ask_again(self) -> None:
        """The value looks like a slip: the box appears by which somebody says that it is none."""
        self.fields["confirmed"].widget = forms.CheckboxInput()

    @property
    def tenths(self) -> int | None:
        said = self.cleaned_data["temperature"]
        return round(said * 10) if said is not None else None


class CorrectForm(ReportForm):
    """What was reported, to be changed: what stays as it is, stays."""

    def __init__(self, report: Report) -> None:
        told = {
            "temperature": None if report.tenths is None else Decimal(report.tenths) / 10,
            "symptoms": report.symptoms,
            "note": report.note or "",
        }
        super().__init__(initial=told, auto_id=f"correct{report.pk}_%s")


class GateForm(ReportForm):
    number = forms.CharField(
        label=_("Number of the document"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    field_order = ("number", "temperature", "symptoms", "confirmed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]
        self.fields["confirmed"].widget = forms.CheckboxInput()


class VisitForm(forms.Form):
    found = forms.ChoiceField(label=_("What was found"), choices=Visit.Found.choices)
    note = words_field(_("Note"), required=False)


class MomentsForm(forms.Form):
    """Moments of one case, typed in its civil time."""

    taken_at = moment_field(_("Sample taken"), required=False)
    since = moment_field(_("From"), required=False)
    until = moment_field(_("Until"), required=False)

    def __init__(self, case: Quarantine, *args: Any, **kwargs: Any) -> None:
        self._zone = case.civil
        now = timezone.now().astimezone(case.civil).replace(second=0, microsecond=0)
        kwargs.setdefault("initial", {"taken_at": now, "since": now, "until": now + timedelta(hours=2)})
        super().__init__(*args, **kwargs)

    def moment(self, name: str) -> datetime | None:
        if not self.is_valid() or self.cleaned_data[name] is None:
            return None
        typed: datetime = self.cleaned_data[name]
        return typed.astimezone(timezone.get_current_timezone()).replace(tzinfo=self._zone)

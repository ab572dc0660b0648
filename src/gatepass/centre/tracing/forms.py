from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.people.forms import DocumentForm
from gatepass.centre.people.models import IdentityDocument
from gatepass.centre.tracing.access import access_communities_of_cases
from gatepass.centre.tracing.actions import LONGEST, LONGEST_WINDOW, MARGINS, MOST_INDEX_PERSONS, CaseFacts
from gatepass.centre.tracing.models import Case, Contact, Work
from gatepass.centre.tracing.words import BASES, REASONS, choices
from gatepass.centre.tracing.worklist import STAMPS

_MINUTE = "%Y-%m-%dT%H:%M"
DAYS = 14


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTE)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[_MINUTE, "%Y-%m-%dT%H:%M:%S"])


class CaseForm(forms.Form):
    community: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Whose gates"), required=False, empty_label=_("The whole town")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What has happened, so that the second person can judge it. No names: they follow below."),
    )
    legal_basis = forms.ChoiceField(label=_("Legal basis"))
    since = _moment(_("Movements from"))
    until = _moment(_("Movements until"))
    margin = forms.IntegerField(
        label=_("Minutes before and after"),
        min_value=MARGINS[0],
        max_value=MARGINS[1],
        initial=10,
        help_text=_("Who passed the same gate within so many minutes is a contact."),
    )
    days = forms.IntegerField(
        label=_("Days until it closes by itself"), min_value=1, max_value=LONGEST.days, initial=DAYS
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        now = timezone.localtime().replace(second=0, microsecond=0)
        kwargs.setdefault("initial", {"since": now - timedelta(days=14), "until": now})
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["community"].queryset = access_communities_of_cases(user)
        if not scope_of(user, "case_new").everywhere:
            fields["community"].required = True
            fields["community"].empty_label = None
        fields["legal_basis"].choices = choices(BASES)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        since, until = facts.get("since"), facts.get("until")
        if since and until and not since < until:
            self.add_error("until", _("The end must be later than the beginning."))
        elif since and until and until - since > LONGEST_WINDOW:
            self.add_error("until", _("Choose six weeks at most: no older passages are kept."))
        return facts

    def facts(self, now: datetime) -> CaseFacts:
        said = self.cleaned_data
        return CaseFacts(
            said["reason"], said["legal_basis"], said["since"], said["until"], now + timedelta(days=said["days"]),
            said["margin"], said["community"],
        )  # fmt: skip


class IndexPersonForm(DocumentForm):
    """An index person, by a document."""

    kind = forms.ChoiceField(label=_("Document"), choices=IdentityDocument.KIND, initial=IdentityDocument.KIND[0][0])


IndexPersons = forms.formset_factory(
    IndexPersonForm, extra=MOST_INDEX_PERSONS, max_num=MOST_INDEX_PERSONS, min_num=0, validate_max=True
)


class CaseFilter(forms.Form):
    """In the address, so that it survives a reload."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *Case.State.choices], initial=""
    )
    mine = forms.ChoiceField(
        label=_("Whose cases"),
        required=False,
        choices=[("", _("Everybody's")), ("mine", _("Opened or confirmed by me"))],
    )

    def cases(self, found: QuerySet[Case], user: User) -> QuerySet[Case]:
        if not self.is_valid():
            return found
        if state := self.cleaned_data["state"]:
            found = found.filter(_state_now(state))
        if self.cleaned_data["mine"]:
            found = found.filter(opened_by=user) | found.filter(confirmed_by=user)
        return found


def _state_now(state: str) -> Q:
    """What the clock has closed counts as closed, written down or not."""
    over = Q(state__in=[Case.State.OPEN, Case.State.PROPOSED], expires_at__lte=timezone.now())
    return Q(state=state) | over if state == Case.State.CLOSED else Q(state=state) & ~over


class ContactFilter(forms.Form):
    """In the address. There is no field for a name: an address is written down in many places."""

    kind = forms.TypedChoiceField(
        label=_("Link"), required=False, coerce=int, empty_value=None,
        choices=[("", _("All")), *[one for one in Contact.Kind.choices if one[0]]],
    )  # fmt: skip
    step = forms.TypedChoiceField(
        label=_("Steps"), required=False, coerce=int, empty_value=None,
        choices=[("", _("All")), *[(n, str(n)) for n in range(1, 5)]],
    )  # fmt: skip
    work = forms.ChoiceField(label=_("Work"), required=False)
    whose = forms.ChoiceField(label=_("Looked after by"), required=False)
    code = forms.CharField(label=pgettext_lazy("instead of a name", "Code"), required=False, max_length=6)

    def __init__(self, colleagues: Iterable[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        done = [(what, Work.What(what).label) for what in STAMPS]
        fields["work"].choices = [("", _("All")), ("open", _("Not reached yet")), *done]
        fields["whose"].choices = [
            ("", _("Everybody")), ("nobody", _("Nobody yet")), *[(str(one.pk), one.full_name) for one in colleagues]
        ]  # fmt: skip

    def contacts(self, found: QuerySet[Contact]) -> QuerySet[Contact]:
        if not self.is_valid():
            return found
        said = self.cleaned_data
        if said["kind"]:
            found = found.filter(kind=said["kind"])
        if said["step"]:
            found = found.filter(step=said["step"])
        if said["work"] == "open":
            found = found.filter(reached_at__isnull=True)
        elif said["work"]:
            found = found.filter(**{f"{STAMPS[said['work']]}__isnull": False})
        if said["whose"] == "nobody":
            found = found.filter(assignee__isnull=True)
        elif said["whose"]:
            found = found.filter(assignee=int(said["whose"]))
        return found.filter(code__iexact=said["code"].strip()) if said["code"] else found

    @property
    def narrows(self) -> bool:
        return not self.is_valid() or any(self.cleaned_data.values())


class RevealForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why are the names needed?"))
    words = forms.CharField(label=_("In own words"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = choices(REASONS)  # type: ignore[attr-defined]


class OfferForm(forms.Form):
    use_required_attribute = False
    """The list asks for names and hands over with one form: a browser must not ask for a colleague in between."""

    taker: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Colleague"))
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, colleagues: Iterable[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = User.objects.filter(pk__in=[one.pk for one in colleagues])
        self.fields["taker"].queryset = found  # type: ignore[attr-defined]


class WorkForm(forms.Form):
    what = forms.ChoiceField(
        label=_("What was done"),
        choices=[(one.value, one.label) for one in Work.What if one not in {Work.What.UNDONE, Work.What.HANDED_OVER}],
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class ExtensionForm(forms.Form):
    days = forms.IntegerField(label=_("Days from now"), min_value=1, max_value=LONGEST.days, initial=DAYS)
    reason = forms.CharField(label=_("Reason"), max_length=500)

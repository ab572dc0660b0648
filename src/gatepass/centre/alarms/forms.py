from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.access import access_alarms
from gatepass.centre.alarms.kinds import KINDS
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.sites.access import access_sites
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Site

_OPEN = (State.RAISED, State.ACKNOWLEDGED)


class AlarmFilter(forms.Form):
    """Every field is in the address: a filtered list survives a reload and can be sent to a colleague."""

    which = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=(("", _("Open")), ("raised", _("New")), ("acknowledged", _("Somebody is on it")),
                 ("cleared", _("Over")), ("all", _("All"))),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    site: forms.ModelChoiceField = SiteChoice(
        Site.objects.none(), label=_("Site"), required=False, empty_label=_("All sites")
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._everything = access_alarms(user, page)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("All kinds")),
            *((name, kind.words) for name, kind in KINDS.items()),
        ]
        # All of the user's: to know which of them ever had an alarm, all alarms would be read.
        self.fields["site"].queryset = access_sites(user, page)  # type: ignore[attr-defined]

    def alarms(self) -> QuerySet[Alarm]:
        """None while the form has errors."""
        if not self.is_valid():
            return self._everything.none()
        facts, found = self.cleaned_data, self._everything
        if facts["which"] != "all":
            found = found.filter(state__in=[facts["which"]] if facts["which"] else _OPEN)
        if facts["kind"]:
            found = found.filter(kind=facts["kind"])
        if facts["site"]:
            found = found.filter(site=facts["site"])
        if facts["since"]:
            found = found.filter(raised_at__date__gte=facts["since"])
        return found

    @property
    def narrows(self) -> bool:
        return not self.is_valid() or any(self.cleaned_data.values())


class ContactForm(forms.Form):
    address = forms.CharField(
        label=_("Mobile number or e-mail address"),
        max_length=120,
        required=False,
        help_text=_("Empty: no message; alarms wait for you on their page."),
    )

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gatepass.centre.api.models import Token
from gatepass.centre.api.scopes import program_of
from gatepass.centre.webhooks.access import types_for
from gatepass.centre.webhooks.events import EVENTS


def tokens_that_hear() -> QuerySet[Token]:
    """Tokens in force for which there is an event."""
    live = Token.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    return live.filter(pk__in=[token.pk for token in live if token.company_id is None and types_for(program_of(token))])


class AddressForm(forms.Form):
    url = forms.URLField(
        label="URL",
        max_length=300,
        assume_scheme="https",
        help_text=_(
            "Events are sent there by POST, signed. It answers with a status of 200 to 299 within ten seconds."
        ),
        widget=forms.URLInput(attrs={"placeholder": "https://hospital.example.org/gatepass", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell it when"),
        choices=[(kind, event.words) for kind, event in EVENTS.items()],
        widget=forms.CheckboxSelectMultiple,
    )


class SubscriptionForm(AddressForm):
    token: forms.ModelChoiceField = forms.ModelChoiceField(
        None,
        label=_("Program"),
        help_text=_("It hears only what its token may read, and where. When the token ends, nothing more is sent."),
    )
    field_order = ("token", "url", "events")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].queryset = tokens_that_hear()  # type: ignore[attr-defined]
        self.fields["token"].label_from_instance = lambda token: token.name  # type: ignore[attr-defined]

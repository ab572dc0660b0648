from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.actions import GrantWish
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.sites.models import Community, Site

TOWN = "town"
FEW_PLACES: Final = 40
"""Up to so many are boxes under each role; nobody finds one among more, and the page would have each eight times."""


class LoginForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(forms.Form):
    """A password twice, judged by the rules of the house."""

    new = forms.CharField(
        label=_("New password"),
        help_text=_("At least 10 characters. Three words that only you would put together are a good one."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new(self) -> str:
        new = self.cleaned_data["new"]
        password_validation.validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "new" in cleaned and cleaned["new"] != cleaned.get("again"):
            self.add_error("again", _("The two new passwords differ."))
        return cleaned


class OwnPasswordForm(NewPasswordForm):
    current = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "new", "again")

    def clean_current(self) -> str:
        current = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise forms.ValidationError(_("This is not your current password."))
        return current


class InvitationForm(forms.Form):
    """How somebody comes in for the first time."""

    class Way(models.TextChoices):
        LINK = "link", _("By a link that I hand over myself")
        MAIL = "mail", _("By a link that is sent by e-mail")
        PASSWORD = "password", _("By a one-time password on paper")

    way = forms.ChoiceField(
        label=_("How they come in for the first time"), choices=Way.choices, initial=Way.LINK, widget=forms.RadioSelect
    )
    mail_to = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Only for the link by e-mail. It is not kept in the account."),
        required=False,
        max_length=120,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("way") == self.Way.MAIL and not cleaned.get("mail_to") and "mail_to" not in self.errors:
            self.add_error("mail_to", _("Write the address to which the link is sent."))
        return cleaned

    @property
    def mailed_to(self) -> str:
        return self.cleaned_data["mail_to"] if self.cleaned_data["way"] == self.Way.MAIL else ""


def places() -> dict[str, str]:
    """Where a role can hold, as a form writes it -> in words: the town, its communities, its sites."""
    sites = Site.objects.values_list("pk", "community__name", "name")
    return {
        TOWN: str(_("The whole town")),
        **{f"community:{pk}": name for pk, name in Community.objects.values_list("pk", "name")},
        **{f"site:{pk}": f"{community} · {name}" for pk, community, name in sites},
    }


class PlaceBoxes(forms.CheckboxSelectMultiple):
    """A box for each place. Of a town with many, for the town and the ticked ones, and a field that adds one by name.

    The names are those of the page's list `places`. With the script each becomes a box at once, without it with saving.
    """

    places: Mapping[str, str]

    def render(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None) -> SafeString:
        if len(self.places) <= FEW_PLACES:
            self.choices = list(self.places.items())
            return super().render(name, value, dict(attrs or {}), renderer)
        ticked = set(self.format_value(value))
        self.choices = [(place, word) for place, word in self.places.items() if place == TOWN or place in ticked]
        return format_html(
            '{}<p class="adds"><label for="{}-add">{}</label><input id="{}-add" name="{}-add" list="places"'
            ' autocomplete="off" data-adds="{}"></p>',
            super().render(name, value, dict(attrs or {}), renderer),
            *(name, _("Add a community or a site"), name, name, name),
        )

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        ticked: list[str] = super().value_from_datadict(data, files, name) or []
        added = str(data.get(f"{name}-add", "")).strip()
        if not added:
            return list(ticked)
        place = next((place for place, word in self.places.items() if word == added), added)
        return [*ticked, *([] if place in ticked else [place])]


class PlacesField(forms.MultipleChoiceField):
    def __init__(self, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(widget=PlaceBoxes, **kwargs)
        self.widget.places = places

    def valid_value(self, value: Any) -> bool:
        return value in self.widget.places


class StaffForm(forms.Form):
    """Name, language, and for each role the places where it holds."""

    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]{1,59}$",
        label=_("User name"),
        help_text=_("Small Latin letters, digits, dots and dashes. It cannot be changed later."),
        error_messages={"invalid": _("Use small Latin letters, digits, dots and dashes, at least two of them.")},
    )
    full_name = forms.CharField(label=_("Full name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self._places = places()
        for role in Role:
            self.fields[f"role_{role}"] = PlacesField(self._places, label=role.label, required=False)
        self.fields["languages"] = forms.MultipleChoiceField(
            label=_("Languages"),
            help_text=_("None ticked: in every language."),
            choices=settings.LANGUAGES,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        if user is not None:
            del self.fields["username"]
            self.initial = {"full_name": user.full_name, "language": user.language, **self._granted(user)}

    @property
    def role_fields(self) -> list[tuple[forms.BoundField, bool, forms.BoundField | None]]:
        """Each role's field, whether anything is ticked in it, and the languages of an interpreter."""
        return [
            (self[f"role_{role}"], bool(self[f"role_{role}"].value()),
             self["languages"] if role is Role.INTERPRETER else None)
            for role in Role
        ]  # fmt: skip

    @property
    def places_to_add(self) -> list[tuple[str, str]]:
        """Of a town with many: what can be added to any of the roles, for one list that they share."""
        return list(self._places.items())[1:] if len(self._places) > FEW_PLACES else []

    def grants(self) -> list[GrantWish]:
        return [self._wish(role, place) for role in Role for place in self.cleaned_data[f"role_{role}"]]

    def _wish(self, role: Role, place: str) -> GrantWish:
        kind, _colon, key = place.partition(":")
        return GrantWish(
            role,
            community=Community.objects.get(pk=key) if kind == "community" else None,
            site=Site.objects.get(pk=key) if kind == "site" else None,
            languages=tuple(self.cleaned_data["languages"]) if role is Role.INTERPRETER else (),
        )

    @staticmethod
    def _granted(user: User) -> dict[str, list[str]]:
        places: dict[str, list[str]] = {}
        for grant in user.grants.all():
            place = (
                f"community:{grant.community_id}"
                if grant.community_id
                else f"site:{grant.site_id}"
                if grant.site_id
                else TOWN
            )
            places.setdefault(f"role_{grant.role}", []).append(place)
            if grant.role == Role.INTERPRETER:
                places["languages"] = grant.languages
        return places

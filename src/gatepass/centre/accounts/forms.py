from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.actions import GrantWish
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.sites.models import Community, Site

TOWN = "town"


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
        places = [
            (TOWN, _("The whole town")),
            *((f"community:{community.pk}", community.name) for community in Community.objects.all()),
            *(
                (f"site:{site.pk}", f"{site.community.name} · {site.name}")
                for site in Site.objects.select_related("community")
            ),
        ]
        for role in Role:
            self.fields[f"role_{role}"] = forms.MultipleChoiceField(
                label=role.label, choices=places, required=False, widget=forms.CheckboxSelectMultiple
            )
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

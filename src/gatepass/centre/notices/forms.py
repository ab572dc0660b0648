from __future__ import annotations

from datetime import date, time
from typing import Any, Final

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.employers.access import access_companies
from gatepass.centre.employers.models import Company
from gatepass.centre.notices.access import access_notices, in_force
from gatepass.centre.notices.actions import Where
from gatepass.centre.notices.broadcasts import Group
from gatepass.centre.notices.models import Building, Change, Edition, Kind, Notice, State
from gatepass.centre.notices.posters import Layout, Size
from gatepass.centre.notices.ready_made import FIELDS, ReadyMade, Text
from gatepass.centre.sites.access import access_communities, access_sites
from gatepass.languages import LANGUAGES

_MINUTE: Final = "%Y-%m-%dT%H:%M"
FIELD_WORDS: Final[dict[str, Any]] = {
    "phone": _("Telephone"),
    "night_phone": _("Telephone at night"),
    "opens": _("Opens at"),
    "closes": _("Closes at"),
    "date": _("Day"),
    "days": _("Days"),
    "hours": _("Hours"),
    "office": _("Name of the office"),
    "place": _("Place"),
    "gate": _("Gate that is closed"),
    "entrance": _("Entrance to use instead"),
}


class MomentInput(forms.DateTimeInput):
    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format=_MINUTE)


class NoticeFilter(forms.Form):
    """Every field is in the address."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=(("", _("All kinds")), *Kind.choices))
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=(
            ("", _("All but withdrawn")),
            ("incomplete", _("A language is missing or out of date")),
            *State.choices,
        ),
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=(("", _("All languages")), *settings.LANGUAGES)
    )

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._everything = access_notices(user, page)

    def notices(self) -> QuerySet[Notice]:
        found = self._everything.prefetch_related("translations", "editions")
        if not self.is_valid():
            return found.none()
        said = self.cleaned_data
        if said["kind"]:
            found = found.filter(kind=said["kind"])
        if said["state"] == "incomplete":
            found = found.filter(withdrawn_at=None, pk__in=incomplete(found, said["language"]))
        elif said["state"]:
            texts = {"translations__state": said["state"]}
            if said["language"]:
                texts["translations__language"] = said["language"]
            found = found.filter(**texts).distinct()
        else:
            found = found.filter(withdrawn_at=None)
            if said["language"]:
                found = found.filter(translations__language=said["language"]).distinct()
        return found

    @property
    def narrows(self) -> bool:
        return not self.is_valid() or any(self.cleaned_data.values())


def incomplete(notices: QuerySet[Notice], language: str = "") -> list[int]:
    """Notices that are public, and not in every language (or not in this one)."""
    wanted = {language} if language else {code for code, _name in settings.LANGUAGES}
    return [
        one.pk
        for one in notices
        if (public := {each.language for each in one.editions.all() if each.ended_at is None}) and not wanted <= public
    ]


class WhereForm(forms.Form):
    """The whole town, a community or a site, as far as the user's right reaches."""

    where = forms.ChoiceField(label=_("For whom"))

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.communities = list(access_communities(user, page))
        self.sites = list(access_sites(user, page))
        places: list[tuple[str, Any]] = [("", _("The whole town"))] if scope_of(user, page).everywhere else []
        places += [(f"community:{one.pk}", one.name) for one in self.communities]
        places += [(f"site:{one.pk}", f"{one.community.name} · {one.name}") for one in self.sites]
        self.fields["where"].choices = places  # type: ignore[attr-defined]
        self.fields["where"].required = not (places and places[0][0] == "")

    def chosen(self) -> Where:
        kind, _colon, number = self.cleaned_data["where"].partition(":")
        return Where(
            community=next((one for one in self.communities if kind == "community" and str(one.pk) == number), None),
            site=next((one for one in self.sites if kind == "site" and str(one.pk) == number), None),
        )


class TextForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    short = forms.CharField(
        label=_("In one sentence"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("On screens at the gates, as a text message, and aloud."),
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=12_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_(
            "A blank line begins a paragraph; “## ” a heading, “- ” a point, “1. ” a numbered step; **strong**."
        ),
    )

    def text(self) -> Text:
        said = self.cleaned_data
        return Text(said["title"], said["short"], said["body"].replace("\r\n", "\n"))


class SourceForm(TextForm):
    change = forms.ChoiceField(
        label=_("What changes?"), choices=Change.choices, widget=forms.RadioSelect, initial=Change.SUBSTANCE
    )


class NewForm(WhereForm, TextForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    language = forms.ChoiceField(label=_("Written in"), choices=settings.LANGUAGES)
    field_order = ("kind", "language", "where", "title", "short", "body")


class FillForm(WhereForm):
    """The fields of a finished text."""

    def __init__(self, ready_made: ReadyMade, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, page, *args, **kwargs)
        for name in ready_made.fields:
            self.fields[name] = _field(name)

    def values(self) -> dict[str, str | int | date | time]:
        return {name: value for name, value in self.cleaned_data.items() if name != "where"}


def with_labels(text: str) -> str:
    """A finished text before it is filled in: what stands in each place, in the reader's words."""
    for name, words in FIELD_WORDS.items():
        text = text.replace(f"{{{name}}}", f"‹{words}›")
    return text


def _field(name: str) -> forms.Field:
    label = FIELD_WORDS[name]
    match FIELDS[name]:
        case "time":
            return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
        case "date":
            return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        case "number":
            return forms.IntegerField(label=label, min_value=1, max_value=1000)
        case "phone":
            return forms.RegexField(r"^[+()\d][\d\s()-]{1,24}$", label=label, max_length=26)
        case _:
            return forms.CharField(label=label, max_length=60)


class EndForm(forms.Form):
    ends_at = forms.DateTimeField(label=_("Holds until"), required=False, widget=MomentInput())


class ShowForm(WhereForm):
    begins_at = forms.DateTimeField(label=_("From"), required=False, widget=MomentInput())
    ends_at = forms.DateTimeField(label=_("Until"), widget=MomentInput())


class PosterForm(forms.Form):
    size = forms.ChoiceField(label=_("Paper"), choices=[(one.value, one.value.upper()) for one in Size], initial="a4")
    layout = forms.ChoiceField(
        label=_("Languages"),
        choices=((Layout.ONE.value, _("A page for each language")), (Layout.TOGETHER.value, _("All on one sheet"))),
    )
    languages = forms.MultipleChoiceField(
        label=_("Which"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple, required=False
    )
    coloured = forms.BooleanField(label=_("A paper colour for each language"), required=False)

    def __init__(self, public: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["languages"].choices = [(c, n) for c, n in settings.LANGUAGES if c in public]  # type: ignore[attr-defined]
        self.fields["languages"].initial = public


class GroupForm(forms.Form):
    """To whom a notice is sent, as far as the user's right reaches."""

    group = forms.ChoiceField(label=_("To whom"))
    building = forms.ModelChoiceField(
        Building.objects.none(), label=_("Only this building"), required=False, empty_label=_("All buildings")
    )
    language = forms.ChoiceField(
        label=_("Only who prefers"), required=False, choices=(("", _("All languages")), *settings.LANGUAGES)
    )

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.communities = list(access_communities(user, page))
        self.sites = list(access_sites(user, page))
        self.companies: list[Company] = list(access_companies(user, page))
        groups: list[tuple[str, Any]] = [("town", _("The whole town"))] if scope_of(user, page).everywhere else []
        groups += [(f"community:{one.pk}", one.name) for one in self.communities]
        groups += [(f"site:{one.pk}", f"{one.community.name} · {one.name}") for one in self.sites]
        groups += [(f"company:{one.pk}", one.name) for one in self.companies]
        self.fields["group"].choices = groups  # type: ignore[attr-defined]
        level = Building.Level.BUILDING
        self.fields["building"].queryset = Building.objects.filter(  # type: ignore[attr-defined]
            site__in=self.sites, level=level
        ).select_related("site")

    def chosen(self) -> Group:
        said = self.cleaned_data
        kind, _colon, number = said["group"].partition(":")
        language = said["language"]
        if said["building"]:
            return Group(building=said["building"], language=language)
        places: dict[str, list[Any]] = {
            "community": self.communities, "site": self.sites, "company": self.companies
        }  # fmt: skip
        of = places.get(kind, [])
        found = next((one for one in of if str(one.pk) == number), None)
        return Group(**{kind: found}, language=language) if found else Group(language=language)


class TermForm(forms.Form):
    """A word in five languages, and what is not said for it, with commas between."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (code, name), language in zip(settings.LANGUAGES, LANGUAGES, strict=True):
            self.fields[code] = forms.CharField(label=name, max_length=60)
            self.fields[f"{code}_avoid"] = forms.CharField(
                label=_("%(language)s: not this") % {"language": name}, max_length=120, required=False
            )
            self.fields[code].widget.attrs["lang"] = self.fields[f"{code}_avoid"].widget.attrs["lang"] = language

    def words(self) -> dict[str, str]:
        return {language: self.cleaned_data[language.lower()] for language in LANGUAGES}

    def avoid(self) -> dict[str, list[str]]:
        said = {language: self.cleaned_data[f"{language.lower()}_avoid"] for language in LANGUAGES}
        return {
            language: [word.strip() for word in text.replace("，", ",").replace("、", ",").split(",") if word.strip()]
            for language, text in said.items()
        }


def public_notices(user: User, page: str) -> QuerySet[Notice]:
    """For the list of posters: what hangs on walls must hold. An answer to a question hangs nowhere."""
    public = Edition.objects.filter(ended_at=None).values("notice")
    return access_notices(user, page).filter(in_force(timezone.now()), pk__in=public).exclude(kind=Kind.ANSWER)

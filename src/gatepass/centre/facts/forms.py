from __future__ import annotations

import types
from datetime import datetime
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gatepass.centre.facts.models import Fact
from gatepass.centre.facts.words import FIELDS, HELP, VALUES
from gatepass.policy.colours.facts import DATA, FactKind
from gatepass.policy.colours.policy import PERIODS

_MOMENT = {"type": "datetime-local"}


class FactForm(forms.Form):
    """One fact of a kind: when, until when, and what belongs into it, as `policy.colours.facts` says."""

    at = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M"), initial=timezone.localtime
    )
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: it goes on."),
    )
    source = forms.ChoiceField(label=_("Source"), choices=Fact.Source.choices, initial=Fact.Source.STAFF)

    def __init__(self, kind: FactKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind not in PERIODS:
            self.fields["at"].label = _("When")
            del self.fields["until"]
        self.data_fields = [field.name for field in msgspec.structs.fields(DATA[kind])]
        for field in msgspec.structs.fields(DATA[kind]):
            self.fields[field.name] = _form_field(field.name, field.type, _default(field))

    def moments(self) -> tuple[datetime, datetime | None]:
        return self.cleaned_data["at"], self.cleaned_data.get("until")

    def facts(self) -> dict[str, Any]:
        """What the fact says; what was left empty is left out."""
        given = {name: self.cleaned_data[name] for name in self.data_fields}
        return {name: value for name, value in given.items() if value is not None and value != ""}


class EndForm(forms.Form):
    until = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M"), initial=timezone.localtime
    )


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return None if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _form_field(name: str, wanted: Any, default: Any) -> forms.Field:
    """The field of a form for a field of a fact, by its type."""
    said: dict[str, Any] = {"label": FIELDS[name], "help_text": HELP.get(name, ""), "initial": default}
    kinds = [_bare(each) for each in get_args(wanted)] if _is_union(wanted) else [_bare(wanted)]
    kind = kinds[0]
    if get_origin(kind) is list:
        return forms.MultipleChoiceField(
            choices=_choices(get_args(kind)[0]), required=False, widget=forms.CheckboxSelectMultiple, **said
        )
    if get_origin(kind) is Literal:
        return forms.ChoiceField(choices=_choices(kind), **said)
    if kind is bool:
        return forms.BooleanField(required=False, **said)
    if kind is int:
        return forms.IntegerField(required=type(None) not in kinds, **said)
    return forms.CharField(max_length=40, required=default is None, **said)


def _bare(kind: Any) -> Any:
    """Without what `Annotated` adds: the fact itself is checked by its own type."""
    return get_args(kind)[0] if hasattr(kind, "__metadata__") else kind


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in {Union, types.UnionType}


def _choices(literal: Any) -> list[tuple[str, Any]]:
    return [(value, VALUES[value]) for value in get_args(literal)]

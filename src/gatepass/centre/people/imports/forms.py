from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.imports.columns import COLUMNS
from gatepass.centre.people.imports.models import Import
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.sites.access import access_sites
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.spreadsheets import ENCODINGS

_CHOICES = {
    "sex": Resident.SEX,
    "document_kind": IdentityDocument.KIND,
    "second_kind": IdentityDocument.KIND,
    "relation": Membership.Relation.choices,
}


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in the list?"), choices=Import.Kind.choices, widget=forms.RadioSelect)
    site: forms.ModelChoiceField = SiteChoice(
        None,
        label=_("Site"),
        help_text=_("Where rows belong that name no site of their own."),
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        help_text=_("XLSX or CSV, at most 8 MB and 10,000 rows. Nothing is entered before you have looked at it."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        sites = access_sites(user, "import_new")
        fields["site"].queryset = sites
        if not may_open(user, "place_enter"):
            fields["kind"].choices = [(Import.Kind.RESIDENTS, Import.Kind.RESIDENTS.label)]
        if sites.count() == 1:
            self.initial.setdefault("site", sites.get())


class MappingForm(forms.Form):
    """One choice for each column of the file: what it means, or nothing."""

    site: forms.ModelChoiceField = SiteChoice(
        None, label=_("Site"), help_text=_("Where rows belong that name no site of their own.")
    )

    def __init__(self, user: User, batch: Import, width: int, said: Any = None) -> None:
        initial = {f"column-{place}": field for field, place in batch.columns.items()} | {"site": batch.site_id}
        super().__init__(said, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = access_sites(user, "import_new")
        choices = [("", _("— leave out —")), *((column.field, column.label) for column in COLUMNS[batch.kind])]
        for place in range(width):
            fields[f"column-{place}"] = forms.ChoiceField(
                label=gettext("Column %(number)d") % {"number": place + 1}, choices=choices, required=False
            )
        self._width = width

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        chosen = [facts.get(f"column-{place}") for place in range(self._width)]
        for place, field in enumerate(chosen):
            if field and chosen.index(field) != place:
                self.add_error(f"column-{place}", _("Another column has this meaning already."))
        return facts

    def columns(self) -> dict[str, int]:
        facts = self.cleaned_data
        return {facts[f"column-{place}"]: place for place in range(self._width) if facts[f"column-{place}"]}

    @property
    def column_fields(self) -> list[forms.BoundField]:
        return [self[f"column-{place}"] for place in range(self._width)]


class LookForm(forms.Form):
    """How the file is looked at: which sheet, which row of headings, which encoding."""

    sheet = forms.TypedChoiceField(label=_("Sheet"), coerce=int, required=False)
    header = forms.IntegerField(label=_("Row of the headings"), min_value=1, required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=[(one, one.upper()) for one in ENCODINGS], required=False)

    def __init__(self, batch: Import, sheets: Sequence[str], said: Any = None) -> None:
        initial = {"sheet": batch.sheet, "header": batch.header, "encoding": batch.encoding}
        super().__init__(said, initial=initial)
        fields: dict[str, Any] = self.fields
        if len(sheets) > 1:
            fields["sheet"].choices = list(enumerate(sheets))
        else:
            del fields["sheet"]
        if not batch.encoding:
            del fields["encoding"]


def cell_choices(field: str) -> list[tuple[str, str]]:
    """What can be chosen for a field that has few values; empty for a field that is typed."""
    return [(str(value), str(word)) for value, word in _CHOICES.get(field, ())]

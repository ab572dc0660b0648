"""Which sites and gates a form offers: in a town of thousands, the site is chosen first, then one of its gates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator

from gatepass.centre.accounts.models import User
from gatepass.centre.form_rendering import LongSelect
from gatepass.centre.sites.access import access_gates, access_sites
from gatepass.centre.sites.models import Gate, Site

MOST_CHOICES: Final = 200
"""Gates in one list; nobody finds a gate among more, and each is a line of the page."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What an address may choose among. `site` and `gate` are the chosen ones' numbers, where there are such."""

    sites: QuerySet[Site]
    gates: QuerySet[Gate]
    """Those of the chosen site, else all; none where they are too many for a list."""
    site: int | None
    gate: int | None
    unknown: bool
    """The address names a site or a gate that the user has not, or that do not belong together."""


def offer(user: User, page: str, said: Mapping[str, Any]) -> Offer:
    """`said`: the address, of which `site` and `gate` are looked at."""
    sites, gates = access_sites(user, page), access_gates(user, page)
    site, gate = number_of(said.get("site")), number_of(said.get("gate"))
    unknown = any(said.get(name) and number_of(said.get(name)) is None for name in ("site", "gate"))
    if site is not None:
        unknown = unknown or not sites.filter(pk=site).exists()
        gates = gates.filter(site=site)
    if gate is not None:
        found = gates.filter(pk=gate).first()
        unknown = unknown or found is None
        if found is not None and site is None and gates.count() > MOST_CHOICES:
            gates, site = gates.filter(site=found.site_id), found.site_id
    if site is None and gates.count() > MOST_CHOICES:
        gates = gates.none()
    return Offer(sites, gates, site, gate, unknown)


def without_foreign_gate(user: User, page: str, said: Any) -> Any:
    """The address without a gate of another site: whoever chooses another site in a form leaves the gate behind."""
    site, gate = number_of(said.get("site")), number_of(said.get("gate"))
    if site is None or gate is None or not access_gates(user, page).filter(pk=gate).exclude(site=site).exists():
        return said
    kept = said.copy()
    kept["gate"] = ""
    return kept


def number_of(text: Any) -> int | None:
    """A primary key as an address has it; None for whatever else stands there."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


class _Names(ModelChoiceIterator):
    """Numbers and names alone: rows of the model, and of its community, for five hundred sites are most of a page."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from self.queryset.values_list("pk", "name")


class SiteChoice(forms.ModelChoiceField):
    """One of the sites of its queryset, by name."""

    widget = LongSelect
    iterator = _Names

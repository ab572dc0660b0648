"""The way to registering an arrival, on the residents' first page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from gatepass.centre.phone.cards import Card, Reader


def arrivals(_reader: Reader) -> Iterable[Card]:
    yield Card(
        title=_("Coming from abroad"),
        words=_("Register before you arrive: the community knows that you are coming, and what you need."),
        link=reverse("my_arrivals"),
        action=_("My arrivals"),
    )

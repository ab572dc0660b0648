"""What a noun puts on the residents' first page: a `Card`, made by a function of a `Reader` in the noun's `card.py`.

`home.CARDS` lists those functions in the order in which their cards stand. A function gives any number of cards; none
where the noun has nothing to say to this reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.mandates.access import mandates_of
from gatepass.centre.mandates.models import Mandate
from gatepass.centre.people.models import Resident


@dataclass(frozen=True)
class Reader:
    """Whoever opens the page, and when."""

    applicant: Applicant
    at: datetime

    @cached_property
    def mandates(self) -> Sequence[Mandate]:
        return list(mandates_of(self.applicant))

    @property
    def people(self) -> list[Resident]:
        return [mandate.resident for mandate in self.mandates]


@dataclass(frozen=True, slots=True)
class Card:
    """A heading, what there is to know, and where it leads. `first`: something must be done now."""

    title: str
    link: str
    action: str
    """The words on the button."""
    words: str = ""
    lines: Sequence[str] = ()
    """A few further lines: titles, names, times."""
    first: bool = False
    keep: Sequence[str] = field(default=())
    """Addresses of pages that the phone fetches ahead, for when there is no network. `keeping.KEPT` allows them."""


Contribution = Callable[[Reader], Iterable[Card]]

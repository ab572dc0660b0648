"""The lines of the residents' list, read as values: of each person what a line shows, and nothing else."""

from __future__ import annotations

from typing import NamedTuple

from django.core.paginator import Page

from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.models import Resident


class Line(NamedTuple):
    pk: int
    full_name: str
    latin_name: str
    birth: str
    site: str
    room: str
    address: str
    colour: str
    advice: str | None
    """The code's next step; None where nobody has given the person a code."""
    household: str

    @property
    def home(self) -> str:
        return self.room or self.household or self.address


_SHOWN = (
    "pk", "full_name", "latin_name", "birth", "site__name", "room__path", "address", "code__colour", "code__advice",
)  # fmt: skip


def read_lines(page: Page) -> Page:
    """Of a page of primary keys the lines, in its order (see `paging.read_rows`)."""
    wanted = list(page.object_list)
    living = Membership.objects.filter(until__isnull=True, resident__in=wanted).order_by()
    households = dict(living.values_list("resident", "household__label"))
    lines = {}
    for pk, full, latin, birth, site, room, address, colour, advice in (
        Resident.objects.filter(pk__in=wanted).order_by().values_list(*_SHOWN)
    ):
        household = households.get(pk, "")
        lines[pk] = Line(pk, full, latin, birth, site, room or "", address, colour or "", advice, household)
    page.object_list = [lines[pk] for pk in wanted if pk in lines]
    return page

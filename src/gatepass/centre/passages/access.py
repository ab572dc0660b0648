"""The only ways from the staff site to passages: each takes the asking user, and sees no further than the grants.

There is no question about one person here. Reading a person's movements needs a tracing case and a reason; a list of
passages is never narrowed to a person, and its names are masked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import cached_property

from django.db.models import QuerySet

from gatepass.centre.accounts.access import Asker, may_open, scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.passages.log import Filters, Page, PassageLog
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.people.access import access_residents
from gatepass.centre.sites.access import access_gates
from gatepass.centre.sites.choosing import number_of
from gatepass.centre.sites.models import Gate
from gatepass.identity.masking import mask_name


class LogGates:
    """Gates whose passages somebody may see. The log calls a gate by its primary key as text."""

    def __init__(self, gates: QuerySet[Gate], *, everywhere: bool = False) -> None:
        self.rows = gates
        self._everywhere = everywhere

    @cached_property
    def names(self) -> frozenset[str] | None:
        """None: every gate of the town. Thousands need not be named to the log one by one."""
        return None if self._everywhere else frozenset(map(str, self.rows.values_list("pk", flat=True)))

    @cached_property
    def count(self) -> int:
        return self.rows.order_by().count()

    def __bool__(self) -> bool:
        return self.count > 0

    def of(self, names: Iterable[str]) -> dict[str, Gate]:
        """Those of these names that are among them."""
        numbers = {int(name) for name in names if name.isascii() and name.isdigit()}
        return {str(one.pk): one for one in self.rows.filter(pk__in=numbers)}


def access_log_gates(user: Asker, page: str, gate: str = "", site: str = "") -> LogGates:
    """Gates whose passages the user may see on `page`; those of one site, or one alone, if they are named."""
    gates = access_gates(user, page)
    for field, text in (("pk", gate), ("site", site)):
        if text:
            number = number_of(text)
            gates = gates.none() if number is None else gates.filter(**{field: number})
    return LogGates(gates, everywhere=not gate and not site and scope_of(user, page).everywhere)


def access_passages(
    user: Asker,
    page: str,
    filters: Filters,
    *,
    after: str | None = None,
    limit: int = 50,
    log: PassageLog | None = None,
) -> Page:
    """A page of passages within the user's scope; `filters.gates` can only narrow it. Raises BadCursorError."""
    allowed = access_log_gates(user, page)
    if filters.gates is None:
        gates = allowed.names
    else:
        gates = filters.gates if allowed.names is None else allowed.names & filters.gates
    return (log or passage_log()).read(replace(filters, gates=gates), after=after, limit=limit)


def masked_names(user: User, people: Collection[bytes | None]) -> dict[bytes, str]:
    """person key -> masked name, of those residents whom the user's passages page may name. Others are left out.

    So is everybody who is protected, even for their named staff: a board hangs where many look.
    """
    if not may_open(user, "passages"):
        return {}
    keys = [key for key in set(people) if key is not None]
    open_ones = access_residents(user, "passages").filter(protection__isnull=True)
    found = open_ones.filter(documents__person_key__in=keys)
    rows = found.values_list("documents__person_key", "full_name", "latin_name")
    return {bytes(key): mask_name(name or latin) for key, name, latin in rows}

"""The only ways from the staff site to passages: each takes the asking user, and sees no further than the grants.

There is no question about one person here. Reading a person's movements needs a tracing case and a reason; a list of
passages is never narrowed to a person, and its names are masked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.passages.log import Filters, Page, PassageLog
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.people.access import access_residents
from gatepass.centre.sites.access import access_gates
from gatepass.centre.sites.models import Gate
from gatepass.identity.masking import mask_name


def access_log_gates(user: User, page: str, gate: str = "") -> dict[str, Gate]:
    """Gates whose passages the user may see on `page`, by the log's name of them; one alone if `gate` names it."""
    gates = access_gates(user, page)
    if gate:
        gates = gates.filter(pk=int(gate)) if gate.isascii() and gate.isdigit() and len(gate) < 16 else gates.none()
    return {str(one.pk): one for one in gates}


def access_passages(
    user: User, page: str, filters: Filters, *, after: str | None = None, limit: int = 50, log: PassageLog | None = None
) -> Page:
    """A page of passages within the user's scope; `filters.gates` can only narrow it. Raises BadCursorError."""
    allowed = frozenset(access_log_gates(user, page))
    gates = allowed if filters.gates is None else allowed & filters.gates
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

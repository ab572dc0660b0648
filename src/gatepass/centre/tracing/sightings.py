"""What the passage log knows of the people of a case. Nothing here is reached but through an open one: `access`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gatepass.centre.passages.days import milliseconds
from gatepass.centre.passages.log import Encounter, Filters, Passage, PassageLog, Sighting
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.sites.models import Gate
from gatepass.centre.tracing.models import Case, Contact
from gatepass.centre.tracing.stays import Passed, Stay, stays_of
from gatepass.policy import Outcome

MINUTE: Final = 60_000
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Holders:
    """Whose document a key stands for at a moment: its holder now, or until it was retired the one before."""

    _by_key: dict[bytes, list[tuple[int, int]]] = field(repr=False)

    def of(self, key: bytes, at: int) -> int | None:
        """A resident's primary key; None for somebody whom the registry does not know."""
        return next((resident for resident, until in self._by_key.get(key, ()) if at <= until), None)


def holders_of(keys: Collection[bytes]) -> Holders:
    wanted, found = list(keys), defaultdict(list)
    halves = Resident.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into")
    merged = {half: kept for half, kept in halves if kept is not None}
    for start in range(0, len(wanted), _BATCH):
        rows = IdentityDocument.objects.filter(person_key__in=wanted[start : start + _BATCH])
        for key, resident, retired in rows.values_list("person_key", "resident", "retired_at"):
            until = milliseconds(retired) if retired else 2**53
            found[bytes(key)].append((_kept(resident, merged), until))
    for key in found:
        found[key].sort(key=lambda one: one[1])
    return Holders(dict(found))


def _kept(resident: int, merged: dict[int, int]) -> int:
    while resident in merged:
        resident = merged[resident]
    return resident


def keys_of(contact: Contact) -> dict[bytes, int]:
    """The person keys of somebody -> until when (ms) each was theirs."""
    if contact.resident_id is None:
        return {bytes(contact.person_key or b""): 2**53}
    halves = [contact.resident_id]
    while fresh := [
        pk for pk in Resident.objects.filter(merged_into__in=halves).values_list("pk", flat=True) if pk not in halves
    ]:
        halves += fresh
    rows = IdentityDocument.objects.filter(resident__in=halves).values_list("person_key", "retired_at")
    return {bytes(key): milliseconds(retired) if retired else 2**53 for key, retired in rows}


def window_of(case: Case, since: datetime | None = None) -> tuple[int, int]:
    """ms; `since` narrows it: whoever caught something by a meeting cannot have passed it on before."""
    start = max(case.since, since) if since else case.since
    return milliseconds(start), milliseconds(case.until)


def visits(log: PassageLog, contact: Contact, since: int, until: int, gates: Collection[str]) -> list[Sighting]:
    """Where somebody stood at one of `gates`, oldest first."""
    keys = keys_of(contact)
    found = log.visits_of(keys, since, until)
    return [one for one in found if one.gate in gates and one.at <= keys[one.person]]


def encounters(log: PassageLog, seen: Collection[Sighting], within: int) -> list[tuple[Encounter, int]]:
    """Who else passed near these visits, each with how many others there were around the same visit."""
    own = {visit.person for visit in seen}
    found = [one for one in log.neighbours(seen, within=within) if one.other not in own]
    others: dict[tuple[str, int], set[bytes]] = defaultdict(set)
    for one in found:
        others[one.gate, one.at].add(one.other)
    return [(one, len(others[one.gate, one.at])) for one in found]


def passages_of(log: PassageLog, seen: Iterable[Sighting]) -> list[Passage]:
    """The passages behind these visits, with what became of each."""
    found = {}
    for visit in seen:
        filters = Filters(since=visit.at, until=visit.at + 1, gates=frozenset({visit.gate}))
        for passage in log.read(filters).passages:
            known_as = {passage.person, passage.word.person if passage.word else None}
            if visit.person in known_as:
                found[passage.journal, passage.seq] = passage
    return list(found.values())


def went_through(passage: Passage) -> bool:
    """By the last word about it: who was refused, or turned back, did not enter."""
    return (passage.verdict or passage.outcome) is Outcome.PASS


def stays(log: PassageLog, contact: Contact, case: Case, gates: dict[str, Gate]) -> list[Stay]:
    """How long somebody was at which site within the case's window; inferred ends are marked."""
    since, until = window_of(case)
    seen = passages_of(log, visits(log, contact, since, until, gates))
    passed = [
        Passed(gates[one.gate].site_id, one.at, inwards=one.direction == "in") for one in seen if went_through(one)
    ]
    return stays_of(passed, until)

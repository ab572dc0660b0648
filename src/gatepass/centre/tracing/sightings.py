"""What the passage log knows of the people of a case. Nothing here is reached but through an open one: `access`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gatepass.centre.passages.days import milliseconds
from gatepass.centre.passages.log import Encounter, Passage, PassageLog, Sighting
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.tracing.access import Gates
from gatepass.centre.tracing.models import Case, Contact
from gatepass.centre.tracing.stays import Passed, Stay, stays_of
from gatepass.policy import Outcome

MINUTE: Final = 60_000
MOST_ENCOUNTERS: Final = 100_000
"""Of one person who is traced: some 40 MB while they are ranked. A gate at which a hundred pass a minute has as many
after fifty visits with ten minutes before and after."""
_VISITS_AT_ONCE = 50
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


def visits(log: PassageLog, contact: Contact, since: int, until: int, gates: Gates) -> list[Sighting]:
    """Where somebody stood at one of `gates`, oldest first."""
    keys = keys_of(contact)
    found = log.visits_of(keys, since, until)
    here = gates.among(one.gate for one in found)
    return [one for one in found if one.gate in here and one.at <= keys[one.person]]


@dataclass(frozen=True, slots=True)
class Near:
    """Who passed near some visits, each with how many others there were around the same visit."""

    encounters: list[tuple[Encounter, int]] = field(repr=False)
    within: int
    """ms: what was asked for, or less where more than `MOST_ENCOUNTERS` would have been found."""


def encounters(log: PassageLog, seen: Sequence[Sighting], within: int) -> Near:
    """Whoever passed up to `within` ms before or after these visits.

    Where that are more than `MOST_ENCOUNTERS`, half the time counts, and half of that, until they fit: what is left out
    is what lies furthest apart, of all visits alike.
    """
    own = {visit.person for visit in seen}
    found: list[Encounter] = []
    for start in range(0, len(seen), _VISITS_AT_ONCE):
        more = log.neighbours(seen[start : start + _VISITS_AT_ONCE], within=within)
        found += [one for one in more if one.other not in own]
        while len(found) > MOST_ENCOUNTERS and within:
            within //= 2
            found = [one for one in found if abs(one.other_at - one.at) <= within]
    others: dict[tuple[str, int], set[bytes]] = defaultdict(set)
    for one in found:
        others[one.gate, one.at].add(one.other)
    return Near([(one, len(others[one.gate, one.at])) for one in found], within)


def passages_of(log: PassageLog, seen: Sequence[Sighting]) -> list[Passage]:
    """The passages behind these visits, with what became of each, oldest first."""
    whose = {(visit.person, visit.gate, visit.at) for visit in seen}
    found = []
    for passage in log.passages_at({(visit.gate, visit.at) for visit in seen}):
        known_as = [passage.person, *([passage.word.person] if passage.word else [])]
        if any((person, passage.gate, passage.at) in whose for person in known_as if person is not None):
            found.append(passage)
    return found


def went_through(passage: Passage) -> bool:
    """By the last word about it: who was refused, or turned back, did not enter."""
    return (passage.verdict or passage.outcome) is Outcome.PASS


def stays(log: PassageLog, contact: Contact, case: Case, gates: Gates) -> list[Stay]:
    """How long somebody was at which site within the case's window; inferred ends are marked."""
    since, until = window_of(case)
    seen = passages_of(log, visits(log, contact, since, until, gates))
    here = gates.among(one.gate for one in seen)
    passed = [
        Passed(here[one.gate].site_id, one.at, inwards=one.direction == "in") for one in seen if went_through(one)
    ]
    return stays_of(passed, until)

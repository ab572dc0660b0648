"""Some hundred rows of a list at a time: what is wrong with each, and who may be there already."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import transaction

from gatepass.centre.audit.actions import record
from gatepass.centre.people.addresses.paths import Path, places_by_path
from gatepass.centre.people.duplicates import Search, Sought, may_be_one
from gatepass.centre.people.imports.checking import Surroundings, check_place, check_resident
from gatepass.centre.people.imports.models import Import, Row
from gatepass.centre.people.imports.rows import save_rows
from gatepass.centre.people.models import IdentityDocument
from gatepass.centre.people.name_index import key_numbers
from gatepass.centre.people.protection.models import Protection
from gatepass.centre.people.registration import Registration, keys_of
from gatepass.identity.names import Name

Finding = Row.Finding
KEY = 16
MOST = 5
_WRITTEN = ("faults", "finding", "candidates", "twin", "person_keys", "first_key")
_MOST_OF_A_KEY = 60
_COMPARED = 20


class Earlier:
    """The rows of one list that have been looked at: who stands in it twice, under two documents?"""

    def __init__(self, batch: Import, around: Surroundings) -> None:
        self._by_key: dict[int, list[int]] = defaultdict(list)
        self._told: dict[int, Sought] = {}
        # A worker that was started anew looks at them once more.
        for row in batch.rows.exclude(finding=Finding.WAITING).iterator(chunk_size=500):
            registration, _faults = check_resident(json.loads(str(row.values)), row.notes, around)
            if registration:
                self.add(row.number, sought_of(registration))

    def add(self, number: int, sought: Sought) -> None:
        self._told[number] = sought
        for key in key_numbers(sought.name):
            if len(self._by_key[key]) < _MOST_OF_A_KEY:
                self._by_key[key].append(number)

    def twin_of(self, sought: Sought) -> int | None:
        """The number of the row that shares most keys of the name, if it may be the same person."""
        shared = Counter(number for key in key_numbers(sought.name) for number in self._by_key.get(key, ()))
        alike = (number for number, _count in shared.most_common(_COMPARED) if may_be_one(sought, self._told[number]))
        return next(alike, None)


def check_rows(
    batch: Import, rows: Sequence[Row], around: Surroundings | None = None, earlier: Earlier | None = None
) -> None:
    """Faults, finding and candidates of these rows, saved; inside a transaction.

    Without `earlier` (one row is mended) the list itself is not looked through again.
    """
    around = around or Surroundings(batch, batch.by)
    if batch.kind == Import.Kind.PLACES:
        _check_places(rows, around)
    else:
        _check_residents(batch, rows, around, earlier)
    save_rows(rows, _WRITTEN)


def recheck_twins(batch: Import) -> None:
    """Rows whose document stood in another row as well: that one may have been mended."""
    twins = [row for row in batch.rows.filter(finding=Finding.WRONG, outcome="") if _is_twin(row)]
    if twins:
        check_rows(batch, twins)


def _is_twin(row: Row) -> bool:
    return any(code == "row_twice" for _field, code, _fields in row.faults)


def keys_in(row: Row) -> list[bytes]:
    stored = bytes(row.person_keys or b"")
    return [stored[start : start + KEY] for start in range(0, len(stored), KEY)]


def _check_residents(batch: Import, rows: Sequence[Row], around: Surroundings, earlier: Earlier | None) -> None:
    read = [check_resident(json.loads(str(row.values)), row.notes, around) for row in rows]
    right = [(row, registration) for row, (registration, _faults) in zip(rows, read, strict=True) if registration]
    stretched = _stretched([registration for _row, registration in right])
    keys = {row.pk: its_keys for (row, _registration), its_keys in zip(right, stretched, strict=True)}
    for row, (_registration, faults) in zip(rows, read, strict=True):
        row.faults, row.candidates, row.twin = [list(fault) for fault in faults], [], None
        row.finding = Finding.WRONG if faults else Finding.READY
        row.person_keys = b"".join(keys.get(row.pk, [])) or None
        row.first_key = keys[row.pk][0] if row.pk in keys else None
    soughts = [sought_of(registration) for _row, registration in right]
    _who_is_there(batch, rows, [row for row, _registration in right], soughts, around)
    if earlier:
        _who_stands_in_it_twice(earlier, [row for row, _registration in right], soughts)


def _who_is_there(
    batch: Import, rows: Sequence[Row], right: Sequence[Row], soughts: Sequence[Sought], around: Surroundings
) -> None:
    """Of the rows without a fault: whose documents are in use, and who may be registered already."""
    in_use = _holders([key for row in right for key in keys_in(row)])
    twice = _first_rows(batch, rows, right)
    found = Search(around.user, "resident").of(soughts, [keys_in(row) for row in right])
    elsewhere: set[int] = set()
    for row, candidates in zip(right, found, strict=True):
        holders = {in_use[key] for key in keys_in(row) if key in in_use}
        seen = {candidate.resident.pk for candidate in candidates}
        if holders - seen:
            elsewhere |= holders - seen
            row.faults, row.finding = [["document_number", "document_elsewhere", {}]], Finding.WRONG
        elif row.pk in twice:
            row.faults, row.finding = [["document_number", "row_twice", {"row": twice[row.pk]}]], Finding.WRONG
        else:
            row.candidates = [candidate.resident.pk for candidate in candidates[:MOST]]
            row.finding = Finding.KNOWN if holders else Finding.ALIKE if candidates else Finding.READY
    _note_tries(around, elsewhere)


def _who_stands_in_it_twice(earlier: Earlier, right: Sequence[Row], soughts: Sequence[Sought]) -> None:
    for row, sought in zip(right, soughts, strict=True):
        row.twin = earlier.twin_of(sought)
        if row.twin and row.finding == Finding.READY:
            row.finding = Finding.ALIKE
        earlier.add(row.number, sought)


def _check_places(rows: Sequence[Row], around: Surroundings) -> None:
    there: dict[int, set[Path]] = {}
    for row in rows:
        place, faults = check_place(json.loads(str(row.values)), row.notes, around)
        row.faults, row.candidates = [list(fault) for fault in faults], []
        row.finding = Finding.WRONG
        if place is None:
            continue
        site, path = place
        if site not in there:
            there[site] = set(places_by_path(site))
        row.finding = Finding.KNOWN if path in there[site] else Finding.READY
        there[site].add(path)


def _stretched(registrations: Sequence[Registration]) -> list[list[bytes]]:
    """scrypt lets go of Python's lock: two cores work at once."""
    if len(registrations) < 8:
        return [keys_of(registration) for registration in registrations]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(keys_of, registrations))


def sought_of(registration: Registration) -> Sought:
    holder = registration.document.holder
    name = Name(holder.native_name or holder.latin_name, holder.latin_name, registration.preferred_name)
    return Sought(name, holder.birth, holder.nationality)


def _holders(keys: Sequence[bytes]) -> dict[bytes, int]:
    """Of the documents in use: whose they are."""
    found: dict[bytes, int] = {}
    for start in range(0, len(keys), 900):
        documents = IdentityDocument.objects.filter(person_key__in=keys[start : start + 900], retired_at__isnull=True)
        found.update((bytes(key), pk) for key, pk in documents.order_by().values_list("person_key", "resident"))
    return found


def _first_rows(batch: Import, rows: Sequence[Row], right: Sequence[Row]) -> dict[int, int]:
    """Row -> the number of an earlier row with the same first document."""
    wanted = {bytes(row.first_key) for row in right if row.first_key}
    own = {row.pk for row in rows}
    others = batch.rows.filter(first_key__in=wanted).exclude(pk__in=own).exclude(choice=Row.Choice.SKIP)
    pairs = [(bytes(key), number) for key, number in others.values_list("first_key", "number") if key]
    pairs += [(bytes(row.first_key), row.number) for row in right if row.first_key]
    first: dict[bytes, int] = {}
    for key, number in pairs:
        first[key] = min(number, first.get(key, number))
    return {
        row.pk: first[bytes(row.first_key)]
        for row in right
        if row.first_key and first[bytes(row.first_key)] < row.number
    }


def _note_tries(around: Surroundings, residents: set[int]) -> None:
    """That a list has the number of somebody who is protected is on record, where the named staff see it."""
    if not residents:
        return
    with transaction.atomic():
        for protected in Protection.objects.filter(resident__in=residents).select_related("resident"):
            record(around.user, "protected:try_number", protected.resident)

"""Some hundred rows of a list at a time: what is wrong with each, and who may be there already."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import transaction

from gatepass.centre.audit.actions import record
from gatepass.centre.people.addresses.paths import Path, places_by_path
from gatepass.centre.people.duplicates import Search, Sought
from gatepass.centre.people.imports.checking import Surroundings, check_place, check_resident
from gatepass.centre.people.imports.models import Import, Row
from gatepass.centre.people.imports.rows import save_rows
from gatepass.centre.people.models import IdentityDocument
from gatepass.centre.people.protection.models import Protection
from gatepass.centre.people.registration import Registration, keys_of
from gatepass.identity.names import Name

Finding = Row.Finding
KEY = 16
MOST = 5
_WRITTEN = ("faults", "finding", "candidates", "person_keys", "first_key")


def check_rows(batch: Import, rows: Sequence[Row], around: Surroundings | None = None) -> None:
    """Faults, finding and candidates of these rows, saved; inside a transaction."""
    around = around or Surroundings(batch, batch.by)
    if batch.kind == Import.Kind.PLACES:
        _check_places(rows, around)
    else:
        _check_residents(batch, rows, around)
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


def _check_residents(batch: Import, rows: Sequence[Row], around: Surroundings) -> None:
    read = [check_resident(json.loads(str(row.values)), row.notes, around) for row in rows]
    right = [(row, registration) for row, (registration, _faults) in zip(rows, read, strict=True) if registration]
    stretched = _stretched([registration for _row, registration in right])
    keys = {row.pk: its_keys for (row, _registration), its_keys in zip(right, stretched, strict=True)}
    for row, (_registration, faults) in zip(rows, read, strict=True):
        row.faults, row.candidates = [list(fault) for fault in faults], []
        row.finding = Finding.WRONG if faults else Finding.READY
        row.person_keys = b"".join(keys.get(row.pk, [])) or None
        row.first_key = keys[row.pk][0] if row.pk in keys else None
    in_use = _holders([key for some in keys.values() for key in some])
    twins = _first_rows(batch, rows, [row for row, _registration in right])
    soughts = [sought_of(registration) for _row, registration in right]
    found = Search(around.user, "resident").of(soughts, [keys[row.pk] for row, _registration in right])
    elsewhere: set[int] = set()
    for (row, _registration), candidates in zip(right, found, strict=True):
        holders = {in_use[key] for key in keys[row.pk] if key in in_use}
        seen = {candidate.resident.pk for candidate in candidates}
        faults = []
        if holders - seen:
            elsewhere |= holders - seen
            faults.append(("document_number", "document_elsewhere", {}))
        elif row.pk in twins:
            faults.append(("document_number", "row_twice", {"row": twins[row.pk]}))
        if faults:
            row.faults, row.finding = [list(fault) for fault in faults], Finding.WRONG
            continue
        row.candidates = [candidate.resident.pk for candidate in candidates[:MOST]]
        if holders:
            row.finding = Finding.KNOWN
        elif candidates:
            row.finding = Finding.ALIKE
    _note_tries(around, elsewhere)


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

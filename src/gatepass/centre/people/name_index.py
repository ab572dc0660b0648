"""The index by which a name is found again: kept by the verbs, read by `duplicates` and the list's search."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from gatepass.centre.people.models import NameKey, Resident
from gatepass.identity.names import Name, keys

_BATCH = 2_000


def key_numbers(name: Name) -> list[int]:
    """The keys of a name as the numbers that are stored, sorted. 63 bits: SQLite and PostgreSQL have no unsigned."""
    return sorted({number_of(key) for key in keys(name)})


def number_of(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> 1


def _rows(resident: Resident, names: Iterable[Name]) -> list[NameKey]:
    year = int(resident.birth[:4]) if resident.birth else 0
    numbers = sorted({number for name in names for number in key_numbers(name)})
    return [NameKey(key=one, site=resident.site_id, birth_year=year, resident=resident) for one in numbers]


def index_new(residents: Iterable[Resident]) -> None:
    """Inside the transaction that registers them."""
    rows = [row for resident in residents for row in _rows(resident, [resident.name])]
    NameKey.objects.bulk_create(rows, batch_size=_BATCH)


def index_again(resident: Resident) -> None:
    """Inside the transaction that changes a name, a birth date or a site."""
    NameKey.objects.filter(resident=resident).delete()
    NameKey.objects.bulk_create(_rows(resident, resident.names))

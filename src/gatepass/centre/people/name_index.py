"""The index by which a name is found again: kept by the verbs, read by `duplicates` and the list's search."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from django.db import connection

from gatepass.centre.people.models import NameKey, NamePart, Resident
from gatepass.centre.people.name_parts import keep_parts
from gatepass.identity.names import Name, keys


@lru_cache(maxsize=2048)
def key_numbers(name: Name) -> tuple[int, ...]:
    """The keys of a name as the numbers that are stored, sorted. 63 bits: SQLite and PostgreSQL have no unsigned.

    Remembered for as long as a few batches of a list take: a row asks for the same name four times on its way in.
    """
    return tuple(sorted({number_of(key) for key in keys(name)}))


def number_of(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> 1


def leave_index(resident: Resident) -> None:
    """Inside the transaction after which nobody is to be found by this row's name."""
    NameKey.objects.filter(resident=resident).delete()
    NamePart.objects.filter(resident=resident).delete()


def index_new(residents: Iterable[Resident]) -> None:
    """Inside the transaction that registers them."""
    some = list(residents)
    _write((resident, [resident.name]) for resident in some)
    keep_parts(some)


def index_again(resident: Resident) -> None:
    """Inside the transaction that changes a name, a birth date or a site."""
    leave_index(resident)
    _write([(resident, resident.names)])
    keep_parts([resident])


def _write(named: Iterable[tuple[Resident, Iterable[Name]]]) -> None:
    """Past the ORM: twelve rows a person, and nothing in them but numbers."""
    table = NameKey._meta.db_table  # noqa: SLF001 - Django's documented `_meta`
    rows = [
        (number, resident.site_id, int(resident.birth[:4]) if resident.birth else 0, resident.pk)
        for resident, names in named
        for number in {number for name in names for number in key_numbers(name)}
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (key, site, birth_year, resident_id) VALUES (%s, %s, %s, %s)",  # noqa: S608
            rows,
        )

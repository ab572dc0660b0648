"""The verbs of addresses: enter places one by one or as a list, rename one, remove one that is empty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.sites.models import Site

Level = Place.Level
Path = tuple[str, str, str]
"""Building, unit (empty where the building has none), room (empty: the building or unit itself)."""
MOST = 50_000
"""Places in one list."""
_BATCH = 500


def enter_places(by: User | None, site: Site, paths: Iterable[Path]) -> int:
    """Every place of the list that is not there yet, with those above it; how many are new.

    RefusedError `place_without_building`, `place_name` (longer than 40 characters), with `row` from 1.
    """
    wanted = list(dict.fromkeys(tidy(path) for path in paths))
    for row, (building, unit, room) in enumerate(wanted, 1):
        if not building:
            raise RefusedError("place_without_building", row=row)
        if max(map(len, (building, unit, room))) > 40:
            raise RefusedError("place_name", row=row)
    with transaction.atomic():
        there = _there(site)
        new = 0
        for depth in range(1, 4):
            rows = {}
            for path in wanted:
                own = _cut(path, depth)
                if own is not None and own not in there and own not in rows:
                    rows[own] = _row(site, own, there)
            Place.objects.bulk_create(rows.values(), batch_size=_BATCH)
            new += len(rows)
            there.update({own: row.pk for own, row in rows.items()})
        if new:
            record(by, "place:enter", f"site:{site.pk}", count=new)
    return new


def enter_place(by: User | None, site: Site, path: Path) -> Place:
    """The place of this path, which may be there already."""
    enter_places(by, site, [path])
    return Place.objects.get(pk=_there(site)[tidy(path)])


def rename_place(by: User | None, place: Place, name: str) -> None:
    """It and everything in it get the new path. RefusedError `place_there`, `place_name`."""
    name = " ".join(name.split())
    if not name or len(name) > 40:
        raise RefusedError("place_name")
    try:
        with transaction.atomic():
            place.name = name
            place.path, place.order = _paths([*_above(place), name])
            place.save(update_fields=["name", "path", "order"])
            for inner in sorted(place.subtree.exclude(pk=place.pk), key=lambda one: one.level == Level.ROOM):
                inner.path, inner.order = _paths([*_above(inner), inner.name])
                inner.save(update_fields=["path", "order"])
            record(by, "place:rename", place)
    except IntegrityError:
        raise RefusedError("place_there") from None


def remove_place(by: User | None, place: Place) -> None:
    """RefusedError `place_in_use` while anything is in it: other places, residents, households."""
    with transaction.atomic():
        if place.children.exists() or place.residents.exists() or place.households.exists():
            raise RefusedError("place_in_use")
        record(by, "place:remove", place)
        place.delete()


def tidy(path: Sequence[str]) -> Path:
    building, unit, room = (" ".join(part.split()) for part in path)
    return building, unit, room


def _level(path: Path) -> Level:
    building_only, with_unit = not any(path[1:]), not path[2]
    return Level.BUILDING if building_only else Level.UNIT if with_unit else Level.ROOM


def _cut(path: Path, depth: int) -> Path | None:
    """The place of this depth on the way to `path`; None where there is none."""
    building, unit, room = path
    match depth:
        case 1:
            return building, "", ""
        case 2:
            return (building, unit, "") if unit else None
        case _:
            return path if room else None


def _row(site: Site, path: Path, there: dict[Path, int]) -> Place:
    building, unit, _room = path
    level = _level(path)
    above: Path | None = None if level is Level.BUILDING else (building, unit if level is Level.ROOM else "", "")
    words, order = _paths([part for part in path if part])
    return Place(
        site=site,
        parent_id=there[above] if above else None,
        level=level,
        name=[part for part in path if part][-1],
        path=words,
        order=order,
    )


def _there(site: Site) -> dict[Path, int]:
    found: dict[Path, int] = {}
    rows = Place.objects.filter(site=site).select_related("parent__parent")
    for place in rows:
        above = _above(place)
        match place.level:
            case Level.BUILDING:
                path = (place.name, "", "")
            case Level.UNIT:
                path = (above[0], place.name, "")
            case _:
                path = (above[0], above[1] if len(above) > 1 else "", place.name)
        found[path] = place.pk
    return found


def _above(place: Place) -> list[str]:
    """The names of the places around it, the building first."""
    names: list[str] = []
    parent = place.parent
    while parent is not None:
        names.insert(0, parent.name)
        parent = parent.parent
    return names


def _paths(names: Sequence[str]) -> tuple[str, str]:
    """What a place is called, and by what it is sorted: 2 comes before 10."""
    path = " ".join(names)
    return path, re.sub(r"[0-9]+", lambda number: number.group().zfill(6)[-12:], path)[:200]

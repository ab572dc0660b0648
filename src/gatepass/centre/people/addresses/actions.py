"""The verbs of addresses: enter places one by one or as a list, rename one, remove one that is empty."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.addresses.paths import Path, above, level_of, places_by_path, tidy, words_of
from gatepass.centre.sites.models import Site

Level = Place.Level
_BATCH = 500


def enter_places(by: User | None, site: Site, paths: Iterable[Path]) -> list[Place]:
    """Every place of the list that is not there yet, with those above it; the new ones.

    RefusedError `place_without_building`, `place_name` (longer than 40 characters).
    """
    wanted = list(dict.fromkeys(tidy(path) for path in paths))
    for path in wanted:
        if not path[0]:
            raise RefusedError("place_without_building")
        if max(map(len, path)) > 40:
            raise RefusedError("place_name")
    with transaction.atomic():
        there = places_by_path(site)
        new: list[Place] = []
        for depth in range(1, 4):
            rows = {}
            for path in wanted:
                own = _cut(path, depth)
                if own is not None and own not in there and own not in rows:
                    rows[own] = _row(site, own, there)
            new += Place.objects.bulk_create(rows.values(), batch_size=_BATCH)
            there.update({own: row.pk for own, row in rows.items()})
        if new:
            record(by, "place:enter", site, count=len(new))
    return new


def rename_place(by: User | None, place: Place, name: str) -> None:
    """It and everything in it get the new path. RefusedError `place_there`, `place_name`."""
    name = " ".join(name.split())
    if not name or len(name) > 40:
        raise RefusedError("place_name")
    try:
        with transaction.atomic():
            place.name = name
            place.path, place.order = words_of([*above(place), name])
            place.save(update_fields=["name", "path", "order"])
            inside = list(place.subtree.exclude(pk=place.pk).select_related("parent__parent"))
            for inner in inside:
                inner.path, inner.order = words_of([*above(inner), inner.name])
            Place.objects.bulk_update(inside, ["path", "order"], batch_size=_BATCH)
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
    level = level_of(path)
    around: Path | None = None if level is Level.BUILDING else (building, unit if level is Level.ROOM else "", "")
    names = [part for part in path if part]
    words, order = words_of(names)
    return Place(
        site=site,
        parent_id=there[around] if around else None,
        level=level,
        name=names[-1],
        path=words,
        order=order,
    )

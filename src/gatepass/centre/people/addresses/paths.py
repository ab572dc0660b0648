"""A place by its names: building, unit, room."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gatepass.centre.people.addresses.models import Place
from gatepass.centre.sites.models import Site

Path = tuple[str, str, str]
"""Building, unit (empty where the building has none), room (empty: the building or unit itself)."""
Level = Place.Level


def tidy(path: Sequence[str]) -> Path:
    building, unit, room = (" ".join(part.split()) for part in path)
    return building, unit, room


def level_of(path: Path) -> Place.Level:
    _building, unit, room = path
    return Level.ROOM if room else Level.UNIT if unit else Level.BUILDING


def above(place: Place) -> list[str]:
    """The names of the places around it, the building first. Select `parent__parent` with it."""
    names: list[str] = []
    parent = place.parent
    while parent is not None:
        names.insert(0, parent.name)
        parent = parent.parent
    return names


def places_by_path(site: Site | int, *, rooms: bool = False) -> dict[Path, int]:
    """Path -> primary key, of every place of a site, or of its rooms alone."""
    places = Place.objects.filter(site=site).select_related("parent__parent").order_by()
    if rooms:
        places = places.filter(level=Level.ROOM)
    found: dict[Path, int] = {}
    for place in places:
        around = above(place)
        match place.level:
            case Level.BUILDING:
                path = (place.name, "", "")
            case Level.UNIT:
                path = (around[0], place.name, "")
            case _:
                path = (around[0], around[1] if len(around) > 1 else "", place.name)
        found[path] = place.pk
    return found


def words_of(names: Sequence[str]) -> tuple[str, str]:
    """What a place is called with all that is around it, and by what it is sorted: 2 comes before 10."""
    path = " ".join(names)
    return path, re.sub(r"[0-9]+", lambda number: number.group().zfill(6)[-12:], path)[:200]

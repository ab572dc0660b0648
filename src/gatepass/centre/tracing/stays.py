"""How long somebody was at a site, from entries and exits; an end that nobody saw is inferred, and says so. Pure.

Most gates record only who comes in. An exit that was not recorded is inferred: at the latest, the person had left when
they were next seen entering, or elsewhere; and no inferred stay is longer than `LONGEST`. An entry that was not
recorded is not guessed: the stay has an end alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

HOUR: Final = 3_600_000
LONGEST: Final = 16 * HOUR
"""ms. Whoever stays longer without being seen is taken to have left unseen."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody went through a gate of a site: `at` in ms since 1970 UTC."""

    site: int
    at: int
    inwards: bool


@dataclass(frozen=True, slots=True)
class Stay:
    site: int
    entered: int | None
    """None: nobody saw it."""
    left: int
    inferred: bool
    """`left` is not recorded: the person had gone by then at the latest."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Two people at one site at the same time."""

    site: int
    since: int
    until: int
    inferred: bool
    """One of the two ends is."""


def stays_of(passages: Iterable[Passed], until: int) -> list[Stay]:
    """`passages` in any order; `until` is the end of what was asked for. Oldest first."""
    found: list[Stay] = []
    inside: Passed | None = None
    for one in sorted(passages, key=lambda passed: passed.at):
        if inside is not None:
            seen_leaving = not one.inwards and one.site == inside.site and one.at - inside.at <= LONGEST
            left = min(one.at, inside.at + LONGEST)
            found.append(Stay(inside.site, inside.at, left, inferred=not seen_leaving))
            if seen_leaving:
                inside = None
                continue
        if one.inwards:
            inside = one
        else:
            inside = None
            found.append(Stay(one.site, None, one.at, inferred=False))
    if inside is not None:
        found.append(Stay(inside.site, inside.at, min(until, inside.at + LONGEST), inferred=True))
    return found


def shared(mine: Sequence[Stay], theirs: Sequence[Stay]) -> list[Shared]:
    """When both were at the same site; stays without a known beginning are left out."""
    found = []
    for one in mine:
        for other in theirs:
            if one.site != other.site or one.entered is None or other.entered is None:
                continue
            since, until = max(one.entered, other.entered), min(one.left, other.left)
            if since < until:
                ends_first = one if one.left <= other.left else other
                found.append(Shared(one.site, since, until, inferred=ends_first.inferred))
    return sorted(found, key=lambda overlap: overlap.since)

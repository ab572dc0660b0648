"""How near two people came, as a number that can be explained to the people themselves. Pure.

Each passage of the person who is traced asks: who else passed this gate up to N minutes before or after? What passes
close together is one *occasion*. An occasion counts

    10 x (N - gap) / N         overlap: 10 points for the same moment, none at N minutes apart
     x  1, or 1/2              the same way through the gate; or past each other
     x  min(1, sqrt(2 / c))    c others passed within the same N minutes: with four times as many it counts half

and the score is the sum over all occasions. So it grows with each meeting, and an estate's main gate at eight in the
morning counts little against a side door with two people. Weights are for ranking alone: what a score means for a
person is decided by people, who see the reasons beside it. Links that need no gate (one household, host and visitor)
stand above every score.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Final, Protocol

MOST_POINTS: Final = 10.0
OPPOSITE: Final = 0.5
ALONE: Final = 2
"""With so many others or fewer, an occasion counts whole."""
SHOWN: Final = 20
"""Occasions that are kept one by one with a contact, the nearest ones."""


class Near(Protocol):
    """What scoring asks of a `passages.log.Encounter`."""

    @property
    def gate(self) -> str: ...
    @property
    def at(self) -> int: ...
    @property
    def other_at(self) -> int: ...
    @property
    def direction(self) -> str: ...
    @property
    def other_direction(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Occasion:
    gate: str
    at: int
    """When the traced person passed, ms since 1970 UTC."""
    other_at: int
    same_way: bool
    others: int
    """How many other people passed the gate around this passage."""
    points: float

    @property
    def gap_ms(self) -> int:
        return abs(self.other_at - self.at)

    @property
    def packed(self) -> list[str | int | float | bool]:
        return [self.gate, self.at, self.other_at, self.same_way, self.others, round(self.points, 2)]


@dataclass(frozen=True, slots=True)
class Score:
    total: float
    occasions: tuple[Occasion, ...]
    """The one that counts most first."""

    @property
    def why(self) -> dict[str, int | float | list]:
        """As a `Link` keeps it: counts for the sentence, and the occasions themselves."""
        return {
            "times": len(self.occasions),
            "same_way": sum(one.same_way for one in self.occasions),
            "nearest_s": round(min(one.gap_ms for one in self.occasions) / 1000),
            "fewest": min(one.others for one in self.occasions),
            "occasions": [one.packed for one in self.occasions[:SHOWN]],
        }


def points(gap_ms: int, within_ms: int, *, same_way: bool, others: int) -> float:
    """What one occasion counts: 0 to 10."""
    near = max(0, within_ms - gap_ms) / within_ms
    quiet = min(1.0, sqrt(ALONE / max(1, others)))
    return MOST_POINTS * near * (1.0 if same_way else OPPOSITE) * quiet


def score(encounters: Iterable[tuple[Near, int]], within_ms: int) -> Score:
    """All encounters of one pair, each with how many others passed around it. At least one is needed."""
    best: list[Occasion] = []
    last: Near | None = None
    for near, others in sorted(encounters, key=lambda one: (one[0].gate, one[0].at, one[0].other_at)):
        same_way = near.direction == near.other_direction
        counted = points(abs(near.other_at - near.at), within_ms, same_way=same_way, others=others)
        occasion = Occasion(near.gate, near.at, near.other_at, same_way, others, counted)
        again = last is not None and near.gate == last.gate and near.at - last.at <= within_ms
        if not again:
            best.append(occasion)
        elif occasion.points > best[-1].points:
            best[-1] = occasion
        last = near
    best.sort(key=lambda one: (-one.points, one.at))
    return Score(round(sum(one.points for one in best), 1), tuple(best))

"""What the engines have in common: rows by number, kinds of rows, and what one commit adds to a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from gatepass.policy import Method, Outcome
from gatepass.policy.reasons import RESOLUTIONS
from gatepass.wire.messages import Direction, Record

Kind = tuple[Direction, Outcome, tuple[str, ...], Method, str, bool, bool]
"""direction, outcome, reasons, method, document, is a resolution, filed under the centre's time."""

Key = tuple[int, int, int, int]
"""at, gate, journal, seq: the order of a page, newest first."""

NEAR: Final = (120_000, 900_000)
"""ms before and after a passage within which a word about it is spoken, unless a clock was stepped between the two."""
ANYWHEN: Final = (2**53, 2**53)


NewRow = tuple[int, int, int, int, int, Record]
"""gate, at, journal, seq, kind, record: sorted, neighbours land on the same page of the table."""


class Row(NamedTuple):
    at: int
    gate: int
    journal: int
    seq: int
    kind: int
    knowledge: int
    id: bytes
    person: bytes | None

    @property
    def key(self) -> Key:
        return self[:4]


@dataclass(slots=True)
class Verdict:
    """The last word about a passage: the guard's, or that the person turned back."""

    seq: int
    outcome: Outcome
    orphan: bool
    """It came before the passage that it is about."""


@dataclass(slots=True)
class Sums:
    """What is counted, over all gates and over all hours."""

    town_counters: Counter[tuple[int, int]]
    """(hour, kind) -> decisions."""
    town_movements: Counter[tuple[int, str]]
    """(hour, direction) -> people."""
    gates: dict[int, list[int]]
    """gate -> people who entered and left; decisions to pass, to hold, to refuse."""


_PLACE = {"in": 0, "out": 1, Outcome.PASS: 2, Outcome.HOLD: 3, Outcome.REFUSE: 4}


@dataclass(slots=True)
class DayGroup:
    """What one commit adds to one day."""

    rows: list[NewRow] = field(default_factory=list)
    counters: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    movements: Counter[tuple[int, int, str]] = field(default_factory=Counter)
    moving: dict[int, Direction] = field(default_factory=dict)
    """Kinds that are people who went through, and where."""
    arrived: dict[int, list[int]] = field(default_factory=dict)
    sealed: list[tuple[int, int, bytes]] = field(default_factory=list)
    verdicts: dict[bytes, Verdict] = field(default_factory=dict)

    def sums(self, kinds: Mapping[int, Kind]) -> Sums:
        """`kinds`: each number's kind."""
        sums = Sums(Counter(), Counter(), {})
        for (hour, gate, number), n in self.counters.items():
            sums.town_counters[hour, number] += n
            totals = sums.gates.setdefault(gate, [0] * 5)
            _, outcome, _, _, _, resolution, _ = kinds[number]
            if not resolution:
                totals[_PLACE[outcome]] += n
        for (hour, gate, direction), n in self.movements.items():
            sums.town_movements[hour, direction] += n
            sums.gates.setdefault(gate, [0] * 5)[_PLACE[direction]] += n
        return sums


@lru_cache(maxsize=4_096)
def kind_of(row: tuple[str, str, str, str, str, int, int]) -> Kind:
    """A kind as a table spells it: reasons in one text, yes and no as numbers.

    Remembered: they are some dozens, and a trace asks for those of each of its days again and again.
    """
    direction, outcome, reasons, method, document, resolution, centre_time = row
    return (
        direction,  # type: ignore[return-value]
        Outcome(outcome),
        tuple(reasons.split()),
        Method(method),
        document,
        bool(resolution),
        bool(centre_time),
    )


def spelled(kind: Kind) -> tuple[str, str, str, str, str, bool, bool]:
    """The way back from `kind_of`."""
    direction, outcome, reasons, method, document, resolution, centre_time = kind
    return str(direction), str(outcome), " ".join(reasons), str(method), document, resolution, centre_time


def is_further(kind: Kind) -> bool:
    """A gate's further answer: a word about a passage that no guard spoke."""
    return kind[5] and kind[2][0] not in RESOLUTIONS

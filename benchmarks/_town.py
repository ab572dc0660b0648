"""A synthetic town's passages by the hundred million, the same ones for the same numbers, a day at a time.

Four passages a person and day: out of the home gate in the morning, into a place, out of it in the evening, home. The
place is the same one on three days of four. So 200 people share a home gate, some 200 a place, and most meetings repeat
as in a real town. Two in a hundred are held and admitted by the guard, one in two hundred is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from gatepass.centre.passages.copying import PORTION, DayCopy, StoredRow
from gatepass.centre.passages.days import TownDays
from gatepass.centre.passages.rows import Kind
from gatepass.policy import Method, Outcome

SEED = 20261123
PEOPLE_A_GATE = 200
A_DAY = 4
HELD, REFUSED = 0.02, 0.005
MINUTE = 60_000
KNOWLEDGE = 7

# kind = 1 + direction (0 in, 1 out) + 2 * what
_WHAT: tuple[tuple[Outcome, tuple[str, ...], Method, str, bool], ...] = (
    (Outcome.PASS, ("green",), Method.CARD, "resident_card", False),
    (Outcome.PASS, ("green",), Method.CARD, "foreigner_pr", False),
    (Outcome.PASS, ("green",), Method.CODE, "health_code", False),
    (Outcome.HOLD, ("unknown",), Method.CARD, "resident_card", False),
    (Outcome.REFUSE, ("red",), Method.CARD, "resident_card", False),
    (Outcome.PASS, ("known_to_guard",), Method.CARD, "resident_card", True),
)
KINDS: dict[int, Kind] = {
    1 + side + 2 * what: (direction, outcome, reasons, method, document, resolution, False)
    for what, (outcome, reasons, method, document, resolution) in enumerate(_WHAT)
    for side, direction in enumerate(("in", "out"))
}


@dataclass(frozen=True)
class Town:
    people: int
    last: date
    days: int
    calendar: TownDays

    @property
    def gates(self) -> int:
        return max(2, self.people // PEOPLE_A_GATE)

    @property
    def passages(self) -> int:
        return self.people * A_DAY * self.days

    def dates(self) -> list[date]:
        return [self.last - timedelta(days=n) for n in range(self.days - 1, -1, -1)]

    def names(self) -> dict[int, str]:
        """Gates are 1 to n; the journal of gate g is n + g."""
        return {
            **{gate: str(gate) for gate in range(1, self.gates + 1)},
            **{self.gates + gate: f"dev-{gate}" for gate in range(1, self.gates + 1)},
        }

    def keys(self) -> np.ndarray:
        """Person keys, (people, 16)."""
        return np.random.default_rng(SEED).integers(0, 256, (self.people, 16), np.uint8)


@dataclass(frozen=True)
class TownDay:
    """The rows of one day in the order (gate, at), as columns."""

    gate: np.ndarray
    at: np.ndarray
    kind: np.ndarray
    person: np.ndarray
    """Places in `Town.keys()`."""
    ids: np.ndarray
    """(rows, 16)"""
    about: np.ndarray
    """Of a guard's word: the row of the passage that it is about; else -1."""

    def a_gate(self, gates: int) -> np.ndarray:
        """How many rows each gate has; place 0 is nobody's."""
        return np.bincount(self.gate, minlength=gates + 1)


def make_day(town: Town, day: date) -> TownDay:
    chance = np.random.default_rng((SEED, day.toordinal()))
    start = town.calendar.bounds(day)[0]
    people = np.arange(town.people)
    home = people // PEOPLE_A_GATE % town.gates + 1
    work = (people * 2_654_435_761 >> 7) % town.gates + 1
    elsewhere = chance.integers(1, town.gates + 1, town.people)
    place = np.where(chance.random(town.people) < 0.75, work, elsewhere)
    leaves = np.clip(chance.normal(8.0, 1.3, town.people), 0.3, 13) * 60 * MINUTE
    returns = np.clip(chance.normal(18.0, 2.0, town.people), 13.5, 23.2) * 60 * MINUTE
    way = (10 + 30 * chance.random(town.people)) * MINUTE
    gate = np.concatenate([home, place, place, home])
    at = start + np.concatenate([leaves, leaves + way, returns, returns + way]).astype(np.int64)
    out = np.repeat(np.array([1, 0, 1, 0]), town.people)
    person = np.tile(people, A_DAY)
    draw = chance.random(len(gate))
    what = chance.choice(3, len(gate), p=[0.8, 0.05, 0.15])
    what = np.where(draw < HELD, 3, np.where(draw < HELD + REFUSED, 4, what))
    held = np.flatnonzero(what == 3)
    about = np.concatenate([np.full(len(gate), -1), held])
    gate, out, person = (np.concatenate([column, column[held]]) for column in (gate, out, person))
    at = np.concatenate([at, at[held] + 20_000])
    kind = 1 + out + 2 * np.concatenate([what, np.full(len(held), 5)])
    ids = chance.integers(0, 256, (len(gate), 16), np.uint8)
    ids[:, :6] = at.astype(">i8").view(np.uint8).reshape(-1, 8)[:, 2:]
    ids[:, 6] = ids[:, 6] & 0x0F | 0x70
    ids[:, 8] = ids[:, 8] & 0x3F | 0x80
    order = np.lexsort((at, gate))
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    about = np.where(about < 0, -1, back[about])
    return TownDay(gate[order], at[order], kind[order], person[order], ids[order], about[order])


_COPIED = [
    ("columns", ">i2"), ("n1", ">i4"), ("at", ">i8"), ("n2", ">i4"), ("seq", ">i8"), ("n3", ">i4"),
    ("knowledge", ">i8"),
    ("n4", ">i4"), ("gate", ">i4"), ("n5", ">i4"), ("journal", ">i4"), ("n6", ">i4"), ("kind", ">i4"),
    ("n7", ">i4"), ("id", "u1", 16), ("n8", ">i4"), ("person", "u1", 16), ("n9", ">i4"),
]  # fmt: skip
PLAIN = np.dtype([*_COPIED, ("n10", ">i4")])
ABOUT = np.dtype([*_COPIED, ("about", "u1", 16), ("n10", ">i4")])
LENGTHS = {"n1": 8, "n2": 8, "n3": 8, "n4": 4, "n5": 4, "n6": 4, "n7": 16, "n8": 16, "n10": -1}


def numbers_in_journals(town: Town, made: TownDay, before: np.ndarray) -> np.ndarray:
    """`before`: how many rows each gate had until this day; its numbers go on from there."""
    first = np.concatenate([[0], np.cumsum(made.a_gate(town.gates))[:-1]])
    return before[made.gate] + np.arange(len(made.gate)) - first[made.gate] + 1


def copied(town: Town, made: TownDay, keys: np.ndarray, before: np.ndarray, kinds: np.ndarray) -> Iterator[bytes]:
    """The rows as `postgres_log.packed_row` has them, the guards' words last; `kinds[n]` is the database's kind n."""
    seq = numbers_in_journals(town, made, before)
    for chosen, layout in ((made.about < 0, PLAIN), (made.about >= 0, ABOUT)):
        for part in np.array_split(np.flatnonzero(chosen), 64):
            rows = np.zeros(len(part), layout)
            rows["columns"] = 10
            for name, length in LENGTHS.items():
                rows[name] = length
            rows["n9"] = 16 if layout is ABOUT else -1
            rows["at"], rows["seq"], rows["knowledge"] = made.at[part], seq[part], KNOWLEDGE
            rows["gate"], rows["journal"] = made.gate[part], made.gate[part] + town.gates
            rows["kind"], rows["id"], rows["person"] = kinds[made.kind[part]], made.ids[part], keys[made.person[part]]
            if layout is ABOUT:
                rows["about"] = made.ids[made.about[part]]
            yield rows.tobytes()


def cells_of(town: Town, day: date, made: TownDay) -> dict[tuple[int, int, int], int]:
    """(hour, gate, kind) -> rows."""
    hour = (made.at - town.calendar.bounds(day)[0]) // (60 * MINUTE)  # Shanghai has no summer time
    cells, totals = np.unique((hour * (town.gates + 1) + made.gate) * 64 + made.kind, return_counts=True)
    places = np.stack([cells // 64 // (town.gates + 1), cells // 64 % (town.gates + 1), cells % 64], axis=1)
    return dict(zip(map(tuple, places.tolist()), totals.tolist(), strict=True))


def day_copy(town: Town, day: date, made: TownDay, keys: np.ndarray, before: np.ndarray) -> DayCopy:
    """`before` as for `numbers_in_journals`."""
    seq = numbers_in_journals(town, made, before)
    words = np.flatnonzero(made.about >= 0)
    about_ids = _texts(made.ids[made.about[words]])
    words_about = dict(zip(words.tolist(), about_ids, strict=True))
    verdicts = [
        (about, number, str(Outcome.PASS), False) for about, number in zip(about_ids, seq[words].tolist(), strict=True)
    ]

    def rows() -> Iterator[list[StoredRow]]:
        for low in range(0, len(made.gate), PORTION):
            part = slice(low, low + PORTION)
            gate = made.gate[part]
            size = len(gate)
            abouts: list[bytes | None] = [None] * size
            for place in words[np.searchsorted(words, low) : np.searchsorted(words, low + size)].tolist():
                abouts[place - low] = words_about[place]
            yield list(
                zip(
                    gate.tolist(),
                    made.at[part].tolist(),
                    (gate + town.gates).tolist(),
                    seq[part].tolist(),
                    made.kind[part].tolist(),
                    [KNOWLEDGE] * size,
                    _texts(made.ids[part]),
                    _texts(keys[made.person[part]]),
                    abouts,
                    strict=True,
                )
            )

    return DayCopy(day, KINDS, rows(), {}, verdicts, _movements(town, day, made))


def _movements(town: Town, day: date, made: TownDay) -> dict[tuple[int, int, str], int]:
    """Everybody who passed, at the moment of the pass, and who was held and admitted, at the guard's word."""
    what = (made.kind - 1) // 2
    through = (what < 3) | (what == 5)
    hour = (made.at[through] - town.calendar.bounds(day)[0]) // (60 * MINUTE)  # Shanghai has no summer time
    cells = (hour * (town.gates + 1) + made.gate[through]) * 2 + (made.kind[through] - 1) % 2
    found, totals = np.unique(cells, return_counts=True)
    return {
        (int(cell // 2 // (town.gates + 1)), int(cell // 2 % (town.gates + 1)), ("in", "out")[int(cell % 2)]): int(n)
        for cell, n in zip(found.tolist(), totals.tolist(), strict=True)
    }


def _texts(values: np.ndarray) -> list[bytes]:
    """Rows of 16 numbers as bytes."""
    flat = np.ascontiguousarray(values).tobytes()
    return [flat[place : place + 16] for place in range(0, len(flat), 16)]

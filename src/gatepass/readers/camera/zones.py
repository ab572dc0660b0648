"""A machine-readable zone in a picture: rows found, put together, recognised slot by slot, spelled and accepted.

1. Rows (`camera.rows`) in the picture as it is, then in a sharpened one: what is small or blurred runs together else.
2. Two or three rows above each other with the same beginning and 44, 36 or 30 slots are a candidate.
3. Each row is cut out straight and recognised (`camera.recogniser`), upside down as well if it makes no sense upright.
4. `camera.spelling` chooses; each slot must then look like what it is said to be (`camera.glyphs`): the recogniser sees
   letters in a thumb and in a hologram too, and a check digit does not always notice.
5. `identity.mrz.parse` accepts.

One frame's zone is not a reading yet: `camera.agreement` wants a second frame to say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from gatepass.identity import Document, DocumentError, mrz
from gatepass.readers.camera import glyphs
from gatepass.readers.camera.glyphs import Print
from gatepass.readers.camera.pictures import Picture
from gatepass.readers.camera.recogniser import FILL, HEIGHT, SLOT, Recogniser
from gatepass.readers.camera.rows import Row, find_rows, of_one_height
from gatepass.readers.camera.spelling import Likelihoods, guess, spell

_LENGTHS: Final = {3: (30,), 2: (44, 36), 1: (30,)}
"""Rows and the slots that each may have; the single row is a mainland resident's permit."""
_MOST_CANDIDATES: Final = 4
_SENSE: Final = -1.0
"""Mean logarithm of the likeliest character of each slot: below it, a row is not upright print."""
_MOST_GAINED: Final = 2
_UNLIKE: Final = 0.4
"""By how much less than the others a slot may correlate with its own glyph. Read right, it is 0.3 at most."""
_MARKS_OF_A_SLOT: Final = 0.7
"""Rows with fewer marks than this part of their slots are something else."""


@dataclass(frozen=True, slots=True)
class Zone:
    """What one frame says. `text` is the zone as printed, lines apart."""

    text: str = field(repr=False)
    document: Document
    surety: float
    """Probability of the least sure slot that no check digit covers."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame shows: the zone that was read, or only that there is one."""

    zone: Zone | None = None
    seen: bool = False
    """Rows as a zone has them, whether or not they could be read."""
    guess: str = field(default="", repr=False)
    """What the zone most likely says where none was accepted, its check digits wrong: for a person to compare."""


class ZoneReader:
    """Reads one frame at a time; about 110 ms with a zone in it, 20 ms without. The recogniser is made when needed."""

    def __init__(self, make_recogniser: Callable[[], Recogniser] = Recogniser) -> None:
        self._make_recogniser = make_recogniser
        self._recogniser: Recogniser | None = None
        self._upside_down = False
        """As the last zone that was read: people hold the page as before."""

    def look(self, grey: Picture, *, sharpened_first: bool = False) -> Look:
        """Never raises on a picture, whatever is on it."""
        seen, likely = False, ""
        for sharpened in (sharpened_first, not sharpened_first):
            picture = _sharpened(grey) if sharpened else grey
            for candidate in _candidates(find_rows(picture)):
                looks, upright = self._recognise(picture, candidate)
                if not looks:
                    continue
                seen = True
                zone = self._accept(looks, candidate.prints(picture, upside_down=not upright))
                if zone is not None:
                    return Look(zone, seen=True)
                likely = likely or guess(looks)
        return Look(None, seen, likely)

    def _recognise(self, picture: Picture, candidate: _Candidate) -> tuple[list[Likelihoods], bool]:
        """The rows as they read from the top, and whether they stand upright; nothing where they make no sense."""
        if self._recogniser is None:
            self._recogniser = self._make_recogniser()
        for upside_down in (self._upside_down, not self._upside_down):
            strips = candidate.strips(picture, upside_down=upside_down)
            first = self._recogniser.read(strips[0])
            if first.max(axis=1).mean() < _SENSE:
                continue
            self._upside_down = upside_down
            return [first, *map(self._recogniser.read, strips[1:])], not upside_down
        return [], True

    @staticmethod
    def _accept(looks: list[Likelihoods], prints: list[Print]) -> Zone | None:
        spelling = spell(looks, [each.shapes(look) for each, look in zip(prints, looks, strict=True)])
        if spelling is None:
            return None
        alike = np.concatenate([each.alike(row) for each, row in zip(prints, spelling.text.split("\n"), strict=True)])
        if alike.min() < np.median(alike) - _UNLIKE:
            return None
        try:
            document = mrz.parse(spelling.text)
        except DocumentError:
            return None
        return Zone(spelling.text, document, spelling.surety)


def _sharpened(grey: Picture) -> Picture:
    """What is small or blurred runs together in the picture as it is."""
    return cv2.addWeighted(grey, 2.5, cv2.GaussianBlur(grey, (0, 0), 1.2), -1.5, 0)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Rows, top to bottom as they lie in the picture, and for each its slot at which the zone begins."""

    rows: tuple[Row, ...]
    firsts: tuple[int, ...]
    length: int

    def strips(self, picture: Picture, *, upside_down: bool) -> list[Picture]:
        return self._cut(picture, SLOT, HEIGHT, FILL, upside_down=upside_down)

    def prints(self, picture: Picture, *, upside_down: bool) -> list[Print]:
        rows = self._cut(picture, glyphs.PRINT_WIDTH, glyphs.PRINT_HEIGHT, glyphs.PRINT_FILL, upside_down=upside_down)
        return [Print(row) for row in rows]

    def _cut(self, picture: Picture, slot: int, height: int, fill: float, *, upside_down: bool) -> list[Picture]:
        strips = [
            row.cut(picture, first, self.length, slot=slot, height=height, fill=fill)
            for row, first in zip(of_one_height(self.rows), self.firsts, strict=True)
        ]
        return [cv2.rotate(strip, cv2.ROTATE_180) for strip in reversed(strips)] if upside_down else strips


def _candidates(rows: list[Row]) -> Iterator[_Candidate]:
    """Rows that lie above each other as a zone's do, the most complete first."""
    rows = [row for row in rows if row.marks >= _MARKS_OF_A_SLOT * row.slots]
    found = [
        _Candidate(tuple(stack), tuple(first - shift for shift in shifts), length)
        for stack, shifts in _stacks(rows)
        for first, length in _extents(stack, shifts)
    ]
    found.sort(
        key=lambda candidate: (-len(candidate.rows) * candidate.length, -sum(row.marks for row in candidate.rows))
    )
    yield from found[:_MOST_CANDIDATES]


def _stacks(rows: list[Row]) -> Iterator[tuple[list[Row], list[int]]]:
    """One to three neighbouring rows, top to bottom, and by how many slots each begins after the first of them."""
    for top in rows:
        stack, shifts = [top], [0]
        if not any(_below(top, row) or _below(row, top) for row in rows):
            yield stack, shifts
        while len(stack) < 3:
            below = [(apart, row) for row in rows if (apart := _below(stack[-1], row)) is not None]
            if not below:
                break
            row = min(below, key=lambda pair: pair[0])[1]
            shifts = [*shifts, round(top.slot_at(top.turned(row.place(0))[0]))]
            stack = [*stack, row]
            yield stack, shifts


def _below(row: Row, other: Row) -> float | None:
    """How many heights `other` is below `row`; None if it is no row of the same zone."""
    if other is row or abs(other.angle - row.angle) > 4 or not 0.85 < other.pitch / row.pitch < 1.18:
        return None
    middle = row.slots / 2
    x, y = other.turned(row.place(middle))
    apart = (float(np.polyval(other.middle, x)) - y) / row.tall(middle)
    if not 1.3 < apart < 4.0:
        return None
    begin, end = (other.turned(row.place(slot))[0] for slot in (0, row.slots - 1))
    overlap = min(end, other.at(other.slots - 1)[0]) - max(begin, other.at(0)[0])
    return apart if overlap > 0.5 * row.slots * row.pitch else None


def _extents(stack: list[Row], shifts: list[int]) -> Iterator[tuple[int, int]]:
    """Where, in slots of the first row, the zone may begin, and its length: what most rows say first.

    A row may have lost marks at its ends, or have gained one or two (the edge of the page, a thumb). A row that goes on
    for longer belongs to a longer zone, of which the part must not be taken for the whole.
    """
    begins = list(shifts)
    ends = [shift + row.slots for shift, row in zip(shifts, stack, strict=True)]
    scored = []
    for length in _LENGTHS[len(stack)]:
        for begin in sorted(set(begins)):
            end = begin + length
            if min(begins) < begin - _MOST_GAINED or max(ends) > end + _MOST_GAINED:
                continue
            votes = begins.count(begin) + ends.count(end)
            if end in ends and votes >= len(stack):
                scored.append((votes, begin, length))
    for _, begin, length in sorted(scored, reverse=True)[:2]:
        yield begin, length

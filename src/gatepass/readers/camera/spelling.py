"""From what each slot of a zone looks like to what it says: the fields choose among look-alikes, check digits judge.

1. The first letters and the number of lines name the form (`identity.mrz_forms`), and the form what a slot may hold:
   a date digits, a name letters. That decides nearly every O/0, I/1, B/8, S/5 and Z/2.
2. Where both may stand, in document numbers, O and 0 are told apart by their shape, measured against the O's and 0's of
   this very zone whose fields leave no choice.
3. A check digit that does not fit moves the unlikeliest slots of its field to their next best, least loss first, until
   it fits. Two ways that are about as likely are no way: the next frame may know better.
4. What nothing checks (names, states, sex) must be likely in every slot.

Pure. Whether the zone is one, `identity.mrz.parse` says afterwards: this module proposes, that one accepts.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gatepass.identity import DocumentError
from gatepass.identity.documents import DocumentKind
from gatepass.identity.mrz_forms import Check, Form, form_of

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
_PLACE: Final = {character: n for n, character in enumerate(ALPHABET)}
_DIGITS: Final = "0123456789"
_FIRST: Final = "ACIPV"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Likelihoods = NDArray[np.float64]
"""(slots, 37): the logarithm of each character's probability, in the order of ALPHABET."""
Shapes = NDArray[np.float64]
"""(slots,): how much more a slot looks like 0 than like O, in any unit; NaN where it looks like neither."""

_DOUBT: Final = 3.5
"""Natural logarithm of the odds below which two spellings are about as likely."""
_MOST_LOSS: Final = 4.0
"""What a zone may lose, in all, to make its check digits fit."""
_SEARCHED: Final = _MOST_LOSS + _DOUBT
"""Other ways are looked for as far as they could put the best one in doubt."""
_MOST_TRIED: Final = 400
_MOST_WAYS: Final = 4
_MOST_OTHERS: Final = 5
_UNLIKELY: Final = math.log(0.75)
"""Of a slot that no check digit covers."""
_LEAST_OF_A_FILLER: Final = math.log(1e-5)
_SHAPE_STEP: Final = 0.14
"""Between 0 and O, in units of Shapes, where a zone shows only one of the two for certain."""
_SHAPES_APART: Final = 0.015
_SHAPE_WEIGHT: Final = 5.0
_DIGIT_BEFOREHAND: Final = 1.0
"""Most issuers never put an O into a number."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a zone says, its lines joined by line ends, and how sure the least sure of its slots is (0 to 1)."""

    text: str
    surety: float


def spell(rows: list[Likelihoods], shapes: list[Shapes] | None = None) -> Spelling | None:
    """The zone that these rows, top to bottom, most likely are; None where nothing fits, or two things fit as well."""
    lengths = {len(row) for row in rows}
    if len(lengths) != 1:
        return None
    looks = np.concatenate(rows)
    form = _form(looks, len(rows))
    if form is None:
        return None
    allowed = _allowed(form, len(looks))
    if shapes is not None:
        _tell_o_from_0(looks, np.concatenate(shapes), allowed)
    looks = np.where(allowed, looks, -np.inf)
    looks -= np.logaddexp.reduce(looks, axis=1, keepdims=True)
    for check in form.checks.values():
        # The check digit of an empty field is 0 or a filler, which says the same: no reason to be in doubt.
        empty, filler = looks[check.at, _PLACE["0"]], looks[check.at, _PLACE["<"]]
        looks[check.at, _PLACE["0" if filler > empty else "<"]] = -np.inf
    if form.names is not None:
        _name_then_fillers(looks[form.names])
    zone = _settled(looks, form)
    if zone is None:
        return None
    chosen = looks[np.arange(len(zone)), [_PLACE[character] for character in zone]]
    for check in form.checks.values():
        for part in (*check.over, slice(check.at, check.at + 1)):
            chosen[part] = 0.0
    if chosen.min() < _UNLIKELY:
        return None
    (length,) = lengths
    text = "\n".join(zone[start : start + length] for start in range(0, len(zone), length))
    return Spelling(text, float(np.exp(chosen.min())))


def guess(rows: list[Likelihoods]) -> str:
    """The likeliest character of each slot that its field allows, whether or not check digits fit; lines apart.

    For a person who compares it with the page, never for a gate. Empty where the rows are no form of a zone.
    """
    lengths = {len(row) for row in rows}
    looks = np.concatenate(rows)
    form = _form(looks, len(rows)) if len(lengths) == 1 else None
    if form is None:
        return ""
    places = np.where(_allowed(form, len(looks)), looks, -np.inf).argmax(axis=1)
    zone = "".join(ALPHABET[n] for n in places)
    (length,) = lengths
    return "\n".join(zone[start : start + length] for start in range(0, len(zone), length))


def _form(looks: Likelihoods, lines: int) -> Form | None:
    zone = [ALPHABET[n] for n in looks.argmax(axis=1)]
    zone[0:1] = _likeliest(looks[0:1], _FIRST)
    if lines == 3 and zone[0] == "C":
        # A state's code has letters where the number of a Chinese permit has digits: whichever is likelier in both.
        first, second = (looks[3:5, _of(kind)] for kind in (_LETTERS, _DIGITS))
        kind = _LETTERS if first.max(axis=1).sum() > second.max(axis=1).sum() else _DIGITS
        zone[3:5] = _likeliest(looks[3:5], kind)
        if kind is _LETTERS:
            zone[2:3] = _likeliest(looks[2:3], _LETTERS)
            zone[46:56] = _likeliest(looks[46:56], _DIGITS) if "".join(zone[2:5]) == "CHN" else zone[46:56]
    try:
        return form_of("".join(zone))
    except DocumentError:
        return None


def _of(characters: str) -> list[int]:
    return [_PLACE[character] for character in characters]


def _likeliest(looks: Likelihoods, characters: str) -> list[str]:
    return [characters[n] for n in looks[:, _of(characters)].argmax(axis=1)]


def _allowed(form: Form, length: int) -> NDArray[np.bool_]:
    """(slots, 37): what each slot may hold."""
    allowed = np.ones((length, len(ALPHABET)), bool)

    def only(where: slice | int | None, characters: str) -> None:
        if where is not None:
            allowed[where] = False
            part = slice(where, where + 1) if isinstance(where, int) else where
            allowed[part, _of(characters)] = True

    only(0, _FIRST)
    only(1, _LETTERS + "<")
    for where in (form.names, form.issuer, form.nationality):
        only(where, _LETTERS + "<")
    for where in (form.birth, form.expiry, form.count):
        only(where, _DIGITS + "<")
    only(form.sex, "MF<X")
    for check in form.checks.values():
        only(check.at, _DIGITS + "<")
    if form.kind in {DocumentKind.HKM_PERMIT, DocumentKind.TAIWAN_PERMIT}:
        only(form.number, _DIGITS + "<")
        if form.kind is DocumentKind.HKM_PERMIT:
            only(form.number.start, "HM")
        if form.checks:
            only(form.birth_century, _LETTERS + "<")
    return allowed


def _tell_o_from_0(looks: Likelihoods, shapes: Shapes, allowed: NDArray[np.bool_]) -> None:
    """Where both are allowed and one of them is likeliest, shares what both have by the slot's shape."""
    letter, digit = _PLACE["O"], _PLACE["0"]
    ring = np.isin(looks.argmax(axis=1), (letter, digit)) & np.isfinite(shapes)
    letters = shapes[ring & allowed[:, letter] & ~allowed[:, digit]]
    digits = shapes[ring & allowed[:, digit] & ~allowed[:, letter]]
    either = ring & allowed[:, digit] & allowed[:, letter]
    odds = np.full(int(either.sum()), _DIGIT_BEFOREHAND)
    if len(letters) or len(digits):
        as_letter = letters.mean() if len(letters) else digits.mean() - _SHAPE_STEP
        as_digit = digits.mean() if len(digits) else letters.mean() + _SHAPE_STEP
        if as_digit - as_letter > _SHAPES_APART:
            # From 0 at the letter's shape to 1 at the digit's.
            place = (shapes[either] - as_letter) / (as_digit - as_letter)
            odds += np.clip(2 * place - 1, -1.0, 1.0) * _SHAPE_WEIGHT
    both = np.logaddexp(looks[either, letter], looks[either, digit])
    looks[either, digit] = both - np.logaddexp(0.0, -odds)
    looks[either, letter] = both - np.logaddexp(0.0, odds)


def _name_then_fillers(looks: Likelihoods) -> None:
    """After three fillers in a row nothing but fillers comes (9303-3, 4.6): blurred ones look like letters."""
    filler = _PLACE["<"]
    fillers = looks.argmax(axis=1) == filler
    three = np.flatnonzero(fillers[:-2] & fillers[1:-1] & fillers[2:])
    if not len(three):
        return
    tail = looks[three[0] :]
    # A letter that is beyond doubt stays one, and the zone is then as doubtful as this filler is.
    doubtful = tail[:, filler] > _LEAST_OF_A_FILLER
    tail[doubtful, :filler] = -np.inf
    tail[doubtful, filler] = 0.0
    tail[~doubtful, :] = _LEAST_OF_A_FILLER


@dataclass(frozen=True, slots=True, order=True)
class _Way:
    """Some slots with other characters than the likeliest, and what that loses."""

    loss: float
    changes: tuple[tuple[int, str], ...] = ()


def _settled(looks: Likelihoods, form: Form) -> str | None:
    """The likeliest zone whose check digits all fit; None where there is none, or one about as likely."""
    likeliest = [ALPHABET[n] for n in looks.argmax(axis=1)]
    composite = form.checks.get("composite")
    loose = set() if composite is None else _slots(composite)
    choices: list[list[_Way]] = []
    for name, check in form.checks.items():
        if name == "composite" or (name == "number" and form.overflow is not None and likeliest[check.at] == "<"):
            continue
        slots = _slots(check)
        loose -= slots
        ways = _ways([_at(looks, slot) for slot in sorted(slots)], likeliest, check.fits, _MOST_WAYS)
        if not ways:
            return None
        choices.append(ways)
    choices += [_at(looks, slot) for slot in sorted(loose)]
    fits = (lambda _: True) if composite is None else composite.fits
    found = _ways(choices, likeliest, fits, 2)
    if not found or found[0].loss > _MOST_LOSS or (len(found) == 2 and found[1].loss - found[0].loss < _DOUBT):
        return None
    return _with(likeliest, found[0])


def _slots(check: Check) -> set[int]:
    return {check.at} | {slot for part in check.over for slot in range(part.start, part.stop)}


def _at(looks: Likelihoods, slot: int) -> list[_Way]:
    """What may stand in a slot, the likeliest first; nothing that is out of the question."""
    order = np.argsort(-looks[slot])[:_MOST_OTHERS]
    losses = looks[slot, order[0]] - looks[slot, order]
    return [
        _Way(float(loss), ((slot, ALPHABET[n]),) if at else ())
        for at, (n, loss) in enumerate(zip(order.tolist(), losses.tolist(), strict=True))
        if loss <= _SEARCHED
    ]


def _ways(choices: list[list[_Way]], likeliest: list[str], fits: Callable[[str], bool], most: int) -> list[_Way]:
    """The `most` ways with the least loss, one choice of each list, that fit; least first."""
    start = (sum(ways[0].loss for ways in choices), (0,) * len(choices))
    found: list[_Way] = []
    waiting, met = [start], {start[1]}
    for _ in range(_MOST_TRIED):
        if not waiting or len(found) == most:
            break
        loss, picks = heapq.heappop(waiting)
        picked = [ways[pick] for ways, pick in zip(choices, picks, strict=True)]
        way = _Way(loss, tuple(change for each in picked for change in each.changes))
        if fits(_with(likeliest, way)):
            found.append(way)
        for at, (ways, pick) in enumerate(zip(choices, picks, strict=True)):
            further = (*picks[:at], pick + 1, *picks[at + 1 :])
            if pick + 1 < len(ways) and further not in met:
                more = loss + ways[pick + 1].loss - ways[pick].loss
                if more <= _SEARCHED:
                    met.add(further)
                    heapq.heappush(waiting, (more, further))
    return found


def _with(likeliest: list[str], way: _Way) -> str:
    zone = likeliest.copy()
    for slot, character in way.changes:
        zone[slot] = character
    return "".join(zone)

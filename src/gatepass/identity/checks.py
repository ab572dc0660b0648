"""Check characters, and what a wrong one tells about the slip that made it.

ISO 7064 MOD 11-2     citizen numbers, residence numbers, permanent residence numbers of 2023
7-3-1 (ICAO 9303-3)   machine-readable zones, permanent residence numbers of 2017
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import mul
from typing import Final, Literal

_WEIGHTS_11_2: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHARACTERS_11_2: Final = "10X98765432"

_MOST_PLACES: Final = 4
"""More places than these are no help to somebody who looks at a card again."""

_VALUE_OF: Final = {"<": 0} | {
    character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}


def mod_11_2(seventeen: str) -> str:
    """The eighteenth character for 17 ASCII digits. The caller has made sure that they are."""
    return _CHARACTERS_11_2[sum(map(mul, map(int, seventeen), _WEIGHTS_11_2)) % 11]


def icao(text: str) -> str:
    """The check digit of a text of A to Z, 0 to 9 and `<` (counted as 0), weights 7, 3, 1 in turn."""
    values = [_VALUE_OF[character] for character in text]
    return str((7 * sum(values[::3]) + 3 * sum(values[1::3]) + sum(values[2::3])) % 10)


def slips(number: str, fits: Callable[[str], bool]) -> dict[str, str]:
    """Where one slip of the finger would explain why `number` does not fit. Positions count from 1.

        swapped   "7-8"    neighbours that may have changed places (several: "7-8,11-12")
        mistyped  "3,18"   characters of which one may be wrong
        slip      transposition | digit | unknown: the kind of the first that was found, in this order

    Never the number that would be right: several would be, and a guard must look at the document again. A swap is
    named first because few pairs explain it by chance, while one wrong digit can nearly always be meant.
    """
    swapped = [
        f"{at + 1}-{at + 2}"
        for at in range(len(number) - 1)
        if number[at] != number[at + 1] and fits(f"{number[:at]}{number[at + 1]}{number[at]}{number[at + 2 :]}")
    ]
    mistyped = [
        str(at + 1)
        for at in range(len(number))
        if any(fits(f"{number[:at]}{other}{number[at + 1 :]}") for other in _likely_for(number, at))
    ]
    slip = "transposition" if swapped else "digit" if mistyped else "unknown"
    return {"slip": slip, "swapped": ",".join(swapped), "mistyped": ",".join(mistyped)}


def place_of_slip(fields: Mapping[str, str | int]) -> tuple[Literal["swapped", "mistyped"], str] | None:
    """Where to look first, by the fields of a `DocumentError`: ("swapped", "7-8") or ("mistyped", "11, 12").

    None where there is nothing to point at: a check character alone can be put right at nearly every place.
    """
    swapped, mistyped = (str(fields.get(name, "")).split(",") for name in ("swapped", "mistyped"))
    if swapped != [""] and len(swapped) <= _MOST_PLACES:
        return "swapped", ", ".join(swapped)
    if mistyped != [""] and len(mistyped) <= _MOST_PLACES:
        return "mistyped", ", ".join(mistyped)
    return None


def _likely_for(number: str, at: int) -> str:
    if number[at].isdigit() or number[at] == "X":
        return "0123456789X" if at == len(number) - 1 else "0123456789"
    return ""

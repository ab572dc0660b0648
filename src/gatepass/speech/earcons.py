"""The three short sounds before the sentence: people who hear no word of it still hear which of three it was.

Pass rises (a fifth up), hold repeats one middle note, refuse falls (a third down, lower and longer). All are soft and
last about half a second: a gate is not an alarm.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gatepass.speech.sound import Sound

_RATE: Final = 48_000
_LEVEL: Final = 0.35

# Notes as (frequency in Hz, start in s, length in s).
RECIPES: Final[dict[str, tuple[tuple[float, float, float], ...]]] = {
    "pass": ((523.25, 0.0, 0.16), (783.99, 0.11, 0.32)),
    "hold": ((587.33, 0.0, 0.15), (587.33, 0.2, 0.25)),
    "refuse": ((440.0, 0.0, 0.2), (349.23, 0.18, 0.42)),
}


def earcon(outcome: str) -> Sound:
    """The sound of `outcome`: pass, hold or refuse. KeyError for another."""
    recipe = RECIPES[outcome]
    samples = np.zeros(int(_RATE * max(start + length for _, start, length in recipe)))
    for frequency, start, length in recipe:
        note = _note(frequency, length)
        begin = int(start * _RATE)
        samples[begin : begin + len(note)] += note[: len(samples) - begin]
    return Sound(samples * _LEVEL / np.max(np.abs(samples)), _RATE)


def fingerprint(outcome: str) -> str:
    return hashlib.sha256(repr((RECIPES[outcome], _RATE, _LEVEL)).encode()).hexdigest()


def _note(frequency: float, length: float) -> NDArray[np.float64]:
    time = np.arange(int(_RATE * length)) / _RATE
    # A fundamental and two quiet harmonics sound like wood; small loudspeakers still carry them.
    tone = sum(weight * np.sin(2 * np.pi * frequency * n * time) for n, weight in ((1, 1.0), (2, 0.3), (3, 0.12)))
    attack = np.minimum(1.0, time / 0.008)
    release = np.minimum(1.0, (length - time) / 0.04)
    return np.asarray(tone * attack * release * np.exp(-4 * time / length), dtype=np.float64)

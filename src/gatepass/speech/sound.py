"""Sound as numbers: mono float samples within -1..1, their level, and the one loudness that all prompts have.

The target is -16 dBFS with no peak above -1 dBFS (research/vision-voice.md, section 4), so that nobody is startled by
the next prompt being louder. Level means active speech level, after the idea of ITU-T P.56: the RMS of the 20 ms
frames in which somebody speaks, so that a sentence with a pause in it is not made louder than one without.
"""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TARGET_LEVEL = -16.0
HIGHEST_PEAK = -1.0
# Opus does not keep peaks exactly: this much room leaves the decoded file below HIGHEST_PEAK.
_CEILING = 10 ** (-3.0 / 20)

_FRAME_SECONDS = 0.02
_ACTIVE_BELOW_LOUDEST = 30.0
_LIMITER_SECONDS = 0.004
_LEAD_SECONDS = 0.01
_TAIL_SECONDS = 0.12


@dataclass(frozen=True)
class Sound:
    samples: NDArray[np.float64]
    rate: int
    """Hz."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    @property
    def peak(self) -> float:
        """dBFS."""
        return _decibels(float(np.max(np.abs(self.samples), initial=0.0)))

    @property
    def level(self) -> float:
        """Active speech level, dBFS."""
        energies = self._frames()
        if not energies.size or energies.max() == 0:
            return _decibels(0.0)
        active = energies[energies > energies.max() * 10 ** (-_ACTIVE_BELOW_LOUDEST / 10)]
        return _decibels(float(np.sqrt(active.mean())))

    def _frames(self) -> NDArray[np.float64]:
        size = int(self.rate * _FRAME_SECONDS)
        whole = self.samples[: len(self.samples) // size * size].reshape(-1, size)
        return np.asarray((whole**2).mean(axis=1), dtype=np.float64)


def even(sound: Sound) -> Sound:
    """`sound` without its silence at both ends and at the one loudness. The first sound begins after 10 ms."""
    trimmed = _trim(sound)
    evened = trimmed
    # The limiter takes some level away, so the gain is corrected a few times until both figures hold.
    gain = TARGET_LEVEL - trimmed.level
    for _ in range(6):
        evened = Sound(_limit(trimmed.samples * 10 ** (gain / 20), sound.rate), sound.rate)
        gain += TARGET_LEVEL - evened.level
    return evened


def read_wav(content: bytes) -> Sound:
    """A WAV file, 16-bit, as mono. ValueError for anything else."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"not a WAV file: {error}") from error
    if width != 2 or not channels or not rate:
        raise ValueError("a recording must be a 16-bit WAV file")
    samples = np.frombuffer(frames[: len(frames) // (2 * channels) * 2 * channels], dtype="<i2").astype(np.float64)
    return Sound(samples.reshape(-1, channels).mean(axis=1) / 32768, rate)


def write_wav(sound: Sound, path: Path) -> None:
    """16-bit mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes((np.clip(sound.samples, -1, 1) * 32767).round().astype("<i2").tobytes())


def _trim(sound: Sound) -> Sound:
    loudest = np.max(np.abs(sound.samples), initial=0.0)
    heard = np.flatnonzero(np.abs(sound.samples) > loudest * 0.01)
    if not heard.size or loudest == 0:
        raise ValueError("there is nothing but silence")
    begin = max(0, int(heard[0]) - int(_LEAD_SECONDS * sound.rate))
    end = int(heard[-1]) + int(_TAIL_SECONDS * sound.rate)
    kept = sound.samples[begin:end].copy()
    fade = min(int(_LEAD_SECONDS * sound.rate), len(kept))
    kept[:fade] *= np.linspace(0, 1, fade)
    kept[-fade:] *= np.linspace(1, 0, fade)
    return Sound(kept, sound.rate)


def _limit(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Peaks brought under the ceiling by a gain that moves smoothly, instead of being cut off.

    The gain at a sample is the mean, over a short window, of the least gain that any sample around needs: it is
    never more than the sample itself needs.
    """
    half = max(1, int(rate * _LIMITER_SECONDS / 2))
    needed = np.minimum(1.0, _CEILING / np.maximum(np.abs(samples), 1e-9))
    wide = np.pad(needed, 2 * half, mode="edge")
    least = np.lib.stride_tricks.sliding_window_view(wide, 2 * half + 1).min(axis=1)
    window = np.hanning(2 * half + 3)[1:-1]
    gain = np.convolve(least, window / window.sum(), mode="valid")
    return samples * gain


def _decibels(ratio: float) -> float:
    return float(20 * np.log10(max(ratio, 1e-6)))

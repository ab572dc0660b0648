"""A notice's sentence as sound for a loudspeaker: spoken by the synthesisers of `speech`, one loudness, a WAV file.

VoiceError `voice_missing`: this machine lacks the program that speaks the language (its sentence says which).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gatepass.centre.errors import RefusedError
from gatepass.languages import Language
from gatepass.speech.opus import ToolMissing
from gatepass.speech.sound import HIGHEST_PEAK, TARGET_LEVEL, even, write_wav
from gatepass.speech.voices import speak

LONGEST_S: Final = 40.0
"""What lasts longer is not heard to its end by somebody who walks by."""
SHORTEST_S: Final = 0.5
LEVEL_WITHIN: Final = 1.5
"""dB around the one loudness: outside it, something went wrong."""
MOST: Final = 300


@dataclass(frozen=True, slots=True)
class Spoken:
    wav: bytes
    seconds: float
    level: float
    peak: float


def spoken(sentence: str, language: Language) -> Spoken:
    """RefusedError `voice_missing`, `voice_long`, `voice_wrong` (level or peak out of bounds)."""
    try:
        sound = even(speak(sentence[:MOST], language))
    except ToolMissing as error:
        raise RefusedError("voice_missing", what=str(error)) from error
    except ValueError as error:
        raise RefusedError("voice_wrong") from error
    if sound.seconds > LONGEST_S:
        raise RefusedError("voice_long", seconds=round(sound.seconds), most=round(LONGEST_S))
    if sound.seconds < SHORTEST_S or abs(sound.level - TARGET_LEVEL) > LEVEL_WITHIN or sound.peak > HIGHEST_PEAK:
        raise RefusedError("voice_wrong")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "spoken.wav"
        write_wav(sound, target)
        return Spoken(target.read_bytes(), sound.seconds, sound.level, sound.peak)

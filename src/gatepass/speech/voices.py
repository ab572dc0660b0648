"""The synthesisers: espeak-ng for four languages, Open JTalk for Japanese. Makeshift voices, until people lend theirs.

espeak-ng's plain `cmn` voice reads pinyin letters in English (espeak-ng issue 1236): only `cmn-latn-pinyin` is used.
Its Japanese voice says "Chinese letter" for every kanji, so Japanese is spoken by pyopenjtalk-plus (voice "Mei").
"""

from __future__ import annotations

import importlib
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from gatepass.languages import Language
from gatepass.speech.opus import ToolMissing, tool
from gatepass.speech.sound import Sound, read_wav

# Voice and words a minute: slower than the default 175, for old ears and a noisy street.
_ESPEAK: Final[dict[Language, tuple[str, int]]] = {
    "zh-Hans": ("cmn-latn-pinyin", 165),
    "zh-Hant": ("cmn-latn-pinyin", 165),
    "en": ("en-gb", 150),
    "ko": ("ko", 165),
}
# At espeak-ng's default amplitude some phonemes are cut off; the level is set afterwards.
_ESPEAK_AMPLITUDE: Final = 60


def speak(text: str, language: Language) -> Sound:
    """`text` as sound. Raises ToolMissing."""
    if language in _ESPEAK:
        return _espeak(text, *_ESPEAK[language])
    voice = _open_jtalk()
    samples, rate = voice.tts(text, speed=0.95)
    return Sound(np.asarray(samples, dtype=np.float64) / 32768, int(rate))


def engine(language: Language) -> str:
    """Name, version and voice for the manifest. Raises ToolMissing."""
    if language in _ESPEAK:
        program = tool("espeak-ng", package="espeak-ng")
        told = subprocess.run([program, "--version"], check=True, capture_output=True, text=True, timeout=20).stdout
        version = told.split("text-to-speech:")[-1].split()[0]
        return f"espeak-ng {version} {_ESPEAK[language][0]}"
    return f"pyopenjtalk-plus {_open_jtalk().__version__} mei"


def _espeak(text: str, voice: str, words_a_minute: int) -> Sound:
    program = tool("espeak-ng", package="espeak-ng")
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "spoken.wav"
        command = [program, "-v", voice, "-s", str(words_a_minute), "-a", str(_ESPEAK_AMPLITUDE), "-w", str(wav)]
        subprocess.run([*command, "--", text], check=True, capture_output=True, timeout=60)
        return read_wav(wav.read_bytes())


def _open_jtalk() -> Any:
    try:
        return importlib.import_module("pyopenjtalk")
    except ImportError as error:
        raise ToolMissing("pyopenjtalk-plus is not installed: it is the dependency group `voice`") from error

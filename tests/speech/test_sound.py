"""One loudness for every voice, measured on signals whose loudness is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gatepass.speech.sound import HIGHEST_PEAK, TARGET_LEVEL, Sound, even, read_wav, write_wav

RATE = 22_050


def tone(seconds: float, amplitude: float, frequency: float = 220) -> Sound:
    return Sound(amplitude * np.sin(2 * np.pi * frequency * np.arange(int(RATE * seconds)) / RATE), RATE)


def speech_like() -> Sound:
    """Syllables with sharp attacks: a crest factor like that of a voice."""
    random = np.random.default_rng(7)
    syllables = [tone(0.15, 1.0, 180).samples * np.exp(-np.linspace(0, 6, int(RATE * 0.15))) for _ in range(10)]
    return Sound(np.concatenate(syllables) * random.uniform(0.7, 1.0, int(RATE * 0.15) * 10), RATE)


def test_the_level_of_a_full_sine_is_minus_three_decibels() -> None:
    assert tone(1, 1.0).level == pytest.approx(-3.01, abs=0.05)
    assert tone(1, 1.0).peak == pytest.approx(0, abs=0.01)


def test_a_pause_makes_a_sentence_no_quieter() -> None:
    spoken = tone(1, 0.3)
    with_pause = Sound(np.concatenate([spoken.samples, np.zeros(RATE), spoken.samples]), RATE)
    assert with_pause.level == pytest.approx(spoken.level, abs=0.1)


@pytest.mark.parametrize("gain", [0.01, 0.3, 1.0])
def test_quiet_and_loud_voices_come_out_alike(gain: float) -> None:
    voice = speech_like()
    evened = even(Sound(voice.samples * gain, RATE))
    assert evened.level == pytest.approx(TARGET_LEVEL, abs=0.5)
    assert evened.peak <= HIGHEST_PEAK


def test_the_first_sound_comes_at_once() -> None:
    late = Sound(np.concatenate([np.zeros(RATE), tone(1, 0.3).samples, np.zeros(RATE)]), RATE)
    evened = even(late)
    assert evened.seconds == pytest.approx(1.13, abs=0.02)
    assert np.argmax(np.abs(evened.samples) > 0.01) < 0.015 * RATE


def test_silence_is_no_prompt() -> None:
    with pytest.raises(ValueError, match="silence"):
        even(Sound(np.zeros(RATE), RATE))


def test_a_wav_file_comes_back_as_it_was(tmp_path: Path) -> None:
    sound = tone(0.1, 0.5)
    write_wav(sound, tmp_path / "a.wav")
    again = read_wav((tmp_path / "a.wav").read_bytes())
    assert again.rate == RATE
    assert np.allclose(again.samples, sound.samples, atol=1e-4)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x00\x00\x00\x00WAVEfmt ", b"OggS" * 50])
def test_other_files_are_no_recording(content: bytes) -> None:
    with pytest.raises(ValueError, match="WAV"):
        read_wav(content)

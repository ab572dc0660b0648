"""gatepass speech: what a maintainer and somebody with a microphone do."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from gatepass.speech import opus, rendering, voices
from gatepass.speech.commands import app
from gatepass.speech.opus import ToolMissing
from gatepass.speech.prompts import AUDIO, PROMPTS
from gatepass.speech.sound import TARGET_LEVEL, Sound, write_wav

has_opus = pytest.mark.skipif(
    shutil.which("opusenc") is None or shutil.which("opusdec") is None, reason="opus-tools is not installed"
)
has_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})
    return result.exit_code, result.output


def recording(path: Path, seconds: float = 1.5) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rate = 44_100
    wave = 0.02 * np.sin(2 * np.pi * 200 * np.arange(int(rate * seconds)) / rate)
    write_wav(Sound(wave, rate), path)


def test_the_shipped_prompts_are_up_to_date() -> None:
    assert run("check") == (0, "Every prompt is up to date.\n")


def test_the_script_for_a_speaker_lists_every_prompt() -> None:
    status, output = run("list", "--language", "ko")
    assert status == 0
    assert "지나가셔도 됩니다." in output
    for prompt in PROMPTS:
        assert f"ko/{prompt}.wav" in output
    assert run("list", "--language", "fr")[0] == 2


@has_opus
def test_a_human_recording_is_brought_to_the_common_loudness(tmp_path: Path) -> None:
    recording(tmp_path / "in" / "zh-Hans" / "pass.wav")
    status, output = run("adopt", tmp_path / "in", tmp_path / "prompts")
    assert status == 0, output
    heard = opus.decode(tmp_path / "prompts" / "zh-Hans" / "pass.opus")
    assert heard.level == pytest.approx(TARGET_LEVEL, abs=1)


@has_opus
def test_a_recording_that_is_none_is_refused_by_name_and_the_others_are_kept(tmp_path: Path) -> None:
    recording(tmp_path / "in" / "en" / "pass.wav")
    recording(tmp_path / "in" / "en" / "nonsense.wav")
    recording(tmp_path / "in" / "en" / "hold.wav", seconds=20)
    (tmp_path / "in" / "en" / "refuse.wav").write_bytes(b"not a sound")
    status, output = run("adopt", tmp_path / "in", tmp_path / "prompts")
    assert status == 1
    assert "3 refused" in output
    assert [file.name for file in (tmp_path / "prompts" / "en").iterdir()] == ["pass.opus"]


@has_opus
@has_espeak
def test_a_lost_prompt_is_rendered_again_alone_to_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "audio"
    shutil.copytree(AUDIO, folder)
    (folder / "ko" / "pass.opus").unlink()
    (folder / "en" / "no_prompt_any_more.opus").write_bytes(b"OggS")
    status, output = run("render", "--folder", folder)
    assert status == 0, output
    assert "1 rendered." in output
    assert not rendering.outdated(folder)
    assert not (folder / "en" / "no_prompt_any_more.opus").exists()
    assert run("render", "--folder", folder) == (0, "Every prompt is up to date.\n")
    first = (folder / "ko" / "pass.opus").read_bytes()
    (folder / "ko" / "pass.opus").unlink()
    run("render", "--folder", folder)
    assert (folder / "ko" / "pass.opus").read_bytes() == first


def test_a_missing_tool_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="apt install espeak-ng"):
        voices.speak("请通行。", "zh-Hans")
    with pytest.raises(ToolMissing, match="apt install opus-tools"):
        opus.encode(Sound(np.ones(100), 48_000), tmp_path / "a.opus")
    with pytest.raises(ToolMissing, match="apt install opus-tools"):
        opus.decode(tmp_path / "a.opus")
    status, output = run("render", "--folder", tmp_path / "empty")
    assert status == 1
    assert "apt install" in output


@has_opus
def test_what_is_no_opus_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "a.opus").write_bytes(b"OggS but no more")
    with pytest.raises(ValueError, match="not an Opus file"):
        opus.decode(tmp_path / "a.opus")

"""To Opus and back, by the tools of Debian's `opus-tools` (or ffmpeg for encoding). Rendering is a maintainer's act.

ToolMissing(tool)    says what to install
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from gatepass.speech.sound import Sound, read_wav, write_wav

KILOBITS: Final = 24
_SECONDS: Final = 60


class ToolMissing(RuntimeError):  # noqa: N818 - it is what it says
    """A program that rendering needs is not on PATH. The message names the package."""


def tool(*names: str, package: str) -> str:
    """The first of these programs that is on PATH. Raises ToolMissing."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise ToolMissing(f"{' or '.join(names)} is not installed. On Debian and Ubuntu: apt install {package}")


def encode(sound: Sound, target: Path) -> None:
    """`sound` as a mono Opus file of 24 kbit/s. The same sound gives the same bytes: no date, a fixed serial number."""
    encoder = tool("opusenc", "ffmpeg", package="opus-tools")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wav, opus = Path(folder) / "in.wav", Path(folder) / "out.opus"
        write_wav(sound, wav)
        if Path(encoder).name == "ffmpeg":
            command = [encoder, "-v", "error", "-i", str(wav), "-ac", "1", "-c:a", "libopus", "-b:a", f"{KILOBITS}k"]
            command += ["-map_metadata", "-1", "-fflags", "+bitexact", str(opus)]
        else:
            command = [encoder, "--quiet", "--bitrate", str(KILOBITS), "--cvbr", "--comp", "10", "--serial", "1"]
            command += ["--discard-comments", "--discard-pictures", "--padding", "0", str(wav), str(opus)]
        _run(command)
        # Into place in one step: a kiosk that asks meanwhile gets the old file or the new one.
        moved = target.with_suffix(".part")
        shutil.copyfile(opus, moved)
        moved.replace(target)


def decode(source: Path) -> Sound:
    """The Opus file as a player hears it. Raises ToolMissing, or ValueError where it is no Opus file."""
    decoder = tool("opusdec", package="opus-tools")
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "out.wav"
        try:
            _run([decoder, "--quiet", "--rate", "48000", "--no-dither", str(source), str(wav)])
        except subprocess.CalledProcessError as error:
            raise ValueError(f"{source.name} is not an Opus file") from error
        return read_wav(wav.read_bytes())


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)

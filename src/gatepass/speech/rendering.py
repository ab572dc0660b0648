"""Renders the shipped files: text, voice, one loudness, Opus; then each is decoded, measured and put on record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from gatepass.languages import LANGUAGES, Language
from gatepass.speech import earcons, opus, voices
from gatepass.speech.prompts import AUDIO, EARCON_FOLDER, EARCONS, PROMPTS, Rendered, manifest
from gatepass.speech.sound import Sound, even, read_wav

SHORTEST: Final = 0.5
LONGEST: Final = 8.0
"""Seconds. A longer sentence is not heard to its end by somebody who is walking."""


class Piece(msgspec.Struct, frozen=True):
    """One file to be rendered."""

    name: str
    """Path below the audio folder."""
    fingerprint: str
    make: Callable[[], Sound]
    engine: Callable[[], str]


def pieces() -> Iterator[Piece]:
    """Every file that belongs in the audio folder."""
    for language in LANGUAGES:
        for prompt, entry in PROMPTS.items():
            yield Piece(
                name=f"{language}/{prompt}.opus",
                fingerprint=entry.fingerprint(language),
                make=_spoken(entry.spoken(language), language),
                engine=_engine(language),
            )
    for outcome in EARCONS:
        yield Piece(
            name=f"{EARCON_FOLDER}/{outcome}.opus",
            fingerprint=earcons.fingerprint(outcome),
            make=_earcon(outcome),
            engine=lambda: "gatepass earcon",
        )


def outdated(folder: Path = AUDIO) -> list[Piece]:
    """The pieces whose file is missing, damaged or made from another wording."""
    known = manifest(folder)
    return [piece for piece in pieces() if not _is_current(piece, known.get(piece.name), folder)]


def render(wanted: list[Piece], folder: Path = AUDIO, *, on_done: Callable[[Piece, Rendered], None]) -> None:
    """Renders `wanted` into `folder`, and writes the manifest after each: an interrupted run loses one piece.

    Files that belong to no prompt any more are removed. Raises ToolMissing, ValueError for a sound out of bounds.
    """
    entries = manifest(folder)
    names = {piece.name for piece in pieces()}
    for stray in {path.relative_to(folder).as_posix() for path in folder.glob("*/*.opus")} - names:
        (folder / stray).unlink()
    for piece in wanted:
        entries[piece.name] = _render(piece, folder / piece.name)
        _write_manifest({name: entries[name] for name in sorted(entries) if name in names}, folder)
        on_done(piece, entries[piece.name])


def adopt(recording: bytes, target: Path) -> Sound:
    """A human recording (16-bit WAV) brought to the common loudness and encoded into `target`. Raises ValueError."""
    opus.encode(_plausible(even(read_wav(recording))), target)
    return opus.decode(target)


def _render(piece: Piece, target: Path) -> Rendered:
    opus.encode(piece.make(), target)
    heard = opus.decode(target)
    if not piece.name.startswith(EARCON_FOLDER):
        _plausible(heard)
    content = target.read_bytes()
    return Rendered(
        text=piece.fingerprint,
        engine=piece.engine(),
        seconds=round(heard.seconds, 3),
        level=round(heard.level, 1),
        peak=round(heard.peak, 1),
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _plausible(sound: Sound) -> Sound:
    if not SHORTEST <= sound.seconds <= LONGEST:
        raise ValueError(f"{sound.seconds:.1f} s is no plausible prompt: {SHORTEST} to {LONGEST} s")
    return sound


def _spoken(text: str, language: Language) -> Callable[[], Sound]:
    return lambda: even(voices.speak(text, language))


def _engine(language: Language) -> Callable[[], str]:
    return lambda: voices.engine(language)


def _earcon(outcome: str) -> Callable[[], Sound]:
    return lambda: earcons.earcon(outcome)


def _is_current(piece: Piece, entry: Rendered | None, folder: Path) -> bool:
    file = folder / piece.name
    if entry is None or entry.text != piece.fingerprint or not file.is_file():
        return False
    return hashlib.sha256(file.read_bytes()).hexdigest() == entry.sha256


def _write_manifest(entries: dict[str, Rendered], folder: Path) -> None:
    # One line per file, so that a changed prompt is one changed line in a review.
    lines = ",\n".join(
        f"{msgspec.json.encode(name).decode()}: {msgspec.json.encode(entry).decode()}"
        for name, entry in entries.items()
    )
    part = folder / "manifest.json.part"
    part.write_text(f"{{\n{lines}\n}}\n", "utf-8")
    part.replace(folder / "manifest.json")

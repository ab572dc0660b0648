"""The spoken prompts: their texts, and the file that says one in a language.

    PROMPTS[prompt]                          -> texts per language, and respellings for the synthesiser
    path(prompt, language, overrides)        -> the Opus file; a file in the overrides folder wins over ours
    earcon(outcome, overrides)               -> the short sound before it, different for pass, hold and refuse
    manifest()                               -> what was rendered from which text, by which engine, how loud

UnknownPrompt(prompt, language)              the only exception of `path` and `earcon`
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from gatepass.languages import LANGUAGES, Language

HERE: Final = Path(__file__).parent
AUDIO: Final = HERE / "audio"
EARCONS: Final = ("pass", "hold", "refuse")
EARCON_FOLDER: Final = "earcon"


class UnknownPrompt(LookupError):  # noqa: N818 - it is what it says; "Error" would add nothing
    """No such prompt, or no such language. Names come from requests: nothing outside the table becomes a path."""

    def __init__(self, prompt: str, language: str) -> None:
        super().__init__(f"no prompt {prompt[:40]!r} in {language[:20]!r}")


class Prompt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence in five languages."""

    texts: dict[Language, str]
    say: dict[Language, str] = msgspec.field(default_factory=dict)
    """What the synthesiser is given instead of the text, where it would misread it."""

    def spoken(self, language: Language) -> str:
        return self.say.get(language, self.texts[language])

    def fingerprint(self, language: Language) -> str:
        """SHA-256 over text and respelling: when it changes, the file must be rendered again."""
        return hashlib.sha256(f"{self.texts[language]}\n{self.spoken(language)}".encode()).hexdigest()


class Rendered(msgspec.Struct, frozen=True):
    """One line of the manifest."""

    text: str
    """`Prompt.fingerprint` of what was rendered; for an earcon, of its recipe."""
    engine: str
    seconds: float
    level: float
    """Active speech level, dBFS."""
    peak: float
    """dBFS, of the decoded file."""
    bytes: int
    sha256: str


def _read() -> Mapping[str, Prompt]:
    raw: dict[str, dict[str, Any]] = tomllib.loads((HERE / "prompts.toml").read_text("utf-8"))
    prompts = {
        prompt: {"texts": {key: value for key, value in entry.items() if key != "say"}, "say": entry.get("say", {})}
        for prompt, entry in raw.items()
    }
    read = msgspec.convert(prompts, dict[str, Prompt])
    gaps = [prompt for prompt, entry in read.items() if tuple(entry.texts) != LANGUAGES]
    if gaps:
        raise ValueError(f"prompts.toml: not in all five languages (in the order of LANGUAGES): {', '.join(gaps)}")
    return MappingProxyType(read)


PROMPTS: Final = _read()


def path(prompt: str, language: str, overrides: Path | None = None) -> Path:
    """The Opus file that says `prompt` in `language`. Raises UnknownPrompt.

    `overrides` is a folder of recorded prompts laid out as ours, `<language>/<prompt>.opus`. It may hold a single
    file: each prompt is looked for on its own. An empty file counts as none, because silence helps nobody.
    """
    if prompt not in PROMPTS or language not in LANGUAGES:
        raise UnknownPrompt(prompt, language)
    return _chosen(Path(language) / f"{prompt}.opus", overrides)


def earcon(outcome: str, overrides: Path | None = None) -> Path:
    """The Opus file of the sound that precedes the sentence of `outcome`. Raises UnknownPrompt."""
    if outcome not in EARCONS:
        raise UnknownPrompt(outcome, EARCON_FOLDER)
    return _chosen(Path(EARCON_FOLDER) / f"{outcome}.opus", overrides)


def manifest(folder: Path = AUDIO) -> dict[str, Rendered]:
    """The rendered files, by their path below the audio folder (`zh-Hans/pass.opus`). None in a folder without one."""
    file = folder / "manifest.json"
    if not file.is_file():
        return {}
    return msgspec.json.decode(file.read_bytes(), type=dict[str, Rendered])


def _chosen(name: Path, overrides: Path | None) -> Path:
    if overrides is not None:
        recorded = overrides / name
        try:
            if recorded.is_file() and recorded.stat().st_size > 0:
                return recorded
        except OSError:
            pass  # an unplugged stick must not silence the gate: ours is there
    return AUDIO / name

"""What the gate says: every sentence has its sound, made from the present wording and as loud as the next."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from gatepass.languages import LANGUAGES
from gatepass.speech import earcons, opus, rendering
from gatepass.speech.prompts import AUDIO, EARCON_FOLDER, EARCONS, PROMPTS, UnknownPrompt, earcon, manifest, path
from gatepass.speech.sound import HIGHEST_PEAK, TARGET_LEVEL

NAMES = [piece.name for piece in rendering.pieces()]
has_decoder = pytest.mark.skipif(shutil.which("opusdec") is None, reason="opusdec is not installed (opus-tools)")


def test_every_prompt_has_its_sound_in_five_languages() -> None:
    for prompt in PROMPTS:
        for language in LANGUAGES:
            assert path(prompt, language).read_bytes().startswith(b"OggS"), (prompt, language)
    for outcome in EARCONS:
        assert earcon(outcome).read_bytes().startswith(b"OggS")
    assert {file.relative_to(AUDIO).as_posix() for file in AUDIO.glob("*/*")} == set(NAMES), "a file of no prompt"


def test_every_sound_was_made_from_the_present_wording() -> None:
    late = [piece.name for piece in rendering.outdated()]
    assert not late, f"reworded or damaged, run `gatepass speech render`: {late}"


def test_a_changed_word_or_respelling_asks_for_a_new_rendering(tmp_path: Path) -> None:
    shutil.copytree(AUDIO, tmp_path / "audio")
    entries = json.loads((tmp_path / "audio" / "manifest.json").read_text("utf-8"))
    entries["ko/pass.opus"]["text"] = hashlib.sha256(b"another wording").hexdigest()
    (tmp_path / "audio" / "manifest.json").write_text(json.dumps(entries), "utf-8")
    (tmp_path / "audio" / "en" / "hold.opus").write_bytes(b"OggS torn")
    (tmp_path / "audio" / "ja" / "refuse.opus").unlink()
    late = {piece.name for piece in rendering.outdated(tmp_path / "audio")}
    assert late == {"ko/pass.opus", "en/hold.opus", "ja/refuse.opus"}
    pass_prompt = PROMPTS["pass"]
    assert pass_prompt.spoken("ko") != pass_prompt.texts["ko"]
    assert len({pass_prompt.fingerprint(language) for language in LANGUAGES}) == len(LANGUAGES)


def test_the_manifest_says_what_is_there() -> None:
    entries = manifest()
    assert list(entries) == sorted(NAMES)
    for name, entry in entries.items():
        content = (AUDIO / name).read_bytes()
        assert entry.bytes == len(content), name
        assert entry.sha256 == hashlib.sha256(content).hexdigest(), name
    assert sum(entry.bytes for entry in entries.values()) < 2_500_000, "the prompts are shipped in git"


def test_no_prompt_is_too_short_to_be_one_or_too_long_to_be_heard() -> None:
    for name, entry in manifest().items():
        shortest = 0.2 if name.startswith(EARCON_FOLDER) else rendering.SHORTEST
        assert shortest <= entry.seconds <= rendering.LONGEST, name


def test_every_voice_is_the_right_one() -> None:
    for name, entry in manifest().items():
        language = name.split("/")[0]
        if language.startswith("zh"):
            assert entry.engine.endswith("cmn-latn-pinyin"), "espeak-ng's cmn voice reads pinyin letters in English"
        elif language == "ja":
            assert entry.engine.startswith("pyopenjtalk-plus"), "espeak-ng cannot read kanji"
        elif language in {"en", "ko"}:
            assert entry.engine.startswith("espeak-ng")


def assert_loudness(name: str, level: float, peak: float) -> None:
    assert peak <= HIGHEST_PEAK, name
    if name.startswith(EARCON_FOLDER):
        assert -24 <= level <= -18, f"{name}: quieter than the voice, or it startles"
    else:
        assert abs(level - TARGET_LEVEL) <= 1, (name, level)


def test_all_prompts_are_equally_loud_by_the_manifest() -> None:
    for name, entry in manifest().items():
        assert_loudness(name, entry.level, entry.peak)


@has_decoder
@pytest.mark.slow
@pytest.mark.parametrize("language", [*LANGUAGES, EARCON_FOLDER])
def test_all_prompts_are_equally_loud_when_decoded(language: str) -> None:
    entries = manifest()
    for name in NAMES:
        if name.split("/")[0] == language:
            heard = opus.decode(AUDIO / name)
            assert_loudness(name, heard.level, heard.peak)
            assert abs(heard.seconds - entries[name].seconds) < 0.05, name


def test_a_recorded_prompt_wins_and_the_others_stay_ours(tmp_path: Path) -> None:
    recorded = tmp_path / "zh-Hans" / "pass.opus"
    recorded.parent.mkdir()
    recorded.write_bytes(b"OggS a human voice")
    (tmp_path / "zh-Hans" / "hold.opus").write_bytes(b"")
    assert path("pass", "zh-Hans", tmp_path) == recorded
    assert path("pass", "zh-Hant", tmp_path) == AUDIO / "zh-Hant" / "pass.opus"
    assert path("hold", "zh-Hans", tmp_path) == AUDIO / "zh-Hans" / "hold.opus", "an empty file is no prompt"
    assert path("pass", "zh-Hans", tmp_path / "nowhere") == AUDIO / "zh-Hans" / "pass.opus"
    assert earcon("pass", tmp_path) == AUDIO / "earcon" / "pass.opus"


@pytest.mark.parametrize(
    ("prompt", "language"),
    [("unheard_of", "en"), ("pass", "fr"), ("../../pass", "en"), ("pass", ".."), ("", ""), ("pass", "earcon")],
)
def test_a_name_outside_the_table_never_becomes_a_path(prompt: str, language: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownPrompt):
        path(prompt, language, tmp_path)


@pytest.mark.parametrize("outcome", ["again", "../en/pass", ""])
def test_an_earcon_of_no_outcome_is_unknown(outcome: str) -> None:
    with pytest.raises(UnknownPrompt):
        earcon(outcome)


def test_the_three_earcons_are_told_apart_without_hearing_well() -> None:
    pitches = {outcome: [note[0] for note in recipe] for outcome, recipe in earcons.RECIPES.items()}
    assert pitches["pass"][1] > pitches["pass"][0]
    assert pitches["hold"][1] == pitches["hold"][0]
    assert pitches["refuse"][1] < pitches["refuse"][0]
    assert all(earcons.earcon(outcome).seconds <= 0.6 for outcome in EARCONS)


def test_the_documentation_lists_every_prompt_as_it_is_spoken() -> None:
    page = (Path(__file__).parents[2] / "docs" / "prompts.md").read_text("utf-8")
    assert f"The gate says {len(PROMPTS)} sentences in five languages" in page
    for prompt, entry in PROMPTS.items():
        assert f"| `{prompt}` | {' | '.join(entry.texts[language] for language in LANGUAGES)} |\n" in page


def test_the_voices_are_attributed() -> None:
    notice = (Path(__file__).parents[2] / "NOTICE").read_text("utf-8")
    assert 'HTS Voice "Mei"' in notice
    assert "creativecommons.org/licenses/by/3.0" in notice
    assert "espeak-ng" in notice

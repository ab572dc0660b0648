"""The reviewers' pages: every string in five languages, with where it is used and a picture where there is one."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from gatepass.centre.notices.ready_made import READY_MADE
from gatepass.languages import LANGUAGES
from gatepass.policy.reasons import REASONS
from gatepass.speech.prompts import PROMPTS
from gatepass.texts import Text, pictures_of, shown_on, texts, write

pytestmark = pytest.mark.slow


@cache
def every_text() -> list[Text]:
    """Found once, by reading the sources of the whole house: for seconds, and not while tests are only collected."""
    return list(texts())


def of(room: str) -> dict[str, Text]:
    return {text.key: text for text in every_text() if text.room == room}


def test_every_source_of_strings_is_there_and_whole() -> None:
    assert {f"reason.{code}.word" for code in REASONS} <= set(of("policy/reasons.toml"))
    assert len(of("policy/reasons.toml")) >= 3 * len(REASONS)
    assert set(PROMPTS) <= set(of("speech/prompts.toml"))
    assert "kiosk.sound_on" in of("gate/pages/words.toml")
    assert len([text for text in every_text() if text.room == "finished notices"]) == 3 * len(READY_MADE)
    assert of("centre/alarms")["Alarms"].words["ko"] == "경보"
    assert not [text for text in every_text() if any(not text.words[language].strip() for language in LANGUAGES)]


def test_a_string_finds_the_picture_on_which_it_stands(tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(b"png")
    said = {"language": "ko", "words": "경보\n새 경보가 메시지로  전달됩니다."}
    (tmp_path / "one.json").write_text(json.dumps(said), "utf-8")
    (tmp_path / "alone.json").write_text(json.dumps(said), "utf-8")
    known = pictures_of(tmp_path)
    assert [one.file.name for one in known] == ["one.png"]
    assert shown_on("새 경보가 메시지로 전달됩니다.", "ko", known) == tmp_path / "one.png"
    assert shown_on("새 경보가 메시지로 전달됩니다.", "ja", known) is None
    assert shown_on("경보", "ko", known) is None  # too short to be told from another


def test_the_pages_open_without_a_network_and_escape_what_they_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepass.texts.texts", every_text)
    counts = write(tmp_path / "out")
    assert (counts["gaps"], counts["with a picture"]) == (0, 0)
    assert counts["strings"] == len(every_text())
    index = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "Reviewed by: none yet" in index
    assert "centre-alarms.html" in index
    page = (tmp_path / "out" / "centre-notices.html").read_text("utf-8")
    assert 'lang="zh-Hant"' in page
    assert "http" not in page.replace("https://example", "")[: page.index("<tbody>")]
    assert "<script" not in page

"""`./gatepass verify`: the gate's own judgement, in words, from a text, a pipe or a picture."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path

import pytest
import segno
from PIL import Image
from tests.credentials.town import DAY, HOUR, NOON, SERIAL, TRUST, WANG_KEY, dynamic, paper
from tests.directory.test_fetching import Town
from typer import BadParameter
from typer.testing import CliRunner

from gatepass.cli import app
from gatepass.credentials import Format, TrustList, serials
from gatepass.credentials.verdicts import CodeKind
from gatepass.directory.lists import TRUST_FILE
from gatepass.languages import LANGUAGES
from gatepass.policy.reasons import OUTCOMES, REASONS
from gatepass.verify import run, words

PASS, PROBLEM, HOLD, REFUSE = 0, 2, 3, 4


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    file = tmp_path / "trust.json"
    file.write_bytes(TRUST.encode())
    return file


def verify(
    trust: Path, text: str | None = None, *, image: Path | None = None, language: str = "en", at: datetime = NOON
) -> int:
    return run(text, image, trust, at, language, as_json=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_is_told_in_the_language_that_was_asked_for(
    trust: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    assert verify(trust, dynamic(made=NOON - DAY), language=language) == REFUSE
    told = capsys.readouterr().out
    assert told.startswith(f"{OUTCOMES['refuse'][language]}  code_screenshot\n")
    assert REASONS["code_screenshot"].texts[language].guard in told
    assert words().kind["dynamic"][language] in told
    assert words().format["gatepass"][language] in told
    assert serials.written(SERIAL) in told
    assert "杭州市上城区" in told
    assert WANG_KEY.hex() not in told


def test_every_word_that_a_verdict_may_need_is_there() -> None:
    assert set(words().format) == {each.value for each in Format}
    assert set(words().kind) == {each.value for each in CodeKind}
    assert set(words().label) == {"format", "kind", "issuer", "serial", "issued", "expires", "made"}
    assert set(words().problem) == {"no_trust", "trust_damaged", "picture", "no_code_in_picture"}


def test_the_status_tells_a_script_what_the_words_tell_a_person(trust: Path) -> None:
    assert verify(trust, paper()) == PASS
    assert verify(trust, paper(), at=NOON + 190 * DAY) == HOLD
    assert verify(trust, "https://example.org") == HOLD
    assert verify(trust, dynamic(made=NOON - HOUR)) == REFUSE


def test_all_reasons_are_told_the_gravest_first(trust: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(trust, dynamic(), at=NOON + 30 * DAY) == REFUSE
    told = capsys.readouterr().out
    assert told.index("code_screenshot") < told.index("(code_grant_expired)")


def test_json_has_everything_on_one_line(trust: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(paper(), None, trust, NOON, "en", as_json=True) == PASS
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["outcome"], told["reasons"], told["format"]) == ("pass", ["code_valid"], "gatepass")
    assert told["credential"]["person"] == WANG_KEY.hex()
    assert told["credential"]["expires"] == "2027-05-22T04:00:00+00:00"
    assert run("rubbish", None, trust, NOON, "en", as_json=True) == HOLD
    assert json.loads(capsys.readouterr().out)["credential"] is None


def test_a_pipe_is_read_to_its_end_and_its_line_end_is_no_part_of_the_code(trust: Path) -> None:
    def piped(content: str) -> int:
        arguments = ["verify", "--trust", str(trust), "--at", "2026-11-23T12:00:00", "-"]
        return CliRunner().invoke(app, arguments, input=content).exit_code

    assert [piped(paper() + end) for end in ("", "\n", "\r\n", "\n\n")] == [PASS, PASS, PASS, HOLD]
    assert piped("A" * 200_000) == HOLD


def test_codes_are_found_in_a_picture_and_all_are_told(
    trust: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = Image.new("L", (1000, 500), 255)
    for place, text in enumerate([paper(), dynamic(made=NOON - DAY)]):
        drawn = io.BytesIO()
        segno.make(text, error="m").save(drawn, kind="png", scale=5, border=4)
        sheet.paste(Image.open(drawn).convert("L"), (20 + place * 500, 20))
    sheet.save(tmp_path / "photo.jpg", quality=70)
    assert verify(trust, image=tmp_path / "photo.jpg") == REFUSE
    told = capsys.readouterr().out
    assert told.count(words().label["format"]["en"]) == 2
    assert "code_valid" in told
    assert "code_screenshot" in told


def test_what_is_no_picture_or_has_no_code_is_said(
    trust: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("L", (300, 300), 255).save(tmp_path / "white.png")
    (tmp_path / "text.png").write_text("no picture")
    for name, problem in (("white.png", "no_code_in_picture"), ("text.png", "picture"), ("missing.png", "picture")):
        assert verify(trust, image=tmp_path / name) == PROBLEM
        assert capsys.readouterr().err.strip() == words().problem[problem]["en"]


def test_a_gate_and_a_centre_judge_alike_and_know_what_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town = Town(tmp_path / "town")
    town.publisher.publish_file(TRUST_FILE, TRUST.encode())
    town.subscriber.refresh()
    gate, centre = tmp_path / "gate", tmp_path / "centre"
    gate.mkdir()
    (gate / "directory").symlink_to(town.store.folder)
    centre.mkdir()
    (centre / "updates").symlink_to(town.publisher.folder)
    folders = (gate, gate / "directory", centre)
    assert [verify(folder, paper()) for folder in folders] == [PASS] * 3
    town.publisher.revoke([SERIAL])
    assert [verify(folder, paper()) for folder in folders] == [PASS, PASS, REFUSE]
    town.subscriber.refresh()
    capsys.readouterr()
    assert [verify(folder, paper()) for folder in folders] == [REFUSE] * 3
    assert capsys.readouterr().out.count("code_revoked") == 3


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda _: None, "no_trust"),
        (lambda place: place.mkdir(), "no_trust"),
        (lambda place: place.write_text("rubbish"), "trust_damaged"),
        (lambda place: (place / "updates" / "repository").mkdir(parents=True), "trust_damaged"),
    ],
)
def test_without_a_trust_list_nothing_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make, problem
) -> None:
    make(tmp_path / "there")
    assert verify(tmp_path / "there", paper(), language="ja") == PROBLEM
    assert capsys.readouterr().err.strip() == words().problem[problem]["ja"]


def test_an_empty_list_in_a_file_believes_nobody(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_bytes(TrustList().encode())
    assert verify(tmp_path / "empty.json", paper()) == HOLD


def test_a_damaged_list_of_lost_codes_stops_the_judgement(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.publisher.publish_file(TRUST_FILE, TRUST.encode())
    town.publisher.revoke([SERIAL])
    town.subscriber.refresh()
    (town.store.folder / "files" / "revocations-0.list").write_bytes(b"GPREV")
    assert verify(town.store.folder, paper()) == PROBLEM


def test_wrong_options_are_explained(trust: Path) -> None:
    for text, image, language in ((None, None, "en"), (paper(), Path("x.png"), "en"), (paper(), None, "fr")):
        with pytest.raises(BadParameter):
            verify(trust, text, image=image, language=language)


def test_help_shows_an_example() -> None:
    shown = CliRunner().invoke(app, ["verify", "--help"])
    assert shown.exit_code == 0
    assert "./gatepass verify --trust" in shown.output

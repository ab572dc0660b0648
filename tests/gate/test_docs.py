"""docs/gate.md against the code: every setting, command, state, file, message and call is there, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from gatepass.gate import faces, looking, portraits
from gatepass.gate.commands import app
from gatepass.gate.health import NOT_READY
from gatepass.gate.problems import sentences
from gatepass.gate.settings import GateSettings
from gatepass.policy import FaceRule
from gatepass.policy.reasons import REASONS
from gatepass.vision import quality

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "gate.md").read_text("utf-8")


def test_every_setting_is_listed_with_its_default() -> None:
    listed = dict(re.findall(r"^\| `GATEPASS_GATE_([A-Z0-9_]+)` \| `([^`]*)` \|", TEXT, re.MULTILINE))
    expected = {
        name.upper(): f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
        for name, field in GateSettings.model_fields.items()
    }
    assert listed == expected


def test_every_state_is_explained_in_its_order_of_gravity() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| .* \| .* \|$", TEXT.split("## What the lamps mean")[1], re.MULTILINE)
    states = [row for row in rows if row in sentences()["state"]]
    assert set(states) == set(sentences()["state"]) - {"not_running"}
    assert set(states[: len(NOT_READY)]) == NOT_READY


@pytest.mark.parametrize("name", sorted(get_command(app).commands))  # type: ignore[attr-defined]
def test_every_command_is_shown_and_has_an_example(name: str) -> None:
    assert f"gatepass gate {name} " in TEXT or f"gatepass gate {name}`" in TEXT
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    assert "Example: ./gatepass gate" in command.help


def test_every_call_of_the_desk_is_listed() -> None:
    source = (ROOT / "src" / "gatepass" / "gate" / "application.py").read_text("utf-8")
    assert set(re.findall(r'"(/desk/api/[a-z.]+)"', source)) == set(re.findall(r"`[A-Z]+ (/desk/api/[a-z.]+)`", TEXT))


def test_the_page_on_faces_says_what_the_code_does() -> None:
    page = (ROOT / "docs" / "faces.md").read_text("utf-8")
    defaults = {name: field.default for name, field in GateSettings.model_fields.items()}
    for name in ("face_same", "face_different", "face_detector_sha256", "face_recogniser_sha256"):
        assert str(defaults[name]) in page
    assert set(re.findall(r"GATEPASS_GATE_([A-Z0-9_]+)", page)) <= {name.upper() for name in defaults}
    states = {code for code in sentences()["state"] if code.startswith("face_")}
    assert set(re.findall(r"^\| `(face_[a-z_]+)` \|", page, re.MULTILINE)) == states
    assert {rule.value for rule in FaceRule} == set(
        re.findall(r"^\| `([a-z_]+)` \| (?:passes|nothing)", page, re.MULTILINE)
    )
    for reason in (code for code in REASONS if code.startswith("face_")):
        assert f"`{reason}`" in page
    for seconds in (faces.WITHIN_S, portraits.WITHIN_S):
        assert f"{seconds:g} seconds" in page
    assert looking.PICTURES_LAST_S == 180
    assert "three minutes" in page
    assert f"{quality.SMALLEST:.0f} pixels wide" in page


def test_the_unit_file_starts_what_the_docs_start() -> None:
    unit = (ROOT / "packaging" / "gatepass-gate.service").read_text("utf-8")
    assert "ExecStart=/opt/gatepass/.venv/bin/gatepass gate run --folder /var/lib/gatepass-gate" in unit
    assert "Type=notify" in unit
    assert "WatchdogSec=" in unit

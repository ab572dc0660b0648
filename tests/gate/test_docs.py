"""docs/gate.md against the code: every setting, command, state, file, message and call is there, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from gatepass.gate.commands import app
from gatepass.gate.health import NOT_READY
from gatepass.gate.problems import sentences
from gatepass.gate.settings import GateSettings

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
    assert "Example: gatepass gate" in command.help


def test_every_call_of_the_desk_is_listed() -> None:
    source = (ROOT / "src" / "gatepass" / "gate" / "application.py").read_text("utf-8")
    assert set(re.findall(r'"(/desk/api/[a-z.]+)"', source)) == set(re.findall(r"`[A-Z]+ (/desk/api/[a-z.]+)`", TEXT))


def test_the_unit_file_starts_what_the_docs_start() -> None:
    unit = (ROOT / "packaging" / "gatepass-gate.service").read_text("utf-8")
    assert "ExecStart=/opt/gatepass/.venv/bin/gatepass gate run --folder /var/lib/gatepass-gate" in unit
    assert "Type=notify" in unit
    assert "WatchdogSec=" in unit

"""The papers say what is there: links lead somewhere, and every command that they name exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from typer.testing import CliRunner

from gatepass.cli import app

ROOT = Path(__file__).parent.parent
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md")])
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"\./gatepass ([a-z]+(?:-[a-z]+)*)(?: ([a-z]+(?:-[a-z]+)*))?")
ROOMS = {"gate", "centre", "audit", "readers", "speech"}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(paper: Path) -> None:
    broken = [link for link in LINK.findall(paper.read_text(encoding="utf-8")) if not (paper.parent / link).exists()]
    assert broken == []


def words_of(*command: str) -> str:
    """The --help of a command, or of the whole. Asked in this process: fifty of their own would take half a minute."""
    asked = [*command, "--help"]
    with mock.patch.object(sys, "argv", ["gatepass", *asked]):
        answer = CliRunner().invoke(app, asked, prog_name="gatepass")
    assert answer.exit_code == 0
    return answer.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", [("gate",), ("centre", "purge")])
def test_a_process_of_its_own_says_the_same(command: tuple[str, ...]) -> None:
    asked = [sys.executable, "-m", "gatepass", *command, "--help"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert said.split() == words_of(*command).split()  # where lines end is the terminal's


def test_every_command_that_a_paper_names_exists() -> None:
    known = set(re.findall(r"^  ([a-z][a-z-]*)  ", words_of(), re.MULTILINE))
    inside = {room: set(re.findall(r"^  ([a-z][a-z-]*)  ", words_of(room), re.MULTILINE)) for room in ROOMS}
    wrong = []
    for paper in PAPERS:
        for first, second in COMMAND.findall(paper.read_text(encoding="utf-8")):
            if first not in known or (first in ROOMS and second and second not in inside[first]):
                wrong.append(f"{paper.name}: ./gatepass {first} {second}".rstrip())
    assert wrong == []


@pytest.mark.parametrize("room", [(), ("gate",), ("centre",), ("audit",), ("readers",), ("speech",)])
def test_every_command_explains_itself_with_an_example(room: tuple[str, ...]) -> None:
    whole = words_of(*room)
    assert "./gatepass " in whole
    listed = set(re.findall(r"^  ([a-z][a-z-]*)  ", whole, re.MULTILINE)) - (ROOMS if not room else set())
    assert listed
    silent = [name for name in sorted(listed) if "Example:" not in words_of(*room, name)]
    assert silent == []


def test_both_readmes_say_the_same_commands_and_lead_to_the_same_pages() -> None:
    english, chinese = (ROOT / name for name in ("README.md", "README.zh-Hans.md"))
    here, there = english.read_text(encoding="utf-8"), chinese.read_text(encoding="utf-8")
    assert COMMAND.findall(here) == COMMAND.findall(there)
    other = {"README.md", "README.zh-Hans.md"}
    assert set(LINK.findall(here)) - other == set(LINK.findall(there)) - other

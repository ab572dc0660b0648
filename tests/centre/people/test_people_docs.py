"""docs/people.md against the code: reasons, figures and the command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.centre.test_commands import gatepass

from gatepass.centre.people.duplicates import MOST
from gatepass.centre.people.imports.actions import KEEP
from gatepass.centre.people.imports.columns import COLUMNS
from gatepass.centre.people.models import IdentityDocument
from gatepass.centre.people.photos.picture import SIZE
from gatepass.centre.spreadsheets import reading, workbook

PAGE = (Path(__file__).parents[3] / "docs" / "people.md").read_text(encoding="utf-8")


def test_every_reason_for_retiring_is_documented_and_no_other() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(IdentityDocument.Retired.values)


def test_figures_are_those_of_the_code() -> None:
    assert MOST == 5
    assert "up to five people" in PAGE
    assert f"{reading.MOST_BYTES // 1_000_000} MB and {reading.MOST_ROWS:,} rows" in PAGE
    assert f"within {KEEP.days} days" in PAGE
    assert f"{SIZE[0]} x {SIZE[1]}" in PAGE
    assert (workbook.MEMORY, workbook.PROCESSOR_SECONDS) == (1_000_000_000, 20)
    assert [column.field for column in COLUMNS["residents"] if column.needed] == ["full_name", "document_number"]


@pytest.mark.slow
def test_the_command_says_what_is_missing(tmp_path) -> None:
    command = re.search(r"^\./gatepass (centre protection-name 12 wang\.fang) --folder", PAGE, re.MULTILINE)
    assert command
    folder = str(tmp_path / "centre")
    assert gatepass("centre", "staff-add", "li.na", "李娜", "--role", "office", "--folder", folder).returncode == 0
    ran = gatepass(*command[1].split(), "--folder", folder)
    assert (ran.returncode, ran.stderr) == (1, "there is no protected resident 12, or no account wang.fang\n")

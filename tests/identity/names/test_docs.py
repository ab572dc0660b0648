"""docs/names.md is run: its table of examples, its code, and its list of readings."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from gatepass.identity import PartialDate
from gatepass.identity.names import compare
from gatepass.identity.names.comparison import LIKELY, SAME

PAGE = Path(__file__).parents[3] / "docs/names.md"
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in PAGE.read_text(encoding="utf-8").split("## Worked examples")[1].split("\n## ")[0].splitlines()
    if line.startswith("|")
][2:]
CELL = re.compile(r"(?P<name>[^\[]+?)(?: \[(?P<nationality>[A-Z]{3})? ?(?P<birth>[\d-]+)?\])?")


def _read(cell: str) -> tuple[str, str, PartialDate | None]:
    match = CELL.fullmatch(cell)
    assert match, cell
    birth = match["birth"]
    return match["name"], match["nationality"] or "", PartialDate(*map(int, birth.split("-"))) if birth else None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " / ".join(row[:2]))
def test_the_example_is_true(row):
    one, other, verdict, why = row
    (a, nationality_a, birth_a), (b, nationality_b, birth_b) = _read(one), _read(other)
    match = compare(a, b, birth_a=birth_a, birth_b=birth_b, nationality_a=nationality_a, nationality_b=nationality_b)
    assert (match.verdict, ", ".join(reason.code for reason in match.reasons)) == (verdict, why)


def test_there_are_examples():
    assert len(ROWS) >= 20


def test_the_code_on_the_page_runs():
    result = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert result.attempted >= 7
    assert result.failed == 0


def test_the_page_names_the_thresholds():
    text = PAGE.read_text(encoding="utf-8")
    assert f"| `same` | from {SAME} |" in text
    assert f"| `likely` | from {LIKELY} |" in text

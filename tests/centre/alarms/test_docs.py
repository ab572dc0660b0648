"""docs/alarms.md against the code: every kind and on whom it falls."""

from __future__ import annotations

import re
from pathlib import Path

from gatepass.centre.alarms.kinds import KINDS

PAGE = (Path(__file__).parents[3] / "docs" / "alarms.md").read_text(encoding="utf-8")


def test_every_kind_is_documented_with_the_roles_on_which_it_falls_and_no_other() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \|.*\| ([a-z_, ]+) \|$", PAGE, re.MULTILINE))
    assert rows == {name: ", ".join(str(role) for role in kind.roles) for name, kind in KINDS.items()}


def test_a_kind_that_a_person_closes_says_so() -> None:
    for name, kind in KINDS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}`"))
        assert ("closed by hand" in row) == kind.by_hand

"""docs/arrivals.md against the code: every line of a term, the tolerance, the sizes, the times."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from gatepass.centre.arrivals.watch import EVERY_S
from gatepass.centre.privacy.inventory import inventory
from gatepass.centre.uploads import MOST_BYTES
from gatepass.policy.journeys import Term

PAGE = (Path(__file__).parents[3] / "docs" / "arrivals.md").read_text(encoding="utf-8")


def test_every_line_of_a_term_is_documented_and_no_other() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.MULTILINE)
    assert rows == [field.name for field in msgspec.structs.fields(Term)]


def test_the_figures_are_those_of_the_code() -> None:
    usual = msgspec.structs.fields(Term)
    assert next(field.default for field in usual if field.name == "travel_hours") == 18
    assert "More than 18 hours" in PAGE
    assert f"{MOST_BYTES // 1_000_000} MB at most" in PAGE
    assert f"every {EVERY_S:.0f} seconds" in PAGE
    days = {(rule.after, rule.days) for rule in inventory()["arrivals.Journey"].rules}
    assert days == {("arrives_at", 90), ("changed_at", 30), ("cancelled_at", 30)}

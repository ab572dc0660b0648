"""docs/tracing.md against the code: its figures and its example."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatepass.centre.privacy.inventory import inventory
from gatepass.centre.tracing import actions, finding, forms, reveals, scoring, stays
from gatepass.centre.tracing.models import Case

PAGE = (Path(__file__).parents[3] / "docs" / "tracing.md").read_text(encoding="utf-8")


def test_the_figures_are_those_of_the_code() -> None:
    margin = Case._meta.get_field("margin").default
    assert f"({margin}, at most {actions.MARGINS[1]})" in PAGE
    assert f"({forms.DAYS}, at most {actions.LONGEST.days})" in PAGE
    assert f"{inventory()['tracing.Contact'].rules[0].days} days after its end" in PAGE
    assert f"at the latest after {stays.LONGEST // stays.HOUR} hours" in PAGE
    assert f"nearest {finding.MOST:,} contacts" in PAGE
    assert reveals.MOST_AT_ONCE == 50
    assert "up to fifty together" in PAGE
    assert finding.MOST_STEPS == 4
    assert "up to four steps" in PAGE


def test_the_example_is_reckoned_as_the_page_says() -> None:
    assert scoring.points(3 * 60_000, 10 * 60_000, same_way=False, others=8) == pytest.approx(1.75)
    assert "10 × 0.7 × 0.5 × 0.5 = **1.75**" in PAGE

"""docs/statistics.md and NOTICE against the code."""

from __future__ import annotations

import tomllib
from pathlib import Path

from gatepass.centre import insights
from gatepass.centre.insights.actions import EVENING
from gatepass.centre.insights.stages import STAGE_WORDS
from gatepass.centre.insights.statistics import MOST_DAYS
from gatepass.centre.privacy.suppression import K
from gatepass.gate.metrics import STAGES

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")


def test_the_figures_of_the_page_are_those_of_the_code() -> None:
    assert f"any days up to {MOST_DAYS}" in PAGE
    assert f"report at {EVENING}:00" in PAGE
    inventory = tomllib.loads((Path(insights.__file__).parent / "inventory.toml").read_text(encoding="utf-8"))
    assert f"kept for {inventory['insights.Report']['keep'][0]['days']} days" in PAGE
    assert f"from 1 to {K - 1} reads `<{K}`" in PAGE


def test_gate_centre_and_page_know_the_same_stages() -> None:
    assert tuple(STAGE_WORDS) == STAGES
    assert all(f"`{stage}`" in PAGE for stage in STAGES)


def test_the_shipped_drawings_are_those_of_the_notice() -> None:
    shipped = (ROOT / "src/gatepass/centre/insights/static/insights/echarts.min.js").read_text(encoding="utf-8")
    assert 'version="6.1.0"' in shipped
    assert "Apache ECharts 6.1.0" in (ROOT / "NOTICE").read_text(encoding="utf-8")

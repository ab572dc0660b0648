"""docs/notices.md against the code."""

from __future__ import annotations

import re
from pathlib import Path

from gatepass.centre.notices.broadcasts import PIECE
from gatepass.centre.notices.loudspeaker import LONGEST_S
from gatepass.centre.notices.ready_made import READY_MADE, REVIEWED_BY
from gatepass.centre.notices.screens import LONGEST, MOST
from gatepass.wire.screens import SCREENS_FILE

PAGE = (Path(__file__).parents[3] / "docs" / "notices.md").read_text(encoding="utf-8")
IN_WORDS = {12: "Twelve", 13: "Thirteen", 14: "Fourteen", 15: "Fifteen", 16: "Sixteen"}


def test_figures_are_those_of_the_code() -> None:
    assert f"{IN_WORDS[len(READY_MADE)]} texts stand ready" in PAGE
    assert f"{LONGEST.days} days at most; {MOST} at a time" in PAGE
    assert f"looks at {PIECE} people at a time" in re.sub(r"\s+", " ", PAGE)
    assert f"longer than {LONGEST_S:.0f} s" in PAGE
    assert SCREENS_FILE in PAGE


def test_nobody_reviewed_and_the_page_says_so() -> None:
    assert REVIEWED_BY == ""
    assert "Reviewed by native speakers: none yet." in PAGE

"""docs/questions.md against the code."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from pathlib import Path

from gatepass.centre import questions
from gatepass.centre.questions.desk_hours import AT_MOST, OTHERWISE, TO_ANSWER
from gatepass.wire.answers import ANSWERS_FILE

PAGE = re.sub(r"\s+", " ", (Path(__file__).parents[3] / "docs" / "questions.md").read_text(encoding="utf-8"))
HOUR = timedelta(hours=1)


def test_the_figures_of_the_page_are_those_of_the_code() -> None:
    assert f"due {TO_ANSWER // HOUR} hours after somebody" in PAGE
    assert f"{OTHERWISE // HOUR} hours after the asking" in PAGE
    assert f"{AT_MOST // HOUR} hours after it at the latest" in PAGE
    assert ANSWERS_FILE in PAGE
    kept = tomllib.loads((Path(questions.__file__).parent / "inventory.toml").read_text())
    days = kept["questions.Question"]["keep"][0]["days"]
    assert f"for {days} days after the answer" in PAGE

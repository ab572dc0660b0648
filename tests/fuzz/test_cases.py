"""What was ever found is tried again."""

from __future__ import annotations

import base64
import tomllib
from pathlib import Path

import pytest
from fuzz.parsers import PARSERS

CASES = tomllib.loads((Path(__file__).parent / "cases.toml").read_text())["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['parser']}: {case['was']}")
def test_what_was_found_once_is_not_found_again(case):
    assert PARSERS[case["parser"]].parse(base64.b64decode(case["input"]))

"""A small town lives through a day while its workers are killed: the same reckoning as the whole benchmark."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "quarantine.py"


@pytest.mark.slow
def test_every_step_is_taken_once_though_workers_are_killed_and_nothing_ends_by_silence() -> None:
    told = subprocess.run(
        [sys.executable, str(SCRIPT), "--cases", "30", "--days", "1", "--speed", "9000", "--patient",
         "--kill-every", "120"],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr

"""The directory's benchmarks run from their one command and print a whole table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("directory_lookup", ["**directory**", "Python dict", "SQLite", "LMDB", "Redis"]),
        ("directory_size", ["whole file", "least possible", "a minute", "an hour", "a day", "restart of a gate"]),
    ],
)
def test_a_small_run_prints_every_row(name, rows):
    command = [sys.executable, BENCHMARKS / f"{name}.py", "--people", "2000", "--rounds", "1"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    lines = [line for line in run.stdout.splitlines() if line.startswith("|")]
    assert all(any(row in line for line in lines) for row in rows)
    assert "Traceback" not in run.stderr

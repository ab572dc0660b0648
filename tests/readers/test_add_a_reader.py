"""The page *Add a reader in an afternoon* is followed word for word: what it says gives a family that works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "add-a-reader.md"
BLOCK = re.compile(r"^```(python|toml|diff) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDED = ["src/gatepass", "tests/readers", "tests/identity", "fuzz", "docs"]


def follow(page: str, root: Path) -> list[str]:
    """Writes the files that the page shows, and the lines that it adds to others. The paths."""
    paths = []
    for kind, path, text in BLOCK.findall(page):
        file = root / path
        if kind == "diff":
            before, added = (line[1:] + "\n" for line in text.splitlines())
            known = file.read_text(encoding="utf-8")
            assert known.count(before) == 1, f"{path} has no such line any more: {before}"
            file.write_text(known.replace(before, before + added), encoding="utf-8")
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            assert not file.exists(), path
            file.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    for folder in NEEDED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.opus"))
    for file in ("pyproject.toml", "tests/cast.py", "tests/settings.py"):
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


@pytest.mark.slow
def test_who_follows_the_page_has_a_family_that_works(scratch):
    paths = follow(PAGE.read_text(encoding="utf-8"), scratch)
    assert {Path(path).name for path in paths} >= {
        "__init__.py", "frames.py", "status.py", "link.py", "reader.py", "simulator.py", "checklist.toml",
    }  # fmt: skip
    inside = {**os.environ, "PYTHONPATH": f"{scratch / 'src'}{os.pathsep}{scratch}"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *words], cwd=scratch, env=inside, capture_output=True, text=True, check=False
        )

    tested = run(
        "pytest", "-q", "-p", "no:cacheprovider", "-k", "tags", "tests/readers/tags", "tests/readers/test_families.py"
    )
    assert tested.returncode == 0, tested.stdout[-3000:]
    assert re.search(r"(2[0-9]|[3-9][0-9]) passed", tested.stdout), tested.stdout[-300:]
    ours = [path for path in paths if path.endswith(".py")]
    for linted in (run("ruff", "check", *ours), run("ruff", "format", "--check", *ours)):
        assert linted.returncode == 0, linted.stdout

"""`./gatepass lint`: everything a machine can see, in one list."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import typer

# What we call the check -> the command. All run, so that one sitting sees all findings.
CHECKS: dict[str, list[str]] = {
    "style (ruff)": [sys.executable, "-m", "ruff", "check", "."],
    "layout of the code (ruff format)": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "types (mypy)": [sys.executable, "-m", "mypy"],
    "who may import whom (import-linter)": [str(Path(sys.executable).with_name("lint-imports"))],
    "staff site in five languages": [sys.executable, "-m", "gatepass.centre.translations", "check"],
    "gate, reasons and voice in five languages": [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "tests/policy/test_reasons.py",
        "tests/gate/pages/test_words.py",
        "tests/gate/test_sentences.py",
        "tests/speech/test_prompts.py",
    ],
    "the database of a new centre": [sys.executable, "-m", "gatepass.centre.schema", "check"],
    "words that do not belong in a public tree": [sys.executable, "-m", "gatepass.lint"],
}

# Spelled in halves, so that this list does not find itself.
_UNWANTED = ("/wo" + "rk/", "py" + "pi.org", "pythonho" + "sted", "/ro" + "ot/", "registry.np" + "mjs")
_TEXT = {".py", ".md", ".toml", ".lock", ".html", ".js", ".css", ".json", ".po", ".service", ".yml", ""}


def unwanted_words(root: Path) -> list[str]:
    """Lines of tracked files that name a machine path or a package registry host."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
    findings = []
    for name in filter(None, tracked.decode().split("\0")):
        path = root / name
        if path.suffix not in _TEXT or not path.is_file():
            continue
        for line_number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            findings += [f"{name}:{line_number}: names {word}" for word in _UNWANTED if word in line]
    return findings


def run(root: Path) -> int:
    """Run every check; 0 when all are clean."""
    failed = []
    for title, command in CHECKS.items():
        done = subprocess.run(command, check=False, cwd=root, capture_output=True, text=True)
        typer.echo(f"{'ok  ' if done.returncode == 0 else 'FAIL'}  {title}")
        if done.returncode != 0:
            failed.append(title)
            typer.echo(done.stdout + done.stderr)
    typer.echo("lint: clean" if not failed else f"lint: {len(failed)} of {len(CHECKS)} checks found something")
    return 1 if failed else 0


if __name__ == "__main__":
    lines = unwanted_words(Path.cwd())
    for line in lines:
        typer.echo(line)
    raise SystemExit(1 if lines else 0)

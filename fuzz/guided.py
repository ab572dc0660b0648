"""Coverage-guided fuzzing with atheris: inputs that reach new lines of a parser are kept and mutated further.

    ./gatepass fuzz --guided                          ten minutes a parser
    ./gatepass fuzz --guided --minutes 1 chip mrz

atheris is no part of the lock: its wheel has 34 MB, and only this file needs it. Once:
`./gatepass run uv pip install atheris`. One process at a time, each parser in a process of its own. A finding ends that
parser's run and is printed as the case for `tests/fuzz/cases.toml`, where it is tried again ever after.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

SLOW_S: Final = 2
"""An input that takes more processor time is a finding: a gate that thinks is a gate that hangs."""
_STUCK_S: Final = 60
"""On the clock: one that sleeps or never ends. Not SLOW_S: a machine that does other things lets anybody wait."""

_ARTIFACTS: Final = "GATEPASS_FUZZ_FINDINGS"
_FACTS: Final = {
    "executions": re.compile(r"stat::number_of_executed_units:\s*(\d+)"),
    "a second": re.compile(r"stat::average_exec_per_sec:\s*(\d+)"),
    "edges": re.compile(r"cov: (\d+)"),
    "kept": re.compile(r"corp: (\d+)"),
}


class SlowError(Exception):
    """It took more than SLOW_S."""


def main() -> int:
    """Runs the named parsers one after the other and prints one table. 1 where there is a finding."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("parsers", nargs="*", help="which; none means all")
    words.add_argument("--minutes", type=float, default=10.0, help="for each parser")
    words.add_argument("--corpus", type=Path, help="folder in which the inputs that reached something new are kept")
    words.add_argument("--inside", help=argparse.SUPPRESS)
    asked = words.parse_args()
    if asked.inside:
        _fuzz(asked.inside, asked.corpus, asked.minutes)
    if importlib.util.find_spec("atheris") is None:
        print("guided fuzzing needs atheris: ./gatepass run uv pip install atheris", file=sys.stderr)
        return 2
    from fuzz.parsers import PARSERS

    if unknown := [name for name in asked.parsers if name not in PARSERS]:
        print(f"no parser {' '.join(unknown)}; there are {' '.join(PARSERS)}", file=sys.stderr)
        return 2
    print(f"{'parser':<12}{'minutes':>9}{'executions':>14}{'a second':>10}{'edges':>8}{'kept':>7}  finding", flush=True)
    findings = 0
    for name in asked.parsers or PARSERS:
        with tempfile.TemporaryDirectory() as folder:
            corpus = (asked.corpus or Path(folder)) / name
            corpus.mkdir(parents=True, exist_ok=True)
            findings += _run(name, corpus.resolve(), asked.minutes)
    return 1 if findings else 0


def _run(name: str, corpus: Path, minutes: float) -> int:
    """One parser in a process of its own: libFuzzer ends the process that it runs in. The number of findings."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "fuzz.guided", "--inside", name, "--corpus", str(corpus), "--minutes", str(minutes)],
            cwd=Path(__file__).parents[1],
            env={**os.environ, _ARTIFACTS: f"{folder}/"},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        found = [path.read_bytes() for path in Path(folder).iterdir()]
    said = done.stdout + done.stderr
    facts = {title: (form.findall(said) or ["0"])[-1] for title, form in _FACTS.items()}
    took, verdict = (time.monotonic() - began) / 60, "FOUND" if found or done.returncode else "none"
    row = f"{name:<12}{took:>9.1f}{int(facts['executions']):>14,}{facts['a second']:>10}"
    print(f"{row}{facts['edges']:>8}{facts['kept']:>7}  {verdict}", flush=True)
    if facts["edges"] == "0":
        # Whatever imports a parser before it is instrumented makes this a blind search, and a slow one.
        print("    nothing was instrumented: the parser was imported too early")
        return 1
    from fuzz.mutate import as_case

    for octets in found:
        print(as_case(name, octets))
    if found or done.returncode:
        telling = [line for line in said.splitlines() if "Error" in line or line.startswith("  File")]
        print("\n".join(f"    {line}" for line in telling[-20:]))
    return len(found) or int(done.returncode != 0)


def _fuzz(name: str, corpus: Path, minutes: float) -> None:
    """In the process of its own, in which nothing of the parsers may have been imported yet."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["gatepass"]):
        parser = importlib.import_module("fuzz.parsers").PARSERS[name]

    # Written here and not by the caller: what is signed or made at random is another in every process.
    for count, seed in enumerate(parser.seeds()):
        (corpus / f"seed-{count}").write_bytes(seed)

    def one(octets: bytes) -> None:
        began = time.thread_time()
        parser.parse(octets)
        if time.thread_time() - began > SLOW_S:
            raise SlowError

    options = {
        "max_total_time": round(minutes * 60),
        "max_len": parser.longest,
        "timeout": _STUCK_S,
        "print_final_stats": 1,
        "artifact_prefix": os.environ[_ARTIFACTS],
    }
    atheris.Setup(["fuzz", str(corpus), *(f"-{option}={value}" for option, value in options.items())], one)
    atheris.Fuzz()


if __name__ == "__main__":
    raise SystemExit(main())

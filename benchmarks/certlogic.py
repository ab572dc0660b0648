"""How many CertLogic rules a second, beside certlogic-js (the specification's own implementation), in the same rounds.

The rules are those of the states with their tests (`../shared/vectors/business-rules`), or, where these are not on the
machine, eighty of our own cases and the rules of a shipped policy. Ours is measured twice: `evaluate`, which finds the
rule by its content again each time, and a `Program` that was compiled before. A tool that is not there is said so:
`npm install certlogic-js` in any folder, and name it with --node.

    ./gatepass bench certlogic
    ./gatepass bench certlogic --node peers
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from gatepass.policy.certlogic import CertLogicError, compiled, evaluate  # noqa: E402

VECTORS = ROOT.parent / "shared" / "vectors" / "business-rules"
SECONDS = 1.0
PEER = """
const { readFileSync } = require("fs")
const { evaluate } = require("certlogic-js")
const pairs = JSON.parse(readFileSync(process.argv[2]))
let wrong = 0
for (const [logic, data, value] of pairs)
    if (JSON.stringify(evaluate(logic, data)) !== JSON.stringify(value)) wrong += 1
const began = process.hrtime.bigint(), end = began + BigInt(Math.round(Number(process.argv[3]) * 1e9))
let count = 0
while (process.hrtime.bigint() < end) {
    for (const [logic, data] of pairs) evaluate(logic, data)
    count += pairs.length
}
console.log(JSON.stringify({ rate: count / (Number(process.hrtime.bigint() - began) / 1e9), wrong }))
"""

Pair = tuple[Any, Any, Any]


def pairs() -> tuple[str, list[Pair]]:
    """(logic, data, value)."""
    found: list[Pair] = []
    for rule in sorted(VECTORS.glob("*/*/rule.json")):
        logic = json.loads(rule.read_text("utf-8"))["Logic"]
        for test in sorted(rule.parent.glob("tests/*.json")):
            data = json.loads(test.read_text("utf-8"))
            found.append((logic, data, data["expected"]))
    if found:
        return "rules of the states with their tests", found
    from tests.policy.certlogic.cases import CASES

    # Without what only we answer: a date-time as text, and an equality that JavaScript takes for identity.
    ours = [(logic, data, value) for logic, data, value in CASES if type(value) in {bool, int, str}]
    return "our own cases (the vectors are not on this machine)", ours


def rate(work: Callable[[], int]) -> float:
    """Evaluations a second over at least SECONDS."""
    began = time.perf_counter()
    count = 0
    while time.perf_counter() - began < SECONDS:
        count += work()
    return count / (time.perf_counter() - began)


def peer(node: Path, file: Path) -> tuple[float, int] | None:
    """Rate and wrong answers of certlogic-js; None where it is not installed."""
    program = shutil.which("node")
    if program is None or not (node / "node_modules" / "certlogic-js").is_dir():
        return None
    environment = {**os.environ, "NODE_PATH": str(node / "node_modules")}
    done = subprocess.run(
        [program, "-e", PEER, "-", str(file), str(SECONDS)], env=environment, capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    return said["rate"], said["wrong"]


def works(found: list[Pair]) -> dict[str, Callable[[], int]]:
    """What is measured of ours; each returns how many it did."""
    programs = [(compiled(logic), data) for logic, data, _value in found]

    def one_by_one() -> int:
        for logic, data, _value in found:
            evaluate(logic, data)
        return len(found)

    def prepared() -> int:
        for program, data in programs:
            program.evaluate(data)
        return len(programs)

    def compiling() -> int:
        for logic, _data, _value in found:
            compiled(logic)
        return len(found)

    return {"evaluate": one_by_one, "compiled before": prepared, "compiling alone": compiling}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--node", type=Path, default=Path("peers"), help="folder with node_modules/certlogic-js")
    chosen = options.parse_args()
    what, found = pairs()
    wrong = sum(evaluate(logic, data) != value for logic, data, value in found)
    rates: dict[str, list[float]] = {}
    peer_wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pairs.json"
        file.write_text(json.dumps(found))
        for _ in range(chosen.rounds):
            for name, work in works(found).items():
                rates.setdefault(f"gatepass, {name}", []).append(rate(work))
            answer = peer(chosen.node, file)
            if answer is not None:
                rates.setdefault("certlogic-js", []).append(answer[0])
                peer_wrong = answer[1]
    base = statistics.median(rates.get("certlogic-js", [0]))
    machine = (
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    print(f"{machine}; one thread\n{len(found):,} evaluations: {what}")
    print(f"wrong: gatepass {wrong}, certlogic-js {peer_wrong if base else 'not installed'}\n")
    print("| | evaluations a second (median) | range | against certlogic-js |\n|---|---|---|---|")
    for name, measured in rates.items():
        middle, spread = statistics.median(measured), f"{min(measured):,.0f} to {max(measured):,.0f}"
        print(f"| {name} | {middle:,.0f} | {spread} | {f'{middle / base:.1f} ×' if base else ''} |")
    if not base:
        print("| certlogic-js | not installed | | |")


if __name__ == "__main__":
    try:
        main()
    except CertLogicError as error:
        sys.exit(str(error))

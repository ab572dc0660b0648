"""Power-on of the gate's process to its first answer, and its memory, with millions of people in the directory.

Beside it, in the same run: a Python that only imports the same rooms, which no start can undercut.

    ./gatepass bench gate_start --people 10000000 --rounds 7
"""

from __future__ import annotations

import argparse
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from tap_latency import prepare

from gatepass.demo.town import people


def until_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return
        except urllib.error.HTTPError:
            return  # it answers: without a reader it says 503, which is the truth
        except OSError:
            time.sleep(0.005)
    raise SystemExit("the gate stopped")


def resident_megabytes(process: subprocess.Popen[bytes]) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def main(argv: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=10_000_000)
    options.add_argument("--rounds", type=int, default=7)
    chosen = options.parse_args(argv)
    starts, imports, memory = [], [], []
    with tempfile.TemporaryDirectory(prefix="gatepass-bench-") as scratch:
        folder = Path(scratch) / "gate"
        prepare(folder, chosen.people, [person for person in people(60) if person.registered])
        for _ in range(chosen.rounds):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", "import gatepass.gate.agent"], check=True)
            imports.append(time.perf_counter() - began)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            words = [sys.executable, "-m", "gatepass", "gate", "run", "--folder", str(folder), "--port", str(port)]
            began = time.perf_counter()
            process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
            until_answers(port, process)
            starts.append(time.perf_counter() - began)
            memory.append(resident_megabytes(process))
            process.kill()
            process.wait()
    limit = statistics.median(imports)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, {chosen.people:,} people, {chosen.rounds} rounds\n")
    print("| what | median | worst | ÷ imports alone |\n|---|---|---|---|")
    print(f"| imports alone (the limit) | {limit:.2f} s | {max(imports):.2f} s | 1.0 |")
    median = statistics.median(starts)
    print(f"| process start to first answer | {median:.2f} s | {max(starts):.2f} s | {median / limit:.1f} |")
    print(f"| resident memory | {statistics.median(memory):.0f} MB | {max(memory):.0f} MB | |")


if __name__ == "__main__":
    main(sys.argv[1:])

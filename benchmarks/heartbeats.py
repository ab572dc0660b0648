"""Heartbeats of five thousand gates: kept a second by the centre, in groups of one, a hundred and five hundred.

Every gate speaks each five seconds, so that a town of 5,000 gates speaks a thousand times a second. What is measured is
the centre's work behind the signature: the health of the device and the stages of its answers made durable, the answer
with rules and configuration read. Beside it, in the same run and on the same disk, the limit: one synced commit of one
row by SQLite alone, which nobody undercuts who commits each for itself.

    ./gatepass bench heartbeats --gates 5000
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from _registry import furnish_places
from _town import PEOPLE_A_GATE, Town
from big_town import DAYS, ZONE, now_ms
from reevaluation import set_up

from gatepass.centre.passages.days import TownDays

GROUPS = (1, 10, 100, 500)
PROMISED = 1000


def a_second(work: Callable[[int], None], seconds: float, size: int) -> tuple[float, float]:
    """(per second on the clock, CPU µs each)."""
    turn, began, used = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        work(turn)
        turn += 1
    took = time.perf_counter() - began
    return turn * size / took, (time.process_time() - used) / (turn * size) * 1e6


def limit(folder: Path, seconds: float) -> tuple[float, float]:
    database = sqlite3.connect(folder / "limit.sqlite3", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE health (device TEXT PRIMARY KEY, heard_at TEXT, said TEXT)")
    said = "x" * 200
    try:
        return a_second(
            lambda n: database.execute("INSERT OR REPLACE INTO health VALUES (?, ?, ?)", (f"dev-{n % 5000}", n, said)),
            seconds,
            1,
        )
    finally:
        database.close()


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="./gatepass bench heartbeats"
    )
    parser.add_argument("--gates", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=5.0)
    wanted = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="gatepass-bench-") as name:
        folder = Path(name)
        set_up(folder)
        from django.utils import timezone

        from gatepass.centre.gateway.heartbeats import Heard, kept
        from gatepass.centre.insights import stages
        from gatepass.centre.sites.devices import DeviceCredential
        from gatepass.wire.messages import Heartbeat, ReaderHealth, Stage

        today = datetime.now(ZONE)
        furnish_places(Town(wanted.gates * PEOPLE_A_GATE, today.date(), DAYS, TownDays(ZONE)), today)
        told = [0]

        def group(size: int) -> Callable[[int], None]:
            def work(turn: int) -> None:
                told[0] += 1
                some = [(turn * size + n) % wanted.gates + 1 for n in range(size)]
                now = now_ms()
                beat = Heartbeat(
                    "1.0", now, 7, now, 0, 40, 38, [ReaderHealth("sam", "ready")], True, 1, False, 1,
                    [Stage("decided", told[0], told[0] * 900), Stage("shown", told[0], told[0] * 2_000)],
                )  # fmt: skip
                kept([Heard(DeviceCredential(f"dev-{n}", n, b"", 1, 1), beat, timezone.now()) for n in some], now_ms)

            return work

        print(f"{wanted.gates:,} gates; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
        print("| heartbeats in a transaction | kept a second | CPU µs each | gates at one in five seconds |")
        print("|---:|---:|---:|---:|")
        rate, cpu = limit(folder, wanted.seconds)
        print(
            f"| one row, SQLite alone (the limit) | {rate:,.0f} | {cpu:,.0f} | {rate * 5:,.0f} |",
            flush=True,
        )
        for size in GROUPS:
            rate, cpu = a_second(group(size), wanted.seconds, size)
            print(f"| {size} | {rate:,.0f} | {cpu:,.0f} | {rate * 5:,.0f} |", flush=True)
        stages.EVERY_S = 0.0
        rate, cpu = a_second(group(GROUPS[-1]), wanted.seconds, GROUPS[-1])
        print(f"| {GROUPS[-1]}, each with stages to add | {rate:,.0f} | {cpu:,.0f} | {rate * 5:,.0f} |")


if __name__ == "__main__":
    main(sys.argv[1:])

"""A colour is changed at the centre: when does a connected gate know? Centre, gate and cable are the demo's processes.

Beside it, in the same run: one bare HTTP round trip to the gate, the least that asking can cost.

With `--gates` many gates wait at once, without screens and readers (`_many_gates.py` says what each of them does), and
somebody looks at the live board meanwhile.

    ./gatepass bench colour_to_gate --rounds 40
    ./gatepass bench colour_to_gate --rounds 20 --gates 500
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx2
import numpy as np

from gatepass.demo.check import Story, Walk, free_ports
from gatepass.demo.stage import Ports, Stage
from gatepass.demo.witness import KioskWitness, StaffWitness

_VERSION = re.compile(r"^gatepass_directory_version (\S+)", re.MULTILINE)


async def version(client: httpx2.AsyncClient, stage: Stage) -> int:
    found = _VERSION.search((await client.get(f"{stage.gate_url}/metrics")).text)
    return int(float(found[1])) if found else 0


async def measure(rounds: int) -> tuple[list[float], list[float]]:
    changes, asks = [], []
    with tempfile.TemporaryDirectory(prefix="gatepass-bench-") as folder:
        stage = Stage(Path(folder), 300, 2020, Ports(*free_ports(4)), say=lambda _: None)
        try:
            await stage.open()
            office = next(person for person in stage.facts["staff"] if person["role"] == "office")
            staff = StaffWitness(stage.centre_url)
            await staff.log_in(office["username"], office["password"])
            async with KioskWitness(stage.gate_url) as kiosk, httpx2.AsyncClient() as client:
                walk = Walk(stage, kiosk, staff, Story())
                for turn in range(rounds):
                    began = time.perf_counter()
                    before = await version(client, stage)
                    asks.append(time.perf_counter() - began)
                    colour, reason = (("yellow", "B1"), ("green", "C"))[turn % 2]
                    began = time.perf_counter()
                    await walk.give_colour("elder_green", colour, reason)
                    while await version(client, stage) == before:
                        await asyncio.sleep(0.01)
                    changes.append(time.perf_counter() - began)
                await walk.client.aclose()
            await staff.close()
        finally:
            await stage.close()
    return changes, asks


def main(argv: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--gates", type=int, default=0, help="so many at once, without screens")
    chosen = options.parse_args(argv)
    if chosen.gates:
        sys.path.insert(0, str(Path(__file__).parent))
        from _many_gates import many

        many(chosen.gates, chosen.rounds)
        return
    changes, asks = asyncio.run(measure(chosen.rounds))
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {chosen.rounds} changes\n")
    print("| what | p50 ms | p95 ms | p99 ms | max ms |\n|---|---|---|---|---|")
    rows = {"staff form opened, sent, published, at the gate": changes, "one request to the gate (the limit)": asks}
    for name, seconds in rows.items():
        p50, p95, p99 = np.percentile(seconds, (50, 95, 99)) * 1000
        print(f"| {name} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {max(seconds) * 1000:.0f} |")


if __name__ == "__main__":
    main(sys.argv[1:])

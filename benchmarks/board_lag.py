"""How far the live board of a whole town is behind, while thousands of passages a second come in.

A town of `big_town` with the registry of `staff_pages`, the real centre in a process of its own. 32 terminals, each at
a gate of its own, deliver signed batches over HTTP at a fixed rate; somebody whose board shows every gate of the town
reads the stream of `/live/board`. Each frame says how many people have entered; a delivery is on the board with the
first frame that counts it, and its lag is from the centre's receipt to that frame.

    ./gatepass bench board_lag --folder /mnt/disk/town --rate 3000
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1]))

from _centre import Centre, Terminal, serving
from big_town import serving_town, town_of
from ingest import batches
from reevaluation import set_up

TERMINALS = 32
BATCH = 100
PROMISED_S = 1.0
_ENTERED = re.compile(r'<dd class="figure">([0-9,]+)')


def terminals() -> list[Terminal]:
    """Of the first gates; their devices get keys that we know."""
    from gatepass.centre.sites.models import Device

    made = []
    for number in range(1, TERMINALS + 1):
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes_raw()
        Device.objects.filter(pk=f"dev-{number}").update(public_key=public)
        made.append(Terminal(f"dev-{number}", key))
    return made


def looker() -> str:
    """A session of somebody whose board shows the whole town."""
    from django.test import Client
    from staff_pages import readers

    client = Client()
    client.force_login(readers()["office"])
    return client.cookies["gatepass_session"].value


async def watch(port: int, cookie: str, frames: list[tuple[float, int]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    writer.write(f"GET /live/board HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: gatepass_session={cookie}\r\n\r\n".encode())
    answer = await reader.readline()
    if b" 200 " not in answer:
        raise SystemExit(f"the board is not shown: {answer!r}")
    while line := await reader.readline():
        if line.startswith(b"data:") and "figures" in (sections := json.loads(line[5:])):
            frames.append((time.perf_counter(), int(_ENTERED.search(sections["figures"])[1].replace(",", ""))))


async def deliver(
    centre: Centre, seconds: float, rate: int, people: np.ndarray, acknowledged: list[tuple[float, int]]
) -> int:
    """At `rate` rows a second; (when, how many by then) of each receipt. How many came too late to keep the rate."""
    ways = [await asyncio.open_connection("127.0.0.1", centre.port) for _ in centre.terminals]
    first = int(time.time()) * 1000
    number, late, began = 0, 0, time.perf_counter()
    total = 0

    async def one(place: int, body: bytes) -> None:
        nonlocal total
        terminal, (reader, writer) = centre.terminals[place], ways[place]
        writer.write(centre.request("/gate/v1/passages", body, key=terminal.key, key_id=terminal.key_id))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(f"refused: {head[:60]!r}")
        start = head.index(b"content-length:") + 15
        await reader.readexactly(int(head[start : head.index(b"\r\n", start)]))
        total += BATCH
        acknowledged.append((time.perf_counter(), total))

    busy: list[asyncio.Task[None] | None] = [None] * len(ways)
    while time.perf_counter() - began < seconds:
        place = number % len(ways)
        last = busy[place]
        if last is not None and not last.done():
            late += 1
            await last
        (body,) = batches(BATCH, 1, first + number // len(ways) * BATCH, people)
        busy[place] = asyncio.create_task(one(place, body))
        number += 1
        await asyncio.sleep(max(0.0, began + number * BATCH / rate - time.perf_counter()))
    await asyncio.gather(*(one for one in busy if one is not None))
    return late


async def measure(centre: Centre, cookie: str, seconds: float, rate: int) -> None:
    frames: list[tuple[float, int]] = []
    acknowledged: list[tuple[float, int]] = []
    people = np.random.default_rng(1).integers(0, 256, (200_000, 16), np.uint8)
    watching = asyncio.create_task(watch(centre.port, cookie, frames))
    while not frames:
        await asyncio.sleep(0.1)
        if watching.done():
            watching.result()
    before, used, began = frames[-1][1], centre.cpu_seconds(), time.perf_counter()
    late = await deliver(centre, seconds, rate, people, acknowledged)
    took, used = time.perf_counter() - began, centre.cpu_seconds() - used
    await asyncio.sleep(6)
    watching.cancel()
    lags = []
    for at, total in acknowledged:
        shown = next((when for when, entered in frames if when >= at and entered - before >= total), None)
        lags.append((shown if shown is not None else at + 60) - at)
    during = [when for when, _ in frames if began <= when <= began + took]
    p50, p95, most = np.percentile(lags, (50, 95, 100)) * 1000
    print(
        f"| {len(acknowledged) * BATCH / took:,.0f} | {late} | {len(during) / took:.1f} | {p50:,.0f} | {p95:,.0f} |"
        f" {most:,.0f} | {used / took:.2f} | {'' if p95 <= PROMISED_S * 1000 else '**over**'} |",
        flush=True,
    )


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="./gatepass bench board_lag"
    )
    parser.add_argument("--folder", type=Path, help="a town with its registry; without it the benchmark is passed over")
    parser.add_argument("--postgres", action="store_true", help="the passages are in the folder's own PostgreSQL")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=int, nargs="*", default=[100, 1000, 3000])
    wanted = parser.parse_args(argv)
    if wanted.folder is None:
        print("passed over: make a town with `./gatepass bench big_town` and `staff_pages`, then name its folder")
        return
    town = town_of(wanted.folder)
    os.environ["GATEPASS_CENTRE_SECOND_FACTOR_ROLES"] = ""
    with ExitStack() as stack:
        if wanted.postgres:
            os.environ["GATEPASS_CENTRE_PASSAGES_DSN"] = stack.enter_context(serving_town(wanted.folder))
        set_up(wanted.folder)
        made, cookie = terminals(), looker()
        settings = {
            **os.environ, "GATEPASS_CENTRE_DIR": str(wanted.folder.resolve()),
            "DJANGO_SETTINGS_MODULE": "gatepass.centre.settings", "GATEPASS_CENTRE_KEEP_PASSAGES_DAYS": "366",
        }  # fmt: skip
        port, process = stack.enter_context(serving("gatepass.centre.asgi:application", wanted.folder, settings))
        centre = Centre(port, wanted.folder, made, process)
        print(
            f"{'PostgreSQL' if wanted.postgres else 'SQLite'}: {town.passages:,} passages, {town.gates:,} gates;"
            f" {os.cpu_count()} cores shared with the load, load {os.getloadavg()[0]:.1f}\n"
        )
        print("| rows/s | batches late | frames/s | lag p50 ms | p95 ms | max ms | centre's CPU, cores | |")
        print("|---:|---:|---:|---:|---:|---:|---:|---|")
        for rate in wanted.rate:
            asyncio.run(measure(centre, cookie, wanted.seconds, rate))


if __name__ == "__main__":
    main(sys.argv[1:])

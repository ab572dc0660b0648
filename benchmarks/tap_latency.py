"""One tap with millions of people in the directory: last card byte → decision → durable → painted, p50/p95/p99.

The whole way is real: SAM frames over a pty, the gate's own agent in this process, its encrypted journal on this disk,
and (where Chromium is there) the kiosk page, which reports when it has painted. Beside it, in the same run and
interleaved with the taps: one raw append + fsync on the same disk, which no durable record can undercut.

    ./gatepass bench tap_latency --people 10000000 --taps 300
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import stamina.instrumentation
import structlog
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from gatepass.demo.town import Townsperson, people
from gatepass.directory.build import build
from gatepass.directory.states import code_of
from gatepass.directory.store import DirectoryStore
from gatepass.gate.agent import Agent, running
from gatepass.gate.device import Device, GateFolder, Site
from gatepass.gate.settings import GateSettings
from gatepass.identity import chip
from gatepass.policy import SiteRules
from gatepass.readers.sam.simulator import SamSimulator
from gatepass.wire.keys import person_key

SECRET = b"benchmark secret, nobody's secret"[:32]


class Tee:
    """Stands where a Prometheus histogram stands and keeps every value."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def observe(self, seconds: float) -> None:
        self.seconds.append(seconds)


class Witness:
    """A screen of the session that remembers when each result was handed to the pages."""

    def __init__(self) -> None:
        self.shown_at: dict[str, float] = {}

    def reading(self) -> None: ...
    def looking(self) -> None: ...
    def idle(self) -> None: ...
    def settled(self, passage: Any) -> None: ...

    def show(self, passage: Any, **_: bool) -> None:
        self.shown_at.setdefault(passage.id, time.perf_counter())


def prepare(folder: Path, crowd: int, town: Sequence[Townsperson]) -> float:
    """An enrolled gate whose directory holds `crowd` people, the town among them; seconds that the directory took."""
    gate = GateFolder(folder)
    gate.make()
    device = Device(
        device="dev-benchmark",
        gate="1",
        centre="http://127.0.0.1:9",  # the discard port: there is no centre, as on a cut cable
        private_key=Ed25519PrivateKey.generate().private_bytes_raw(),
        person_key_secret=SECRET,
        sealing_key=X25519PrivateKey.generate().public_key().public_bytes_raw(),
        trust_root=b"{}",
        journal_key=os.urandom(32),
        enrolled_at=0,
    )
    gate.store_enrolment(device, Site("benchmark", "benchmark", "in", SiteRules()))
    dice = np.random.default_rng(2020)
    keys = dice.integers(0, 256, (crowd, 16), dtype=np.uint8)
    codes = np.full(crowd, 1, np.uint8)
    for row, person in enumerate(town):
        keys[row] = np.frombuffer(person_key(SECRET, person.document), np.uint8)
        codes[row] = code_of((person.colour, person.advice))
    began = time.perf_counter()
    now_ms = round(time.time() * 1000)
    store = DirectoryStore(gate.directory)
    base = gate.directory / "new.base"
    base.write_bytes(build((keys, codes), version=1, as_of=now_ms))
    store.install(base=base, as_of_ms=now_ms)
    return time.perf_counter() - began


async def taps(folder: Path, town: Sequence[Townsperson], wanted: int, *, painted: bool) -> dict[str, list[float]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told: dict[str, list[float]] = {"painted": [], "sounded": []}
    fsync_ms: list[float] = []
    with SamSimulator() as reader:
        settings = GateSettings(
            folder=folder,
            reader=[f"sam:{reader.device}"],
            port=port,
            poll_ms=5,
            repeat_ms=0,
            gather_ms=0,
            retry_most_s=3600,
        )
        agent = Agent(settings)
        decided, durable = Tee(), Tee()
        agent.metrics.decided, agent.metrics.durable = decided, durable  # type: ignore[assignment]
        witness = Witness()
        agent.session._screens = (*agent.session._screens, witness)
        overhear(agent, witness, told)
        screen = page(f"http://127.0.0.1:{port}/") if painted else contextlib.nullcontext()
        async with running(agent), served(agent, port), screen:
            for turn in range(wanted):
                person = town[turn % len(town)]
                before = len(decided.seconds)
                reader.lay(chip.encode(person.document))
                for _ in range(2000):
                    await asyncio.sleep(0.002)
                    if len(durable.seconds) > before:
                        break
                else:
                    raise SystemExit(f"tap {turn} was not answered within 4 s")
                reader.lift()
                # A page needs a moment to be heard; hardware and people need far longer.
                await asyncio.sleep(0.25 if painted else 0.03)
                fsync_ms.append(await asyncio.to_thread(raw_fsync, folder / "raw"))
            await asyncio.sleep(0.3)
    measured = {
        "last card byte → decision": [1000 * s for s in decided.seconds],
        "decision → durable in the journal": [1000 * s for s in durable.seconds],
        "raw append + fsync, 200 bytes (the limit)": fsync_ms,
    }
    if painted:
        measured["handed to the page → painted, and told us"] = told["painted"]
        measured["handed to the page → first sound, and told us"] = told["sounded"]
    return measured


def overhear(agent: Agent, witness: Witness, into: dict[str, list[float]]) -> None:
    """From `show` to the kiosk's own `painted` and `sounded`, the way back included: upper bounds."""
    hear = agent.kiosk._heard

    def heard(text: str) -> None:
        message = json.loads(text)
        shown_at = witness.shown_at.get(message.get("id", ""))
        if shown_at is not None and message["type"] in into:
            into[message["type"]].append(1000 * (time.perf_counter() - shown_at))
        hear(text)

    agent.kiosk._heard = heard  # type: ignore[method-assign]


def raw_fsync(path: Path) -> float:
    began = time.perf_counter()
    with path.open("ab") as file:
        file.write(b"x" * 200)
        file.flush()
        os.fsync(file.fileno())
    return 1000 * (time.perf_counter() - began)


@contextlib.asynccontextmanager
async def served(agent: Agent, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(agent.application, port=port, log_level="error"))
    serving = asyncio.create_task(server.serve())
    async with httpx2.AsyncClient() as client:
        for _ in range(200):
            await asyncio.sleep(0.02)
            with contextlib.suppress(httpx2.ConnectError):
                await client.get(f"http://127.0.0.1:{port}/healthz")
                break
    yield
    server.should_exit = True
    await serving


@contextlib.asynccontextmanager
async def page(url: str) -> AsyncIterator[None]:
    """The kiosk page in Chromium; without Chromium the painted row stays empty."""
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        yield
        return
    from playwright.async_api import async_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required", "--disable-quic"]
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=executable, args=flags)
        kiosk = await browser.new_page(viewport={"width": 1080, "height": 1920})
        await kiosk.goto(url)
        await asyncio.sleep(1)
        yield
        await browser.close()


def table(columns: dict[str, list[float]]) -> str:
    limit = statistics.median(columns["raw append + fsync, 200 bytes (the limit)"])
    lines = ["| step | taps | p50 ms | p95 ms | p99 ms | max ms | p50 ÷ fsync |", "|---|---|---|---|---|---|---|"]
    for name, values in columns.items():
        if not values:
            lines.append(f"| {name} | 0 | not measured (is Chromium there?) | | | | |")
            continue
        p50, p95, p99 = np.percentile(values, (50, 95, 99))
        lines.append(
            f"| {name} | {len(values)} | {p50:.2f} | {p95:.2f} | {p99:.2f} | {max(values):.2f} | {p50 / limit:.1f} |"
        )
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=10_000_000)
    options.add_argument("--taps", type=int, default=300)
    chosen = options.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    stamina.instrumentation.set_on_retry_hooks([])
    town = [person for person in people(300) if person.registered]
    with tempfile.TemporaryDirectory(prefix="gatepass-bench-") as folder:
        seconds = prepare(Path(folder) / "gate", chosen.people, town)
        print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {chosen.people:,} people")
        print(f"(directory built and installed in {seconds:.0f} s)\n")
        gate = Path(folder) / "gate"
        print("The agent, its journal and its reader:\n")
        print(table(asyncio.run(taps(gate, town, chosen.taps, painted=False))))
        print("\nThe same with the kiosk page in Chromium, which paints 1080 × 1920 on these cores, without a GPU:\n")
        print(table(asyncio.run(taps(gate, town, chosen.taps, painted=True))))


if __name__ == "__main__":
    main(sys.argv[1:])

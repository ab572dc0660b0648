"""The real agent, as a process, with a reader on a real pty: killed, cut off, and given a full disk."""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.cast import number
from tests.gate.town import FakeCentre, enrolled, free_port, key_of, served
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

from gatepass.directory.fetching import FolderFetcher, Subscriber
from gatepass.directory.publishing import Publisher
from gatepass.directory.store import DirectoryStore
from gatepass.gate.device import GateFolder
from gatepass.gate.journal import JournalFile
from gatepass.identity import Document
from gatepass.identity.numbers import parse_citizen
from gatepass.policy import Advice, Colour
from gatepass.readers.sam import SamSimulator
from gatepass.readers.sam.simulator import synthetic_block

ANSWER_WITHIN_S = 20.0
"""Generous: a restart on a machine that is busy with other tests is in it."""


def townspeople(count: int) -> list[Document]:
    """Residents with numbers that differ; the first half of a birthday's serials, then the next day."""
    people = []
    for index in range(count):
        born = f"19{50 + index // 500:02}0{1 + index % 9}{10 + index % 18}"
        typed = parse_citizen(number("330102", born, f"{index % 1000:03}"))
        people.append(replace(typed, holder=replace(typed.holder, native_name="陈某")))
    assert len({person.number for person in people}) == count
    return people


class Gate:
    """The agent's process, and what its kiosk was told."""

    def __init__(self, folder: GateFolder, reader: SamSimulator, port: int) -> None:
        self.folder, self.reader, self.port = folder, reader, port
        self.process: subprocess.Popen[bytes] | None = None
        self.shown: list[dict[str, Any]] = []
        self.news = asyncio.Event()
        self.limit: int | None = None

    def start(self) -> None:
        def limit_files() -> None:
            if self.limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit, resource.RLIM_INFINITY))

        self.process = subprocess.Popen(
            [sys.executable, "-m", "gatepass", "gate", "run", "--folder", str(self.folder.path),
             "--reader", f"sam:{self.reader.device}", "--port", str(self.port), "--poll-ms", "4"],
            env={**os.environ, "GATEPASS_GATE_RETRY_MOST_S": "0.3", "GATEPASS_GATE_HOLD_MS": "500"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=limit_files,  # noqa: PLW1509 - no threads hold locks it needs
        )  # fmt: skip

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)

    async def listen(self) -> None:
        """Be the kiosk: connect, and connect again, until cancelled."""
        address = f"ws://127.0.0.1:{self.port}/kiosk/socket"
        while True:
            try:
                async with connect(address, origin=f"http://127.0.0.1:{self.port}", proxy=None) as line:  # type: ignore[arg-type]
                    async for text in line:
                        message = json.loads(text)
                        if message["type"] == "show" and not message["repeat"]:
                            self.shown.append(message)
                            self.news.set()
            except (OSError, ConnectionClosed, InvalidMessage, EOFError):
                await asyncio.sleep(0.02)

    async def tap(self, block: bytes, *, kill_after: float | None = None) -> None:
        """Lay a card until it is answered, as a person does."""
        before = len(self.shown)
        deadline = time.monotonic() + ANSWER_WITHIN_S
        while len(self.shown) == before:
            assert time.monotonic() < deadline, "the gate did not answer"
            self.news.clear()
            self.reader.lay(block)
            if kill_after is not None:
                await asyncio.sleep(kill_after)
                self.kill()
                self.start()
                kill_after = None
            try:
                async with asyncio.timeout(1.0):
                    await self.news.wait()
            except TimeoutError:
                pass
            self.reader.lift()

    async def health(self) -> dict[str, Any]:
        async with httpx2.AsyncClient(trust_env=False) as client:
            report: dict[str, Any] = (await client.get(f"http://127.0.0.1:{self.port}/healthz")).json()
        return report

    async def becomes(self, fact: str, value: object, *, within: float) -> None:
        """Wait until /healthz says so."""
        for _ in range(int(within * 10)):
            if (await self.health())[fact] == value:
                return
            await asyncio.sleep(0.1)
        pytest.fail(f"{fact} did not become {value}")

    def resident_kilobytes(self) -> int:
        """proc(5), stat, field rss."""
        assert self.process
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return int(fields[21]) * resource.getpagesize() // 1024


@asynccontextmanager
async def opened(gate: Gate) -> AsyncIterator[Gate]:
    gate.start()
    listening = asyncio.create_task(gate.listen())
    try:
        yield gate
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        gate.stop()


def colours(folder: GateFolder, publisher: Publisher, people: list[Document]) -> None:
    """A directory that is already at the gate: every second person green, the others yellow."""
    publisher.publish_base(
        {key_of(who): ((Colour.GREEN, Colour.YELLOW)[index % 2], Advice.NONE) for index, who in enumerate(people)},
        datetime.now(UTC),
    )
    Subscriber(DirectoryStore(folder.directory), FolderFetcher(publisher.repository), publisher.trust_root).refresh()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_2000_taps_with_kills_and_no_centre_for_the_first_half_lose_nothing(tmp_path: Path) -> None:
    taps, kills, dice = 2000, 12, random.Random(2020)
    port, centre_port = free_port(), free_port()
    people = townspeople(taps)
    publisher = Publisher(tmp_path / "updates")
    folder = enrolled(tmp_path / "gate", centre=f"http://127.0.0.1:{centre_port}", trust_root=publisher.trust_root)
    colours(folder, publisher, people)
    centre = FakeCentre.of(folder, publisher=publisher, mischief=dice)
    killed_at = set(dice.sample(range(5, taps - 5), kills))

    async def story(stack: ExitStack) -> list[dict[str, Any]]:
        with SamSimulator() as reader:
            async with opened(Gate(folder, reader, port)) as gate:
                for index, who in enumerate(people):
                    if index == taps // 2:
                        stack.enter_context(served(centre, centre_port))
                    kill_after = dice.uniform(0, 0.03) if index in killed_at else None
                    await gate.tap(synthetic_block(who), kill_after=kill_after)
                await gate.becomes("waiting", 0, within=60)
                return gate.shown

    with ExitStack() as stack:
        shown = asyncio.run(story(stack))

    arrived = centre.stored
    ids = [record.id.hex() for record in arrived.values()]
    assert sorted(arrived) == list(range(1, len(arrived) + 1)), "the sequence has a gap"
    assert centre.conflicts == [], "one number was given to two passages"
    assert len(set(ids)) == len(ids), "a passage is there twice"
    assert {message["id"] for message in shown} <= set(ids), "a passage that was shown is lost"
    assert len(shown) == taps, "the gate kept deciding"
    assert taps <= len(arrived) <= taps + kills, "each kill may have hidden one answer from the kiosk"
    assert {record.person for record in arrived.values()} == {key_of(who) for who in people}
    assert {message["outcome"] for message in shown} == {"pass", "hold"}
    assert centre.deliveries > len(arrived), "batches were delivered again"

    journal = JournalFile(folder.journal_file, folder.device().journal_key)
    found = journal.verify()
    journal.close()
    assert (found.first, found.last, found.missing, found.undecodable) == (1, len(arrived), 0, 0)


@pytest.mark.slow
def test_a_full_disk_under_the_real_agent_loses_no_passage(tmp_path: Path) -> None:
    """RLIMIT_FSIZE is a full disk that needs no root: every file may grow to 60 kB and no further."""
    port = free_port()
    people = townspeople(120)
    folder = enrolled(tmp_path / "gate", centre=f"http://127.0.0.1:{free_port()}")

    async def story() -> list[dict[str, Any]]:
        with SamSimulator() as reader:
            gate = Gate(folder, reader, port)
            gate.limit = 60_000
            async with opened(gate):
                for who in people:
                    await gate.tap(synthetic_block(who))
                report = await gate.health()
                assert "journal_full" in report["reasons"]
                assert report["ready"], "a gate with a full disk still lets people in"
                assert report["held_in_memory"] > 0
                assert gate.process
                resource.prlimit(gate.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
                await gate.becomes("held_in_memory", 0, within=30)
                assert "journal_full" not in (await gate.health())["reasons"]
            return gate.shown

    shown = asyncio.run(story())
    journal = JournalFile(folder.journal_file, folder.device().journal_key)
    records = journal.between(1, 10**6, 10**6)
    journal.close()
    assert [record.seq for record in records] == list(range(1, len(people) + 1))
    assert [record.id.hex() for record in records] == [message["id"] for message in shown]
    assert [record.person for record in records] == [key_of(who) for who in people]


@pytest.mark.slow
def test_a_gate_that_has_answered_fits_in_250_megabytes(tmp_path: Path) -> None:
    """How long it takes to be ready is measured, not tested: benchmarks/gate_start.py."""
    folder = enrolled(tmp_path / "gate")

    async def start() -> int:
        with SamSimulator() as reader:
            async with opened(Gate(folder, reader, free_port())) as gate:
                await gate.tap(synthetic_block(townspeople(1)[0]))
                return gate.resident_kilobytes()

    assert asyncio.run(start()) < 250_000

"""Many gates that wait for a colour, simulated in one process, at a real centre in a process of its own.

Every gate has a key of its own and signs each request, over one connection that it keeps, as a real one does: it waits
on `/gate/v1/updates`, and when it is told, it fetches what a gate must fetch to know the colour: the timestamp, the
snapshot and the list of targets in their new version, and the new file of changes. It then waits again. It does not
verify what it fetched. A few gates are real `Subscriber`s beside them: these verify every signature, install the
changes in a directory on the disk, and look the person up.

*told* is the moment the wait is answered, *holds* the moment the file of changes is there, *knows* (of the real ones)
the moment when their directory says the new colour. The clock starts before `set_colour`, the verb behind the staff
form, begins its transaction. The board is the stream of `/live/board`, until its frame shows another count of colours.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from _centre import Centre, Terminal, running

from gatepass.wire import signing
from gatepass.wire.messages import UpdatesReply

REAL = 4
PEOPLE = 2_000
UPDATES = "/gate/v1/updates"
PROMISED_S = 10.0


@dataclass
class Seen:
    """When (perf_counter) each gate got each version."""

    told: dict[tuple[int, int], float] = field(default_factory=dict)
    holds: dict[tuple[int, int], float] = field(default_factory=dict)


class WaitingGate:
    def __init__(self, number: int, centre: Centre, seen: Seen) -> None:
        self.number, self.centre, self.seen = number, centre, seen
        self.terminal: Terminal = centre.terminals[number]
        self.version = 0
        self._known: set[str] = set()

    async def live(self) -> None:
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self.centre.port, limit=2**20)
        while True:
            answer = msgspec.msgpack.decode(await self._get(f"{UPDATES}?after={self.version}"), type=UpdatesReply)
            if answer.version > self.version:
                self.seen.told[self.number, answer.version] = time.perf_counter()
                await self._fetch()
                self.seen.holds[self.number, answer.version] = time.perf_counter()
                self.version = answer.version

    async def _fetch(self) -> None:
        stamp = json.loads(await self._get(f"{UPDATES}/metadata/timestamp.json"))
        number = stamp["signed"]["meta"]["snapshot.json"]["version"]
        snapshot = json.loads(await self._get(f"{UPDATES}/metadata/{number}.snapshot.json"))
        number = snapshot["signed"]["meta"]["targets.json"]["version"]
        listed = json.loads(await self._get(f"{UPDATES}/metadata/{number}.targets.json"))["signed"]["targets"]
        for name, target in listed.items():
            file = f"{target['hashes']['sha256']}.{name}"
            if file not in self._known:
                self._known.add(file)
                await self._get(f"{UPDATES}/targets/{file}")

    async def _get(self, path: str) -> bytes:
        now = time.time_ns() // 1_000_000
        signed = signing.sign("GET", path, b"", key=self.terminal.key, key_id=self.terminal.key_id, now_ms=now)
        lines = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
        self._out.write(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{lines}\r\n".encode())
        head = (await self._in.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(f"{path}: {head[:60]!r}")
        if b"transfer-encoding: chunked" in head:
            return await self._chunks()
        start = head.index(b"content-length:") + 15
        return await self._in.readexactly(int(head[start : head.index(b"\r\n", start)]))

    async def _chunks(self) -> bytes:
        whole = b""
        while size := int(await self._in.readline(), 16):
            whole += await self._in.readexactly(size)
            await self._in.readline()
        await self._in.readline()
        return whole


class RealGate(threading.Thread):
    """Polls, then lets the gate's own subscriber fetch, verify and install."""

    def __init__(self, number: int, centre: Centre, root: bytes, folder: Path) -> None:
        super().__init__(daemon=True)
        self.number, self.terminal, self.port = number, centre.terminals[number], centre.port
        self._root, self._folder = root, folder
        self.person = b""
        self.knows: dict[str, float] = {}
        """Colour of the person in the directory -> when it was first seen."""
        self.over = False

    def run(self) -> None:
        import httpx2
        from tuf.api.exceptions import DownloadHTTPError
        from tuf.ngclient import FetcherInterface

        from gatepass.directory.errors import DirectoryError
        from gatepass.directory.fetching import Subscriber
        from gatepass.directory.store import DirectoryStore

        client = httpx2.Client(timeout=40, trust_env=False)
        base = f"http://127.0.0.1:{self.port}{UPDATES}"

        def get(url: str) -> Any:
            now = time.time_ns() // 1_000_000
            key = self.terminal.key
            headers = signing.sign("GET", url, b"", key=key, key_id=self.terminal.key_id, now_ms=now)
            return client.get(url, headers=headers)

        class Fetcher(FetcherInterface):
            def _fetch(self, url: str) -> Any:
                answer = get(url)
                if not answer.is_success:
                    raise DownloadHTTPError("refused", answer.status_code)
                yield answer.content

        store = DirectoryStore(self._folder / f"gate-{self.number}")
        subscriber = Subscriber(store, Fetcher(), self._root, base_url=f"{base}/")
        while True:
            try:
                get(f"{base}?after={store.version}")
                subscriber.refresh()
            except (httpx2.HTTPError, DirectoryError):
                if self.over:
                    return  # the centre has gone
                raise
            directory = store.directory
            if directory is not None and self.person:
                state = directory.look_up(self.person)
                colour = str(state[0]) if state else ""
                self.knows.setdefault(colour, time.perf_counter())


async def board(centre: Centre, cookie: str, frames: list[tuple[float, str]]) -> None:
    """The live board's frames as they come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", centre.port, limit=2**22)
    writer.write(f"GET /live/board HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: gatepass_session={cookie}\r\n\r\n".encode())
    while line := await reader.readline():
        if line.startswith(b"data:"):
            frames.append((time.perf_counter(), line.decode()))


def many(gates: int, rounds: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="gatepass-bench-") as name,
        running(
            Path(name) / "centre", devices=gates + REAL, settings={"GATEPASS_CENTRE_SECOND_FACTOR_ROLES": ""}
        ) as centre,
    ):
        os.environ["GATEPASS_CENTRE_DIR"] = str(centre.folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "gatepass.centre.settings"
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # one change at a time, while nothing else is asked of this loop
        import django

        django.setup()
        asyncio.run(_measure(centre, gates, rounds, Path(name)))


async def _measure(centre: Centre, gates: int, rounds: int, folder: Path) -> None:
    from django.test import Client

    from gatepass.centre import updates
    from gatepass.centre.accounts.actions import GrantWish, create_staff
    from gatepass.centre.accounts.roles import Role
    from gatepass.centre.codes.actions import set_colour
    from gatepass.centre.people.models import Resident
    from gatepass.policy import Advice, Colour

    keys = await asyncio.to_thread(_people)
    user, _ = create_staff(
        None, "looks", "Looks", [GrantWish(Role.OFFICE, None, None)], language="en", password="x" * 20
    )
    client = Client()
    client.force_login(user)
    cookie = client.cookies["gatepass_session"].value
    seen, frames = Seen(), []
    waiting = [WaitingGate(number, centre, seen) for number in range(gates)]
    tasks = [asyncio.create_task(one.live()) for one in waiting]
    tasks.append(asyncio.create_task(board(centre, cookie, frames)))
    root = updates.publisher().trust_root
    real = [RealGate(gates + number, centre, root, folder) for number in range(REAL)]
    for one in real:
        one.start()
    await _until(lambda: all(one.version for one in waiting), tasks)
    await asyncio.sleep(3)
    took: dict[str, list[float]] = {"told": [], "holds": [], "knows": [], "board": []}
    colour, reason = Colour.YELLOW, "B1"
    for turn in range(rounds):
        resident = await asyncio.to_thread(Resident.objects.get, pk=turn + 1)
        before = max(one.version for one in waiting)
        for one in real:
            one.knows.clear()
            one.person = keys[turn].tobytes()
        shown = len(frames)
        began = time.perf_counter()
        await asyncio.to_thread(set_colour, None, resident, colour, reason, Advice.NONE)
        deadline = began + 60

        def reached(before: int = before, shown: int = shown) -> bool:
            return (
                all(one.version > before for one in waiting)
                and all(str(colour) in one.knows for one in real)
                and any("colours" in text for _, text in frames[shown:])
            )

        await _until(lambda deadline=deadline, reached=reached: reached() or time.perf_counter() > deadline, tasks)
        for what, moments in (("told", seen.told), ("holds", seen.holds)):
            firsts = [
                min((at for (number, version), at in moments.items() if number == one.number and version > before),
                    default=deadline)
                for one in waiting
            ]  # fmt: skip
            took[what] += [at - began for at in firsts]
        took["knows"] += [one.knows.get(str(colour), deadline) - began for one in real]
        took["board"].append(next((at for at, text in frames[shown:] if "colours" in text), deadline) - began)
        await asyncio.sleep(0.5)
    for one in real:
        one.over = True
    for task in tasks:
        task.cancel()
    _table(took, gates, rounds)


def _people() -> np.ndarray:
    """A registry of some thousand, published; their person keys, (people, 16). Each round changes another one."""
    from _registry import insert

    from gatepass.centre.codes.models import Code, DirectoryChange
    from gatepass.centre.people.models import IdentityDocument, Resident
    from gatepass.centre.sites.models import Site

    now = datetime.now(UTC)
    keys = np.random.default_rng(4).integers(0, 256, (PEOPLE, 16), np.uint8)
    site = Site.objects.get().pk
    insert(
        Resident,
        ({"site_id": site, "full_name": f"P{n}", "registered_at": now, "changed_at": now} for n in range(PEOPLE)),
    )
    insert(
        IdentityDocument,
        (
            {"resident_id": n + 1, "kind": "resident_card", "issuer": "CHN", "number": "-", "added_at": now,
             "person_key": keys[n].tobytes()}
            for n in range(PEOPLE)
        ),
    )  # fmt: skip
    until = now + timedelta(days=9)
    insert(
        Code,
        (
            {
                "resident_id": n + 1,
                "colour": "green",
                "reason": "C",
                "since": now,
                "valid_until": until,
            }
            for n in range(PEOPLE)
        ),
    )
    insert(DirectoryChange, ({"person_key": keys[n].tobytes(), "queued_at": now} for n in range(PEOPLE)))
    return keys


async def _until(met: Any, tasks: list[asyncio.Task[None]]) -> None:
    while not met():
        for task in tasks:
            if task.done():
                task.result()
        await asyncio.sleep(0.02)


def _table(took: dict[str, list[float]], gates: int, rounds: int) -> None:
    print(
        f"{os.cpu_count()} cores shared by centre and gates, Python {platform.python_version()}, {gates} waiting"
        f" gates and {REAL} real ones, {rounds} changes, load {os.getloadavg()[0]:.1f}\n"
    )
    print(
        "| from the verb's begin until | measured | p50 ms | p95 ms | p99 ms | max ms |\n|---|---:|---:|---:|---:|---:|"
    )
    words = {
        "told": "each waiting gate is told",
        "holds": "each waiting gate holds the changes",
        "knows": "each real gate's directory says the new colour",
        "board": "the live board shows it",
    }
    for what, name in words.items():
        p50, p95, p99, most = np.percentile(took[what], (50, 95, 99, 100)) * 1000
        print(f"| {name} | {len(took[what]):,} | {p50:,.0f} | {p95:,.0f} | {p99:,.0f} | {most:,.0f} |")
    late = sum(seconds > PROMISED_S for what in ("holds", "knows") for seconds in took[what])
    print(f"\n{late} later than {PROMISED_S:.0f} s")

"""For the benchmarks of the gateway: a whole centre in a process of its own, its devices, and a load client.

python benchmarks/_centre.py FOLDER DEVICES PEOPLE       (called by `running`) writes the centre's folder
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gatepass.centre.collecting import COLLECT_AFTER
from gatepass.wire import signing
from gatepass.wire.messages import CONTENT_TYPE

SEED = 20261123


def collect_as_the_centre() -> None:
    """Python's collector of garbage as the centre sets it at its start."""
    gc.set_threshold(*COLLECT_AFTER)
    gc.collect()
    gc.freeze()


@dataclass(frozen=True)
class Terminal:
    """An enrolled device."""

    key_id: str
    key: Ed25519PrivateKey


@dataclass(frozen=True)
class Centre:
    port: int
    folder: Path
    terminals: list[Terminal]
    process: int

    def cpu_seconds(self) -> float:
        """That the server has used so far, in all its threads."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def request(self, path: str, body: bytes, *, key: Ed25519PrivateKey | bytes, key_id: str) -> bytes:
        """A whole signed HTTP/1.1 request, ready to be written to a socket."""
        headers = signing.sign("POST", path, body, key=key, key_id=key_id, now_ms=time.time_ns() // 1_000_000)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\ncontent-type: {CONTENT_TYPE}\r\n"
            f"content-length: {len(body)}\r\n{lines}\r\n"
        ).encode() + body


def synthetic_people(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Keys (count, 16) and codes (count,): 96.5 % green, the rest yellow, red and expired."""
    chance = np.random.default_rng(SEED)
    keys = chance.integers(0, 256, (count, 16), np.uint8)
    codes = chance.choice(np.array([8, 16, 24, 0], np.uint8), count, p=[0.965, 0.02, 0.005, 0.01])
    return keys, codes


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(
    folder: Path, *, devices: int, people: int = 0, settings: Mapping[str, str] | None = None
) -> Iterator[Centre]:
    """The real application under uvicorn: `gatepass.centre.asgi`, one worker, its own folder and database."""
    inside = {**os.environ, "GATEPASS_CENTRE_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "gatepass.centre.settings"}
    inside |= settings or {}
    written = subprocess.run(
        [sys.executable, __file__, str(folder), str(devices), str(people)], env=inside, check=True, capture_output=True
    )
    terminals = [
        Terminal(one["id"], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(one["key"])))
        for one in json.loads(written.stdout)
    ]
    with serving("gatepass.centre.asgi:application", folder, inside) as (port, process):
        yield Centre(port, folder, terminals, process)


@contextlib.contextmanager
def serving(application: str, folder: Path, settings: dict[str, str]) -> Iterator[tuple[int, int]]:
    """(port, process id) of a uvicorn with one worker."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--log-level", "warning"]
    command += ["--no-access-log", "--no-server-header", "--no-proxy-headers"]  # as `gatepass serve` does
    log = folder / "server.log"
    with log.open("wb") as file:
        server = subprocess.Popen(command, env=settings, stdout=file, stderr=subprocess.STDOUT)
        try:
            _until_answering(server, port, log)
            yield port, server.pid
        finally:
            server.terminate()
            try:
                server.wait(60)
            except subprocess.TimeoutExpired:
                server.kill()


@contextlib.contextmanager
def bare(folder: Path) -> Iterator[Centre]:
    """uvicorn alone: see `_bare.py`."""
    folder.mkdir()
    settings = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    with serving("_bare:application", folder, settings) as (port, process):
        yield Centre(port, folder, [], process)


def _until_answering(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 600  # a busy machine, a registry of a million
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/gate/v1/", timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"the centre did not start:\n{log.read_text()[-2000:]}")


class _Connection(asyncio.Protocol):
    """Writes one prepared request after another, each when the answer to the last one is whole."""

    def __init__(self, requests: Sequence[bytes], deadline: float) -> None:
        self._requests = iter(requests)
        self._deadline = deadline
        self._buffer = b""
        self._sent = 0.0
        self.latencies: list[float] = []
        self.refused: list[bytes] = []
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None) if time.perf_counter() < self._deadline else None
        if request is None:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lowered = head.lower()
        start = lowered.index(b"content-length:") + 15
        end = lowered.find(b"\r\n", start)
        length = int(lowered[start : end if end > 0 else None])
        if len(rest) < length:
            return
        self.latencies.append(time.perf_counter() - self._sent)
        if not head.startswith(b"HTTP/1.1 200"):
            self.refused.append(head[:40] + rest[:200])
        self._buffer = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(error)


@dataclass(frozen=True)
class Load:
    answered: int
    seconds: float
    latencies: np.ndarray
    """ms."""

    def at(self, percent: float) -> float:
        return float(np.percentile(self.latencies, percent))


async def hammer(port: int, requests: Sequence[Sequence[bytes]], seconds: float) -> Load:
    """One connection for each sequence of requests, until they are used up or the time is over."""
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    connections = [
        (await loop.create_connection(lambda own=own: _Connection(own, started + seconds), "127.0.0.1", port))[1]
        for own in requests
    ]
    await asyncio.gather(*(one.done for one in connections))
    took = time.perf_counter() - started
    refused = [answer for one in connections for answer in one.refused]
    if refused:
        raise SystemExit(f"{len(refused)} requests were refused, the first one: {refused[0]!r}")
    latencies = np.array([latency for one in connections for latency in one.latencies]) * 1000
    return Load(len(latencies), took, latencies)


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("devices", type=int)
    parser.add_argument("people", type=int)
    wanted = parser.parse_args(argv)
    import django

    django.setup()
    from django.core.management import call_command

    from gatepass.centre import updates
    from gatepass.centre.sites.actions import (
        create_community,
        create_gate,
        create_site,
        enrol_device,
        issue_enrolment_code,
    )
    from gatepass.wire.messages import EnrolRequest

    call_command("migrate", verbosity=0)
    site = create_site(None, create_community(None, "benchmark"), "benchmark")
    enrolled = []
    for number in range(wanted.devices):
        key = Ed25519PrivateKey.generate()
        code = issue_enrolment_code(None, create_gate(None, site, f"gate {number}", "in")).code
        public = key.public_key().public_bytes_raw()
        reply = enrol_device(EnrolRequest(code, public, key.sign(code.encode()), "benchmark"))
        enrolled.append({"id": reply.device, "key": key.private_bytes_raw().hex()})
    if wanted.people:
        updates.publisher().publish_base(synthetic_people(wanted.people), datetime.now(UTC))
    sys.stdout.write(json.dumps(enrolled))


if __name__ == "__main__":
    main(sys.argv[1:])

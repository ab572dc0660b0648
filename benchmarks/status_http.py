"""Status look-ups by network on one worker: signed requests, millions of people, single and batched.

The centre is the real one (uvicorn, one worker); the directory is the published one, fetched and verified as a gate
would. Requests are prepared and signed beforehand, with the session keys that `POST /gate/v1/session` gave (HMAC), and
for comparison with the devices' own Ed25519 keys. The load runs on the other core: wrk where it is installed, else the
asyncio client of this file (a third slower than wrk, so that the figure is then a lower bound).

    ./gatepass bench status_http --people 10000000
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gatepass.wire import signing
from gatepass.wire.messages import CONTENT_TYPE, SessionReply, StatusQuery

sys.path.insert(0, str(Path(__file__).parent))

from _centre import Centre, bare, hammer, running, synthetic_people

DEVICES = 64
CONNECTIONS = 32
SINGLE_TARGET, BATCH_TARGET, P99_TARGET = 23_334, 400_000, 20.0

WRK_SCRIPT = """
local requests, place = {}, 0
local file = io.open("%s", "rb")
while true do
  local size = file:read(8)
  if not size then break end
  requests[#requests + 1] = file:read(tonumber(size))
end
file:close()
request = function()
  place = place + 1
  if place > #requests then wrk.thread:stop() place = #requests end
  return requests[place]
end
done = function(summary, latency)
  print(string.format("RESULT %%d %%d %%d %%d %%d", summary.requests, summary.duration, summary.errors.status,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Result:
    rate: float
    """Requests a second."""
    p50: float
    p99: float
    per_cpu_second: float = 0.0
    """Requests for each second of processor time that the server used."""


@dataclass(frozen=True)
class Signer:
    key: Ed25519PrivateKey | bytes
    key_id: str


def sessions(centre: Centre) -> list[Signer]:
    """A session key of each device."""
    signers = []
    for one in centre.terminals:
        url = f"http://127.0.0.1:{centre.port}/gate/v1/session"
        headers = signing.sign("POST", url, b"", key=one.key, key_id=one.key_id, now_ms=time.time_ns() // 1_000_000)
        with urllib.request.urlopen(
            urllib.request.Request(url, b"", {**headers, "content-type": CONTENT_TYPE})
        ) as answer:
            reply = msgspec.msgpack.decode(answer.read(), type=SessionReply)
        signers.append(Signer(reply.key, reply.key_id))
    return signers


def prepared(centre: Centre, signers: Sequence[Signer], keys: np.ndarray, size: int, count: int) -> list[bytes]:
    """`count` requests for `size` random people each; one person in twenty is a stranger."""
    chance = np.random.default_rng(count)
    chosen = keys[chance.integers(0, len(keys), count * size)]
    strangers = chance.random(count * size) < 0.05
    chosen[strangers] = chance.integers(0, 256, (int(strangers.sum()), 16), np.uint8)
    raw = chosen.tobytes()
    requests = []
    for number in range(count):
        people = [raw[16 * place : 16 * place + 16] for place in range(number * size, (number + 1) * size)]
        signer = signers[number % len(signers)]
        body = msgspec.msgpack.encode(StatusQuery(people))
        requests.append(centre.request("/gate/v1/status", body, key=signer.key, key_id=signer.key_id))
    return requests


def measured(centre: Centre, requests: list[bytes], folder: Path, seconds: float) -> Result:
    before, started = centre.cpu_seconds(), time.perf_counter()
    result = with_wrk(centre, requests, folder, seconds) if shutil.which("wrk") else with_own(centre, requests, seconds)
    used = centre.cpu_seconds() - before
    took = min(time.perf_counter() - started, seconds)
    return replace(result, per_cpu_second=result.rate * took / used)


def with_wrk(centre: Centre, requests: list[bytes], folder: Path, seconds: float) -> Result:
    (folder / "requests").write_bytes(b"".join(b"%8d" % len(one) + one for one in requests))
    script = folder / "status.lua"
    script.write_text(WRK_SCRIPT % (folder / "requests"))
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds:.0f}s",
        "-s",
        str(script),
        f"http://127.0.0.1:{centre.port}/",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", said)
    if found is None:
        raise SystemExit(f"wrk said nothing that can be read:\n{said}")
    answered, took, refused, p50, p99 = map(int, found.groups())
    if refused:
        raise SystemExit(f"{refused} of {answered} requests were refused")
    return Result(answered / took * 1e6, p50 / 1000, p99 / 1000)


def with_own(centre: Centre, requests: list[bytes], seconds: float) -> Result:
    shares = [requests[start::CONNECTIONS] for start in range(CONNECTIONS)]
    load = asyncio.run(hammer(centre.port, shares, seconds))
    return Result(load.answered / load.seconds, load.at(50), load.at(99))


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args(argv)
    keys, _codes = synthetic_people(wanted.people)
    client = "wrk" if shutil.which("wrk") else "own asyncio client"
    print(f"{wanted.people:,} people; one uvicorn worker; load by {client}, {CONNECTIONS} connections, on the same"
          f" {os.cpu_count()} cores; medians of {wanted.rounds} rounds, interleaved")  # fmt: skip
    print()
    columns = [
        "look-ups a request",
        "key",
        "requests/s",
        "look-ups/s",
        "look-ups/CPU s of the server",
        "p50 ms",
        "p99 ms",
    ]
    print(f"| {' | '.join([*columns, 'requests/s, slowest to quickest round'])} |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | --- |")
    limit = (1, "none: uvicorn answers at once")
    kinds = [limit, (1, "session, HMAC"), (1, "device, Ed25519"), (100, "session, HMAC"), (1000, "session, HMAC")]
    results: dict[tuple[int, str], list[Result]] = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="gatepass-status-") as name:
        folder = Path(name)
        with running(folder / "centre", devices=DEVICES, people=wanted.people) as centre, bare(folder / "bare") as none:
            own = [Signer(one.key, one.key_id) for one in centre.terminals]
            short = sessions(centre)
            for _ in range(wanted.rounds):
                for size, kind in kinds:
                    signers = own if kind.startswith("device") else short
                    # More than can be answered: whoever runs out of requests measures nothing.
                    rate = {1: 45_000, 100: 12_000, 1000: 2_500}[size] if signers is short else 12_000
                    requests = prepared(centre, signers, keys, size, int(rate * wanted.seconds))
                    asked = none if (size, kind) == limit else centre
                    results[size, kind].append(measured(asked, requests, folder, wanted.seconds))
    for (size, kind), rounds in results.items():
        rounds.sort(key=lambda one: one.rate)
        middle = rounds[len(rounds) // 2]
        cells = [f"{size}", kind, f"{middle.rate:,.0f}", f"{middle.rate * size:,.0f}"]
        cells += [f"{middle.per_cpu_second * size:,.0f}", f"{middle.p50:.1f}", f"{middle.p99:.1f}"]
        cells += [f"{rounds[0].rate:,.0f} to {rounds[-1].rate:,.0f}"]
        print(f"| {' | '.join(cells)} |")
    print()
    # Judged by the medians that the table shows (each list is sorted by now), not by the luckiest round.
    single = results[1, "session, HMAC"][wanted.rounds // 2]
    batched = max(rounds[wanted.rounds // 2].rate * size for (size, _), rounds in results.items() if size > 1)
    print(f"single: {single.rate:,.0f}/s, p99 {single.p99:.1f} ms; target {SINGLE_TARGET:,}/s, {P99_TARGET:.0f} ms:"
          f" {'met' if single.rate >= SINGLE_TARGET and single.p99 <= P99_TARGET else 'missed'}"
          f" ({single.rate / SINGLE_TARGET:.2f} x)")  # fmt: skip
    print(f"batched: {batched:,.0f}/s; target {BATCH_TARGET:,}/s: {'met' if batched >= BATCH_TARGET else 'missed'}"
          f" ({batched / BATCH_TARGET:.2f} x)")  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])

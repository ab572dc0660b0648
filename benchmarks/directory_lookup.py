"""Look-ups in the directory, single and by 500, beside a dict, SQLite, LMDB and Redis in the same run.

Every store holds the same people, opened as its own documentation says is fastest for reading. Rounds are interleaved
(each store in turn, several times) and medians are printed, so that a busy moment of the machine hits all alike. Of the
keys asked for, one in ten is a stranger's. Time to make the person key (some 1 ms of scrypt, on purpose) is not in it.

    ./gatepass bench directory_lookup --people 10000000
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import lmdb
import numpy as np
import redis

from gatepass.directory import Directory, build

ASKED = 20_000
BATCH = 500
CHUNK = 100_000
REDIS = "Redis, unix socket"
MIX = {8: 0.93, 9: 0.02, 19: 0.03, 10: 0.01, 28: 0.006, 0: 0.004}
"""Share of each state code: mostly green without advice, as in a town."""


def crowd(people: int) -> tuple[np.ndarray, np.ndarray]:
    """Keys (n, 16) in ascending order (kind to the peers' B-trees) and state codes (n,)."""
    dice = np.random.default_rng(2020)
    keys = dice.integers(0, 256, (people, 16), dtype=np.uint8)
    keys = keys[np.argsort(keys[:, :8].copy().view(">u8").reshape(-1).astype(np.uint64))]
    return keys, dice.choice(np.array([*MIX], np.uint8), people, p=[*MIX.values()])


def rows(keys: np.ndarray) -> list[bytes]:
    raw = keys.tobytes()
    return [raw[place : place + 16] for place in range(0, len(raw), 16)]


def chunks(keys: np.ndarray, codes: np.ndarray) -> Iterator[Iterator[tuple[bytes, int]]]:
    for begin in range(0, len(keys), CHUNK):
        yield zip(rows(keys[begin : begin + CHUNK]), codes[begin : begin + CHUNK].tolist(), strict=True)


def resident() -> int:
    """Bytes of memory that this process holds (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@dataclass
class Store:
    """One way to keep people. `one` and `many` give states, or something else for a stranger."""

    name: str
    bytes_held: int
    one: Callable[[bytes], object]
    many: Callable[[list[bytes]], object]
    close: Callable[[], object] = lambda: None
    singles: int = ASKED
    false_accept: str = "none"


def ours(keys: np.ndarray, codes: np.ndarray, folder: Path) -> Store:
    path = folder / "1.base"
    path.write_bytes(build((keys, codes), version=1, as_of=1))
    directory = Directory.open(path)
    expected = len(keys) / 2 ** (directory.base.bucket_bits + 20)
    return Store(
        "**directory** (ours, mmap)",
        path.stat().st_size,
        directory.look_up,
        lambda asked: directory.look_up_many(b"".join(asked)),
        false_accept=f"2^{np.log2(expected):.1f}",
    )


def a_dict(keys: np.ndarray, codes: np.ndarray, _folder: Path) -> Store:
    before = resident()
    people: dict[bytes, int] = {}
    for chunk in chunks(keys, codes):
        people.update(chunk)
    return Store("Python dict", resident() - before, people.get, lambda asked: [*map(people.get, asked)])


def a_sqlite_file(keys: np.ndarray, codes: np.ndarray, folder: Path) -> Store:
    path = folder / "people.sqlite3"
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode=OFF")
    base.execute("PRAGMA synchronous=OFF")
    base.execute("CREATE TABLE people (key BLOB PRIMARY KEY, state INTEGER) WITHOUT ROWID")
    for chunk in chunks(keys, codes):
        base.executemany("INSERT INTO people VALUES (?, ?)", chunk)
    base.commit()
    size = path.stat().st_size
    base.execute(f"PRAGMA mmap_size={2 * size}")
    single_row = "SELECT state FROM people WHERE key = ?"
    several = f"SELECT key, state FROM people WHERE key IN ({','.join('?' * BATCH)})"
    return Store(
        "SQLite, WITHOUT ROWID, mmap",
        size,
        lambda key: base.execute(single_row, (key,)).fetchone(),
        lambda asked: dict(base.execute(several, asked).fetchall()),
        base.close,
    )


def an_lmdb(keys: np.ndarray, codes: np.ndarray, folder: Path) -> Store:
    path = folder / "lmdb"
    environment = lmdb.open(str(path), map_size=max(1 << 26, len(keys) * 128), sync=False, readahead=False)
    with environment.begin(write=True) as writing, writing.cursor() as cursor:
        for chunk in chunks(keys, codes):
            cursor.putmulti([(key, bytes([code])) for key, code in chunk], append=True)
    reading = environment.begin()
    cursor = reading.cursor()

    def close() -> None:
        cursor.close()
        reading.abort()
        environment.close()

    return Store("LMDB", (path / "data.mdb").stat().st_blocks * 512, reading.get, cursor.getmulti, close)


def a_redis(keys: np.ndarray, codes: np.ndarray, folder: Path) -> Store:
    place = folder / "redis.sock"
    settings = ["--port", "0", "--unixsocket", str(place), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(["redis-server", *settings], stdout=subprocess.DEVNULL)
    client = redis.Redis(unix_socket_path=str(place))

    def close() -> None:
        client.close()
        server.terminate()
        server.wait()

    try:
        for _ in range(100):
            with contextlib.suppress(redis.ConnectionError):
                client.ping()
                break
            time.sleep(0.05)
        before = client.info("memory")["used_memory"]
        pairs = 5_000
        for begin in range(0, len(keys), pairs):
            flat: list[bytes | int] = [b""] * (2 * len(keys[begin : begin + pairs]))
            flat[::2] = rows(keys[begin : begin + pairs])
            flat[1::2] = codes[begin : begin + pairs].tolist()
            client.execute_command("MSET", *flat)
        held = client.info("memory")["used_memory"] - before
    except BaseException:
        close()
        raise
    return Store(REDIS, held, client.get, client.mget, close, singles=2_000)


def throughput(store: Store, asked: list[bytes]) -> float:
    """Single look-ups a second, one after the other."""
    one = store.one
    began = time.perf_counter()
    for key in asked:
        one(key)
    return len(asked) / (time.perf_counter() - began)


def latency(store: Store, asked: list[bytes]) -> tuple[float, float]:
    """Median and 99th percentile of one look-up in us, the clock's own cost taken off."""
    one, clock = store.one, time.perf_counter_ns
    nothing, took = [], []
    for _ in range(2000):
        began = clock()
        nothing.append(clock() - began)
    for key in asked:
        began = clock()
        one(key)
        took.append(clock() - began)
    p50, p99 = (np.percentile(took, (50, 99)) - statistics.median(nothing)) / 1000
    return p50, p99


def batched(store: Store, asked: list[bytes]) -> float:
    """Keys a second, `BATCH` at a time."""
    began = time.perf_counter()
    for place in range(0, len(asked) - BATCH + 1, BATCH):
        store.many(asked[place : place + BATCH])
    return (len(asked) // BATCH * BATCH) / (time.perf_counter() - began)


def main(argv: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=10_000_000)
    options.add_argument("--rounds", type=int, default=7)
    chosen = options.parse_args(argv)
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {chosen.people:,} people\n"
    )
    keys, codes = crowd(chosen.people)
    dice = np.random.default_rng(7)
    kinds = [ours, a_dict, a_sqlite_file, an_lmdb]
    if shutil.which("redis-server"):
        kinds.append(a_redis)
    stores: list[Store] = []
    build_s: list[float] = []
    measured: dict[str, list[tuple[float, float, float, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="gatepass-bench-") as folder, contextlib.ExitStack() as stack:
        for kind in kinds:
            began = time.perf_counter()
            store = kind(keys, codes, Path(folder))
            build_s.append(time.perf_counter() - began)
            stack.callback(store.close)
            stores.append(store)
        for _ in range(chosen.rounds):
            # Other keys for each figure, the same for each store: nobody is asked for what is still in a cache.
            asked = keys[dice.integers(0, len(keys), 3 * ASKED)]
            asked[::10] = dice.integers(0, 256, (len(asked[::10]), 16), dtype=np.uint8)
            listed = rows(asked)
            for store in stores:
                figures = (
                    *latency(store, listed[: store.singles]),
                    throughput(store, listed[ASKED : ASKED + store.singles]),
                    batched(store, listed[2 * ASKED :]),
                )
                measured.setdefault(store.name, []).append(figures)
    print("| store | p50 µs | p99 µs | single/s | by 500, keys/s | bytes a person | build s | false accept |")
    print("|---|---|---|---|---|---|---|---|")
    for store, seconds in zip(stores, build_s, strict=True):
        p50, p99, a_second, batch = (statistics.median(column) for column in zip(*measured[store.name], strict=True))
        print(
            f"| {store.name} | {p50:.2f} | {p99:.1f} | {a_second:,.0f} | {batch:,.0f} "
            f"| {store.bytes_held / chosen.people:.2f} | {seconds:.0f} | {store.false_accept} |"
        )
    if a_redis not in kinds:
        print(f"| {REDIS} | not measured: redis-server is not installed | | | | | | |")
    print("\nBytes: files as they lie on disk; the dict as resident memory; Redis as it reports itself.")


if __name__ == "__main__":
    main(sys.argv[1:])

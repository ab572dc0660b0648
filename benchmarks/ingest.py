"""Passages taken in over HTTP: signed, durable and indexed rows a second, beside the disk and a bare SQLite append.

The centre is the real one (uvicorn, one worker, Django behind it), the load comes from this process on the other core;
every request carries an Ed25519 signature that is verified. In the same run and on the same disk: a raw append + fsync
of as many bytes, which no durable log can undercut, and an append to a bare SQLite table (WAL, synchronous=FULL, no
index), one commit a batch, in one process without any network.

    ./gatepass bench ingest --seconds 5
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
import numpy as np
import psycopg

from gatepass.policy import Method, Outcome
from gatepass.wire.ids import uuid7
from gatepass.wire.messages import PassageBatch, Record

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1]))

from _centre import Centre, Load, hammer, running
from tests.postgres import serving

from gatepass.centre.passages.postgres_log import COPY_HEAD, COPY_TAIL, packed_row

BATCHES = (1, 10, 100, 500, 1000)
CONNECTIONS = 32
ROW_BYTES = 120
TARGET = 30_000


def batches(size: int, count: int, first: int, people: np.ndarray) -> list[bytes]:
    """`count` bodies of `size` records each, numbered from `first` on."""
    now = time.time_ns() // 1_000_000
    chosen = np.random.default_rng(first).integers(0, len(people), count * size).tolist()
    bodies = []
    for start in range(0, count * size, size):
        records = [
            Record(
                seq=first + start + place,
                id=uuid7(now),
                at=now + start + place,
                person=people[chosen[start + place]].tobytes(),
                direction="in",
                outcome=Outcome.PASS,
                reasons=("green",),
                method=Method.CARD,
                document="resident_card",
                knowledge=7,
            )
            for place in range(size)
        ]
        bodies.append(msgspec.msgpack.encode(PassageBatch(records)))
    return bodies


def over_http(centre: Centre, size: int, seconds: float, sent: list[int], people: np.ndarray) -> Load:
    """`sent[n]` is the next sequence number of device n; it advances by what was delivered."""
    # Enough for the time at twice the target, prepared and signed beforehand: the client must not be the limit.
    each = (
        max(4, int(2.2 * TARGET * seconds / size / CONNECTIONS)) if size > 10 else int(12_000 * seconds / CONNECTIONS)
    )
    prepared = []
    for number, terminal in enumerate(centre.terminals):
        bodies = batches(size, each, sent[number], people)
        prepared.append(
            [centre.request("/gate/v1/passages", body, key=terminal.key, key_id=terminal.key_id) for body in bodies]
        )
    load = asyncio.run(hammer(centre.port, prepared, seconds))
    # What was not sent any more is a gap; the next size begins beyond it.
    for number in range(len(sent)):
        sent[number] += each * size
    return load


def raw_append(folder: Path, size: int, seconds: float) -> float:
    block = os.urandom(ROW_BYTES * size)
    file = os.open(folder / f"raw-{size}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    rows, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        os.write(file, block)
        os.fsync(file)
        rows += size
    took = time.perf_counter() - started
    os.close(file)
    return rows / took


def bare_sqlite(folder: Path, size: int, seconds: float) -> float:
    connection = sqlite3.connect(folder / f"bare-{size}.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE passages (gate, at, journal, seq, kind, knowledge, id, person, about)")
    row = (1, 1_763_870_400_000, 1, 1, 1, 7, os.urandom(16), os.urandom(16), None)
    rows, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [row] * size)
        connection.execute("COMMIT")
        rows += size
    took = time.perf_counter() - started
    connection.close()
    return rows / took


def bare_copy(dsn: str, size: int, seconds: float) -> float:
    """The same columns as the log's, without index, counter or partition."""
    row = packed_row(1_763_870_400_000, 1, 7, 1, 1, 1, os.urandom(16), os.urandom(16), None, None)
    block = COPY_HEAD + row * size + COPY_TAIL
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute(
            "CREATE TABLE bare (at bigint, seq bigint, knowledge bigint, gate integer, journal integer, kind integer,"
            " id bytea, person bytea, about bytea, sealed bytea)"
        )
        rows, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            with connection.cursor().copy("COPY bare FROM STDIN (FORMAT binary)") as copy:
                copy.write(block)
            rows += size
        return rows / (time.perf_counter() - started)


def stored(folder: Path, dsn: str | None) -> int:
    """Rows in the day files or in the database, by a reader of its own."""
    if dsn:
        with psycopg.connect(dsn) as connection:
            return connection.execute("SELECT count(*) FROM gatepass.passages").fetchone()[0]
    total = 0
    for path in (folder / "passages").glob("????-??-??.sqlite3"):
        reader = sqlite3.connect(path)
        total += reader.execute("SELECT count(*) FROM passages").fetchone()[0]
        reader.close()
    return total


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="of load for each batch size")
    parser.add_argument("--postgres", action="store_true", help="passages in PostgreSQL instead of day files")
    wanted = parser.parse_args(argv)
    people = np.random.default_rng(1).integers(0, 256, (200_000, 16), np.uint8)
    print(
        f"{CONNECTIONS} connections, a gate each; Ed25519 on every request; {os.cpu_count()} cores shared with the load"
    )
    print()
    columns = ["batch", "durable, indexed rows/s over HTTP", "requests/s", "p50 ms", "p99 ms"]
    columns += [
        "raw append + fsync rows/s",
        "ratio",
        "bare COPY rows/s" if wanted.postgres else "bare SQLite WAL FULL rows/s",
        "ratio",
    ]
    print(f"| {' | '.join(columns)} |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    acknowledged, best = 0, 0.0
    with tempfile.TemporaryDirectory(prefix="gatepass-ingest-") as name:
        folder = Path(name)
        with ExitStack() as stack:
            dsn = None
            settings = {}
            if wanted.postgres:
                (folder / "postgres").mkdir()
                dsn = stack.enter_context(serving(folder / "postgres", max_wal_size="4GB"))
                settings["GATEPASS_CENTRE_PASSAGES_DSN"] = dsn
            centre = stack.enter_context(running(folder / "centre", devices=CONNECTIONS, settings=settings))
            sent = [1] * CONNECTIONS
            over_http(centre, 100, 1.0, sent, people)  # warm: caches, connections, the first day file
            before = stored(centre.folder, dsn)
            for size in BATCHES:
                raw = raw_append(folder, size, min(1.0, wanted.seconds))
                load = over_http(centre, size, wanted.seconds, sent, people)
                peer = min(1.0, wanted.seconds)
                bare = bare_copy(dsn, size, peer) if dsn else bare_sqlite(folder, size, peer)
                rate = load.answered * size / load.seconds
                acknowledged += load.answered * size
                best = max(best, rate)
                cells = [f"{size}", f"{rate:,.0f}", f"{load.answered / load.seconds:,.0f}", f"{load.at(50):.1f}"]
                cells += [
                    f"{load.at(99):.1f}",
                    f"{raw:,.0f}",
                    f"{rate / raw:.2f}",
                    f"{bare:,.0f}",
                    f"{rate / bare:.2f}",
                ]
                print(f"| {' | '.join(cells)} |", flush=True)
            held = stored(centre.folder, dsn) - before
    print()
    print(
        f"acknowledged {acknowledged:,} rows, on disk {held:,}: {'every one' if held == acknowledged else 'NOT EQUAL'}"
    )
    print(
        f"target {TARGET:,} rows/s: {'met' if best >= TARGET else 'missed'}, best {best:,.0f} ({best / TARGET:.2f} x)"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
